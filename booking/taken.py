"""Which time is taken already: of counsellors, of rooms, of interpreters; read in one statement.

Invariant: a talk, a hold that stands or a session takes its time and the buffer after it; who is away, or busy
in a calendar elsewhere, takes nobody's room.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from booking.intervals import Interval
from office import statement

_STATEMENT = """
    SELECT 'talk' AS kind, staff_id, room_id, interpreter_id, starts_at, claimed_until AS until
    FROM appointment
    WHERE claimed_until > $1 AND starts_at < $2 AND session_id IS NULL AND status <> 'cancelled' AND id <> $4{of}
    UNION ALL
    SELECT CASE WHEN expires_at > $3 THEN 'talk' ELSE 'lapsed' END, staff_id, room_id, interpreter_id, starts_at,
        claimed_until
    FROM hold
    WHERE claimed_until > $1 AND starts_at < $2 AND session_id IS NULL{of}
    UNION ALL
    SELECT 'talk', staff_id, room_id, NULL, starts_at, claimed_until
    FROM session
    WHERE claimed_until > $1 AND starts_at < $2 AND cancelled_at IS NULL{of}
    UNION ALL
    SELECT 'away', staff_id, NULL, NULL, starts_at, ends_at
    FROM absence
    WHERE ends_at > $1 AND starts_at < $2 AND staff_id IN ({ids})
    UNION ALL
    SELECT 'away', time.staff_id, NULL, NULL, time.starts_at, time.ends_at
    FROM busy_time time JOIN busy_source source ON source.id = time.source_id
    WHERE time.ends_at > $1 AND time.starts_at < $2 AND source.active AND time.staff_id IN ({ids})
"""
Times = Mapping[int, list[Interval]]


@dataclass(frozen=True, slots=True)
class Taken:
    """By id, in no order: talks with their buffers and times away of counsellors, and the use of what they share.

    `lapsed` holds, of any of them, take nothing, but own their cells until somebody removes them.
    """

    claimed: Times
    away: Times
    rooms: Times
    interpreters: Times
    lapsed: list[Interval]


async def read(
    ids: Collection[int],
    begin: datetime,
    end: datetime,
    *,
    now: datetime,
    ignoring: int | None = None,
    shared: bool = False,
) -> Taken:
    """What of [begin, end) these counsellors have given away; with `shared`, also the rooms and interpreters of all.

    An appointment that is to be moved takes nothing: `ignoring`.
    """
    some = sorted(ids) or [0]
    chosen = statement.marks(some, first=5)
    text = _STATEMENT.format(ids=chosen, of="" if shared else f" AND staff_id IN ({chosen})")
    kinds: dict[str, dict[int, list[Interval]]] = defaultdict(lambda: defaultdict(list))
    lapsed: list[Interval] = []
    for row in await statement.rows(text, begin, end, now, ignoring or 0, *some):
        interval = Interval(statement.moment(row["starts_at"]), statement.moment(row["until"]))
        if row["kind"] == "lapsed":
            lapsed.append(interval)
            continue
        kinds[row["kind"]][row["staff_id"]].append(interval)
        for column in ("room_id", "interpreter_id"):
            if row[column]:
                kinds[column][row[column]].append(interval)
    return Taken(kinds["talk"], kinds["away"], kinds["room_id"], kinds["interpreter_id"], lapsed)
