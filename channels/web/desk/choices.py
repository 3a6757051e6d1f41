"""The choices of the catalogues as forms offer them.

Invariant: what a form may record is what a catalogue has; a code no longer valid stays choosable where it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from office import catalogues
from office.catalogues import Value


@dataclass(frozen=True, slots=True)
class Group:
    """A choice of level 1 and those below it."""

    head: Value
    below: list[Value]


async def of(catalogue: str, language: str, day: date, chosen: str = "") -> list[Value]:
    """The choices valid on this day, and the one chosen before."""
    found = await catalogues.values(catalogue, language, day)
    if chosen and chosen not in {value.code for value in found}:
        label = (await catalogues.labels(catalogue, language)).get(chosen, chosen)
        found = [*found, Value(chosen, label, "")]
    return found


def grouped(values: Sequence[Value]) -> list[Group]:
    """Level 1 with what belongs to it, in the office's order."""
    return [
        Group(head, [one for one in values if one.parent == head.code]) for head in values if not head.parent
    ]


async def unknown(chosen: Mapping[str, str]) -> dict[str, str]:
    """Catalogue → `unknown` for every code its catalogue does not have."""
    return {
        name: "unknown" for name, code in chosen.items() if code not in await catalogues.labels(name, "de")
    }
