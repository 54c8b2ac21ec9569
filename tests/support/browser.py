"""The Chrome or Chromium that the tests drive: the one that is there, else one is installed.

`python -m tests.support.browser --install` does the installing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
)
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The last flag of this name counts, so Playwright's own list (1.65) comes first. Chromium 156
    # loads its address bar's popup in a process for each new window: 0.8 s of a processor.
    "--disable-features=DestroyProfileOnBrowserClose,HttpsUpgrades,MediaRouter,PaintHolding,"
    "ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,OptimizationHints,AimEnabled,"
    "PreconnectToSearch,WebUIOmniboxPopup,WebUIOmniboxAimPopup",
)
# UDP by a proxy alone, and there is none: what Chromium does where an administrator forbids WebRTC.
# It finds no candidate that is of use. (Measured in 156; the flag with "force" does nothing.)
NO_WEBRTC = "--webrtc-ip-handling-policy=disable_non_proxied_udp"
SOUND_ALLOWED = "--autoplay-policy=no-user-gesture-required"
MISSING = (
    "No browser was found for the tests, and none could be installed: install Chrome or Chromium,"
    " or set CHROMIUM to the path of one."
)


def find() -> str | None:
    """The path of a browser on this machine; `CHROMIUM` in the environment goes first."""
    named = os.environ.get("CHROMIUM", "")
    on_path = (shutil.which(name) for name in NAMES)
    return next((str(p) for p in (named, *on_path, *PLACES) if p and Path(p).exists()), None)


def playwrights() -> str | None:
    """The path of the browser that Playwright has installed for this user."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> str | None:
    """Debian's as root, Playwright's elsewhere; the path, or `None` where neither could."""
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update", "-qq"], ["install", "-y", "-qq", "chromium"]):
            subprocess.run(["apt-get", *words], env=quiet, stdout=subprocess.DEVNULL)
    else:
        subprocess.run(
            [sys.executable, "-m", "playwright", "install", "chromium"], stdout=subprocess.DEVNULL
        )
    return find() or playwrights()


def executable() -> str:
    """The path of the browser to drive. Exits with the sentence that says what to install."""
    path = find() or playwrights()
    if path is None:
        sys.exit(MISSING)
    return path


if __name__ == "__main__":
    if "--install" in sys.argv and find() is None and playwrights() is None and install() is None:
        sys.exit(MISSING)
