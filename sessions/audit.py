"""The audit log: one JSON line for each start, say, interrupt, end, limit, and refused stranger.

The lines go through the logger "avatar.audit". They hold no credential, and no texts unless the
operator asked for them.
"""

from __future__ import annotations

import json
import logging
import os
import stat
import sys
from datetime import UTC, datetime
from io import TextIOWrapper
from typing import Any, Literal

from sessions.rates import Rate

Event = Literal["start", "say", "interrupt", "end", "limit", "operator", "refusal"]

REFUSALS = Rate(20, 0.2)
"""Lines of one outcome: a flood that is refused must not fill the disk."""

_log = logging.getLogger("avatar.audit")


def note(
    event: Event,
    visitor: str,
    *,
    session: str | None = None,
    turn: str | None = None,
    outcome: str,
    duration: float | None = None,
    reason: str | None = None,
    text: str | None = None,
    quoted: tuple[str, str] | None = None,
) -> None:
    """Write a line about something that has just finished; it took `duration` seconds.

    `quoted`: words of the service in `reason` that may repeat the text, and their replacement where
    no texts are written.

    | event     | outcome                                 | duration             |
    |-----------|-----------------------------------------|----------------------|
    | start     | created, failed, unknown, not needed    | click to answer      |
    | say       | spoken, interrupted, failed             | click to end of turn |
    | interrupt | done, failed                            | click to answer      |
    | end       | ended, not confirmed                    | start to end         |
    | limit     | idle, max, sessions                     |                      |
    | operator  | opened, wrong password, ends            |                      |
    | refusal   | origin, host, nonce, page, upload,      |                      |
    |           | flood, starts, preflights, operator     |                      |
    """
    if _log.isEnabledFor(logging.INFO):
        line = {
            "event": event,
            "visitor": visitor,
            "session": session,
            "turn": turn,
            "outcome": outcome,
            "duration": None if duration is None else round(duration, 3),
            "reason": reason,
            "text": text,
            "quoted": quoted,
        }
        _log.info("%s %s", event, outcome, extra={"audit": line})


def refusal(outcome: str, visitor: str | None, reason: str) -> None:
    """Write a line about a request that was refused, unless there were many of that `outcome`."""
    if REFUSALS.allows(outcome):
        note("refusal", visitor or "", outcome=outcome, reason=reason)


class _JsonLine(logging.Formatter):
    """Formats a record of `note`, with the time (ISO 8601, UTC)."""

    def __init__(self, *, with_text: bool) -> None:
        super().__init__()
        self._with_text = with_text

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = dict(record.__dict__.get("audit", {}))
        text, quoted = line.pop("text", None), line.pop("quoted", None)
        if not self._with_text and quoted and line["reason"]:
            line["reason"] = line["reason"].replace(*quoted)
        if self._with_text and text is not None:
            line["text"] = text
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        return json.dumps({"time": time, **line})


class _PrivateFile(logging.FileHandler):
    """Appends to a file that only its owner can read."""

    def _open(self) -> TextIOWrapper:
        def private(path: str, flags: int) -> int:
            file = os.open(path, flags, 0o600)
            # Opening leaves an existing file's mode; a device such as /dev/null must keep its own.
            if hasattr(os, "fchmod") and stat.S_ISREG(os.fstat(file).st_mode):
                os.fchmod(file, 0o600)
            return file

        return open(self.baseFilename, "a", encoding="utf-8", opener=private)


def open_audit_log(target: str, with_text: bool) -> None:
    """Write the log to `target` from now on: "" is off, "-" standard error, else a file.

    `with_text`: write the texts, too. Raises `ValueError` with a sentence for a file that can't be
    written.
    """
    for old in _log.handlers[:]:
        _log.removeHandler(old)
        old.close()
    _log.propagate = False  # a general log has other readers
    _log.setLevel(logging.INFO if target else logging.CRITICAL)
    if not target:
        return
    try:
        handler = logging.StreamHandler(sys.stderr) if target == "-" else _PrivateFile(target)
    except OSError as error:
        raise ValueError(
            f"AVATAR_AUDIT_LOG names a file that can't be written ({error.strerror}): name one in a"
            " folder that is there and yours, or - for standard error."
        ) from None
    handler.setFormatter(_JsonLine(with_text=with_text))
    _log.addHandler(handler)
