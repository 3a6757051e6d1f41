"""The desk in a real browser: a day on one screen, few keys, nobody shut out."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests import servers
from tests.browser import conftest, demo_server
from tests.browser.conftest import PATIENCE, barriers, overflow
from tests.browser.desk_server import PEOPLE

pytestmark = pytest.mark.browser
Enter = Callable[..., Page]

QUESTION = "/desk/inquiries/13"
"""The first question of `desk_server.py`: the inquiries before it are those of the twelve appointments."""
PAGES = {
    "reception": [
        "/desk/",
        "/desk/book",
        "/desk/appointments/4",
        "/desk/appointments/4/slip",
        "/desk/find?code=X",
        "/desk/reach",
        "/desk/inbox",
        "/desk/log",
    ],
    "counsellor": [
        "/desk/",
        "/desk/appointments/1",
        "/desk/appointments/8/move",
        "/desk/book?talk=ro",
        "/desk/inbox",
        QUESTION,
        f"{QUESTION}/void",
        f"{QUESTION}/refer",
        "/desk/partners",
        "/desk/topics",
        f"{QUESTION}/participants",
        "/desk/log?saved=12",
    ],
    "lead": [
        "/desk/figures",
        "/desk/figures?unit=contact&by=channel",
        "/desk/cards",
        "/desk/?day=2020-01-01",
        "/desk/partners/8",
        "/desk/partners/new",
        "/desk/partners/import",
        "/desk/gaps",
        "/desk/topics/first_counselling/ar",
        "/desk/inquiries/1",
        "/desk/audit",
    ],
    "admin": ["/desk/", "/desk/cards", "/desk/figures"],
}
SCREENS = {"wide": (1280, 800), "phone": (360, 740)}


@pytest.fixture(scope="module")
def busy_office(migrated: Callable[[str], Path]) -> Iterator[tuple[str, Path]]:
    """Address and folder of the office of `desk_server.py`."""
    folder, port = migrated("busy-office"), servers.free_port()
    log = (folder / "log").open("wb")
    command = [sys.executable, "-m", "tests.browser.desk_server", str(folder), str(port)]
    process = subprocess.Popen(command, cwd=conftest.ROOT, stdout=log, stderr=log)
    try:
        demo_server.wait(f"http://127.0.0.1:{port}/healthz", process, folder / "log")
        yield f"http://127.0.0.1:{port}", folder
    finally:
        process.terminate()
        process.wait(10)
        log.close()


@pytest.fixture
def enter(chromium: Browser, busy_office: tuple[str, Path]) -> Iterator[Enter]:
    """`enter("lead", "/desk/figures")`: the page as this role sees it; errors of the page fail the test."""
    contexts: list[Any] = []
    complaints: list[str] = []

    def entered(role: str, path: str = "/desk/", *, screen: str = "wide", **options: Any) -> Page:
        width, height = SCREENS[screen]
        context = chromium.new_context(
            viewport={"width": width, "height": height}, base_url=busy_office[0], locale="de-DE", **options
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda said: complaints.append(said.text) if "Content Security Policy" in said.text else None,
        )
        if role:
            page.goto("/desk/log-in")
            page.fill("#email", f"{role}@example.org")
            page.fill("#password", "demo")
            page.keyboard.press("Enter")
            page.locator(".sp-menu").wait_for()
        page.goto(path)
        return page

    yield entered
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.mark.long  # `test_every_page.py` looks at each of these pages; here they are full of a busy day
@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize(("role", "path"), [(role, path) for role, paths in PAGES.items() for path in paths])
def test_no_page_has_a_barrier_or_is_wider_than_its_screen(
    enter: Enter, role: str, path: str, screen: str
) -> None:
    page = enter(role, path, screen=screen)
    assert barriers(page) == []
    assert overflow(page) <= 0


@pytest.mark.parametrize("options", [{"color_scheme": "dark"}, {"forced_colors": "active"}])
def test_the_day_has_no_barrier_in_other_colours(enter: Enter, options: dict[str, str]) -> None:
    assert barriers(enter("counsellor", **options)) == []


def test_the_day_and_the_booking_page_work_from_right_to_left(enter: Enter) -> None:
    page = enter("reception")
    page.locator(".sp-menu summary").click()
    page.get_by_role("button", name="العربية").click()
    for path in ("/desk/", "/desk/book"):
        page.goto(path)
        assert page.locator("html").get_attribute("dir") == "rtl"
        assert barriers(page) == []
        assert overflow(page) <= 0


def test_eight_appointments_two_waiting_one_away_and_three_open_fit_on_one_screen(enter: Enter) -> None:
    page = enter("counsellor")
    expect(page.locator(".sp-day .sp-entry")).to_have_count(8)
    expect(page.locator("section[aria-labelledby=waiting] li")).to_have_count(2)
    expect(page.locator("section[aria-labelledby=left-open] li")).to_have_count(3)
    assert "Oksana Bondarenko" in page.locator(".sp-away", has_text="Abwesend").inner_text()
    assert "2 überfällig" in page.locator(".sp-open").inner_text()
    assert page.evaluate("document.documentElement.scrollHeight") <= 800


def test_german_words_are_longer_and_still_fit(enter: Enter) -> None:
    page = enter("counsellor")
    page.evaluate(
        """() => {
            const words = {attend: "Stattgefunden", miss: "Nicht erschienen", arrive: "Ist da"};
            for (const [act, word] of Object.entries(words))
                for (const key of document.querySelectorAll(`form[action$=${act}] .sp-key`)) key.firstChild.data = word;
        }"""
    )
    assert page.evaluate("document.documentElement.scrollHeight") <= 800
    assert overflow(page) <= 0


def test_every_name_is_shown_whole(enter: Enter) -> None:
    page = enter("counsellor")
    for name, *_ in PEOPLE:
        if name:
            shown = page.locator(".sp-day a", has_text=name).first
            assert shown.evaluate(
                "link => link.scrollWidth <= link.clientWidth || getComputedStyle(link).display === 'inline'"
            )
            expect(shown).to_have_text(name)


def test_a_caller_is_booked_with_the_keyboard_in_a_dozen_keys(enter: Enter) -> None:
    page = enter("reception", "/desk/book")
    keys = ["s", "Tab", "2", "Enter"]  # the service by its letter, two children, show the times
    for key in keys:
        page.keyboard.press(key)
    page.wait_for_url("**children=*2*")
    more = ["Space", "Tab", "Tab", "Tab", "Tab", "Tab"]  # the first time is under the finger
    page.wait_for_function("document.activeElement.name === 'starts_at'")
    page.keyboard.press("Space")
    expect(page.locator("input[name=starts_at]:checked")).to_have_count(1)
    while page.evaluate("document.activeElement.id") != "name":
        page.keyboard.press("Tab")
        assert len(more) < 12
        more.append("Tab")
    page.keyboard.type("Frau Yılmaz")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/appointments/*?new")
    assert page.locator("h1").inner_text() == "Frau Yılmaz"
    assert barriers(page) == []


def test_without_a_script_the_day_and_the_booking_work(enter: Enter) -> None:
    page = enter("counsellor", java_script_enabled=False)
    row = page.locator("#a1")
    row.locator("form[action$=attend] button").click()
    expect(page).to_have_url(re.compile(re.escape("#a1") + "$"))
    expect(page.locator("#a1 form[action$=reopen]")).to_have_count(1)
    page.locator("#a1 form[action$=reopen] button").click()
    expect(page.locator("#a1 form[action$=attend]")).to_have_count(1)
    page.goto("/desk/book")
    page.locator(".sp-pick label").last.click(force=True)
    page.locator(".sp-who button.kern-btn--primary").click()
    expect(page).to_have_url(re.compile(re.escape("?new") + "$"))


def test_the_lead_opens_a_colleague_s_case_with_a_reason_and_finds_it_noted(enter: Enter) -> None:
    page = enter("lead", "/desk/inquiries/2", java_script_enabled=False)
    expect(page.locator("h1")).to_contain_text("für Sie geschlossen")
    page.get_by_role("button", name="Öffnen", exact=True).click()
    expect(page.locator("#reason-error")).to_be_visible()
    page.fill("#reason", "Beschwerde")
    page.get_by_role("button", name="Öffnen", exact=True).click()
    expect(page.locator("h1")).to_contain_text("Çiğdem")
    page.goto("/desk/audit?case=2")
    expect(page.locator(".sp-table")).to_contain_text("Beschwerde")


def test_reception_changes_a_number_by_the_short_code_and_sets_the_flag(enter: Enter) -> None:
    page = enter("reception", "/desk/appointments/8")
    page.locator("a[href^='/desk/reach']").click()
    page.fill("#phone", "12")
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator("#phone-error")).to_be_visible()
    page.fill("#phone", "0176 04069012")
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator(".sp-told")).to_contain_text("gelten nicht mehr")
    page.goto("/desk/appointments/8")
    page.locator("#silence summary").click()
    page.check("#silence-separated")
    page.locator("#silence button").click()
    expect(page.locator(".sp-told").last).to_contain_text("Die Eltern leben getrennt")


def test_an_appointment_is_moved_and_cancelled(enter: Enter) -> None:
    page = enter("reception", "/desk/appointments/7/move")
    page.locator(".sp-times .sp-slot").last.click()
    page.wait_for_url("**/desk/appointments/7?saved")
    page.locator(".sp-change summary").click()
    page.locator("#reason-asked").check()
    page.locator(".sp-change form button").click()
    page.wait_for_url("**/desk/appointments/7?saved")
    expect(page.locator(".sp-summary--cancelled")).to_have_count(1)


def test_the_slip_is_one_page_of_paper_without_the_desk_on_it(enter: Enter) -> None:
    page = enter("reception", "/desk/appointments/3/slip")
    expect(page.locator("[data-print]")).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("[data-print]")).not_to_be_visible()
    expect(page.locator(".sp-notice")).not_to_be_visible()
    expect(page.locator(".sp-slip svg")).to_be_visible()
    assert page.pdf(format="A5").count(b"/Type /Page\n") == 1


def test_a_mail_is_shown_as_its_reader_sees_it_and_runs_nothing(
    enter: Enter, busy_office: tuple[str, Path]
) -> None:
    origin, folder = busy_office
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "termin@example.org", "a@example.org", "Ihr Termin"
    mail.set_content(f"Hier: {origin}/de/")
    html = "<html><head><title>x</title><style>p {color: rgb(1, 2, 3)}</style></head><body><p>Guten Tag</p>"
    mail.add_alternative(
        f'{html}<a href="{origin}/de/">Termin</a><script>parent.document.title = "run"</script></body></html>',
        subtype="html",
    )
    (folder / "mailbox").mkdir(exist_ok=True)
    (folder / "mailbox" / "20260302T080000Z-00-0.eml").write_bytes(mail.as_bytes())
    page = enter("", "/demo/mailbox")
    assert barriers(page) == []
    page.get_by_role("link", name="Ihr Termin").click()
    inside = page.frame_locator("iframe")
    assert inside.locator("p").evaluate("p => getComputedStyle(p).color") == "rgb(1, 2, 3)"
    assert "run" not in page.title()
    with page.context.expect_page() as opened:
        inside.get_by_role("link", name="Termin").click()
    opened.value.wait_for_url(f"{origin}/de/")
    assert barriers(page) == []


@pytest.mark.parametrize("screen", SCREENS)
def test_somebody_is_found_by_keyboard_from_any_page_however_the_name_is_typed(
    enter: Enter, screen: str
) -> None:
    page = enter("counsellor", "/desk/log", screen=screen)
    name = PEOPLE[0][0]
    page.focus("#find")
    page.keyboard.type("gomez FERNAND")
    page.keyboard.press("Enter")
    expect(page.locator(".sp-hits__who").first).to_contain_text(name)
    expect(page.locator(".sp-hits mark").first).to_be_visible()
    assert "ernand" not in page.url
    assert barriers(page) == []
    assert overflow(page) <= 0
    page.locator(".sp-hits__what a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_be_visible()
    page.go_back()
    expect(page.locator(".sp-hits__who").first).to_contain_text(name)


def test_nothing_found_says_what_to_try(enter: Enter) -> None:
    page = enter("reception")
    page.fill("#find", "Xanthippe")
    page.press("#find", "Enter")
    expect(page.get_by_role("heading", name="Nichts gefunden")).to_be_visible()
    expect(page.locator("#said")).to_have_value("Xanthippe")
    assert barriers(page) == []
