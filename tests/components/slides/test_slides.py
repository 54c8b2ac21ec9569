"""The frame's route and its policy, and the Marp that is kept beside it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

from starlette.applications import Starlette
from starlette.testclient import TestClient

from components import slides
from components.slides import frame_path, slides_routes

ROOT = Path(__file__).parent.parent.parent.parent
VENDOR = Path(slides.__file__).parent / "vendor"
NODE = Path(sys.executable).with_name("node")


def test_the_frame_is_kept_as_long_as_it_is_the_current_one() -> None:
    """Its path names its version; an older page's frame is the current one, and not kept."""
    client = TestClient(Starlette(routes=slides_routes()))
    current = client.get(f"/{frame_path()}")
    older = client.get("/slides/frame/older")
    assert "immutable" in current.headers["cache-control"]
    assert older.headers["cache-control"] == "no-cache"
    assert older.text == current.text


def test_the_policy_names_every_script_of_the_frame_and_no_place() -> None:
    """No host, no 'self': what is not in the page itself can't be loaded."""
    answer = TestClient(Starlette(routes=slides_routes())).get(f"/{frame_path()}")
    policy = answer.headers["content-security-policy"].split("; ")
    assert policy[0] == "default-src 'none'"
    assert "sandbox allow-scripts" in policy
    assert answer.text.count("<script") == 2
    scripts = next(it for it in policy if it.startswith("script-src"))
    assert re.fullmatch(r"script-src 'sha256-\S+' 'sha256-\S+'", scripts)
    sources = {source for it in policy if "-src" in it for source in it.split()[1:]}
    assert {it for it in sources if "sha256" not in it} == {"'none'", "'unsafe-inline'", "data:"}


def test_the_kept_marp_is_of_the_pinned_version() -> None:
    """Its first line names the versions of package.json."""
    pinned = json.loads((ROOT / "package.json").read_text("utf-8"))["devDependencies"]
    banner = (VENDOR / "marp.js").read_text("utf-8").splitlines()[0]
    assert f"@marp-team/marp-core {pinned['@marp-team/marp-core']}, " in banner
    assert f"esbuild {pinned['esbuild']} " in banner
    licences = (VENDOR / "marp.licences.txt").read_text("utf-8")
    assert f"@marp-team/marp-core {pinned['@marp-team/marp-core']}\n" in licences


def test_the_kept_marp_can_be_made_again(tmp_path: Path) -> None:
    """`npm run vendor` writes the very files that are there."""
    assert (ROOT / "node_modules").exists(), "Run npm ci first, or make test."
    build = [str(NODE), "components/slides/vendor/build.mjs", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, timeout=60)
    for name in ("marp.js", "marp.licences.txt"):
        assert (tmp_path / name).read_bytes() == (VENDOR / name).read_bytes(), name
