# ruff: noqa: RUF001 - phonemes are letters that look like others
"""The neural voice: hibari, an English text-to-speech model of 8 MB that runs on the CPU.

In hibari-tts 0.2.1 the model speaks 24 kHz in steps of 25 ms, opens with some 300 ms of silence,
and tells how long each phoneme lasts only where that output is declared.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from hibari import Hibari, dsp  # type: ignore[import-untyped]  # 0.2.1 ships no type hints
from hibari.voices import DEFAULT, voice_path  # type: ignore[import-untyped]
from numpy.typing import NDArray

from speech import mouth, reading, sound, timing
from speech.utterance import SAMPLE_RATE, Engine, Span, Utterance, Viseme, Word

log = logging.getLogger(__name__)

PRONUNCIATIONS = {"Kaltura": "kælˈtʊɹə"}

MOST_LEARNT = 10_000
"""Words, of some 100 bytes each."""

ABBREVIATIONS = ("No.", "Etc.", "etc.", "Esq.", "Dr.", "Mr.", "Mrs.", "Ms.")
"""Left out of hibari's dictionary, in which "No." is "number". `wording` reads abbreviations."""

SPEEDS = (0.5, 2.0)
PITCHES = (0.8, 1.25)

_MODEL_RATE: int = dsp.SR
_STEP = _MODEL_RATE // 40
_SPECTRUM_PARTS = 6
_DURATIONS = "/Cast_32_output_0"
_CLOSED = 0.02  # the least silence at the end, so that the mouth is seen to close
_SILENT_SECONDS, _SILENT_PER_CHARACTER, _SILENT_LONGEST = 1.0, 0.06, 20.0


def load_engine() -> Engine:
    """Load the voice and say a few words to warm it up. Blocks for one to two seconds."""
    voice = NeuralVoice(_timed_model())
    for _ in voice.utterances("Warm up, zorblax, on 3 May at 7:30."):
        pass
    return voice


class NeuralVoice:
    """An `Engine` on one hibari model, with the durations output or without."""

    def __init__(self, model: Any) -> None:
        self._model = model
        dictionary = self._model.g2p.lexicon.golds.d
        dictionary.update(PRONUNCIATIONS)
        for word in ABBREVIATIONS:
            dictionary.pop(word, None)
        self._learnt: dict[str, None] = {}

    def learn(self, word: str, phonemes: str) -> None:
        """Say `word`, of letters alone, so from now on. The oldest are forgotten: a word of many
        visitors' tables is learnt anew with each text."""
        self._model.g2p.lexicon.golds.d[word] = phonemes
        self._learnt.pop(word, None)
        self._learnt[word] = None
        if len(self._learnt) > MOST_LEARNT:
            oldest = next(iter(self._learnt))
            del self._learnt[oldest], self._model.g2p.lexicon.golds.d[oldest]

    def has_sound(self, text: str) -> bool:
        """As `Engine` says."""
        return reading.has_sound(text)

    def utterances(
        self, text: str, *, speed: float = 1.0, pitch: float = 1.0
    ) -> Iterator[Utterance]:
        """As `Engine` says, with `speed` and `pitch` clamped to `SPEEDS` and `PITCHES`."""
        text = reading.printable(text)
        if not reading.has_sound(text):
            yield _silence(text)
            return
        speed = max(SPEEDS[0], min(SPEEDS[1], speed))
        pitch = max(PITCHES[0], min(PITCHES[1], pitch))
        for piece in reading.pieces(text):
            yield self._say(piece, speed, pitch)

    def _say(self, piece: reading.Piece, speed: float, pitch: float) -> Utterance:
        typed = [token.typed for token in piece.tokens]
        heard = self.phonemes(" ".join(token.spoken for token in piece.tokens if token.spoken))
        if not any(heard):
            return _silence(" ".join(typed))
        phonemes = " ".join(filter(None, heard))
        # To resample by `pitch` shortens the sound, so it is made that much longer first.
        wave, steps = self._synthesise(phonemes, speed / pitch)
        start, end = sound.voiced(wave, _MODEL_RATE)
        voiced = sound.resampled(sound.levelled(wave[start:end]), _MODEL_RATE * pitch)
        pause = np.zeros(round(max(_CLOSED, piece.pause / speed) * SAMPLE_RATE), np.int16)
        samples = np.concatenate([voiced, pause])
        until = len(voiced) / SAMPLE_RATE
        if steps is None:
            visemes = mouth.from_sound(samples)
            words = timing.spread(typed, 0.0, until)
        else:
            ends = np.cumsum(steps) * _STEP / _MODEL_RATE - _late(speed / pitch)
            # The first and the last step are the model's pads, of no phoneme.
            edges = np.clip((ends[:-1] - start / _MODEL_RATE) / pitch, 0.0, until).tolist()
            edges[0], edges[-1] = 0.0, until
            gaps = sound.gaps(samples)
            visemes = mouth.from_phonemes(phonemes, edges, gaps)
            spans = [span and sound.outside(span, gaps) for span in _spans(heard, edges)]
            words = timing.align(piece.tokens, spans)
        return _delayed(Utterance(" ".join(typed), samples, visemes, words), piece.lead)

    def phonemes(self, text: str) -> list[str]:
        """The phonemes of each word of `text`, which `wording` has worded; "" has no sound."""
        try:
            found = self._phonemised(text)
        except Exception:  # a young phonemiser may trip over any text, but hardly over letters
            log.warning("The phonemiser failed on %d characters; read word by word", len(text))
            letters = [re.sub("[^A-Za-z]+", "", word) for word in text.split()]
            found = [self._phonemised(word)[0] if word else "" for word in letters]
        return [sounds if mouth.moves(sounds) else "" for sounds in found]

    def _phonemised(self, text: str) -> list[str]:
        g2p, known = self._model.g2p, self._model.vocab
        words = [""]
        for token in g2p.phonemize_tokens(g2p.tokenize(text)):
            words[-1] += "".join(phoneme for phoneme in token.phonemes or "" if phoneme in known)
            if token.whitespace:
                words.append("")
        return [sounds.strip() for sounds in words]

    def _synthesise(
        self, phonemes: str, speed: float
    ) -> tuple[NDArray[np.float32], NDArray[np.int64] | None]:
        """Sound at the model's rate, and how many steps each phoneme lasts, pads included."""
        ids = self._model.ids(phonemes)
        feed = {"ids": np.array([ids], np.int64), "speed": np.array([speed], np.float32)}
        outputs = self._model.sess.run(None, feed)
        spectrum, extra = outputs[:_SPECTRUM_PARTS], outputs[_SPECTRUM_PARTS:]
        # The same noise each time: the same text always gives the same samples.
        wave = dsp.synth(*(part[0] for part in spectrum), np.random.default_rng(0))
        steps = extra[0].reshape(-1) if extra else None
        if steps is not None and (len(steps) != len(ids) or steps.sum() * _STEP != len(wave)):
            log.warning("The model's durations don't add up to its sound; mouth from energy")
            steps = None
        return wave, steps


def _timed_model() -> Any:
    """The voice with its phoneme durations as one more output, where it has them.

    Serialised protobuf messages merge when they are concatenated. So a ModelProto that holds only
    `graph.output`, appended, declares the output without the onnx package.
    """

    def block(number: int, content: bytes) -> bytes:
        return bytes([number << 3 | 2, len(content)]) + content

    int64_tensor = block(1, bytes([1 << 3, 7]))
    value_info = block(1, _DURATIONS.encode()) + block(2, int64_tensor)
    declared = block(7, block(12, value_info))
    try:
        return Hibari(model=Path(voice_path(DEFAULT)).read_bytes() + declared)
    except Exception as error:  # onnxruntime's own exception types are private
        log.warning("This voice gives no durations; mouth from energy (%s)", error)
        return Hibari()


def _silence(text: str) -> Utterance:
    """A silent, timed utterance: 1 s and 60 ms a character, at most 20 s."""
    seconds = min(_SILENT_LONGEST, _SILENT_SECONDS + _SILENT_PER_CHARACTER * len(text))
    samples = np.zeros(round(seconds * SAMPLE_RATE), np.int16)
    words = timing.spread(text.split(), 0.0, seconds)
    return Utterance(text.strip(), samples, mouth.silent(seconds), words, silent=True)


def _spans(heard: list[str], edges: list[float]) -> list[Span | None]:
    """The span of each word, without the pause of its closing punctuation; None has no sound."""
    spans: list[Span | None] = []
    first = 0
    for sounds in heard:
        if not sounds:
            spans.append(None)
            continue
        last = max(i for i, phoneme in enumerate(sounds) if mouth.moves(phoneme))
        spans.append((edges[first], edges[first + last + 1]))
        first += len(sounds) + 1
    return spans


def _delayed(utterance: Utterance, seconds: float) -> Utterance:
    """`utterance` after so much silence with the mouth shut."""
    if not seconds:
        return utterance
    return Utterance(
        utterance.text,
        np.concatenate([np.zeros(round(seconds * SAMPLE_RATE), np.int16), utterance.samples]),
        (Viseme(0.0, "sil"), *(Viseme(v.at + seconds, v.shape) for v in utterance.visemes)),
        tuple(Word(w.at + seconds, w.until + seconds, w.text) for w in utterance.words),
    )


def _late(speed: float) -> float:
    """Seconds by which the model's durations run behind its sound.

    Found by correlating hiss with sibilants, and loudness with vowels, over six sentences: 78, 55,
    50, 45, 43 and 38 ms at speeds 0.5, 0.8, 1.0, 1.25, 1.6 and 2.0, which is this rule within 3 ms.
    """
    return 0.025 + 0.025 / speed
