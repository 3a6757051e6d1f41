"""`python -m tests.booking.crowd SEED SECONDS`: one process that does whatever can be done in an office, at once.

Prints one line of JSON: how often each act was done or refused, and every error that no person may ever see.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
import traceback
from collections import Counter
from datetime import timedelta
from random import Random

from booking import errors
from office import database, wake
from office.errors import Invalid, NotFound, Refused
from office.settings import current
from sprechstunde import house
from tests.booking import acts
from tests.factories import NOW

OFTEN = (
    acts.hold, acts.book, acts.book_held, acts.cancel, acts.move, acts.shift, acts.keep_seats,
    acts.interpret, acts.accept_offer, acts.wait, acts.tidy, acts.seek, acts.squeeze_in, acts.let_go,
    acts.ask_to_confirm, acts.answer_confirmation,
)  # fmt: skip
SELDOM = (
    acts.extend, acts.decline_offer, acts.leave_list, acts.be_away, acts.be_ill, acts.be_back, acts.shorten,
    acts.close,
)  # fmt: skip
REFUSALS = (Refused, Invalid, NotFound, errors.NoSuchService)
SPEED = 600
"""So much faster does the office's clock run."""


async def live(seed: int, seconds: float) -> dict[str, object]:
    """Act after act until the time is over."""
    chance, began = Random(seed), time.monotonic()
    told: Counter[str] = Counter()
    faults: list[str] = []
    while (gone := time.monotonic() - began) < seconds:
        act = chance.choice(SELDOM if chance.random() < 0.1 else OFTEN)
        try:
            await act(chance, NOW + timedelta(seconds=gone * SPEED))
            told[act.__name__] += 1
        except REFUSALS as refused:
            told[type(refused).__name__] += 1
        except Exception:
            faults.append(f"{act.__name__}: {traceback.format_exc()}")
    return {"told": dict(told), "faults": faults}


async def main() -> None:
    wake.listen(lambda: None)
    async with database.opened(house.databases(current())):
        print(json.dumps(await live(int(sys.argv[1]), float(sys.argv[2]))))


if __name__ == "__main__":
    asyncio.run(main())
