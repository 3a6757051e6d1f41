"""What is written back and forth about one matter, over all channels, in one thread.

Invariant: whatever somebody wrote is in exactly one thread and is one contact, however often it is told; an
answer is no contact of its own, for it belongs to what it answers (docs/counting.md). No answer goes out whose writer
has not seen what stands in the thread before it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tortoise.expressions import Q

from inquiries import codes, drafts, inquiry, people, promise, uploads
from inquiries.inquiry import Concern
from inquiries.models import DraftKind, Inquiry, Person, Upload, UploadState, Writing, WritingKind
from inquiries.people import Introduction
from inquiries.uploads import Picture
from office import closing_days, database, journal, links, seasons
from office.errors import NotFound, Refused
from office.models import Staff
from office.settings import current

LINK = "inquiry"
FORMS = {"email": "email", "sms": "sms", "web_form": "written", "phone": "phone", "walk_in": "in_person"}
"""The form of a contact, by the channel it came."""


class Unread(Refused):
    """Something came into this thread while you were writing. Please read it, then send."""

    def __init__(self, writings: Sequence[Writing]) -> None:
        super().__init__()
        self.writings = writings
        """What its writer has not seen, the oldest first."""


class FilesChanged(Refused):
    """The files of this answer are others than on your page, or one was refused. Please look, then send."""


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody wrote (or said, for calls and visits) to us; `key` (≤ 64) makes it count once.

    `duration` is a code of its catalogue. `at` is when it was said, aware.
    """

    key: str
    text: str
    channel: str
    at: datetime
    duration: str = "unknown"


@dataclass(frozen=True, slots=True)
class From:
    """Who it is from: the thread it belongs to if that is proven, else a known person, else an introduction.

    Whoever calls has proven `inquiry` (a token, our own Message-ID) or `person`; an address proves nothing.
    """

    who: Introduction | None = None
    person: int | None = None
    inquiry: int | None = None


@database.verb
async def receive(
    told: Told,
    sender: From,
    concern: Concern,
    *,
    actor: str,
    now: datetime,
    automatic: bool = False,
    pictures: Sequence[Picture] = (),
    participant_id: int | None = None,
) -> Inquiry:
    """What was told is in its thread and waits for an answer; a closed or unknown matter opens a new one.

    Idempotent by `told.key`. `automatic`: no receipt, for machines would answer it. `pictures` came with it and are
    part of it: no exchange of their own. `participant_id`: it is the word of this one who takes part, not the
    person's, so the person is sent no receipt either. Raises `NotFound` for an inquiry or person that is gone.
    """
    known = await Writing.get_or_none(key=told.key)
    if known:
        return await Inquiry.get(id=known.inquiry_id)
    found, first = await _matter(sender, concern, told.at)
    written = await _write(
        found,
        WritingKind.RECEIVED,
        told.key,
        told.text,
        told.channel,
        author=actor,
        at=told.at,
        participant_id=participant_id,
    )
    await uploads.add(written, pictures, now)
    await _contact(found, told)
    if found.waiting_since is None:
        found.waiting_since = told.at
        found.promised_on = await _promise(now)
    if (
        found.follow_up_on
    ):  # something new does not wait for its day, and what was planned for it is not forgotten
        found.follow_up_on = min(found.follow_up_on, inquiry.today(now))
    await found.save()
    await journal.write(
        "inquiry.received",
        inquiry.subject(found),
        actor=actor,
        now=now,
        details={
            "first": first,
            "automatic": automatic or participant_id is not None,
            "channel": told.channel,
        },
    )
    return found


@database.verb
async def log(
    told: Told, sender: From, concern: Concern, *, outcome: str, referral: str, actor: str, now: datetime
) -> Inquiry:
    """A call or a visit, written down by staff: counted, and closed unless its outcome is `open`.

    Idempotent by `told.key`. `sender` without anybody is a caller who gave no name: an inquiry, but no case.
    """
    known = await Writing.get_or_none(key=told.key)
    if known:
        return await Inquiry.get(id=known.inquiry_id)
    found, _first = await _matter(sender, concern, told.at)
    nobody = sender == From()
    await _write(found, WritingKind.NOTE, told.key, told.text, told.channel, author=actor, at=told.at)
    await _contact(found, told)
    found.outcome, found.referral = outcome, referral
    if concern.topic != "unknown":
        found.topic = concern.topic
    if nobody:
        found.new_case = False
    inquiry.looked_at_again(found, now)
    if outcome == "open":
        found.waiting_since = found.waiting_since or told.at
        found.promised_on = found.promised_on or await _promise(now)
    else:
        found.closed_at = now
        found.waiting_since = found.promised_on = found.follow_up_on = None
    await found.save()
    await journal.write("inquiry.logged", inquiry.subject(found), actor=actor, now=now)
    return found


@database.verb
async def answer(
    inquiry_id: int,
    text: str,
    *,
    key: str,
    channel: str,
    actor: str,
    now: datetime,
    in_full: bool = False,
    seen: int | None = None,
    files: Collection[int] | None = None,
) -> Writing:
    """Our answer stands in the thread and is owed to the person, with the files of its draft. Idempotent by `key`.

    `channel` is the one it goes by (`email`, `sms`, or `web_form`: it is read on their page, nothing is sent).
    `in_full` puts the words themselves into the SMS instead of a link. `seen` is the last writing on the page the
    answer was written on, `files` are those on it (None: it was written on no page, and what was begun beside it with
    files stays). Raises `Unread` if anything but a note came after it, `FilesChanged`, `NotFound`.
    """
    found = await inquiry.leading(inquiry_id)
    author = await _staff_id(actor)
    with_it = await uploads.enclosed(author, inquiry_id) if author else []
    written = await Writing.get_or_none(key=key)  # behind the lock: a twin is not something new to read
    if written is None:
        if seen is not None and (unread := await since(found.id, seen)):
            raise Unread(unread)
        if files is not None and not _as_seen(with_it, files):
            raise FilesChanged
        written = await _answered(
            found, key, text, channel, author=author, actor=actor, now=now, in_full=in_full
        )
        if files is not None:
            await uploads.go_out(with_it, written)
    if files is not None or not with_it:
        await drafts.forget(author, inquiry_id, DraftKind.ANSWER)
    return written


def _as_seen(with_it: Sequence[Upload], files: Collection[int]) -> bool:
    """Do exactly these lie with the answer, and did the scan refuse none?"""
    refused = any(one.state is UploadState.REFUSED for one in with_it)
    return not refused and {one.id for one in with_it} == set(files)


async def _answered(
    found: Inquiry,
    key: str,
    text: str,
    channel: str,
    *,
    author: int | None,
    actor: str,
    now: datetime,
    in_full: bool,
) -> Writing:
    written = await _write(found, WritingKind.ANSWER, key, text, channel, author=actor, at=now)
    found.waiting_since = found.promised_on = None
    found.answered_at = now
    inquiry.looked_at_again(found, now)
    found.assigned_id = found.assigned_id or author
    await found.save()
    details = {"writing": written.id, "in_full": in_full}
    await journal.write("inquiry.answered", inquiry.subject(found), actor=actor, now=now, details=details)
    return written


@database.verb
async def note(inquiry_id: int, text: str, *, key: str, actor: str, now: datetime) -> Writing:
    """Something we tell each other; it never leaves the desk. Idempotent by `key`. Raises `NotFound`."""
    found = await inquiry.leading(inquiry_id)
    await drafts.forget(await _staff_id(actor), inquiry_id, DraftKind.NOTE)
    written = await Writing.get_or_none(key=key)
    if written:
        return written
    written = await _write(found, WritingKind.NOTE, key, text, "note", author=actor, at=now)
    await journal.write("inquiry.noted", inquiry.subject(found), actor=actor, now=now)
    return written


async def owe(found: Inquiry, now: datetime) -> None:
    """We said that we write: it stands among what waits, with a day of promise. Part of a verb. Idempotent."""
    found.waiting_since = found.waiting_since or now
    found.promised_on = found.promised_on or await _promise(now)
    await found.save(update_fields=["waiting_since", "promised_on"])


async def of(inquiry_id: int) -> list[Writing]:
    """The thread, the oldest first, notes included."""
    return await Writing.filter(inquiry_id=inquiry_id).order_by("at", "id")


async def since(inquiry_id: int, seen: int) -> list[Writing]:
    """What came into the thread after the writing `seen`, the oldest first; notes among ourselves left out.

    Writings of one inquiry are made under its lock, so a later one has a higher id.
    """
    told = Q(kind__not=WritingKind.NOTE) | Q(channel__not="note")  # a call that was logged is a note, too
    return await Writing.filter(told, inquiry_id=inquiry_id, id__gt=seen).order_by("id")


def token(found: Inquiry) -> str:
    """The secret part of its link /q/{token}; ends when `generation` rises."""
    return links.token(LINK, found.id, found.generation)


async def by_token(token: str) -> Inquiry:
    """The inquiry this link was made for, or the one that was merged into, with its person. Raises `NotFound`.

    Only what belongs to one person is merged, so the link of one matter may open the other.
    """
    subject = links.subject(LINK, token)
    found = await Inquiry.get_or_none(id=subject).prefetch_related("person", "merged_into__person")
    if found is None:
        raise NotFound
    links.verify(LINK, token, found.id, found.generation)
    return found.merged_into or found


async def _matter(sender: From, concern: Concern, at: datetime) -> tuple[Inquiry, bool]:
    """The open inquiry it belongs to, or a new one; and whether it is new."""
    before = None
    if sender.inquiry is not None:
        before = await inquiry.leading(sender.inquiry)
        if before.closed_at is None:
            return before, False
    opened = await inquiry.open_for(await _person(sender, before, concern, at), concern, at)
    opened.code = await codes.unused(Inquiry)
    return opened, True


async def _person(sender: From, before: Inquiry | None, concern: Concern, at: datetime) -> Person:
    known = before.person_id if before else sender.person
    if known is not None:
        person = await Person.get_or_none(id=known)
        if person is None:
            raise NotFound
        return person
    return await people.meet(sender.who or Introduction(language=concern.language), at)


async def _write(
    found: Inquiry,
    kind: WritingKind,
    key: str,
    text: str,
    channel: str,
    *,
    author: str,
    at: datetime,
    participant_id: int | None = None,
) -> Writing:
    return await Writing.create(
        inquiry_id=found.id,
        key=key,
        kind=kind,
        at=at,
        author=author,
        channel=channel,
        text=text,
        participant_id=participant_id,
    )


async def _contact(found: Inquiry, told: Told) -> None:
    await inquiry.add_contact(
        found.id,
        key=told.key,
        at=told.at,
        channel=told.channel,
        form=FORMS.get(told.channel, "unknown"),
        duration=told.duration,
    )


async def _promise(now: datetime) -> date:
    today = now.astimezone(current().zone).date()
    closed = await closing_days.closed(today, today + timedelta(days=60))
    days = await seasons.promise_days(today, current().promise_days)
    return promise.promised(today, days, closed)


async def _staff_id(actor: str) -> int | None:
    row = await Staff.get_or_none(code=actor.partition(":")[2])
    return row.id if row else None
