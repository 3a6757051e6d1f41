"""The gateway posts to us: signed forms are stored at once and once; everything else is refused, never with 5xx."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from booking.models import Appointment
from channels.models import Incoming, IncomingState, Message, State
from channels.sms import opt_out, posted, receipts, signature
from channels.sms import phone as demo_phone
from channels.web import clock, site
from inquiries.models import Address, Contact
from office import settings as office_settings
from office.settings import Settings
from sprechstunde import house as front_door
from tests.channels.sms import twilio_server
from tests.channels.sms.posts import FAMILY, FORM, fields, sid
from tests.conftest import make_settings
from tests.factories import NOW, introduction, make_appointment
from workers import sweep

ORIGIN = "http://localhost:8000"


@pytest.fixture
async def http(house: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx2.AsyncClient]:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    app = site.build(house, front_door.opened(house))
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=True)
    async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        yield client


async def post(
    http: httpx2.AsyncClient,
    form: dict[str, str] | bytes,
    path: str = posted.SMS,
    signed: str | None = "",
    **headers: str,
) -> httpx2.Response:
    """`signed`: empty for the right signature, None for none at all."""
    body = form if isinstance(form, bytes) else urlencode(form).encode()
    if signed == "":
        signed = RequestValidator(twilio_server.TOKEN).compute_signature(
            ORIGIN + path, dict(posted.form(body))
        )
    sent = {"content-type": FORM, **headers, **({signature.HEADER: signed} if signed is not None else {})}
    return await http.post(path, content=body, headers=sent)


async def test_signed_sms_is_stored_as_it_came_and_answered_with_nothing(http: httpx2.AsyncClient) -> None:
    form = fields("Hallo & guten Tag", MediaContentType0="")
    answer = await post(http, form)
    assert (answer.status_code, answer.text) == (200, '<?xml version="1.0" encoding="UTF-8"?><Response/>')
    assert answer.headers["content-type"].startswith("text/xml")
    stored = await Incoming.get()
    assert (stored.key, stored.sender, stored.state) == (f"sms:{form['MessageSid']}", FAMILY, "stored")
    assert bytes(stored.content) == urlencode(form).encode() and not await Contact.all().exists()


async def test_fifty_deliveries_at_once_are_one_contact(http: httpx2.AsyncClient) -> None:
    form = fields("Eine Frage")
    answers = await asyncio.gather(*(post(http, form) for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    while await sweep.run(NOW):
        pass
    assert await Incoming.all().count() == await Contact.all().count() == 1


@pytest.mark.parametrize(
    "signed",
    [
        None,
        "x",
        "ü",
        "=" * 28,
        "a" * 5000,
        RequestValidator("another token").compute_signature(ORIGIN + posted.SMS, {}),
    ],
)
@pytest.mark.parametrize("path", [posted.SMS, posted.STATUS])
async def test_unsigned_and_forged_is_forbidden(
    path: str, signed: str | None, http: httpx2.AsyncClient
) -> None:
    form = fields("Hallo", MessageStatus="delivered")
    headers = {signature.HEADER: signed.encode("latin-1")} if signed is not None else {}
    answer = await http.post(path, content=urlencode(form), headers={"content-type": FORM, **headers})
    assert answer.status_code == 403
    assert not await Incoming.all().exists()


async def test_signature_of_another_address_or_another_form_is_forged(http: httpx2.AsyncClient) -> None:
    form = fields("Hallo")
    for origin, path in (
        ("https://localhost:8000", posted.SMS),
        ("http://evil.example.org", posted.SMS),
        (ORIGIN, posted.STATUS),
    ):
        signed = RequestValidator(twilio_server.TOKEN).compute_signature(origin + path, form)
        assert (await post(http, form, signed=signed)).status_code == 403
    right = RequestValidator(twilio_server.TOKEN).compute_signature(ORIGIN + posted.SMS, form)
    assert (await post(http, {**form, "Body": "Hallo!"}, signed=right)).status_code == 403
    lying = {"host": "evil.example.org", "x-forwarded-host": "evil.example.org", "x-forwarded-proto": "https"}
    assert (await post(http, form, signed=right, **lying)).status_code == 200


async def test_query_of_the_address_is_signed_too(http: httpx2.AsyncClient) -> None:
    form = fields("Hallo")
    path = f"{posted.SMS}?a=1&b=%20x"
    assert (await post(http, form, path)).status_code == 200
    plain = RequestValidator(twilio_server.TOKEN).compute_signature(ORIGIN + posted.SMS, form)
    assert (await post(http, form, path, signed=plain)).status_code == 403


@pytest.mark.parametrize(
    "change",
    [
        {"MessageSid": "SM123"}, {"MessageSid": ""}, {"MessageSid": "SM" + "g" * 32}, {"AccountSid": "AC" + "9" * 32},
        {"From": ""}, {"From": "+49" + "1" * 80}, {"From": "+49\x00176"}, {"MessageSid": None}, {"From": None},
        {"Body": None},
    ],
)  # fmt: skip
async def test_signed_form_that_no_gateway_posts_is_malformed(
    change: dict[str, str | None], http: httpx2.AsyncClient
) -> None:
    form = {name: value for name, value in {**fields("Hallo"), **change}.items() if value is not None}
    assert (await post(http, form)).status_code == 400
    assert not await Incoming.all().exists()


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe",
        b"Body=%ff%fe",
        b"&".join(b"a%d=1" % n for n in range(101)),
        urlencode(fields("x")).encode() + b"&Body=y",
    ],
)
async def test_form_nobody_can_read_is_malformed(body: bytes, http: httpx2.AsyncClient) -> None:
    signed = "x" * 28
    if body.endswith(b"&Body=y"):
        signed = signature.of(posted.SMS, posted.form(body))
    assert (await post(http, body, signed=signed)).status_code == 400


@pytest.mark.parametrize("kind", ["", "application/json", "multipart/form-data; boundary=x", "text/plain"])
async def test_only_forms_are_read(kind: str, http: httpx2.AsyncClient) -> None:
    assert (await post(http, fields("Hallo"), **{"content-type": kind})).status_code == 400


@pytest.mark.parametrize("size", [17_000, 70_000, 2_000_000])
async def test_too_large_is_too_large_whether_announced_or_not(size: int, http: httpx2.AsyncClient) -> None:
    async def dripping() -> AsyncIterator[bytes]:
        for _ in range(0, size, 1000):
            yield b"a" * 1000

    announced = await post(http, fields("a" * size))
    dripped = await http.post(posted.SMS, content=dripping(), headers={"content-type": FORM})
    assert (announced.status_code, dripped.status_code) == (413, 413)


async def test_form_up_to_the_limit_is_taken(http: httpx2.AsyncClient) -> None:
    assert (await post(http, fields("ع" * 1600))).status_code == 200


async def test_nothing_else_is_answered(http: httpx2.AsyncClient) -> None:
    for path in (posted.SMS, posted.STATUS):
        assert (await http.get(path)).status_code == 405


HEADERS = st.dictionaries(
    st.sampled_from(
        [signature.HEADER, "content-type", "content-length-x", "transfer-encoding-x", "cookie", "origin"]
    ),
    st.binary(max_size=60).filter(
        lambda value: b"\r" not in value and b"\n" not in value and b"\0" not in value
    ),
    max_size=4,
)
NAMES = ["MessageSid", "From", "To", "Body", "AccountSid", "MessageStatus", "ErrorCode"]
FORMS = st.one_of(
    st.binary(max_size=400),
    st.text(max_size=40).map(lambda text: urlencode(fields(text, MessageStatus=text)).encode()),
    st.lists(st.tuples(st.sampled_from(NAMES), st.text(max_size=40)), max_size=12).map(
        lambda pairs: urlencode(pairs, errors="replace").encode()
    ),
)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
async def test_whatever_is_posted_is_refused_in_an_orderly_way(http: httpx2.AsyncClient) -> None:
    loop = asyncio.get_running_loop()
    seen: set[int] = set()

    @hypothesis_settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(path=st.sampled_from([posted.SMS, posted.STATUS]), headers=HEADERS, body=FORMS, sign=st.booleans())
    def fuzz(path: str, headers: dict[str, bytes], body: bytes, sign: bool) -> None:
        sent: dict[str, Any] = {"content-type": FORM.encode(), **headers}
        if sign:
            with suppress(posted.Malformed):
                sent[signature.HEADER] = signature.of(path, posted.form(body)).encode()
        asked = http.post(path, content=body, headers=sent)
        seen.add(asyncio.run_coroutine_threadsafe(asked, loop).result(30).status_code)

    await asyncio.to_thread(fuzz)
    assert seen <= {200, 400, 403, 413} and {200, 400, 403} <= seen


async def test_without_a_gateway_there_is_no_such_address(database: Settings) -> None:
    transport = httpx2.ASGITransport(app=site.build(database, front_door.opened(database)))
    async with httpx2.AsyncClient(transport=transport, base_url=ORIGIN) as client:
        assert (await client.post(posted.SMS, content=b"", headers={"content-type": FORM})).status_code == 404


async def test_what_is_typed_on_the_demo_phone_comes_in_by_the_same_door(database: Settings) -> None:
    office_settings.use(database.model_copy(update={"demo": True}))
    await demo_phone.ring("0176 04069012", "Hallo, eine Frage", NOW)
    while await sweep.run(NOW):
        pass
    (stored,) = await Incoming.all()
    assert (stored.sender, stored.state) == (FAMILY, IncomingState.TAKEN)
    (typed,) = await demo_phone.of_the_demonstration().conversation(FAMILY)
    assert (typed.way, typed.body, stored.key) == ("in", "Hallo, eine Frage", f"sms:{typed.sid}")


def test_our_signature_is_the_gateway_s_own(tmp_path: Any) -> None:
    made = make_settings(tmp_path, demo=True)
    office_settings.use(made)
    form = fields("Ä & ü", Empty="")
    body, signed = signature.signed(posted.SMS, form)
    assert RequestValidator(made.gateway_token).validate(ORIGIN + posted.SMS, form, signed)
    assert dict(posted.form(body)) == form
    assert made.gateway_token not in repr(made)


# The fate of what we sent


async def sent_message(number: str = FAMILY) -> Message:
    booked: Appointment = await make_appointment(who=introduction(email="", phone=number))
    address = await Address.get(person_id=booked.person_id)
    return await Message.create(
        key=f"confirm:{booked.id}", text="confirm", channel="sms", appointment_id=booked.id, revision=0,
        address_id=address.id, state=State.SENT, message_id="<x@example.org>", provider_id=sid(), created_at=NOW,
        not_before=NOW, sent_at=NOW,
    )  # fmt: skip


async def report(http: httpx2.AsyncClient, message: Message, status: str, error: str = "") -> Message:
    form = {"MessageSid": message.provider_id, "MessageStatus": status, "AccountSid": twilio_server.ACCOUNT}
    form |= {"ErrorCode": error} if error else {}
    assert (await post(http, form, posted.STATUS)).status_code == 200
    return await Message.get(id=message.id)


async def test_delivered_stays_delivered_whatever_comes_late(http: httpx2.AsyncClient) -> None:
    message = await sent_message()
    assert (await report(http, message, "sent")).state is State.SENT
    message = await report(http, message, "delivered")
    assert (message.state, message.delivered_at) == (State.DELIVERED, NOW)
    for late in ("queued", "sending", "sent", "undelivered", "failed", "nonsense"):
        assert (await report(http, message, late)).state is State.DELIVERED


async def test_what_failed_stays_a_card_whatever_comes_late(http: httpx2.AsyncClient) -> None:
    message = await report(http, await sent_message(), "failed", "30003")
    for late in ("sent", "delivered", "undelivered"):
        message = await report(http, message, late)
    assert (message.state, message.reason) == (State.FAILED, "gateway 30003")


@pytest.mark.parametrize("status", ["undelivered", "failed"])
async def test_what_did_not_arrive_is_a_card_with_the_gateway_s_code(
    status: str, http: httpx2.AsyncClient
) -> None:
    message = await report(http, await sent_message(), status, "30003")
    assert (message.state, message.reason) == (State.FAILED, "gateway 30003")
    assert (await Address.get()).bounced_at is None and not await opt_out.stands(FAMILY)


async def test_number_that_does_not_exist_gets_nothing_more(http: httpx2.AsyncClient) -> None:
    await report(http, await sent_message(), "undelivered", "30006")
    assert (await Address.get()).bounced_at == NOW


async def test_number_that_wants_none_is_remembered(http: httpx2.AsyncClient) -> None:
    await report(http, await sent_message(), "failed", receipts.OPTED_OUT)
    assert await opt_out.stands(FAMILY)


async def test_reason_is_a_code_and_never_what_somebody_wrote(http: httpx2.AsyncClient) -> None:
    message = await report(http, await sent_message(), "failed", "call +4917604069012")
    assert message.reason == "gateway"


async def test_fate_of_a_message_we_do_not_know_is_no_fault(http: httpx2.AsyncClient) -> None:
    form = {"MessageSid": sid(), "MessageStatus": "delivered", "AccountSid": twilio_server.ACCOUNT}
    assert (await post(http, form, posted.STATUS)).status_code == 200
    assert (await post(http, {"MessageSid": sid()}, posted.STATUS)).status_code == 400
