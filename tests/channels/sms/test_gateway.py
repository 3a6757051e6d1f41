"""Handing SMS over: a real HTTP conversation with a small Twilio, and the demonstration's phones."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from channels.sms import gateway
from channels.sms.phone import DemoPhone
from channels.sms.twilio import OptedOut, Twilio
from channels.ways import AddressRefused, Uncertain
from office.errors import Permanent, Transient
from office.settings import Settings
from tests.channels.sms import twilio_server
from tests.channels.sms.twilio_server import TwilioServer
from tests.conftest import make_settings
from tests.factories import NOW
from tests.servers import free_port

FAMILY = "+4917604069012"
BODY = "Stadt Musterstadt: Ihr Termin ist am Di 04.11. um 14:00 Uhr."


def with_twilio(folder: Path, url: str, **overrides: object) -> Settings:
    return make_settings(
        folder,
        twilio_account_sid=twilio_server.ACCOUNT,
        twilio_auth_token=twilio_server.TOKEN,
        twilio_from=twilio_server.NUMBER,
        twilio_api_url=url,
        **overrides,
    )


@pytest.fixture
def server() -> Iterator[TwilioServer]:
    with twilio_server.twilio() as running:
        yield running


@pytest.fixture
async def line(server: TwilioServer, tmp_path: Path) -> AsyncIterator[Twilio]:
    opened = Twilio(with_twilio(tmp_path, server.url), timeout=1.0)
    yield opened
    await opened.close()


async def test_sms_arrives_with_where_to_report_its_fate(line: Twilio, server: TwilioServer) -> None:
    sid = await line.send(FAMILY, BODY)
    (sent,) = server.sent
    assert (sent.sid, sent.to, sent.body) == (sid, FAMILY, BODY)
    assert sent.callback == "http://localhost:8000/webhooks/twilio/status"


@pytest.mark.parametrize(
    ("said", "raised"),
    [
        (21610, OptedOut),
        (21211, AddressRefused),
        (21614, AddressRefused),
        (21612, Permanent),
        (20003, Transient),
        (20429, Transient),
        (20500, Transient),
        (20503, Transient),
        ("slow", Uncertain),
        ("cut", Uncertain),
        ("garbage", Uncertain),
    ],
)
async def test_what_the_gateway_says_becomes_our_word_without_a_number(
    said: int | str, raised: type[Exception], line: Twilio, server: TwilioServer
) -> None:
    server.next.append(said)
    with pytest.raises(raised) as caught:
        await line.send(FAMILY, BODY)
    assert caught.type is raised
    assert FAMILY[3:] not in str(caught.value) and BODY not in str(caught.value)


async def test_nobody_listening_is_transient(tmp_path: Path) -> None:
    line = Twilio(with_twilio(tmp_path, f"http://127.0.0.1:{free_port()}"), timeout=1.0)
    with pytest.raises(Transient):
        await line.send(FAMILY, BODY)
    with pytest.raises(Transient):
        await line.find(FAMILY, BODY, NOW)
    await line.close()


async def test_wrong_token_loses_nothing(server: TwilioServer, tmp_path: Path) -> None:
    settings = with_twilio(tmp_path, server.url).model_copy(update={"twilio_account_sid": "AC" + "1" * 32})
    line = Twilio(settings, timeout=1.0)
    with pytest.raises(Transient, match="20003"):
        await line.send(FAMILY, BODY)
    await line.close()


async def test_message_is_found_by_number_words_and_time(line: Twilio, server: TwilioServer) -> None:
    began = datetime.now(UTC)
    sid = await line.send(FAMILY, BODY)
    await line.send("+4917604069013", BODY)
    await line.send(FAMILY, "something else")
    assert await line.find(FAMILY, BODY, began) == [sid]
    assert await line.find(FAMILY, BODY, began + timedelta(minutes=1)) == []
    assert await line.find(FAMILY, "never said", began) == []
    assert {asked["To"] for asked in server.asked} == {FAMILY}


async def test_what_the_gateway_took_and_gave_up_is_not_found(line: Twilio, server: TwilioServer) -> None:
    began = datetime.now(UTC)
    await line.send(FAMILY, BODY)
    server.sent[0].status = "failed"
    assert await line.find(FAMILY, BODY, began) == []


@pytest.mark.parametrize("said", [20503, 20429])
async def test_gateway_that_cannot_be_asked_is_asked_again(
    said: int, line: Twilio, server: TwilioServer
) -> None:
    server.next.append(said)
    with pytest.raises(Transient):
        await line.find(FAMILY, BODY, NOW)


async def test_no_number_and_no_word_gets_into_a_log(
    line: Twilio, server: TwilioServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await line.send(FAMILY, BODY)
    server.next.append(21211)
    with pytest.raises(AddressRefused):
        await line.send(FAMILY, BODY)
    assert (
        FAMILY[3:] not in caplog.text and BODY not in caplog.text and twilio_server.TOKEN not in caplog.text
    )


async def test_closed_gateway_opens_again(line: Twilio, server: TwilioServer) -> None:
    await line.send(FAMILY, BODY)
    await line.close()
    await line.close()
    await line.send(FAMILY, BODY)
    assert len(server.sent) == 2


async def test_demo_phone_keeps_what_was_said_in_order(tmp_path: Path) -> None:
    moments = iter([NOW, NOW + timedelta(seconds=1), NOW + timedelta(seconds=2)])
    phone = DemoPhone(tmp_path / "phone", lambda: next(moments))
    assert await phone.conversation(FAMILY) == [] and await phone.numbers() == []
    first = await phone.send(FAMILY, "eins „x“")
    await phone.send("+4917604069013", "zwei")
    await phone.send(FAMILY, "drei")
    assert [text.body for text in await phone.conversation(FAMILY)] == ["eins „x“", "drei"]
    assert await phone.numbers() == [FAMILY, "+4917604069013"]
    assert await phone.find(FAMILY, "eins „x“", NOW) == [first]
    assert await phone.find(FAMILY, "eins „x“", NOW + timedelta(seconds=1)) == []
    assert not list((tmp_path / "phone").glob(".*"))


def test_settings_say_which_gateway(tmp_path: Path) -> None:
    assert isinstance(gateway.open_gateway(make_settings(tmp_path, demo=True)), DemoPhone)
    assert isinstance(gateway.open_gateway(with_twilio(tmp_path, "http://127.0.0.1:1")), Twilio)
    with pytest.raises(gateway.NoGateway):
        gateway.open_gateway(make_settings(tmp_path))
