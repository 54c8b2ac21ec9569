"""Real parts: the simulator with real WebRTC, a real Chromium, the app as `make run` starts it."""
