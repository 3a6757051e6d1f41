"""Takes the pictures of README and docs from the demonstration: `make screenshots`.

The office, the day and the hour are always the same (`demo_server.py`), so pictures differ when pages do. Which there
are says `every_page.py`; names after the command take only those pictures anew.
"""

from __future__ import annotations

import base64
import json
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Playwright, ViewportSize, sync_playwright

from tests import servers
from tests.browser import conftest, demo_server, every_page, picture

PHONE: ViewportSize = {"width": 360, "height": 740}
WIDE: ViewportSize = {"width": 1200, "height": 800}
GERMAN_DATES = """() => {
  const written = {date: value => value.split('-').reverse().join('.') || 'TT.MM.JJJJ', time: value => value || '--:--'}
  for (const field of document.querySelectorAll('input[type=date], input[type=time]')) {
    const shown = written[field.type](field.value)
    field.type = 'text'
    field.value = shown
  }
}"""
"""Dates and times as a German browser writes them; the one that takes the pictures may know English only."""
TO_ITS_PLACE = """() => {
  const shown = location.hash && document.querySelector(location.hash)
  shown ? shown.scrollIntoView({behavior: 'instant'}) : scrollTo({top: 0, behavior: 'instant'})
}"""
LOWEST, HIGHEST = 320, 1000
"""Pixels of a picture of the desk, which ends with its page."""


def main(wanted: list[str]) -> None:
    """Every picture, or those wanted, taken anew."""
    every_page.FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        demo_server.standing_still(Path(folder), "years") as address,
        sync_playwright() as playwright,
    ):
        names = json.loads((Path(folder) / demo_server.NAMES).read_text())
        browser = browser_of(playwright)
        studio = Studio(browser, address, names)
        for page in sorted(every_page.ALL, key=lambda page: page.picture != "audit"):  # while few have looked
            if not wanted or page.picture in wanted:
                keep(page.picture, studio.take(page))
        browser.close()


def browser_of(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(
        executable_path=servers.chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"]
    )


class Studio:
    """Where pictures are taken; whoever looks at a page of the desk has logged in once."""

    def __init__(self, browser: Browser, address: str, names: dict[str, str]) -> None:
        self.browser, self.address, self.names = browser, address, names
        self.entered: dict[str, BrowserContext] = {}

    def take(self, page: every_page.Page) -> bytes:
        """Pages for families in German and Arabic side by side, others on a wide screen."""
        if page in every_page.PUBLIC:
            return side_by_side(self.browser, [self.on_phone(page, language) for language in ("de", "ar")])
        return self.wide(page)

    def on_phone(self, page: every_page.Page, language: str) -> bytes:
        """As a small phone shows it first."""
        tab = self.browser.new_page(viewport=PHONE, base_url=self.address)
        tab.goto(page.address.format_map({**self.names, "lang": language}))
        return taken(tab)

    def wide(self, page: every_page.Page) -> bytes:
        """From its top as far down as there is something, `HIGHEST` pixels at most."""
        tab = self.context(page.role).new_page()
        tab.set_viewport_size(WIDE)
        page.show(tab, self.names)
        for height in (LOWEST, HIGHEST):  # once more, for some distances depend on the height of the window
            end = int(tab.evaluate("document.querySelector('main').getBoundingClientRect().bottom + scrollY"))
            tab.set_viewport_size({"width": WIDE["width"], "height": max(LOWEST, min(end, height))})
        tab.evaluate(TO_ITS_PLACE)
        tab.evaluate(GERMAN_DATES)
        return taken(tab)

    def context(self, role: str) -> BrowserContext:
        if role not in self.entered:
            self.entered[role] = conftest.at_the_desk(self.browser, self.address, role, locale="de-DE")
        return self.entered[role]


def taken(tab: Page) -> bytes:
    tab.evaluate("document.fonts.ready.then(() => true)")
    found = tab.screenshot(animations="disabled")
    tab.close()
    return found


def side_by_side(browser: Browser, pictures: list[bytes]) -> bytes:
    """One picture of several, on the ground and with the gap a README shows them in."""
    images = "".join(
        f'<img src="data:image/png;base64,{base64.b64encode(one).decode()}">' for one in pictures
    )
    page = browser.new_page(viewport={"width": 752, "height": 756})
    page.set_content(
        "<style>body {margin: 0; padding: 8px; display: flex; gap: 16px; background: #d8dde3}"
        f"</style><body>{images}"
    )
    return taken(page)


def keep(name: str, png: bytes) -> None:
    path = every_page.FOLDER / f"{name}.png"
    path.write_bytes(picture.small(png))
    print(f"{path.relative_to(conftest.ROOT)} {path.stat().st_size // 1024} KB", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
