"""The brand: colours that can be read on, and a logo that is a picture."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.brand import BUTTON_CONTRAST, DARK_SURFACE, TEXT_CONTRAST, Brand, contrast, logo_at

COLORS = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def test_contrast_is_that_of_the_standard() -> None:
    """WCAG 2.2: black on white is 21, a colour on itself 1."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#123456", "#123456") == pytest.approx(1)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@given(COLORS)
def test_every_color_carries_white_text_and_is_seen(color: str) -> None:
    """In both themes, whatever the brand's is; one that does already stays as it is."""
    brand = Brand(color=color)
    assert contrast(brand.on_light, "#ffffff") >= TEXT_CONTRAST
    assert contrast(brand.on_dark, "#ffffff") >= TEXT_CONTRAST
    assert contrast(brand.on_dark, DARK_SURFACE) >= BUTTON_CONTRAST
    if contrast(color, "#ffffff") >= TEXT_CONTRAST:
        assert brand.on_light == color


def test_a_logo_of_this_machine_is_in_the_page(tmp_path: Path) -> None:
    """So nothing else of the folder is ever served; an https address is left alone."""
    (tmp_path / "logo.svg").write_text("<svg/>")
    assert logo_at("logo.svg", tmp_path) == "data:image/svg+xml;base64,PHN2Zy8+"
    assert logo_at("https://example.com/logo.png", tmp_path) == "https://example.com/logo.png"
    assert logo_at("", tmp_path) == ""


@pytest.mark.parametrize(
    "place",
    ["missing.png", "page.html", "large.png", "http://example.com/a.png", 'https://a"b', "a\0.png"],
)
def test_what_is_no_logo(tmp_path: Path, place: str) -> None:
    """It is missing, no picture, too large, or at an address that is not safe."""
    (tmp_path / "page.html").write_text("<p>")
    (tmp_path / "large.png").write_bytes(bytes(200_001))
    with pytest.raises(ValueError, match="the path of a picture"):
        logo_at(place, tmp_path)
