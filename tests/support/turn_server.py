"""The real TURN server that the tests of the network use: coturn, the one that is there, else
Debian's is installed.

`python -m tests.support.turn_server --install` does the installing.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from tests.support.debian import unpack
from tests.support.simulator_process import eventually

PLACES = ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/opt/local/bin")
UNPACKED = Path(sys.prefix, "coturn")
USERNAME, CREDENTIAL = "a-visitor", "canary-of-the-turn-credential"
MISSING = (
    "No TURN server was found for the tests, and none could be installed: install coturn (apt or"
    " brew install coturn), or set TURNSERVER to the path of its turnserver."
)


def find() -> str | None:
    """The path of coturn's server on this machine; `TURNSERVER` in the environment goes first."""
    path = os.pathsep.join((os.environ.get("PATH", ""), *PLACES, f"{UNPACKED}/usr/bin"))
    places = (os.environ.get("TURNSERVER"), shutil.which("turnserver", path=path))
    return next((place for place in places if place and Path(place).exists()), None)


def install() -> str | None:
    """Debian's or Ubuntu's; the path, or `None` where there is no apt. No registry has a wheel.

    Without root its packages are unpacked into the virtual environment.
    """
    if shutil.which("apt-get"):
        if os.geteuid() == 0:
            quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            for words in (["update", "-qq"], ["install", "-y", "-qq", "coturn", "iproute2"]):
                subprocess.run(["apt-get", *words], env=quiet, stdout=subprocess.DEVNULL)
        else:
            unpack("coturn", UNPACKED)
    return find()


@dataclass(frozen=True, slots=True)
class TurnServer:
    """A coturn on this machine. `port` is for UDP and TCP, `tls_port` for TLS on TCP, with a
    certificate of an authority that nobody knows."""

    port: int
    tls_port: int

    @property
    def udp(self) -> str:
        """Its address for a browser that may send UDP."""
        return f"turn:127.0.0.1:{self.port}?transport=udp"

    @property
    def tcp(self) -> str:
        """Its address over TCP."""
        return f"turn:127.0.0.1:{self.port}?transport=tcp"

    @property
    def tls(self) -> str:
        """Its address over TLS."""
        return f"turns:127.0.0.1:{self.tls_port}?transport=tcp"


@contextmanager
def running_turn_server() -> Iterator[TurnServer]:
    """A server of its own; gone afterwards. Fails where there is none on this machine."""
    path = find()
    assert path, MISSING
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = TurnServer(*_free_ports(2))
        certificate = folder / "certificate.pem"
        trustme.CA().issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(
            certificate
        )
        values = {
            "listening-ip": "127.0.0.1",
            "relay-ip": "127.0.0.1",
            "listening-port": server.port,
            "tls-listening-port": server.tls_port,
            "realm": "the-tests",
            "user": f"{USERNAME}:{CREDENTIAL}",
            "cert": certificate,
            "pkey": certificate,
            # Debian's places for these belong to root.
            "userdb": folder / "users.sqlite",
            "pidfile": folder / "pid",
            "log-file": folder / "log",
        }
        flags = ("-n", "--lt-cred-mech", "--allow-loopback-peers", "--no-cli", "--simple-log")
        words = (f"--{name}={value}" for name, value in values.items())
        libraries = os.pathsep.join(map(str, UNPACKED.glob("usr/lib/*-linux-*")))
        process = subprocess.Popen(
            [path, *flags, *words],
            env={**os.environ, "LD_LIBRARY_PATH": libraries},
            stdout=subprocess.DEVNULL,
        )
        try:
            eventually(lambda: _listens(server.port) and _listens(server.tls_port))
            yield server
        finally:
            process.kill()
            process.wait()


def _free_ports(count: int) -> list[int]:
    with ExitStack() as held:
        free = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [listener.getsockname()[1] for listener in free]


def _listens(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def turn_server() -> Iterator[TurnServer]:
    """One server for the file's tests."""
    with running_turn_server() as server:
        yield server


if __name__ == "__main__" and "--install" in sys.argv and find() is None and install() is None:
    sys.exit(MISSING)
