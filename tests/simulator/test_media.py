"""The simulator's sound and picture, as a viewer receives them."""

from __future__ import annotations

import asyncio
import io
import itertools
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from preflight.peer import PictureRefused
from simulator import catalog
from simulator.face import poster
from simulator.media import PACKET, PICTURE, SAMPLE_RATE, Clock, PictureTrack, SoundTrack
from simulator.mouth import SIZE
from tests.support.recordings import CODECS, recording
from tests.support.simulator_caller import AVATAR, Caller, session
from tests.support.simulator_process import ROOT, SimulatorProcess, eventually
from tests.support.whep_peer import WhepPeer

pytestmark = pytest.mark.anyio

SENTENCE = "Hello! I am your avatar assistant."


async def later(call: Callable[..., Any], *args: Any, **more: Any) -> Any:
    """Call the simulator while the peer keeps receiving."""
    return await asyncio.to_thread(call, *args, **more)


async def until_outcomes(caller: Caller, *expected: str | None) -> None:
    """Return when the session's turns have ended so."""
    await later(eventually, lambda: caller.outcomes() == list(expected), within=20)


@pytest.mark.alone
async def test_pictures_keep_coming(simulator: SimulatorProcess) -> None:
    """25 pictures a second of `SIZE` by `SIZE`, none the same for long, and 50 silent packets."""
    with session(simulator) as caller:
        async with WhepPeer(await later(caller.whep_url)) as peer:
            await peer.until(lambda p: p.frames >= 75)
            assert await later(lambda: caller.record()["viewers"]) == 1
            assert peer.pictures[-1].luma.shape == (SIZE, SIZE)
            steps = [b.media_time - a.media_time for a, b in itertools.pairwise(peer.pictures)]
            assert np.median(steps) == pytest.approx(0.04)
            # A blink is a change of the eyes, breath and sway one of all of it.
            first, last = peer.pictures[0].luma, peer.pictures[-1].luma
            assert np.abs(first.astype(int) - last).max() > 20
            packets = [b.media_time - a.media_time for a, b in itertools.pairwise(peer.packets)]
            assert np.median(packets) == pytest.approx(0.02)
            assert peer.loud() == []
        await later(eventually, lambda: caller.record()["viewers"] == 0)


async def test_a_viewer_begins_with_the_poster(simulator: SimulatorProcess) -> None:
    """However old the session is, a viewer's first picture is the pose of the poster, and so is
    the next viewer's."""
    with session(simulator) as caller:
        at_rest = Image.open(io.BytesIO(poster(catalog.visual(AVATAR).face)))
        expected = np.asarray(at_rest.convert("L")).astype(int)
        for _ in range(2):
            async with WhepPeer(await later(caller.whep_url), keep=1000) as peer:
                await peer.until(lambda p: p.frames >= 75)
                first, last = (peer.pictures[at].luma for at in (0, -1))
                assert np.abs(first - expected).mean() < 2.5
                assert np.abs(last - expected).mean() > np.abs(first - expected).mean() + 0.3


@pytest.mark.alone
async def test_it_speaks_and_its_mouth_moves(simulator: SimulatorProcess) -> None:
    """While it speaks there is sound and a moving mouth, before and after there is neither."""
    with session(simulator) as caller:
        async with WhepPeer(await later(caller.whep_url), keep=1000) as peer:
            await peer.until(lambda p: p.frames >= 25)
            await later(caller.say, SENTENCE)
            await peer.until(lambda p: bool(p.loud()))
            await until_outcomes(caller, "spoken")
            await peer.until(lambda p: p.quiet_for(1.0))
            begin, end = peer.loud()[0].media_time, peer.loud()[-1].media_time
            assert 1 < end - begin < 5
            # Sound and picture start their time at their own first packet, less than one picture
            # apart, for one clock paces both.
            closed = peer.pictures[0].mouth
            opening = [(p.media_time, np.abs(p.mouth - closed).mean()) for p in peer.pictures]
            start = peer.pictures[0].media_time - peer.packets[0].media_time
            speaking = [o for at, o in opening if begin + 0.1 < at - start < end - 0.1]
            silent = [o for at, o in opening if at - start > end + 0.5 or at - start < begin - 0.3]
            assert np.mean(speaking) > 3 * np.mean(silent)


@pytest.mark.alone
async def test_the_mouth_is_in_step(simulator: SimulatorProcess) -> None:
    """A recording of four bursts opens the mouth four times, within a picture or two of them."""
    with session(simulator) as caller:
        async with WhepPeer(await later(caller.whep_url), keep=1000) as peer:
            await peer.until(lambda p: p.frames >= 10)
            audio = recording("wav", seconds=4)
            await later(caller.say_audio, audio, 4.0)
            await peer.until(lambda p: bool(p.loud()))
            await until_outcomes(caller, "spoken")
            await peer.until(lambda p: p.quiet_for(0.5))
            times = np.arange(0, peer.packets[-1].media_time - peer.packets[0].media_time, 0.02)
            loud = np.interp(
                times,
                [p.media_time - peer.packets[0].media_time for p in peer.packets],
                [p.loudness for p in peer.packets],
            )
            closed = peer.pictures[0].mouth
            mouth = np.interp(
                times,
                [p.media_time - peer.pictures[0].media_time for p in peer.pictures],
                [np.abs(p.mouth - closed).mean() for p in peer.pictures],
            )
            loud, mouth = loud - loud.mean(), mouth - mouth.mean()
            shifts = range(-15, 16)
            fit = [float(np.sum(np.roll(mouth, -shift) * loud)) for shift in shifts]
            assert abs(shifts[int(np.argmax(fit))]) * 0.02 <= 0.1


async def test_interrupt_is_silence(simulator: SimulatorProcess) -> None:
    """After interrupt the sound is gone, the queue too, and the next turn is heard."""
    with session(simulator) as caller:
        async with WhepPeer(await later(caller.whep_url)) as peer:
            await later(caller.say, SENTENCE)
            await later(caller.say, "This is never heard.")
            await peer.until(lambda p: len(p.loud()) > 25)
            await later(caller.call, "interrupt")
            assert await later(caller.outcomes) == ["interrupted", "interrupted"]
            await peer.until(lambda p: p.quiet_for(1.0))
            silence = time.monotonic()
            await later(caller.say, "Fresh.")
            await peer.until(lambda p: bool(p.loud(since=silence)))


@pytest.mark.alone
async def test_chunks_are_one_utterance(simulator: SimulatorProcess) -> None:
    """A sentence in pieces sounds as long as the same sentence whole."""
    with session(simulator) as caller:
        async with WhepPeer(await later(caller.whep_url)) as peer:

            async def heard(*turns: dict[str, Any]) -> float:
                since = time.monotonic()
                for turn in turns:
                    (await later(caller.call, "say-text", json=turn)).raise_for_status()
                await peer.until(lambda p: bool(p.loud(since)))
                await peer.until(lambda p: p.quiet_for(0.6))
                return peer.loud(since)[-1].media_time - peer.loud(since)[0].media_time

            whole = await heard({"text": "Brown foxes jump."})
            chunks = ["Brown f", "oxes", " jump."]
            pieces = [
                {"text": chunk, "turnId": "t", "isFinal": chunk == chunks[-1]} for chunk in chunks
            ]
            assert await heard(*pieces) == pytest.approx(whole, abs=0.1)


@pytest.mark.alone
@pytest.mark.parametrize("container", CODECS)
async def test_recordings_are_heard(simulator: SimulatorProcess, container: str) -> None:
    """say-audio takes every promised format, and is heard for as long as it is."""
    with session(simulator) as caller:
        async with WhepPeer(await later(caller.whep_url)) as peer:
            await peer.until(lambda p: p.frames > 0)
            answer = await later(caller.say_audio, recording(container), 1.0, "mine")
            assert answer.json() == {"success": True}
            await peer.until(lambda p: bool(p.loud()))
            await until_outcomes(caller, "spoken")
            await peer.until(lambda p: p.quiet_for(0.3))
            length = peer.loud()[-1].media_time - peer.loud()[0].media_time
            assert length == pytest.approx(1.0, abs=0.2)
            (turn,) = await later(caller.turns)
            assert (turn["turnId"], turn["kind"]) == ("mine", "audio")
            assert turn["endedAt"] - turn["startedAt"] == pytest.approx(1.0, abs=0.3)


async def test_a_stream_has_one_viewer(simulator: SimulatorProcess) -> None:
    """A second one is refused while the first is there, and let in when it has left or died."""
    with session(simulator) as caller:
        url = await later(caller.whep_url)
        async with WhepPeer(url) as first:
            await first.until(lambda p: p.frames > 0)
            with pytest.raises(PictureRefused, match="409"):
                await WhepPeer(url).__aenter__()
            await first.vanish()
            async with WhepPeer(url) as second:
                await second.until(lambda p: p.frames > 0)
                assert await later(lambda: caller.record()["viewers"]) == 1


async def test_a_killed_viewer_makes_room(simulator: SimulatorProcess) -> None:
    """One that was killed says nothing any more; the next is let in after a few seconds."""
    with session(simulator) as caller:
        url = await later(caller.whep_url)
        killed = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.support.whep_peer", url),
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        assert killed.stdout
        assert await killed.stdout.readline() == b"watching\n"
        killed.kill()
        await killed.wait()
        async with WhepPeer(url) as peer:
            await peer.until(lambda p: p.frames > 0)


async def test_what_is_said_unwatched_goes_on(simulator: SimulatorProcess) -> None:
    """Who joins in the middle of a turn hears the rest of it."""
    with session(simulator) as caller:
        await later(caller.say, SENTENCE * 3)
        async with WhepPeer(await later(caller.whep_url)) as peer:
            await peer.until(lambda p: bool(p.loud()))
            assert (await later(caller.turns))[0]["startedAt"] is not None


async def test_end_hangs_up(simulator: SimulatorProcess) -> None:
    """When the session ends, nothing more is sent."""
    with session(simulator) as caller:
        async with WhepPeer(await later(caller.whep_url)) as peer:
            await peer.until(lambda p: p.frames > 0)
            await later(caller.call, "end")
            await peer.until(lambda p: p.ended)


class Metronome:
    """A source that notes which positions it was asked for."""

    def __init__(self) -> None:
        self.sounds: list[int] = []
        self.pictures: list[int] = []

    def sound(self, position: int) -> NDArray[np.int16] | None:
        """Silence."""
        self.sounds.append(position)
        return None

    def picture(self, position: int) -> NDArray[np.uint8]:
        """A grey picture."""
        self.pictures.append(position)
        return np.full((SIZE * 3 // 2, SIZE), 128, np.uint8)


def test_a_late_sender_moves_the_clock() -> None:
    """After a stall sound goes on where it was, without a burst; pictures skip what was missed."""
    now = 0.0
    clock, source = Clock(lambda: now), Metronome()

    async def stall() -> None:
        nonlocal now
        sound, picture = SoundTrack(clock, source), PictureTrack(clock, source)
        await sound.recv()
        await picture.recv()
        now = 1.0
        await picture.recv()
        packet = await sound.recv()
        assert packet.pts == PACKET
        assert clock.position == PACKET
        now += PACKET / SAMPLE_RATE
        await sound.recv()

    asyncio.run(stall())
    assert source.sounds == [0, PACKET, 2 * PACKET]
    assert source.pictures == [0, SAMPLE_RATE // PICTURE * PICTURE]
