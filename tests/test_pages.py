"""The guides show every page: no page without a picture, no picture without a page, and none too large."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import every_page, picture
from tests.browser.every_page import Page

DOCS = Path(__file__).parents[1] / "docs"
GUIDES = {
    "desk": [*every_page.DESK, *every_page.ANSWERS],
    "public-pages": [*every_page.PUBLIC, *every_page.DEMO],
}
LARGEST = 150 * 1024
TOGETHER = 7 * 512 * 1024
SHOWN = re.compile(r"!\[([^\]]+)\]\(screenshots/([\w-]+)\.png\)")


def shown(guide: str) -> list[tuple[str, str]]:
    """What is said of each picture of this guide, and its name."""
    return SHOWN.findall((DOCS / f"{guide}.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("surface", "pages"), [("desk", every_page.DESK), ("public", every_page.PUBLIC)], ids=["desk", "public"]
)
def test_each_route_is_a_page_or_says_what_else_it_is(surface: str, pages: list[Page]) -> None:
    assert {page.route for page in pages} | every_page.FILES[surface].keys() == every_page.routes(surface)


@pytest.mark.parametrize(("guide", "pages"), GUIDES.items(), ids=GUIDES)
def test_a_guide_shows_each_page_once(guide: str, pages: list[Page]) -> None:
    assert sorted(name for _, name in shown(guide)) == sorted(page.picture for page in pages)


@pytest.mark.parametrize("guide", GUIDES)
def test_what_a_picture_shows_is_said_in_words(guide: str) -> None:
    assert [said for said, _ in shown(guide) if not said[0].isupper()] == []


def test_every_picture_is_of_a_page_and_every_page_has_one() -> None:
    assert {file.stem for file in every_page.FOLDER.glob("*")} == {page.picture for page in every_page.ALL}


def test_pictures_are_small_and_those_of_phones_narrow() -> None:
    sizes = {page.picture: len(content(page)) for page in every_page.ALL}
    assert max(sizes.values()) <= LARGEST
    assert sum(sizes.values()) <= TOGETHER
    assert set(widths(every_page.PUBLIC)) == {752}
    assert set(widths([*every_page.DESK, *every_page.ANSWERS, *every_page.DEMO])) == {1200}


def widths(pages: list[Page]) -> Iterator[int]:
    for page in pages:
        yield picture.size(content(page))[0]


def content(page: Page) -> bytes:
    return (every_page.FOLDER / f"{page.picture}.png").read_bytes()
