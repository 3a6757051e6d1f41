"""The table of mutations does not rot: every place it breaks is there, every test it names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import mutations
from tests.mutations import PROMISES
from tests.promises.mutation import Mutation

ROOT = Path(__file__).parents[1]
ALL = [mutation for some in PROMISES.values() for mutation in some]


@pytest.mark.parametrize("mutation", ALL, ids=lambda one: f"{one.file}: {one.broken}")
def test_its_place_is_there_once_and_what_it_becomes_can_be_run(mutation: Mutation) -> None:
    broken = mutations.applied((ROOT / mutation.file).read_text(), mutation)
    if mutation.file.endswith(".py"):
        compile(broken, mutation.file, "exec")


@pytest.mark.parametrize("mutation", ALL, ids=lambda one: f"{one.file}: {one.broken}")
def test_its_test_exists(mutation: Mutation) -> None:
    file, _, name = mutation.test.partition("::")
    text = (ROOT / file).read_text()
    assert not name or re.search(rf"def {name.partition('[')[0]}\(", text)


def test_every_promise_can_be_broken_in_three_ways_at_least() -> None:
    assert {promise: len(some) for promise, some in PROMISES.items() if len(some) < 3} == {}
    assert sorted(PROMISES) == list(range(1, 9))


def test_text_that_is_not_there_or_there_twice_is_refused() -> None:
    for text in ("", "b b"):
        with pytest.raises(mutations.NotApplied):
            mutations.applied(text, Mutation("f", "", "b", "c", ""))
