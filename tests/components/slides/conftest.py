"""A browser with a page that has a slide view."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.components.slides.slides_page import SlidesPage, slides_site
from tests.support.visitor_page import browser

__all__ = ["browser"]


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of a page with a slide view."""
    with slides_site() as url:
        yield url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page."""
    with browser.new_context(viewport={"width": 700, "height": 560}) as context:
        yield context.new_page()


@pytest.fixture
def slides(page: Page, site: str) -> SlidesPage:
    """The page with an empty slide view."""
    return SlidesPage(page, site)
