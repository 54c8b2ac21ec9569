"""The speech of one session: its turns in order, made into sound and laid on its clock."""

from __future__ import annotations

import asyncio
import gc
import logging
import re
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from simulator.catalog import Voice
from simulator.delivery import Delivery, Moment, deliver
from simulator.media import PACKET, Clock
from simulator.performance import Performance
from simulator.sessions import Turn
from speech import Utterance, encoded, from_audio, load_engine

AHEAD = 8.0
"""Seconds of speech made before they are due. Without this limit a long text keeps a core busy for
half a minute, and holds 144 MB of sound, for words that an interrupt may drop."""
SENTENCE_END = re.compile(r"[.!?…]+[\"'”)\]]*\s+")

T = TypeVar("T")
logger = logging.getLogger(__name__)


class Studio:
    """The speech engine of all sessions, and its one thread. Loading takes 1 to 2 s; it begins at
    once, and calls wait for it."""

    def __init__(self, engine: str) -> None:
        self._worker = ThreadPoolExecutor(1, "speech")
        self._engine = self._worker.submit(load_engine, engine)
        # The engine stays loaded. Each time the garbage collector looked through its objects, sound
        # and picture stood still for 40 ms.
        self._engine.add_done_callback(lambda _: gc.freeze())

    async def has_sound(self, text: str) -> bool:
        """Whether this text can be heard at all."""
        return (await asyncio.wrap_future(self._engine)).has_sound(text)

    async def utterances(self, text: str, speed: float, pitch: float) -> AsyncIterator[Utterance]:
        """The sentences of this text, each made when it is asked for."""
        engine = await asyncio.wrap_future(self._engine)
        sentences = engine.utterances(text, speed=speed, pitch=pitch)
        while (utterance := await self._work(partial(next, sentences, None))) is not None:
            yield utterance

    async def delivery(self, utterance: Utterance) -> Delivery:
        """How a face says this."""
        return await self._work(partial(deliver, utterance))

    async def decoded(self, audio: bytes) -> Utterance:
        """The recording as an utterance. Raises `speech.UnreadableAudio`."""
        return await self._work(partial(from_audio, audio))

    async def sample(self, voice: Voice) -> bytes:
        """A sentence in this voice, as an mp3."""
        sentences = self.utterances(f"Hello, I am {voice.name}.", voice.speed, voice.pitch)
        spoken = [sentence.samples async for sentence in sentences]
        return await self._work(partial(encoded, np.concatenate(spoken)))

    def close(self) -> None:
        """Make nothing more. The sentence under way is not awaited."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    async def _work(self, job: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._worker, job)


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a turn: text, or a finished utterance. `last`: the last of its turn."""

    turn: Turn
    content: str | Utterance
    last: bool


@dataclass(frozen=True, slots=True)
class Segment:
    """An utterance from the sample `start` on; `number` is its own within the session."""

    turn: Turn
    utterance: Utterance
    delivery: Delivery
    start: int
    number: int

    @property
    def end(self) -> int:
        """The first sample after it."""
        return self.start + len(self.utterance.samples)


class Speaker:
    """Says the turns of one session one after another, with or without a viewer. Nothing polls: a
    timer notes when each turn begins and ends."""

    def __init__(self, clock: Clock, studio: Studio, *, speed: float, pitch: float) -> None:
        self._clock = clock
        self._studio = studio
        self._speed = speed
        self._pitch = pitch
        self._queue: asyncio.Queue[Piece] = asyncio.Queue()
        self.revision = 0
        """A number that rises with each new segment and each interrupt."""
        self._news = asyncio.Event()
        self._segments: list[Segment] = []
        self._next_free = 0
        self._unfinished: dict[Turn, bool] = {}
        """Turns without an outcome, oldest first, and whether all of their sound is made."""
        self._pieces: list[Piece] = []
        """All pieces of those turns, in order."""
        self._open: Turn | None = None
        self._rest = ""
        self._performance = Performance()
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None

    def say_text(self, turn: Turn, chunk: str) -> None:
        """Say one more chunk of this turn, each sentence as soon as it is complete."""
        if turn.outcome is not None:
            return
        self._close_turn(unless=turn)
        self._open = turn
        ready, self._rest = whole_sentences(self._rest + chunk, final=turn.final)
        self._enqueue(Piece(turn, ready, turn.final))
        if turn.final:
            self._open = None

    def say_audio(self, turn: Turn, recording: Utterance) -> None:
        """Say this recording."""
        self._close_turn()
        self._enqueue(Piece(turn, recording, last=True))

    def interrupt(self, *, begun_only: bool = False) -> None:
        """Silence from the next packet on. Turns that have not begun are dropped, too, or with
        `begun_only` said next."""
        self._note_progress()
        dropped = [t for t in self._unfinished if not begun_only or t.started_at is not None]
        kept = [piece for piece in self._pieces if piece.turn not in dropped]
        if self._task:
            self._task.cancel()
            self._task = None
        self._queue = asyncio.Queue()
        self._performance.breaks_off(self._clock.position, self.segments)
        self._segments.clear()
        self._announce()
        self._next_free = 0
        if self._open in dropped:
            self._open, self._rest = None, ""
        for turn in dropped:
            turn.end("interrupted", time.time())
        self._unfinished.clear()
        self._pieces.clear()
        for piece in kept:
            self._enqueue(piece)
        self._note_progress()

    def sound(self, position: int) -> NDArray[np.int16] | None:
        """The packet of sound that begins at this sample; `None` for silence."""
        if (segment := self._at(position)) is None:
            return None
        offset = position - segment.start
        samples = segment.utterance.samples[offset : offset + PACKET]
        return np.pad(samples, (0, PACKET - len(samples)))

    def moment(self, position: int) -> Moment:
        """What the face does for its voice at this sample."""
        return self._performance.at(position, self.segments)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The segments on the clock that have not ended."""
        return tuple(self._segments)

    async def revised(self, known: int) -> None:
        """Wait until `revision` is another one than `known`."""
        while self.revision == known:
            await self._news.wait()

    def _at(self, position: int) -> Segment | None:
        return next((s for s in self._segments if s.start <= position < s.end), None)

    def _announce(self) -> None:
        self.revision += 1
        self._news.set()
        self._news = asyncio.Event()

    def _close_turn(self, unless: Turn | None = None) -> None:
        if self._open is not None and self._open is not unless:
            self._enqueue(Piece(self._open, self._rest, last=True))
            self._open, self._rest = None, ""

    def _enqueue(self, piece: Piece) -> None:
        self._unfinished.setdefault(piece.turn, False)
        self._pieces.append(piece)
        self._performance.waits(self._clock.position, self.segments)
        self._queue.put_nowait(piece)
        if self._task is None:
            self._task = asyncio.create_task(self._speak(self._queue))

    async def _speak(self, pieces: asyncio.Queue[Piece]) -> None:
        while True:
            piece = await pieces.get()
            async for utterance in self._utterances(piece):
                delivery = await self._studio.delivery(utterance)
                await asyncio.sleep(self._clock.seconds_until(self._next_free) - AHEAD)
                self._schedule(piece.turn, utterance, delivery)
            if piece.last:
                self._unfinished[piece.turn] = True
                self._note_progress()

    async def _utterances(self, piece: Piece) -> AsyncIterator[Utterance]:
        if isinstance(piece.content, Utterance):
            yield piece.content
        elif piece.content.strip():
            try:
                async for utterance in self._studio.utterances(
                    piece.content, self._speed, self._pitch
                ):
                    yield utterance
            except Exception as error:
                # One text that the engine chokes on must not silence the session for good.
                logger.warning("A text could not be spoken (%r); its turn is silent.", error)

    def _schedule(self, turn: Turn, utterance: Utterance, delivery: Delivery) -> None:
        unsent = (self._clock.position // PACKET + 1) * PACKET
        start = max(unsent, self._next_free)
        segment = Segment(turn, utterance, delivery, start, self.revision)
        turn.heard = turn.heard or not utterance.silent
        self._segments.append(segment)
        self._performance.begins(segment.start)
        self._announce()
        self._next_free = -(-segment.end // PACKET) * PACKET
        self._note_progress()

    def _note_progress(self) -> None:
        """Note which turns have begun and ended, and look again when the next one does."""
        now, position = time.time(), self._clock.position
        for segment in self._segments:
            if segment.start <= position:
                segment.turn.start(now)
        self._performance.ended([s for s in self._segments if s.end <= position])
        self._segments = [segment for segment in self._segments if segment.end > position]
        waiting = {segment.turn for segment in self._segments}
        for turn, made in list(self._unfinished.items()):
            if made and turn not in waiting:
                turn.start(now)
                turn.end("spoken", now)
                self._performance.rests(position, self.segments)
                del self._unfinished[turn]
                self._pieces = [piece for piece in self._pieces if piece.turn is not turn]
        if self._timer:
            self._timer.cancel()
            self._timer = None
        moments = [s.end if s.start <= position else s.start for s in self._segments]
        if moments:
            wait = max(0.0, self._clock.seconds_until(min(moments)))
            self._timer = asyncio.get_running_loop().call_later(wait, self._note_progress)


def whole_sentences(text: str, *, final: bool) -> tuple[str, str]:
    """Split the text of a turn into its complete sentences and the rest, which is none in a
    `final` text."""
    if final:
        return text, ""
    ends = [match.end() for match in SENTENCE_END.finditer(text)]
    return (text[: ends[-1]], text[ends[-1] :]) if ends else ("", text)
