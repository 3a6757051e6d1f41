"""A Monday in late August on one clock: `python -m tests.browser.monday_server FOLDER PORT`.

Invariant: the time on the pages and in the workers is the real one shifted by the seconds in the file `shift`.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from booking.models import Interpreter, InterpreterKind, Mode, Offering, Service
from channels.web import clock
from inquiries import thread
from inquiries.inquiry import Concern
from inquiries.people import Introduction
from inquiries.thread import From, Told
from office import catalogues, settings, staff, upgrade
from office.models import Role, Staff
from office.settings import Settings
from sprechstunde import house, supervisor
from sprechstunde.demo import modules, partners
from tests import factories, servers
from tests.browser import demo_server, small_office
from workers import tasks

COMMAND = (sys.executable, "-m", "tests.browser.monday_server")
MONDAY = date(2026, 8, 31)
FRIDAY, TUESDAY = date(2026, 8, 28), date(2026, 9, 1)
BEFORE = factories.local(date(2026, 8, 20), 9)
"""When what stands in the calendar was booked."""
EQUAL = "Wann bekommt mein Kind einen Platz in der Schule?"
OTHER = "Die Schule hat uns abgelehnt. Was können wir tun?"
LANDLINE, MOBILE = "+492214710123", "+4917604069012"
OKSANAS = (
    (9, {"language": "uk", "name": "Оксана Шевченко", "email": "shevchenko@example.org"}),
    (13, {"language": "de", "name": "Dmytro Bondar", "phone": MOBILE}),
    (14, {"language": "de", "name": "Hồng Nguyễn", "phone": LANDLINE}),
    (15, {"language": "de", "name": "Łukasz Wójcik"}),
)
"""Who comes to the colleague who is ill: by mail, by SMS, on a landline only, and not to be reached at all."""
TODAY = ((10, "Ayşe Yılmaz"), (11, "Kevin Drews"), (13, "Maria Kowalski"), (14, "Leo Brandt"))
FRIDAYS = ((9, "Amira Haddad"), (10, "Birgit Sommer"), (11, "Carla Weiß"))
ASKED = (("Ana", EQUAL, "de"), ("Burak", EQUAL, "de"), ("ليلى", EQUAL, "ar"), ("Dora", OTHER, "de"))


@dataclass(frozen=True, slots=True)
class Office:
    """Where it is, and its clock."""

    folder: Path
    address: str

    def at(self, hour: int, minute: int, day: date = MONDAY) -> None:
        """From now on it is this time, on the pages and in the workers."""
        turn(self.folder, factories.local(day, hour, minute))


def turn(folder: Path, moment: datetime) -> None:
    """It is this moment now, in every process of the house."""
    unfinished = folder / ".shift"
    unfinished.write_text(str((moment - datetime.now(UTC)).total_seconds()))
    unfinished.replace(folder / "shift")


def follow(folder: Path) -> None:
    """This process goes by the clock of the house."""

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float((folder / "shift").read_text()))

    clock.now = tasks._now = now


@contextmanager
def running(folder: Path) -> Iterator[Office]:
    """The office while it works: pages, a worker, and beat, each started again if it dies."""
    port = servers.free_port()
    made = Office(folder, f"http://127.0.0.1:{port}")
    made.at(7, 50)
    command = [*COMMAND, str(folder), str(port)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=demo_server.ROOT, stdout=log, stderr=log)
        try:
            demo_server.wait(f"{made.address}/healthz", process, folder / "log")
            yield made
        finally:
            process.terminate()
            process.wait(30)


async def prepare(chosen: Settings) -> None:
    """Tables, and everything that is there when the first of them comes in, unless it is there already."""
    await upgrade.upgrade(house.databases(chosen))
    async with house.opened(chosen):
        if not await Staff.exists():
            await seed()


async def seed() -> None:
    """A team, what stands in the calendar, three talks of Friday nobody wrote down, and four questions."""
    await catalogues.seed()
    jonas = await _member("jb", "Jonas Brückner", Role.COUNSELLOR, ["de", "en"], "counsellor")
    oksana = await _member("ob", "Oksana Bondarenko", Role.COUNSELLOR, ["de", "uk"], "oksana")
    ioana = await _member("im", "Ioana Munteanu", Role.COUNSELLOR, ["de", "ro"], "ioana")
    await _member("ps", "Dr. Petra Sommerfeld", Role.LEAD, ["de"], "lead")
    await _member("kl", "Katrin Lohmann", Role.RECEPTION, ["de"], "reception")
    for weekday in range(5):
        await factories.make_hours(jonas, weekday, 8, 12)
        await factories.make_hours(jonas, weekday, 13, 16)
        await factories.make_hours(oksana, weekday, 9, 17)
    await factories.make_hours(ioana, 0, 9, 10)
    await factories.make_hours(ioana, 0, 15, 16)
    school = await factories.make_service(jonas, code="school", titles={"de": "Schule und Schulwechsel"})
    await factories.make_service(
        jonas, code="short", titles={"de": "Kurze Frage"}, minutes=15, minutes_per_child=0, position=1
    )
    certificate = await factories.make_service(
        oksana, code="certificate", titles={"de": "Zeugnis anerkennen"}, topic="recognition", position=2
    )
    for hour, who in OKSANAS:
        await _booked(certificate, MONDAY, hour, Introduction(**who))  # type: ignore[arg-type]
    await Offering.create(service=certificate, staff=ioana)
    await Interpreter.create(code="tel", name="Telefon", kind=InterpreterKind.PHONE, languages=["uk"])
    for day, talks in ((MONDAY, TODAY), (FRIDAY, FRIDAYS)):
        for hour, name in talks:
            await _booked(school, day, hour, factories.introduction(name=name))
    await _questions()
    await modules.write(BEFORE)
    await partners.enter(MONDAY)


async def _member(code: str, name: str, role: Role, languages: list[str], login: str) -> Staff:
    return await staff.add(
        code=code, name=name, email=f"{login}@example.org", role=role, password="demo", languages=languages
    )


async def _booked(service: Service, day: date, hour: int, who: Introduction) -> None:
    wish = {"mode": Mode.OFFICE, "language": who.language}
    starts_at = factories.local(day, hour)
    await factories.make_appointment(service, starts_at=starts_at, now=BEFORE, wish=wish, who=who)


async def _questions() -> None:
    """Of the week-end: three that ask the same, in two languages, and one about something else."""
    at = factories.local(FRIDAY, 20)
    for number, (name, text, language) in enumerate(ASKED):
        who = factories.introduction(name=name, language=language)
        told = Told(f"monday:{number}", text, "email", at + timedelta(hours=number))
        concern = Concern(channel="email", language=language)
        await thread.receive(told, From(who=who), concern, actor="person", now=told.at)


def serve(part: str, chosen: Settings) -> None:
    """One process of the house, or, without a part, all three as `sprechstunde serve` keeps them."""
    if part == "web":
        house.serve_web(chosen, "all")
    elif part == "worker":
        house.run_worker(chosen)
    elif part == "beat":
        house.run_beat(chosen)
    else:
        asyncio.run(prepare(chosen))
        words = (*COMMAND, *sys.argv[1:3])
        children = [supervisor.Child(name, (*words, name)) for name in ("web", "beat", "worker")]
        supervisor.run(children, dict(os.environ))


if __name__ == "__main__":
    ours = small_office.made(Path(sys.argv[1]), int(sys.argv[2]))
    settings.use(ours)
    follow(Path(sys.argv[1]))
    serve("".join(sys.argv[3:]), ours)
