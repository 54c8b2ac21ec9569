"""The server voice: speaks the turns of a service that takes no text."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

import numpy as np

from speech import (
    AS_PRINTED,
    Engine,
    EngineFailed,
    Recording,
    SayAs,
    Utterance,
    Word,
    load_engine,
    recorded,
)

LEAST = 4.0
"""Seconds of a piece after the first, at least: fewer seams, and time to make the next one."""

NO_SOUND = "The server voice has no sound for this text: try other words."

_log = logging.getLogger(__name__)


class NoVoice(Exception):
    """The server voice can't speak a text; the message is a sentence for the visitor."""


class Voice(Protocol):
    """A server voice: `ServerVoice`, or a stand-in."""

    def warm_up(self) -> None:
        """Load the voice: it may be needed soon."""
        ...

    def recordings(
        self, text: str, speed: float, say_as: SayAs | None = None
    ) -> AsyncGenerator[Recording]:
        """`text` spoken by `say_as` at `speed` (1.0 is normal), in pieces. Raises `NoVoice`."""
        ...

    def close(self) -> None:
        """Make nothing more. Idempotent."""
        ...


class ServerVoice:
    """The speech engine of all sessions, loaded at its first use, and its one thread.

    One thread, because a second sentence made at the same time would slow the first one down.
    """

    def __init__(self, load: Callable[[], Engine] = load_engine) -> None:
        self._load = load
        self._worker = ThreadPoolExecutor(1, "server-voice")
        self._engine: Future[Engine] | None = None

    def warm_up(self) -> None:
        """Begin to load the engine, which takes a second or two."""
        if self._engine is None:
            self._engine = self._worker.submit(self._load)

    async def recordings(
        self,
        text: str,
        speed: float,
        say_as: SayAs | None = None,
    ) -> AsyncGenerator[Recording]:
        """`text` spoken by `say_as` at `speed` (1.0 is normal), in pieces, made when asked for.

        The first piece is as short as possible, so that it is heard soon. Raises `NoVoice`.
        """
        try:
            engine = await self._loaded()
            say_as = say_as or AS_PRINTED
            utterances = say_as.spoken_by(engine, text, speed=speed)
            least = 0.0
            if engine.has_sound("".join(each.spoken for each in say_as.said_by(engine, text))):
                loop = asyncio.get_running_loop()
                while piece := await loop.run_in_executor(self._worker, _next, utterances, least):
                    yield piece
                    least = LEAST
        except EngineFailed as error:
            raise NoVoice(f"{error} Without it, nothing can be said here.") from None
        except Exception as error:  # any engine, any text at all
            _log.error("The server voice failed with %s: %s", type(error).__name__, error)
            raise NoVoice("The server voice failed at this text: change it.") from None
        if not least:
            raise NoVoice(NO_SOUND)

    @property
    def is_loaded(self) -> bool:
        """Whether the engine is there. From any thread."""
        loaded = self._engine
        return bool(loaded and loaded.done() and not loaded.cancelled() and not loaded.exception())

    def has_sound(self, text: str) -> bool:
        """Whether it can say `text`; it is taken to, while the engine is not loaded. From any
        thread."""
        loaded = self._engine
        return not self.is_loaded or loaded is None or loaded.result().has_sound(text)

    async def timed(
        self, text: str, speed: float, say_as: SayAs | None = None
    ) -> tuple[tuple[Word, ...], float]:
        """The words of `text` with their times, as `recordings` says it, and its length in seconds.

        Made sentence by sentence, so that what is to be heard now need not wait for it. Raises
        `NoVoice`.
        """
        words: list[Word] = []
        length = 0.0
        try:
            engine = await self._loaded()
            utterances = (say_as or AS_PRINTED).spoken_by(engine, text, speed=speed)
            loop = asyncio.get_running_loop()
            while said := await loop.run_in_executor(self._worker, next, utterances, None):
                words += (Word(length + w.at, length + w.until, w.text) for w in said.words)
                length += said.duration
        except Exception as error:  # any engine, any text at all
            _log.warning("A line could not be timed: %s: %s", type(error).__name__, error)
            raise NoVoice("The server voice can't tell how long this takes.") from None
        return tuple(words), length

    def close(self) -> None:
        """Stop, without waiting for the piece under way. Idempotent."""
        self._worker.shutdown(wait=False, cancel_futures=True)

    async def _loaded(self) -> Engine:
        self.warm_up()
        assert self._engine
        try:
            return await asyncio.shield(asyncio.wrap_future(self._engine))
        except EngineFailed:
            self._engine = None  # the next try may succeed
            raise


def _next(utterances: Iterator[Utterance], least: float) -> Recording | None:
    """The next piece, of `least` seconds if that much is left; None after the last."""
    pieces: list[Utterance] = []
    for utterance in utterances:
        if not utterance.silent:
            pieces.append(utterance)
        if pieces and sum(piece.duration for piece in pieces) >= least:
            break
    if not pieces:
        return None
    samples = np.concatenate([piece.samples for piece in pieces])
    return recorded(samples, " ".join(piece.text for piece in pieces))
