"""A real Chromium, and a small office in a process of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests import servers
from tests.browser import demo_server

ROOT = Path(__file__).parents[2]
AXE = ROOT / "channels" / "web" / "assets" / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE = 20_000
"""Milliseconds a page has on a busy machine before a test gives up."""
expect.set_options(timeout=PATIENCE)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session")
def small_office(migrated: Callable[[str], Path]) -> Iterator[str]:
    """Address of an office with free times, see `small_office.py`."""
    folder, port = migrated("small-office"), servers.free_port()
    log = (folder / "log").open("wb")
    command = [sys.executable, "-m", "tests.browser.small_office", str(folder), str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        demo_server.wait(f"http://127.0.0.1:{port}/healthz", process, folder / "log")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)
        log.close()


@pytest.fixture(scope="session")
def demonstration(demonstrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the whole demonstration, workers included, see `demo_server.py`."""
    folder = tmp_path_factory.mktemp("demonstration")
    shutil.copytree(demonstrated, folder, dirs_exist_ok=True)
    with demo_server.running(folder) as address:
        yield address


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    """Gone at the end of the module: its event loop would stand in the way of asynchronous tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, small_office: str) -> Iterator[Callable[..., Page]]:
    """`visit("/de/", width=360)`: a page of a fresh visitor; requests to other hosts fail the test."""
    contexts, foreign = [], []

    def opened(path: str, *, width: int = 360, height: int = 740, **options: Any) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on(
            "request", lambda sent: None if sent.url.startswith(small_office) else foreign.append(sent.url)
        )
        page.goto(small_office + path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert foreign == []


def at_the_desk(browser: Browser, address: str, role: str, **options: Any) -> BrowserContext:
    """A browser in which this member of the demonstration has logged in; nobody for ""."""
    context = browser.new_context(base_url=address, **options)
    if role:
        page = context.new_page()
        page.goto("/desk/log-in")
        page.fill("#email", f"{role}@example.org")
        page.fill("#password", "demo")
        with page.expect_navigation():
            page.press("#password", "Enter")
        page.close()
    return context


def barriers(page: Page) -> list[str]:
    """What axe finds; needs JavaScript, without it axe never answers."""
    page.wait_for_load_state()
    page.evaluate(AXE.read_text())
    found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    return [f"{one['id']}: {node['html'][:200]}" for one in found["violations"] for node in one["nodes"]]


def overflow(page: Page) -> int:
    """How many pixels the page is wider than the screen."""
    page.wait_for_load_state()
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))
