"""The demonstration's tables as written, and how totals are spread without losing or gaining one."""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

Codes = dict[str, Any]
"""What is known of one thing to be counted: dimension → code (or month, day)."""


def read(name: str) -> list[dict[str, str]]:
    """The rows of `data/{name}.csv` by column."""
    text = files("sprechstunde.demo").joinpath(f"data/{name}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def spread(total: int, shares: Sequence[int]) -> list[int]:
    """Whole numbers in proportion to `shares` that add up to `total` (largest remainder, first come first)."""
    whole = sum(shares)
    found = [total * share // whole for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda place: -(total * shares[place] % whole))
    for place in by_remainder[: total - sum(found)]:
        found[place] += 1
    return found


def spread_codes(total: int, shares: Mapping[str, int]) -> dict[str, int]:
    """`spread` by code."""
    return dict(zip(shares, spread(total, list(shares.values())), strict=True))


class Leanings:
    """How much likelier a code is, given another: `weight` 1 unless `data/leanings.csv` says so."""

    def __init__(self) -> None:
        self._given: dict[str, dict[str, dict[str, dict[str, float]]]] = defaultdict(
            lambda: defaultdict(dict)
        )
        for row in read("leanings"):
            of = self._given[row["dimension"]][row["given"]].setdefault(row["is"], {})
            of[row["code"]] = float(row["weight"])

    def weights(self, dimension: str, codes: Sequence[str], thing: Codes) -> list[float]:
        """One weight per code for this thing."""
        found = [1.0] * len(codes)
        for given, of in self._given[dimension].items():
            for code, weight in of.get(str(thing.get(given, "")), {}).items():
                if code in codes:
                    found[codes.index(code)] *= weight
        return found

    def allot(
        self, dimension: str, things: Sequence[Codes], totals: Mapping[str, int], chance: random.Random
    ) -> None:
        """Give each thing a code of `dimension`, so that every code comes out exactly `totals[code]` times.

        The totals add up to the number of things. Who has the least choice chooses first; a code a thing
        must not have (weight 0) is given to it only when no other is left.
        """
        codes, left = list(totals), list(totals.values())
        if sum(left) != len(things):
            raise ValueError(f"{dimension}: {sum(left)} codes for {len(things)} things")
        chosen = [(self.weights(dimension, codes, thing), thing) for thing in things]
        chance.shuffle(chosen)
        chosen.sort(key=lambda one: -one[0].count(0.0))
        for weights, thing in chosen:
            likely = [weight * rest for weight, rest in zip(weights, left, strict=True)]
            place = chance.choices(range(len(codes)), likely if any(likely) else left)[0]
            left[place] -= 1
            thing[dimension] = codes[place]
