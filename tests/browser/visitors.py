"""Who walks through the demonstration in a browser: somebody outside, and the counsellor at the desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, expect

PATIENCE = 40
"""Seconds until the workers have done what they were woken for."""


class Visitors:
    """Pages of the demonstration, each of a fresh browser; requests to other hosts are kept in `foreign`."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.contexts: list[Any] = []
        self.foreign: list[str] = []

    def outside(self, path: str, *, width: int = 360, height: int = 740, **options: Any) -> Page:
        """A page as a family sees it."""
        context = self.browser.new_context(
            viewport={"width": width, "height": height}, base_url=self.address, **options
        )
        self.contexts.append(context)
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.on("request", lambda sent: self._own(sent.url))
        page.goto(path)
        return page

    def desk(self, path: str, *, role: str = "counsellor", width: int = 1280, **options: Any) -> Page:
        """A page as a member of staff sees it."""
        options.setdefault("locale", "de-DE")
        page = self.outside("/desk/log-in", width=width, height=800, **options)
        page.fill("#email", f"{role}@example.org")
        page.fill("#password", "demo")
        with page.expect_navigation():
            page.press("#password", "Enter")
        page.goto(path)
        return page

    def _own(self, url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:", "about:")):
            self.foreign.append(url)


@contextmanager
def of(browser: Browser, address: str) -> Iterator[Visitors]:
    """Everybody has left at the end, and nobody was sent to another host."""
    visitors = Visitors(browser, address)
    yield visitors
    for context in visitors.contexts:
        context.close()
    assert visitors.foreign == []


def appears(page: Page, words: str) -> None:
    """Look again until these words are on the page."""
    for _ in range(PATIENCE):
        if page.get_by_text(words).count():
            return
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError(f"not on the page after {PATIENCE} looks: {words}")


def open_question(desk: Page, words: str) -> str:
    """The question with these words is on the desk; afterwards it is open, and its path is returned."""
    desk.goto("/desk/inbox?view=new")
    appears(desk, words)
    desk.locator(".sp-question", has_text=words).locator("a").first.click()
    expect(desk.locator(".sp-thread--desk")).to_contain_text(words)
    return desk.url.partition("?")[0]


def answer(desk: Page, words: str) -> None:
    """The counsellor answers by the way the page proposes."""
    desk.fill("#text", words)
    with desk.expect_navigation():
        desk.click("#send")
    expect(desk.locator(".sp-thread--desk")).to_contain_text(words)
