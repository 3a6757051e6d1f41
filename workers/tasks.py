"""Thin Celery tasks, each one call into the rooms above; none carries a payload or returns a result."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import structlog

from booking import claims, holds, instead, interpreting, waiting
from channels import confirmations, day_sheets, outbox, reminders, scanning, sending
from channels import interpreters as asked_interpreters
from channels.calendars import reading
from channels.email import fetch as fetching
from channels.email import source
from figures import check as figures_check
from figures import ledger, rollups
from inquiries import uploads
from office import closing_days
from office.settings import current
from workers import counting, retention, runtime
from workers import sweep as sweeping
from workers.celery import EXPIRES, app

log = structlog.get_logger()
SEALED_AFTER = timedelta(days=35)


def _now() -> datetime:
    return datetime.now(UTC)


@app.task
def sweep() -> None:
    """React to what happened; go on at once while there is more."""
    if runtime.run(_sweep()):
        sweep.apply_async(expires=EXPIRES)


async def _sweep() -> bool:
    if current().demo:  # its mailbox is a folder here: what was written on the page is there at once
        await _fetch()
    done = await sweeping.run(_now())
    if await outbox.waiting(_now()):
        deliver.apply_async(expires=EXPIRES)
    if await uploads.waiting():
        scan.apply_async(expires=EXPIRES)
    return done > 0


@app.task
def deliver() -> None:
    """Send what is queued, in bounded batches."""
    if runtime.run(_deliver()):
        deliver.apply_async(expires=EXPIRES)


async def _deliver() -> bool:
    batch = 25
    return batch in [await sending.deliver(way, _now, batch) for way in await runtime.ways()]


@app.task
def scan() -> None:
    """What was uploaded goes through the virus scan, beside everything else: a scanner may take its time."""
    runtime.begin("scan", _scan)


async def _scan() -> None:
    while await scanning.check(_now()) == scanning.BATCH:
        pass


@app.task
def fetch() -> None:
    """Store what lies in the mailbox, beside everything else: a mail server may take its time."""
    runtime.begin("fetch", _fetch)


async def _fetch() -> None:
    opened = source.open_source(current())
    if opened is None:
        return
    try:
        while await fetching.run(opened, _now) == fetching.BATCH:
            pass
    finally:
        await opened.close()


@app.task
def look_elsewhere() -> None:
    """Read when counsellors are busy elsewhere, beside everything else: their calendars may be slow."""
    runtime.begin("look_elsewhere", _look_elsewhere)


async def _look_elsewhere() -> None:
    await reading.reader(current()).round(_now())


@app.task
def remind() -> None:
    """Put the reminders that are due."""
    runtime.run(reminders.put_due(_now()))


@app.task
def expire() -> None:
    """Remove holds nobody used; who could not be asked, or did not choose a time kept for them, is to be called."""
    runtime.run(_expire())


async def _expire() -> None:
    await confirmations.pass_on(_now())
    await instead.lapse(_now(), current().zone)
    await holds.drop_all_expired(_now())


@app.task
def offer() -> None:
    """Offers that ended go to the next family on the waiting list, and so does what is free."""
    runtime.run(waiting.next_offers(_now()))


@app.task
def interpreters() -> None:
    """Who interprets and was not reached or did not answer is asked no more; who promised to come is reminded."""
    runtime.run(_interpreters())


async def _interpreters() -> None:
    await asked_interpreters.pass_on(_now())
    await interpreting.escalate(_now(), current().zone)
    await asked_interpreters.remind(_now())


@app.task
def roll_up() -> None:
    """Sum the days whose lines are newer than their sums."""
    runtime.run(rollups.refresh())


@app.task
def check() -> None:
    """Do the figures balance, and do claims and appointments agree?"""
    runtime.run(_check())


async def _check() -> None:
    report = await figures_check.balance()
    await figures_check.keep(report, _now())
    differences = await claims.differences()
    today = _now().astimezone(current().zone).date()
    recount = await figures_check.compare(await counting.recount(today - SEALED_AFTER, date.max))
    if not report.ok or not recount.ok or differences:
        log.error("check_failed", figures=report.ok, recount=recount.ok, claims=len(differences))


@app.task
def retain() -> None:
    """What nobody needs any more is deleted."""
    runtime.run(retention.run(_now()))


@app.task
def save_day_sheet() -> None:
    """Today on paper, as a file, for the day the network is down."""
    runtime.run(day_sheets.save(_now()))


@app.task
def look_ahead() -> None:
    """The holidays of the coming years are in the table of closing days."""
    today = _now().astimezone(current().zone).date()
    runtime.run(closing_days.seed_ahead(today, current().office_region))


@app.task
def seal() -> None:
    """Days long past forget which entry their lines follow."""
    runtime.run(ledger.seal(_now().astimezone(current().zone).date() - SEALED_AFTER))
