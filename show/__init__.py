"""A run of show: slides, the lines that the avatar says on them, pauses, notes.

Knows neither Streamlit nor browsers.
"""
