"""What the face does between and around the stretches of speech."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from simulator.delivery import Delivery, deliver
from simulator.mouth import PARTS
from simulator.performance import CUT, SMILE, Performance
from speech import SAMPLE_RATE, Utterance, Viseme

DROP = PARTS.index("drop")
SECOND = SAMPLE_RATE
AH = deliver(Utterance("Ah.", np.full(SECOND, 9000, np.int16), (Viseme(0.0, "aa"),), ()))


@dataclass(frozen=True)
class Second:
    """A second of "ah" from a sample on."""

    start: int
    delivery: Delivery = AH

    @property
    def end(self) -> int:
        """The first sample after it."""
        return self.start + SECOND


def test_silence_is_nothing() -> None:
    """No nod, no smile, the mouth at rest."""
    moment = Performance().at(5 * SECOND, [])
    assert not moment.mouth.any()
    assert (moment.nod, moment.speaking, moment.waiting, moment.smile) == (0, 0, 0, 0)


def test_a_stretch_is_delivered_in_its_time() -> None:
    """The mouth is open in its middle and shut before and after it."""
    performance, ah = Performance(), Second(4 * SECOND)
    opens = [performance.at(round(at * SECOND), [ah]).mouth[DROP] for at in (3.5, 4.5, 5.5)]
    assert opens[1] > 8
    assert opens[0] == pytest.approx(0, abs=0.1)
    assert opens[2] == pytest.approx(0, abs=0.1)


def test_a_text_waits_until_its_voice_begins() -> None:
    """It sets in when the text is taken and goes when the first stretch begins."""
    performance = Performance()
    performance.waits(SECOND, [])
    assert performance.at(SECOND, []).waiting == 0
    assert performance.at(2 * SECOND, []).waiting == 1
    ah = Second(3 * SECOND)
    performance.begins(ah.start)
    assert performance.at(3 * SECOND - 1, [ah]).waiting == 1
    assert 0 < performance.at(3 * SECOND + SECOND // 5, [ah]).waiting < 1
    assert performance.at(4 * SECOND, [ah]).waiting == 0


def test_a_text_taken_while_another_is_said_does_not_wait() -> None:
    """The face is busy."""
    performance, ah = Performance(), Second(0)
    performance.begins(ah.start)
    performance.waits(SECOND // 2, [ah])
    assert performance.at(SECOND // 2 + SECOND // 4, [ah]).waiting == 0


def test_a_turn_without_sound_does_not_wait_for_ever() -> None:
    """When it has ended, the listening has, too."""
    performance = Performance()
    performance.waits(SECOND, [])
    performance.rests(2 * SECOND, [])
    assert performance.at(3 * SECOND, []).waiting == 0


def test_it_smiles_when_it_has_said_all() -> None:
    """For about `SMILE` seconds, unless something is said next."""
    performance, ah = Performance(), Second(0)
    performance.ended([ah])
    performance.rests(SECOND, [])
    assert performance.at(2 * SECOND, []).smile == 1
    assert performance.at(round((1 + SMILE + 1.5) * SECOND), []).smile == 0
    performance.begins(2 * SECOND)
    assert performance.at(3 * SECOND, [Second(2 * SECOND)]).smile == 0
    other = Performance()
    other.rests(SECOND, [Second(SECOND)])
    assert other.at(2 * SECOND, [Second(SECOND)]).smile == 0


def test_an_interrupt_lets_the_face_come_to_rest() -> None:
    """The mouth shuts within `CUT` and not at once; what had not begun is not said."""
    performance, begun, coming = Performance(), Second(0), Second(SECOND)
    middle = SECOND // 2
    before = performance.at(middle, [begun, coming]).mouth[DROP]
    performance.breaks_off(middle, [begun, coming])
    assert performance.at(middle, []).mouth[DROP] == pytest.approx(before)
    half = performance.at(middle + round(CUT / 2 * SECOND), []).mouth[DROP]
    assert 0.3 * before < half < 0.7 * before
    assert performance.at(middle + round(CUT * SECOND), []).mouth[DROP] == 0
    assert performance.at(SECOND + middle, []).mouth[DROP] == 0
