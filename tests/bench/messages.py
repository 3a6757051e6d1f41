"""From the journal to the wire: what one booking costs the workers."""

from __future__ import annotations

from email.message import EmailMessage

from channels import sending
from channels.email.way import Email
from channels.models import Message
from tests.bench import booking, offices
from tests.bench.measure import Row, once
from tests.servers import Postgres
from workers import sweep


class Nowhere:
    """A transport that takes everything at once."""

    async def send(self, mail: EmailMessage) -> None:
        mail.as_bytes()

    async def close(self) -> None:
        pass


async def sweep_and_deliver(server: Postgres) -> list[Row]:
    """Count, confirm and invite after 30 bookings; then send it all."""
    rows: list[Row] = []
    for name, where in (("SQLite", None), ("PostgreSQL", server)):
        async with offices.opened(where):
            service = await offices.make_busy_office()
            free = await booking._search(service)
            for slot in free[:: len(free) // (booking.BOOKINGS + 1)][: booking.BOOKINGS]:
                await booking._book(service, slot)
            swept = await once(_sweep_all) / booking.BOOKINGS
            messages = await Message.all().count()
            sent = await once(_deliver_all) / messages
            rows += [
                Row(f"sweep, per booking, {name}", swept, None, "3 reactions"),
                Row(
                    f"deliver, per message, {name}",
                    sent,
                    None,
                    f"{messages} messages, transport takes no time",
                ),
            ]
    return rows


async def _sweep_all() -> None:
    while await sweep.run(booking.NOW):
        pass


async def _deliver_all() -> None:
    while await sending.deliver(Email(Nowhere()), lambda: booking.NOW):
        pass
