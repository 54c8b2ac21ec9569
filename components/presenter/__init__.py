"""The presenter's desk, the stage's page and the phone's: their browser halves."""
