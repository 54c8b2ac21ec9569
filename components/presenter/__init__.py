"""The presenter's desk, and the stage that an audience sees."""
