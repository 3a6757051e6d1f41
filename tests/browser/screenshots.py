"""Takes the pictures of the README from the demonstration: `make screenshots`.

The office, the day and the hour are always the same (`demo_server.py`), so pictures differ when pages do.
"""

from __future__ import annotations

import base64
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests import servers
from tests.browser import conftest, picture

FOLDER = conftest.ROOT / "docs" / "screenshots"
PHONE: ViewportSize = {"width": 360, "height": 740}
WIDE: ViewportSize = {"width": 1200, "height": 800}


def main() -> None:
    """Every picture, taken anew."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made, demo_server.standing_still(Path(made), "years") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=servers.chromium(),
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        start = [phone(browser, f"{address}/{language}/") for language in ("de", "ar")]
        keep("booking-start", side_by_side(browser, start))
        keep("booking", side_by_side(browser, [booked(browser, address, name) for name in ("de", "ar")]))
        keep("desk", desk(browser, address, "counsellor", "/desk/"))
        asking = [phone(browser, f"{address}/{language}/ask") for language in ("de", "ar")]
        keep("ask", side_by_side(browser, asking))
        keep("inbox", desk(browser, address, "counsellor", "/desk/inbox"))
        keep("question", desk(browser, address, "counsellor", "/desk/inbox", opened=".sp-question a"))
        keep("phone", wide(browser, f"{address}/demo/phone?lang=de&number=4917604069001"))
        keep("figures", desk(browser, address, "lead", "/desk/figures"))
        browser.close()


def phone(browser: Browser, address: str) -> bytes:
    """A page as a small phone shows it first."""
    page = browser.new_page(viewport=PHONE)
    page.goto(address)
    return taken(page)


def booked(browser: Browser, address: str, language: str) -> bytes:
    """The free times of the first service for a family with one child."""
    page = browser.new_page(viewport=PHONE)
    page.goto(f"{address}/{language}/book?service=school&mode=office&children=1")
    page.wait_for_selector(".sp-slot")
    return taken(page)


def wide(browser: Browser, address: str) -> bytes:
    """A page as a desktop computer shows it first."""
    page = browser.new_page(viewport=WIDE)
    page.goto(address)
    return taken(page)


def desk(browser: Browser, address: str, role: str, path: str, *, opened: str = "") -> bytes:
    """A page of the desk, logged in as `role`; or where its first link of the kind `opened` leads."""
    page = browser.new_page(viewport=WIDE, base_url=address, locale="de-DE")
    page.goto("/desk/log-in")
    page.fill("#email", f"{role}@example.org")
    page.fill("#password", "demo")
    with page.expect_navigation():
        page.press("#password", "Enter")
    page.goto(path)
    if opened:
        page.locator(opened).first.click()
        page.wait_for_load_state()
    return taken(page)


def taken(page: Page) -> bytes:
    page.evaluate("document.fonts.ready.then(() => true)")
    found = page.screenshot(animations="disabled")
    page.close()
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
    path = FOLDER / f"{name}.png"
    path.write_bytes(picture.small(png))
    print(f"{path.relative_to(conftest.ROOT)} {path.stat().st_size // 1024} KB")


if __name__ == "__main__":
    main()
