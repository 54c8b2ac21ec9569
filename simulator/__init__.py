"""Kaltura's avatar-session API on your own machine: `python -m simulator`.

The same calls, answers and errors as the live service, a real WebRTC stream with a face and a
voice, and moods that make it misbehave on purpose. Nothing leaves the machine.
"""
