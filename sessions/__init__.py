"""The avatars that are live: sessions, their turns, and the desk that looks after all of them.

Knows neither Streamlit nor browsers.
"""
