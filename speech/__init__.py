"""Text to sound, offline, with word and mouth timings.

`load_engine()` gives a neural English voice; `from_audio()` the same `Utterance` from a recording.
"""

from speech.recording import UnreadableAudio, from_audio
from speech.utterance import SAMPLE_RATE, VISEMES, Engine, Utterance, Viseme, Word, viseme_at
from speech.voice import load_engine

__all__ = [
    "SAMPLE_RATE",
    "VISEMES",
    "Engine",
    "UnreadableAudio",
    "Utterance",
    "Viseme",
    "Word",
    "from_audio",
    "load_engine",
    "viseme_at",
]
