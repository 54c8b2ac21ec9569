"""Text to sound, offline, with word and mouth timings.

`load_engine()` gives a voice: ours, neural and English, or another one that plugs in.
`from_audio()` gives the same `Utterance` from a recording, `recorded()` the mp3 of sound with its
true duration.
"""

from speech.engines import EngineFailed, checked_engine, load_engine
from speech.reading import sentences
from speech.recording import UnreadableAudio, from_audio
from speech.say_as import AS_PRINTED, SayAs
from speech.sound import encoded, recorded
from speech.utterance import (
    SAMPLE_RATE,
    VISEMES,
    Engine,
    Recording,
    Utterance,
    Viseme,
    Word,
)

__all__ = [
    "AS_PRINTED",
    "SAMPLE_RATE",
    "VISEMES",
    "Engine",
    "EngineFailed",
    "Recording",
    "SayAs",
    "UnreadableAudio",
    "Utterance",
    "Viseme",
    "Word",
    "checked_engine",
    "encoded",
    "from_audio",
    "load_engine",
    "recorded",
    "sentences",
]
