"""What time it is, asked once per request, and the days and times people send: strict, and of our days only."""

from __future__ import annotations

from datetime import UTC, date, datetime

FIRST_YEAR, LAST_YEAR = 2001, 2199
"""Beyond these somebody tries what happens; a day more or less then falls off the calendar."""


def now() -> datetime:
    """This moment, aware, in UTC; the one place tests turn the clock."""
    return datetime.now(UTC)


def day(text: object) -> date:
    """An ISO day. Raises ValueError."""
    return _of_our_days(date.fromisoformat(_text(text)))


def moment(text: object) -> datetime:
    """An instant as RFC 3339 writes it, with its offset; in UTC. Raises ValueError."""
    found = datetime.fromisoformat(_text(text))
    _of_our_days(found.date())
    if found.tzinfo is None:
        raise ValueError("an instant has an offset")
    return found.astimezone(UTC)


def _text(sent: object) -> str:
    if not isinstance(sent, str):  # a bare number in JSON, a file in a form
        raise ValueError("a day or an instant is text")
    return sent


def _of_our_days(found: date) -> date:
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError("not a day of ours")
    return found
