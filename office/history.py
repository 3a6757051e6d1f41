"""What was changed in how the office is run: from what to what, when, by whom.

Invariant: written in the transaction of the verb that changed it. The journal gets the names of the fields only;
what concerns a colleague is told by field, never by value.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from tortoise.expressions import Q

from office import journal
from office.models import Edit

KIND = "running.changed"
State = Mapping[str, object]
"""A thing as the desk sees it: field → value, one a language as `titles.de`."""


async def note(
    subject: str,
    before: State | None,
    after: State,
    *,
    actor: str,
    now: datetime,
    unsaid: Collection[str] = (),
) -> bool:
    """Write down what differs, inside a verb; `before` None: it is new. The values of `unsaid` fields are not kept.

    Returns whether anything differs; what was saved as it was leaves no trace.
    """
    found = changes(before or {}, after)
    if not found:
        return False
    kept = {name: [] if name in unsaid else list(pair) for name, pair in found.items()}
    await Edit.create(at=now, actor=actor, subject=subject, made=before is None, changes=kept)
    await journal.write(KIND, subject, actor=actor, now=now, details={"fields": ",".join(found)})
    return True


def changes(before: State, after: State) -> dict[str, tuple[object, object]]:
    """Field → what it was and is, in the order of `after`, for those that differ; nothing and empty are alike."""
    return {
        name: (before.get(name), value)
        for name, value in after.items()
        if before.get(name) != value and (before.get(name) or value or name in before)
    }


def by_language(name: str, texts: Mapping[str, object]) -> dict[str, object]:
    """A text per language as fields of their own: `titles.de`, `titles.en` …"""
    return {f"{name}.{language}": text for language, text in sorted(texts.items())}


async def of(*subjects: str, most: int = 50) -> list[Edit]:
    """What was changed about these, the latest first; a subject that ends in `:` stands for all of its kind."""
    wanted = Q()
    for subject in subjects:
        wanted |= Q(subject__startswith=subject) if subject.endswith(":") else Q(subject=subject)
    return await Edit.filter(wanted).order_by("-at", "-id").limit(most)
