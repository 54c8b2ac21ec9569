"""However a session is left, nothing of it stays live at the service: one test for each way."""
