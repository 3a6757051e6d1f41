"""One way to break the house, and the test that must notice.

Prefer a test that needs SQLite only, and one engine where two say the same: there are many mutations.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mutation:
    """In `file`, `old` becomes `new`: then what `broken` says is so, and `test` (a pytest node id) must fail.

    `old` stands in the file exactly once; `tests.test_mutations` keeps it so.
    """

    file: str
    broken: str
    old: str
    new: str
    test: str
