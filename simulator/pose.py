"""What a presenter does at a moment: it breathes, listens, glances, blinks, and follows its voice.

Only the time since the viewer's first picture and the voice decide, so that the first picture is
the poster's, and a test can ask for any moment.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from simulator.builds import BUILDS
from simulator.delivery import Moment, eased
from simulator.mouth import SHAPES, SMILE, Shape

SETTING_IN = 1.6
"""Seconds in which the movement grows from nothing to what it is."""
BREATH = 4.4
"""Seconds of one breath."""
ACT = 6.5
"""Seconds for one of `_ACTS`, most of which it rests."""
_GLANCING, _LISTENING, _SETTLING = range(3)


@dataclass(frozen=True, slots=True)
class Pose:
    """How far the parts are from the drawing. Lengths are pixels of the picture."""

    tilt: float
    """Degrees clockwise, around the foot of the neck."""
    sway: float
    """The crown's way to the right."""
    turn: float
    """The nose's way to the right; the hair goes less."""
    nod: float
    """The nose's way down; the hair goes less."""
    rise: float
    """The shoulders' way up."""
    brows: float
    """The brows' way up."""
    cheeks: float
    """The cheeks' way up."""
    gaze: tuple[int, int]
    """The irises' way to the right and down, in steps of `face.GAZE`."""
    lids: float
    """0 open to 1 shut."""
    mouth: Shape


def pose_at(at: float, voice: Moment, name: str) -> Pose:
    """The pose of this presenter `at` seconds after the viewer's first picture."""
    build, phase = BUILDS[name], 2.1 * list(BUILDS).index(name)
    life = eased(at / SETTING_IN)
    calm = 1 - 0.6 * voice.speaking
    act, into = divmod(at + ACT - 3.0, ACT)
    kind = _choice(name, int(act), 3)
    side = 1 if _chance(name, int(act), "side") < 0.5 else -1
    amount = _plateau(into, 0.2, 3.4, 0.7) if at > 0 else 0.0
    still = life * amount * (1 - voice.waiting) * calm
    glance = life * _plateau(into, 0.3, 1.3, 0.22) * (1 - voice.waiting)
    tilt, sway, turn, nod = build.tilt, 0.0, build.turn, 0.0
    tilt += life * (0.45 * _wave(at, 9.1, phase) + 0.25 * _wave(at, 5.3, phase + 1))
    sway += life * (2.0 * _wave(at, 11.7, phase + 2) + 0.9 * _wave(at, 6.1, phase))
    turn += life * (1.5 * _wave(at, 7.9, phase + 3) + 0.6 * _wave(at, 3.7, phase))
    nod += life * (0.8 * _wave(at, 6.7, phase + 1) + 0.35 * _wave(at, 3.1, phase))
    brows = 0.0
    look = _saccade(name, at) if life > 0.9 else 0
    if kind == _GLANCING:
        turn += 3.2 * side * still
        look += round(3.4 * side * glance)
    elif kind == _LISTENING:
        tilt += 1.5 * side * still
        nod += still * (0.8 + 1.6 * _dips(into - 1.2))
        brows += 1.0 * still
    elif kind == _SETTLING:
        sway += 3.0 * side * still
        tilt -= 0.5 * side * still
    # A listening pose: towards the viewer, aslant, with a small nod now and then.
    leaning = voice.waiting * life
    tilt += 1.7 * leaning
    nod += leaning * (1.6 + 1.5 * (0.5 - 0.5 * math.cos(math.tau * at / 2.6)) ** 3)
    brows += 2.2 * leaning
    nod += life * voice.nod
    brows += life * (voice.brows + 1.2 * voice.speaking) - 0.6 * voice.smile
    smile = max(voice.smile, 0.25 * leaning, 0.4 * voice.speaking * life)
    return Pose(
        tilt=tilt,
        sway=sway,
        turn=turn,
        nod=nod,
        rise=life * 3.4 * _breathing(at),
        brows=brows,
        cheeks=2.4 * smile,
        gaze=(look, 0),
        lids=_blink(name, at),
        mouth=SHAPES["sil"] + voice.mouth + smile * SMILE,
    )


def _wave(at: float, period: float, phase: float) -> float:
    return math.sin(math.tau * at / period + phase)


def _breathing(at: float) -> float:
    """0 to 2: in takes less time than out, and the first breath begins at 0."""
    part = at / BREATH % 1
    part = part / 0.42 * 0.5 if part < 0.42 else 0.5 + (part - 0.42) / 0.58 * 0.5
    return 1 - math.cos(math.tau * part)


def _plateau(at: float, begin: float, end: float, ramp: float) -> float:
    return eased((at - begin) / ramp) * eased((end + ramp - at) / ramp)


def _dips(at: float) -> float:
    """Two small nods, one after the other."""
    return math.sin(math.pi * at / 0.55) ** 2 if 0 < at < 1.1 else 0.0


def _chance(name: str, number: int, what: str) -> float:
    return random.Random(f"{name} {number} {what}").random()


def _choice(name: str, number: int, count: int) -> int:
    """Each of `count` once in `count` numbers, in an order that changes."""
    order = list(range(count))
    random.Random(f"{name} {number // count}").shuffle(order)
    return order[number % count]


def _saccade(name: str, at: float) -> int:
    """Eyes never rest on a point: small jumps aside and back."""
    number, into = divmod(at, 1.7)
    aside = _chance(name, int(number), "jump")
    return (1 if aside < 0.2 else -1) if aside < 0.4 and 0.5 < into < 1.3 else 0


def _blink(name: str, at: float) -> float:
    """How shut the eyes are: a blink every 2.5 to 4.9 s, some double."""
    number, into = divmod(at, 3.7)
    since = into - 1.3 - 1.2 * _chance(name, int(number), "blink")
    if since > 0.36 and _chance(name, int(number), "again") < 0.2:
        since -= 0.36
    return eased(since / 0.1) * eased((0.3 - since) / 0.16)
