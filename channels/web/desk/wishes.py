"""What somebody at the desk wants to book, read from the address or a form, and who it is for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from booking import services
from booking.models import Mode, Service
from booking.services import MAX_CHILDREN, Wish
from inquiries import addresses
from inquiries.people import Introduction

CHANNELS = ("phone", "walk_in")
"""How they reached us, the commonest first."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """A wish that can be asked for: what cannot be is replaced by what comes nearest."""

    service: Service | None
    children: int
    mode: Mode
    talk: str
    counsellor: str
    channel: str

    @classmethod
    async def read(cls, asked: Mapping[str, Any]) -> Wishes:
        """From query or form; without a known service the first one of the office is meant."""
        known = {one.code: one for one in await services.talks()}
        service = known.get(str(asked.get("service", ""))) or next(iter(known.values()), None)
        channel = str(asked.get("channel", ""))
        return cls(
            service=service,
            children=_children(asked.get("children")),
            mode=_mode(asked.get("mode"), service),
            talk=str(asked.get("talk", ""))[:8],
            counsellor=str(asked.get("counsellor", ""))[:16],
            channel=channel if channel in CHANNELS else CHANNELS[0],
        )

    def wish(self, after: str = "") -> Wish:
        """As the booking room understands it; the office may book at short notice.

        It is a follow-up if they were here for the same service: `after` is the code of that one.
        """
        code = self.service.code if self.service else ""
        again = after != "" and after == code
        return Wish(
            code, self.children, self.mode, self.talk, self.counsellor, by_staff=True, follow_up=again
        )


def _children(text: Any) -> int:
    number = int(str(text)) if str(text).isascii() and str(text).isdigit() else 1
    return min(max(number, 1), MAX_CHILDREN)


def _mode(text: Any, service: Service | None) -> Mode:
    offered = service.modes if service else list(Mode)
    return Mode(text) if text in offered else Mode(offered[0])


def introduction(fields: Mapping[str, Any]) -> tuple[Introduction, dict[str, str]]:
    """Who they are, and field name → what is wrong with it. Everything may be left out."""
    wrong: dict[str, str] = {}
    who = Introduction(
        language=str(fields.get("talk", ""))[:8] or "de",
        name=addresses.name(str(fields.get("name", ""))),
        call_name=addresses.name(str(fields.get("call_name", ""))),
        email=_read("email", addresses.email, fields, wrong),
        phone=_read("phone", addresses.phone, fields, wrong),
        read_by_others="read_by_others" in fields,
    )
    return who, wrong


def _read(name: str, reader: Callable[[str], str], fields: Mapping[str, Any], wrong: dict[str, str]) -> str:
    text = str(fields.get(name, "")).strip()
    try:
        return reader(text) if text else ""
    except ValueError:
        wrong[name] = "unreadable"
        return ""
