"""A change of how the office is run, shown before it is saved: each field as it was and as it would be.

Invariant: nothing is saved that was not shown; if somebody changed the thing since, it is shown once more.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from channels.web.desk import page
from channels.web.desk.running import changes
from channels.web.desk.running.changes import Row
from office import history
from office.history import State

MOST_FIELDS = 1000
OWN = {"csrf", "carry", "again", "seen"}
"""Fields of this page itself, not of the form."""


class Step(StrEnum):
    """What is to happen with a form that can be read."""

    SHOW = "show"
    LATE = "late"
    AGAIN = "again"
    SAVE = "save"


@dataclass(frozen=True, slots=True)
class Preview:
    """What would change, from `before` (None: it is new) to `after`."""

    heading: str
    before: State | None
    after: State

    @property
    def rows(self) -> list[Row]:
        """What differs, as the page says it."""
        return changes.rows(history.changes(self.before or {}, self.after))

    @property
    def seen(self) -> str:
        """A fingerprint of what it was when it was shown."""
        return sha256(json.dumps(self.before, sort_keys=True, default=str).encode()).hexdigest()[:16]


def step(fields: FormData, found: Preview) -> Step:
    """Show it, save it, or back to the form."""
    if fields.get("again"):
        return Step.AGAIN
    if not fields.get("carry"):
        return Step.SHOW
    return Step.SAVE if str(fields.get("seen", "")) == found.seen else Step.LATE


async def show(
    request: Request, fields: FormData, found: Preview, *, late: bool = False, more: str = "", **context: Any
) -> Response:
    """The page, with `more` (a template) about what follows; its buttons save, or go back to what was typed."""
    return await page.render(
        request,
        "desk/running/preview.html",
        status=409 if late else 200,
        heading=found.heading,
        rows=found.rows,
        made=found.before is None,
        seen=found.seen,
        late=late,
        kept=[(name, str(value)) for name, value in fields.multi_items() if name not in OWN],
        here=request.url.path,
        more=more,
        **context,
    )
