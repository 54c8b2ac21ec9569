"""The types that a component's JavaScript is checked with."""

from __future__ import annotations

from types import ModuleType

import pytest

from components.typings import PROTOCOLS, path_of, typings


@pytest.mark.parametrize("module", PROTOCOLS, ids=lambda module: module.__name__)
def test_the_written_types_are_those_of_the_protocol(module: ModuleType) -> None:
    """Whoever changes a protocol writes them anew: `python -m components.typings`."""
    assert path_of(module).read_text(encoding="utf-8") == typings(module)
