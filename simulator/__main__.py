"""`python -m simulator`: listen, print the base URL as one line of JSON, run until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeVar
from urllib.parse import SplitResult, urlsplit

from simulator import is_loopback

if TYPE_CHECKING:
    from starlette.applications import Starlette

N = TypeVar("N", int, float)

LIVE = "https://api.avatar.us.kaltura.ai/v1/avatar-session"
"""Source: Kaltura Control API."""


def main() -> None:
    """Run the simulator until it is told to stop; exit code 2 when it can't listen."""
    # Before any slow import, so that a signal never finds Python's own handler and its traceback.
    # uvicorn has its own handlers while it serves, and sends the signal on to these afterwards.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: _leave())
    flags = _flags()
    if flags.check:
        sys.exit(_check(None if flags.check is True else flags.check))
    try:
        listener = _listen(flags.host, flags.port)
    except OSError as error:
        print(
            f"The simulator can't listen on {flags.host} port {flags.port}:"
            f" {error.strerror or error}. Choose another port, or 0 for any free one.",
            file=sys.stderr,
        )
        sys.exit(2)
    _serve(listener, flags)


def _leave() -> NoReturn:
    """Exit at once. Python's own exit waits up to 2 s for the thread that loads the voice."""
    os._exit(0)


def _flags() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m simulator", description=__doc__)
    flag = parser.add_argument
    flag("--host", default="127.0.0.1", help="address to listen on")
    flag("--port", type=_from(0, 65_535), default=8600, help="0 for any free one")
    flag("--max-sessions", type=_from(1, 1_000_000), default=5, help="live at the same time")
    flag(
        "--idle-timeout",
        type=_from(0.001, 86_400.0),
        default=60.0,
        help="seconds a session lives without a keep-alive",
    )
    flag(
        "--dialect",
        choices=("documented", "live"),
        help="answer one form of the API only: the documented one, or the one seen live, which"
        " refuses say-text and sends H264 alone; both otherwise",
    )
    flag(
        "--check",
        nargs="?",
        const=True,
        type=_base_url,
        metavar="BASE_URL",
        help="no simulation: make every call of the contract once against this base URL, that of"
        " AVATAR_BASE_URL unless another is given, with AVATAR_KS from the environment or .env;"
        " print the differences from the contract, and end every session",
    )
    flag(
        "--record",
        nargs="?",
        const=LIVE,
        type=_base_url,
        metavar="BASE_URL",
        help="no simulation: pass every call on to this base URL, Kaltura's unless another is"
        " given; write pages without secrets, and print the differences from the contract",
    )
    flag(
        "--into",
        type=Path,
        default=Path(time.strftime("recorded/%Y-%m-%d-%H%M%S")),
        help="folder for what --record writes",
    )
    flag("--exit-with-parent", action="store_true", help="exit when standard input is closed")
    flag(
        "--engine",
        default="",
        metavar="MODULE:FUNCTION",
        help="the function that loads the voice; ours unless another one is named",
    )
    flag(
        "--turn",
        action=argparse.BooleanOptionalAction,
        help="a relay of its own for init-client to answer, which leads to this machine alone; as"
        " default in the live dialect",
    )
    # A bare host stands for its ports 80 and 443 (kaltura/intelligent-agents-sdk, August 2026).
    flag("--turn-url", default="", help="a TURN server for init-client to answer")
    flag("--turn-username", default="", help="of the TURN server")
    flag("--turn-credential", default="", help="of the TURN server")
    flags = parser.parse_args()
    turn = (flags.turn_url, flags.turn_username, flags.turn_credential)
    if flags.turn is None:
        flags.turn = flags.dialect == "live" and not any(turn)
    if any(turn) and (flags.turn or not all(turn)):
        parser.error(
            "--turn-url, --turn-username and --turn-credential: all three without --turn, or none"
        )
    if flags.record and not is_loopback(flags.host):
        parser.error("--record passes credentials on, so it listens on this machine alone")
    return flags


def _check(base_url: SplitResult | None) -> str | None:
    """Make the check. Return a sentence where it could not be made."""
    from simulator.check import NothingToTry, check, settings
    from simulator.exchange import NoAnswer

    try:
        chosen = settings()
        check(base_url or _base_url(chosen.get("AVATAR_BASE_URL", LIVE)), chosen)
    except (NothingToTry, NoAnswer) as problem:
        return f"{problem}"
    except (argparse.ArgumentTypeError, ValueError):
        # Its value is not told: a credential may have been put into the wrong setting.
        return "AVATAR_BASE_URL is no base URL; it must be https://host/path."
    return None


def _base_url(text: str) -> SplitResult:
    url = urlsplit(text.rstrip("/"))
    secure = url.scheme == "https" or (url.scheme == "http" and is_loopback(url.hostname))
    # To read a wrong port raises ValueError, which argparse tells, too.
    plain = url.hostname and url.port != 0 and not url.query and not url.fragment
    if not (secure and plain) or "@" in url.netloc:
        raise argparse.ArgumentTypeError(f"{text!r} is no base URL; it must be https://host/path")
    return url


def _from(least: N, most: N) -> Callable[[str], N]:
    def number(text: str) -> N:
        if not least <= (value := type(least)(text)) <= most:
            raise argparse.ArgumentTypeError(f"{text} is not from {least} to {most}")
        return value

    return number


def _listen(host: str, port: int) -> socket.socket:
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    # asyncio turns Nagle's algorithm off only for sockets that say they are TCP; left on, answers
    # on a kept connection take 40 ms more.
    listener = socket.socket(family, kind, socket.IPPROTO_TCP)
    if os.name == "posix":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(address)
    listener.listen(128)
    return listener


def _serve(listener: socket.socket, flags: argparse.Namespace) -> None:
    import uvicorn

    from simulator.wire import Connection

    host, port = listener.getsockname()[:2]
    path = flags.record.path if flags.record else "/v1/avatar-session"
    base_url = f"http://{f'[{host}]' if ':' in host else host}:{port}{path}"

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            """Say that the simulator is ready."""
            await super().startup(sockets)
            print(json.dumps({"baseUrl": base_url}), flush=True)
            if flags.record:
                print("Set AVATAR_BASE_URL to that; Ctrl+C ends the recording.", flush=True)

    server = Server(
        uvicorn.Config(
            _application(flags),
            http=Connection,
            ws="none",
            loop="asyncio",
            lifespan="on",
            proxy_headers=False,
            log_level="warning",
            access_log=False,
            # Longer than the 10 s between keep-alives, so that a caller's connection lives too.
            timeout_keep_alive=75,
            timeout_graceful_shutdown=1,
        )
    )

    def stop_at_end_of_input() -> None:
        # os.read and not sys.stdin: Python can't exit while a thread waits in a buffered reader.
        while os.read(0, 4096):
            pass
        server.should_exit = True

    if flags.exit_with_parent:
        threading.Thread(target=stop_at_end_of_input, daemon=True).start()

    async def serve() -> None:
        await server.serve([listener])
        # Not after `run`, which waits for the threads that draw the faces: 3 s of a processor.
        _leave()

    asyncio.run(serve())


def _application(flags: argparse.Namespace) -> Starlette:
    if flags.record:
        from simulator.recorder import recorder

        return recorder(flags.record, flags.into)

    from simulator.dialects import DIALECTS, EVERY
    from simulator.server import application
    from speech import checked_engine

    try:
        engine = checked_engine(flags.engine)
    except ValueError as error:
        sys.exit(f"{error}")
    turn = {
        "url": flags.turn_url,
        "username": flags.turn_username,
        "credential": flags.turn_credential,
    }
    return application(
        max_sessions=flags.max_sessions,
        idle_timeout=flags.idle_timeout,
        engine=engine,
        dialect=DIALECTS.get(flags.dialect, EVERY),
        turn=None if flags.turn else turn,
        host=flags.host,
    )


if __name__ == "__main__":
    main()
