"""The virus scan, against a scanner that speaks the real protocol."""

from __future__ import annotations

from typing import Any

import pytest

from channels import scanning
from inquiries import thread, uploads
from inquiries.inquiry import Concern
from inquiries.models import Upload, UploadState
from inquiries.thread import From, Told
from inquiries.uploads import Picture
from office import settings as office_settings
from office.errors import NotFound
from tests import clamd
from tests.clamd import EICAR
from tests.conftest import make_settings
from tests.factories import NOW, introduction

PDF = "application/pdf"


@pytest.fixture
def scanned_by(database: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`scanned_by(url)`: from now on that scanner is asked."""

    def use(url: str) -> None:
        monkeypatch.setattr(office_settings, "_current", database.model_copy(update={"scan_url": url}))

    return use


async def sent(*contents: bytes) -> list[Upload]:
    told = Told("photos:1", "", "web_form", NOW)
    await thread.receive(
        told,
        From(who=introduction()),
        Concern("web_form"),
        actor="person",
        now=NOW,
        pictures=[Picture(PDF, content) for content in contents],
    )
    return await Upload.all().order_by("id")


async def states() -> list[tuple[str, str]]:
    return [(str(one.state), one.reason) for one in await Upload.all().order_by("id")]


async def test_a_virus_is_refused_and_not_kept_and_the_rest_is_clean(scanned_by: Any) -> None:
    harmless, infected = await sent(b"%PDF- " + b"x" * 200_000, b"%PDF- " + EICAR)
    async with clamd.running() as scanner:
        scanned_by(scanner.url)
        assert await scanning.check(NOW) == 2
        assert scanner.scanned[0] == b"%PDF- " + b"x" * 200_000
    assert await states() == [("clean", ""), ("refused", "Eicar-Test-Signature")]
    assert (await Upload.get(id=infected.id)).content == b""
    assert (await uploads.ready(harmless.id)).size == 200_006
    with pytest.raises(NotFound):
        await uploads.ready(infected.id)


async def test_nothing_is_handed_out_before_the_scanner_has_spoken(scanned_by: Any) -> None:
    (waiting,) = await sent(b"%PDF- x")
    scanned_by("tcp://127.0.0.1:9")  # nobody listens there
    assert await scanning.check(NOW) == 0
    with pytest.raises(NotFound):
        await uploads.ready(waiting.id)
    async with clamd.running() as scanner:
        scanned_by(scanner.url)
        await scanning.check(NOW)
    assert (await uploads.ready(waiting.id)).content == b"%PDF- x"


async def test_a_scanner_that_hangs_up_decides_nothing(scanned_by: Any) -> None:
    await sent(b"%PDF- x")
    async with clamd.running(silent=True) as scanner:
        scanned_by(scanner.url)
        assert await scanning.check(NOW) == 0
    assert await states() == [("stored", "")]


async def test_what_is_too_long_for_the_scanner_is_refused(scanned_by: Any) -> None:
    await sent(b"%PDF- " + b"x" * 100)
    async with clamd.running(most=50) as scanner:
        scanned_by(scanner.url)
        await scanning.check(NOW)
    assert await states() == [("refused", "size_limit")]


async def test_without_a_scanner_it_says_that_nothing_was_scanned(scanned_by: Any) -> None:
    (one,) = await sent(b"%PDF- x")
    scanned_by("")
    await scanning.check(NOW)
    assert await states() == [("unscanned", "")]
    assert await uploads.ready(one.id)


async def test_the_first_word_of_a_scanner_stays(database: Any) -> None:
    (one,) = await sent(b"%PDF- x")
    await uploads.checked(one.id, UploadState.REFUSED, NOW, reason="X")
    await uploads.checked(one.id, UploadState.CLEAN, NOW)
    assert await states() == [("refused", "X")]


async def test_check_says_whether_the_scanner_is_there(scanned_by: Any) -> None:
    async with clamd.running() as scanner:
        scanned_by(scanner.url)
        assert await scanning.answers()
    assert not await scanning.answers()


@pytest.mark.parametrize("url", ["clamd:3310", "tcp://host", "http://host:1", "unix:", "tcp://host:no"])
def test_an_address_that_is_none_is_a_clear_line(url: str, tmp_path: Any) -> None:
    with pytest.raises(ValueError, match="tcp://host:3310"):
        make_settings(tmp_path, scan_url=url)
