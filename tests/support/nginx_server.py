"""The real nginx before the app, with the configuration that docs/deploy.md prints.

`python -m tests.support.nginx_server --install` installs a missing one: Debian's.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from tests.support.app_process import ROOT, App, free_port
from tests.support.debian import unpack
from tests.support.simulator_process import eventually

PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin")
UNPACKED = Path(sys.prefix, "nginx")
MISSING = (
    "No nginx was found for the tests, and none could be installed: install nginx, or set"
    " NGINX_SERVER to the path of one."
)
NAME = "avatar.example.com"
"""The public name of the page."""
USERNAME, PASSWORD = "a-visitor", "canary-of-the-login"


def find() -> str | None:
    """The path of an nginx on this machine; `NGINX_SERVER` in the environment goes first.

    Not `NGINX`, which nginx itself reads.
    """
    path = os.pathsep.join((os.environ.get("PATH", ""), *PLACES, f"{UNPACKED}/usr/sbin"))
    places = (os.environ.get("NGINX_SERVER"), shutil.which("nginx", path=path))
    return next((place for place in places if place and Path(place).exists()), None)


def install() -> str | None:
    """Debian's or Ubuntu's, unpacked: installed, it would start to listen on port 80."""
    if shutil.which("apt-get"):
        if os.geteuid() == 0:
            subprocess.run(["apt-get", "update", "-qq"], stdout=subprocess.DEVNULL)
        unpack("nginx", UNPACKED)
    return find()


@dataclass(frozen=True, slots=True)
class Printed:
    """The blocks of docs/deploy.md: a whole server, two locations below a path, several servers."""

    server: str
    passed_on: str
    stripped: str
    several: str

    def with_several(self) -> str:
        """The server before several."""
        return self.several + self.server.replace("//127.0.0.1:8501", "//avatar")

    def with_location(self, location: str) -> str:
        """The server with another location than the root."""
        root = re.search(r"    location / \{.*?\n    \}\n", self.server, re.DOTALL)
        assert root
        return self.server.replace(root[0], location)


def printed() -> Printed:
    """What the page prints today."""
    page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    return Printed(*re.findall(r"```nginx\n(.*?)```", page, re.DOTALL))


# What nginx needs beside that, to be one of several on this machine, and nobody's service.
_AROUND = """
daemon off;
{user}
pid {folder}/nginx.pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {servers}
}}
"""


def _replaced(text: str, replacements: Mapping[str, str]) -> str:
    """`text` with all that these patterns match replaced; each must match."""
    for pattern, by in replacements.items():
        text, count = re.subn(pattern, by, text)
        assert count, f"docs/deploy.md says {pattern} no more"
    return text


@contextmanager
def running_nginx(*sites: tuple[str, App]) -> Iterator[list[str]]:
    """An nginx with these servers, each before its app; their addresses.

    Fails where there is none on this machine. A browser finds the addresses with `RESOLVED`.
    """
    path = find()
    assert path, MISSING
    ports = [free_port() for _ in sites]
    with tempfile.TemporaryDirectory() as folder:
        certificate = trustme.CA().issue_cert(NAME)
        certificate.private_key_pem.write_to_path(f"{folder}/privkey.pem")
        for pem in certificate.cert_chain_pems:
            pem.write_to_path(f"{folder}/fullchain.pem", append=True)
        Path(folder, "avatar.htpasswd").write_text(f"{USERNAME}:{{PLAIN}}{PASSWORD}")
        servers = [
            _replaced(
                server,
                {
                    "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
                    r"(127|10)\.0\.0\.\d:8501": f"127.0.0.1:{app.port}",
                    f"/etc/letsencrypt/live/{NAME}": folder,
                    "/etc/nginx/avatar.htpasswd": f"{folder}/avatar.htpasswd",
                },
            )
            for (server, app), port in zip(sites, ports, strict=True)
        ]
        user = "user root;" if os.geteuid() == 0 else ""  # to read this folder
        around = _AROUND.format(folder=folder, user=user, servers="".join(servers))
        Path(folder, "nginx.conf").write_text(around)
        libraries = os.pathsep.join(map(str, UNPACKED.glob("usr/lib/*-linux-*")))
        process = subprocess.Popen(
            [path, "-e", "stderr", "-c", f"{folder}/nginx.conf"],
            env={**os.environ, "LD_LIBRARY_PATH": libraries},
        )
        try:
            eventually(lambda: _listens(process, ports[-1]))
            yield [f"https://{NAME}:{port}" for port in ports]
        finally:
            process.terminate()
            process.wait()


RESOLVED = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
"""Chromium's flag with which the name leads to this machine."""


def _listens(process: subprocess.Popen[bytes], port: int) -> bool:
    assert process.poll() is None, "nginx stopped by itself"
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True


if __name__ == "__main__" and "--install" in sys.argv and find() is None and install() is None:
    sys.exit(MISSING)
