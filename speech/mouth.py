# ruff: noqa: RUF001 - phonemes are letters that look like others
"""Shapes of the mouth: from phonemes with their times, from sound alone, or for silence."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from speech.utterance import SAMPLE_RATE, Span, Viseme, viseme_at

VOWELS = frozenset({"aa", "E", "ih", "oh", "ou"})

SHAPES: dict[str, tuple[str, ...]] = {
    phoneme: shapes
    for phonemes, shapes in (
        ("pbmβ", ("PP",)),
        ("fvɸʋ", ("FF",)),
        ("θð", ("TH",)),
        ("tdTɾɽʈɖ", ("DD",)),
        ("kɡŋhxɣqχɰcʔɟ", ("kk",)),
        ("ʧʤʃʒʥʨꭧɕʂʝç", ("CH",)),
        ("szʣʦ", ("SS",)),
        ("nlɲɳɴʎ", ("nn",)),
        ("ɹrɻʁ", ("RR",)),
        ("aɑæɐʌ", ("aa",)),
        ("ɛeɜəɚᵊœø", ("E",)),
        ("ɪiᵻɨj", ("ih",)),
        ("oɔɒɤ", ("oh",)),
        ("uʊwɯyɥ", ("ou",)),
        ("A", ("E", "ih")),
        ("I", ("aa", "ih")),
        ("W", ("aa", "ou")),
        ("Y", ("oh", "ih")),
        ("OQ", ("oh", "ou")),
        ("S", ("CH",)),
    )
    for phoneme in phonemes
}
"""The shapes of each phoneme in the phonemiser's alphabet (that of misaki: A, I, O, Q, W and Y are
the diphthongs of day, my, go, British go, now and boy). Marks (stress, length, punctuation, the
space between words) have no shape."""

SHORTEST = 0.04
"""Seconds: a shape shorter than one frame at 25 fps is a twitch, not a movement."""

_WINDOW = SAMPLE_RATE // 25
_STRESS = frozenset("ˈˌ")
_LIPS = frozenset({"PP", "FF"})


def moves(phonemes: str) -> bool:
    """Whether any of these phonemes is a sound, not a pause or a mark."""
    return any(phoneme in SHAPES for phoneme in phonemes)


def from_phonemes(
    phonemes: Sequence[str], edges: Sequence[float], pauses: Sequence[Span]
) -> tuple[Viseme, ...]:
    """The mouth for phonemes; number i is heard from `edges[i]` to `edges[i + 1]` seconds.

    Only `pauses` are "sil": the model counts a pause as part of the vowel before it. A stress mark
    belongs to the vowel after it, every other mark to the sound before it.
    """
    track: list[Viseme] = []
    early: float | None = 0.0
    for phoneme, at, until in zip(phonemes, edges, edges[1:], strict=False):
        shapes = SHAPES.get(phoneme, ())
        start = at if early is None else early
        for index, shape in enumerate(shapes):
            track.append(Viseme(start + (until - start) * index / len(shapes), shape))
        if shapes:
            early = None
        elif early is None and phoneme in _STRESS:
            early = at
    for start, end in pauses:
        before = [viseme for viseme in track if viseme.at < start]
        after = [viseme for viseme in track if viseme.at > end]
        if end < edges[-1]:
            after.insert(0, Viseme(end, viseme_at(track, end)))
        track = [*before, Viseme(start, "sil"), *after]
    return _smooth(track)


def from_sound(samples: NDArray[np.int16]) -> tuple[Viseme, ...]:
    """The mouth for a recording, from its loudness and timbre every 40 ms.

    Quiet is "sil", a dip between louder neighbours closes the lips, hiss is "SS" or "CH", and the
    pitch of the timbre tells the vowels apart. The shapes are guesses, their times are right.
    """
    frames = len(samples) // _WINDOW
    if frames == 0:
        return (Viseme(0.0, "sil"),)
    windows = samples[: frames * _WINDOW].reshape(frames, _WINDOW)
    # In blocks of 10 s: the spectra of five minutes at once are 400 MB.
    blocks = [_timbre(windows[at : at + 250]) for at in range(0, frames, 250)]
    loudness, hiss, centre, pieces = (np.concatenate(part) for part in zip(*blocks, strict=True))
    quiet = max(60.0, 0.08 * float(np.percentile(loudness, 95)))
    around = np.pad(loudness, 1)
    dips = loudness < 0.5 * np.minimum(around[:-2], around[2:])
    # The mouth opens when the sound begins, within its first window.
    loud = loudness >= quiet
    begins = loud & ~np.pad(loud, (1, 0))[:-1]
    late = np.where(begins, np.argmax(pieces >= quiet, axis=1) / 8, 0.0)
    track = [
        Viseme((index + late[index]) / 25, _shape(*row))
        for index, row in enumerate(zip(~loud, dips, hiss, centre, strict=True))
    ]
    if track[0].at > 0:
        track.insert(0, Viseme(0.0, "sil"))
    return _smooth(track)


def _timbre(windows: NDArray[np.int16]) -> tuple[NDArray[np.float32], ...]:
    """Of each window its loudness, its share of hiss, the centre of its timbre, and the loudness of
    its eight pieces."""
    sound = windows.astype(np.float32)
    spectra = np.abs(np.fft.rfft(sound * np.hanning(_WINDOW).astype(np.float32), axis=1)) ** 2
    pitches = np.fft.rfftfreq(_WINDOW, 1 / SAMPLE_RATE)
    hiss = spectra[:, pitches > 3000].sum(axis=1) / (spectra.sum(axis=1) + 1e-9)
    vocal = (pitches > 150) & (pitches < 3000)
    centre = (spectra[:, vocal] @ pitches[vocal]) / (spectra[:, vocal].sum(axis=1) + 1e-9)
    pieces = np.sqrt(np.mean(sound.reshape(len(sound), 8, -1) ** 2, axis=2))
    return np.sqrt(np.mean(sound**2, axis=1)), hiss, centre, pieces


def silent(duration: float) -> tuple[Viseme, ...]:
    """A mouth that moves slowly for `duration` seconds without a sound."""
    cycle = ("PP", "aa", "ih", "oh", "nn", "E", "ou", "DD")
    steps = max(1, int((duration - 0.2) / 0.24))
    track = [Viseme(0.0, "sil")]
    track += [Viseme(0.1 + 0.24 * step, cycle[step % len(cycle)]) for step in range(steps)]
    track.append(Viseme(max(0.1 + 0.24, duration - 0.1), "sil"))
    return tuple(viseme for viseme in track if viseme.at < duration)


def _shape(quiet: bool, dip: bool, hiss: float, centre: float) -> str:
    if quiet:
        return "sil"
    if hiss > 0.35:
        return "SS" if hiss > 0.6 else "CH"
    if dip:
        return "PP"
    for limit, shape in ((330, "ou"), (480, "oh"), (800, "aa"), (1200, "E")):
        if centre < limit:
            return shape
    return "ih"


def _smooth(track: Sequence[Viseme]) -> tuple[Viseme, ...]:
    """Drop repetitions, shapes of no duration, and shapes too short to be seen between two vowels.

    Closed lips are never dropped but begin early enough to be seen: without them nobody believes a
    "b".
    """
    seen: list[Viseme] = []
    for viseme, after in zip_longest(track, track[1:]):
        at = viseme.at
        if after is not None and after.at - at < SHORTEST:
            last = seen[-1] if seen else Viseme(0.0, "sil")
            if viseme.shape in _LIPS:
                at = max(after.at - SHORTEST, (last.at + at) / 2)
            elif after.at <= at or (
                viseme.shape not in VOWELS and {last.shape, after.shape} <= VOWELS
            ):
                continue
        if not seen or viseme.shape != seen[-1].shape:
            seen.append(Viseme(at, viseme.shape))
    return tuple(seen)
