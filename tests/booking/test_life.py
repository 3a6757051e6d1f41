"""The whole life of booking, in whatever order: after every step nothing overlaps, nothing is lost.

Each example is an office of its own, on SQLite and on PostgreSQL; hypothesis chooses what happens, and makes the
shortest story of whatever goes wrong.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, strategies
from hypothesis import settings as hypothesis_settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from tortoise.backends.base.executor import EXECUTOR_CACHE

from booking import errors
from office import database as office_database
from office import settings as office_settings
from office import wake
from sprechstunde import house
from tests.booking import acts, holding
from tests.conftest import _house, make_settings
from tests.factories import NOW

SEEDS = strategies.integers(0, 2**16)
LATER = strategies.sampled_from(
    [timedelta(minutes=20), timedelta(hours=3), timedelta(days=1), timedelta(days=3)]
)
Opened = Callable[[Path], AbstractContextManager[dict[str, str]]]
T = TypeVar("T")


class Life(RuleBasedStateMachine):
    """One office; `grid` are the starts of its empty calendar, `ever` whatever was offered since."""

    def __init__(self, opened: Opened, folder: Path) -> None:
        super().__init__()
        folder.mkdir()
        self.opened, self.runner, self.now = opened(folder), asyncio.Runner(), NOW
        made = make_settings(folder, **self.opened.__enter__())
        office_settings.use(made)
        wake.listen(lambda: None)
        self.databases = office_database.opened(house.databases(made))
        self.run(self.databases.__aenter__())
        self.run(acts.open_office())
        self.grid = self.run(holding.free(NOW))
        self.ever = set(self.grid)

    def run(self, story: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(story)

    def do(self, act: acts.Act, seed: int, *refused: type[Exception]) -> None:
        """One act, and now and then the workers come round; `refused` names why it may be turned down."""

        async def story() -> None:
            with suppress(refused):
                await act(Random(seed), self.now)
            if seed % 2:
                await acts.seek(Random(seed), self.now)

        self.run(story())

    @rule(seed=SEEDS)
    def hold(self, seed: int) -> None:
        self.do(acts.hold, seed)

    @rule(seed=SEEDS)
    def book_held(self, seed: int) -> None:
        self.do(acts.book_held, seed)

    @rule(seed=SEEDS)
    def ask_to_confirm(self, seed: int) -> None:
        self.do(acts.ask_to_confirm, seed)

    @rule(seed=SEEDS)
    def answer_confirmation(self, seed: int) -> None:
        self.do(acts.answer_confirmation, seed)

    @rule(seed=SEEDS)
    def book(self, seed: int) -> None:
        self.do(acts.book, seed)

    @rule(seed=SEEDS)
    def book_one_more(self, seed: int) -> None:
        self.do(acts.book, seed)

    @rule(seed=SEEDS)
    def let_go(self, seed: int) -> None:
        self.do(acts.let_go, seed)

    @rule(seed=SEEDS)
    def extend(self, seed: int) -> None:
        self.do(acts.extend, seed)

    @rule(seed=SEEDS)
    def move(self, seed: int) -> None:
        self.do(acts.move, seed)

    @rule(seed=SEEDS)
    def shift(self, seed: int) -> None:
        self.do(acts.shift, seed)

    @rule(seed=SEEDS)
    def cancel(self, seed: int) -> None:
        self.do(acts.cancel, seed)

    @rule(seed=SEEDS)
    def wait(self, seed: int) -> None:
        self.do(acts.wait, seed)

    @rule(seed=SEEDS)
    def accept_offer(self, seed: int) -> None:
        self.do(acts.accept_offer, seed)

    @rule(seed=SEEDS)
    def decline_offer(self, seed: int) -> None:
        self.do(acts.decline_offer, seed)

    @rule(seed=SEEDS)
    def leave_list(self, seed: int) -> None:
        self.do(acts.leave_list, seed)

    @rule(seed=SEEDS)
    def be_away(self, seed: int) -> None:
        self.do(acts.be_away, seed)

    @rule(seed=SEEDS)
    def be_ill(self, seed: int) -> None:
        self.do(acts.be_ill, seed)

    @rule(seed=SEEDS)
    def be_back(self, seed: int) -> None:
        self.do(acts.be_back, seed)

    @rule(seed=SEEDS)
    def close(self, seed: int) -> None:
        self.do(acts.close, seed)

    @rule(seed=SEEDS)
    def shorten(self, seed: int) -> None:
        self.do(acts.shorten, seed)

    @rule(seed=SEEDS)
    def keep_seats(self, seed: int) -> None:
        self.do(acts.keep_seats, seed)

    @rule(seed=SEEDS)
    def call_off(self, seed: int) -> None:
        self.do(acts.call_off, seed)

    @rule(seed=SEEDS)
    def interpret(self, seed: int) -> None:
        self.do(acts.interpret, seed)

    @rule(seed=SEEDS)
    def squeeze_in(self, seed: int) -> None:
        self.do(acts.squeeze_in, seed, errors.SlotTaken, errors.NotOffered)

    @rule(seed=SEEDS, later=LATER)
    def time_goes_by(self, seed: int, later: timedelta) -> None:
        self.now += later
        self.do(acts.tidy, seed)

    @invariant()
    def everything_holds(self) -> None:
        self.run(self._look(self.now))

    async def _look(self, now: datetime) -> None:
        self.ever |= await holding.free(now)
        await holding.nothing_overlaps()
        await holding.seats_are_counted(now)
        await holding.one_at_a_time_is_asked()
        await holding.nothing_is_lost(self.grid, now)
        await holding.everything_was_offered(self.ever)

    def teardown(self) -> None:
        self.run(self.databases.__aexit__(None, None, None))
        self.runner.close()
        self.opened.__exit__(None, None, None)


@pytest.mark.parametrize(("examples", "steps"), [(6, 30), pytest.param(150, 60, marks=pytest.mark.long)])
def test_whatever_happens_nothing_overlaps_and_nothing_is_lost(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest, examples: int, steps: int
) -> None:
    number = itertools.count()
    EXECUTOR_CACHE.clear()

    def office() -> Life:
        return Life(lambda folder: _house(engine, folder, request), tmp_path / str(next(number)))

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        office,
        settings=hypothesis_settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
