"""Breaks the house in one place at a time, in a copy, and runs the test that must notice: red, or it proves nothing.

`python -m tests.mutations [--promise N] [--jobs N] [--why]`. The tables stand in `tests.promises`. Each test is run
once in the unbroken copy first: who is red anyway notices nothing.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.promises import (
    data_has_an_end,
    everybody_gets_in,
    figures_balance,
    links_are_safe,
    no_double_booking,
    nobody_learns,
    nothing_lost,
    times_are_right,
)
from tests.promises.mutation import Mutation

PROMISES = {
    1: no_double_booking.MUTATIONS,
    2: nothing_lost.MUTATIONS,
    3: figures_balance.MUTATIONS,
    4: nobody_learns.MUTATIONS,
    5: data_has_an_end.MUTATIONS,
    6: times_are_right.MUTATIONS,
    7: everybody_gets_in.MUTATIONS,
    8: links_are_safe.MUTATIONS,
}
"""Number in DESIGN → its mutations."""
ROOT = Path(__file__).parents[1]
LEFT_OUT = shutil.ignore_patterns(
    ".venv", ".git", "var", "node_modules", "__pycache__", ".*_cache", ".hypothesis", ".env"
)
TOO_LONG = 60
"""Seconds; a test that hangs has noticed, too."""
FAILED, NO_END = 1, -1
"""Pytest's exit code when a test failed; 2 and more say that it could not run at all."""


class NotApplied(ValueError):
    """The text to be replaced is not in its file exactly once."""


class Copy:
    """All files of the house in a folder of their own; its processes import from there and nowhere else."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(ROOT, folder, ignore=LEFT_OUT, dirs_exist_ok=True)
        assets = Path("channels/web/assets/node_modules")
        if (ROOT / assets).exists():
            (folder / assets).symlink_to(ROOT / assets)
        self.environment = {**os.environ, "PYTHONPATH": str(folder)}
        self._is_used()

    @contextmanager
    def broken(self, mutation: Mutation) -> Iterator[None]:
        """Inside the block one place of the copy is as the mutation says."""
        file = self.folder / mutation.file
        text = file.read_text()
        self._write(file, applied(text, mutation))
        try:
            yield
        finally:
            self._write(file, text)

    def pytest(self, tests: Sequence[str], seconds: float = TOO_LONG) -> tuple[int, str]:
        """Exit code (`NO_END` if it had to be stopped) and what was said."""
        options = ["-x", "-q", "-m", "long or not long", "-p", "no:cacheprovider", "--tb=short"]
        return self._run([sys.executable, "-m", "pytest", *options, *tests], seconds)

    def _run(self, command: Sequence[str], seconds: float) -> tuple[int, str]:
        with subprocess.Popen(
            command, cwd=self.folder, env=self.environment, text=True, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        ) as process:  # fmt: skip
            try:
                said = process.communicate(timeout=seconds)[0]
            except subprocess.TimeoutExpired:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                return NO_END, process.communicate()[0]
            return process.returncode, said

    def _is_used(self) -> None:
        """The editable installation puts the original on the path, too; ours must come first."""
        code = "import office, booking, channels, tests; print(office.__file__, tests.__file__)"
        _status, said = self._run([sys.executable, "-c", code], TOO_LONG)
        places = [Path(place).resolve() for place in said.split()]
        if not places or not all(place.is_relative_to(self.folder.resolve()) for place in places):
            raise RuntimeError(f"the copy is not what is imported: {said}")

    def _write(self, file: Path, text: str) -> None:
        file.write_text(text)
        # Compiled files are trusted by size and second, and a mutation may change neither.
        Path(importlib.util.cache_from_source(str(file))).unlink(missing_ok=True)


def applied(text: str, mutation: Mutation) -> str:
    """The text with its one place replaced. Raises `NotApplied`."""
    if text.count(mutation.old) != 1 or mutation.old == mutation.new:
        raise NotApplied(f"{mutation.file}: {text.count(mutation.old)} × {mutation.old!r}")
    return text.replace(mutation.old, mutation.new)


def verdict(copy: Copy, mutation: Mutation) -> tuple[str, str]:
    """`red`, or what is wrong: `GREEN`, `NOT FOUND` (the text), `NOT RUN` (the test); and what pytest said."""
    try:
        with copy.broken(mutation):
            status, said = copy.pytest([mutation.test])
    except NotApplied as error:
        return "NOT FOUND", str(error)
    word = {0: "GREEN", FAILED: "red", NO_END: "red"}.get(status, "NOT RUN")
    return word, said


def already_red(copy: Copy, mutations: Iterable[Mutation]) -> str:
    """What pytest says of the tests in the unbroken copy; empty when all are green."""
    status, said = copy.pytest(sorted({mutation.test for mutation in mutations}), seconds=10 * TOO_LONG)
    return said[-4000:] if status else ""


def run(chosen: Sequence[tuple[int, Mutation]], jobs: int, *, why: bool = False) -> int:
    """Print a line for each; the number of mutations nobody noticed."""
    copies: queue.Queue[Copy] = queue.Queue()
    with tempfile.TemporaryDirectory(prefix="sprechstunde-mutations-") as made:
        for number in range(jobs):
            copies.put(Copy(Path(made) / f"copy{number}"))

        def one(row: tuple[int, Mutation]) -> bool:
            copy, since = copies.get(), time.monotonic()
            try:
                word, said = verdict(copy, row[1])
            finally:
                copies.put(copy)
            seconds = time.monotonic() - since
            print(f"{word:<9} promise {row[0]}  {row[1].file}: {row[1].broken} ({seconds:.1f} s)", flush=True)
            if word != "red" or why:
                print(f"          {row[1].test}\n{said[-2000:]}", flush=True)
            return word == "red"

        first = copies.get()
        if said := already_red(first, (mutation for _promise, mutation in chosen)):
            print(f"{said}\nNothing was broken yet, and these tests are not green.")
            return len(chosen)
        copies.put(first)
        with ThreadPoolExecutor(jobs) as pool:
            noticed = sum(pool.map(one, chosen))
    print(f"{len(chosen)} mutations, {noticed} red")
    return len(chosen) - noticed


def main() -> int:
    """The command line; exit code 1 when a test did not notice."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("--promise", type=int, choices=sorted(PROMISES), help="only those of this promise")
    parser.add_argument("--jobs", type=int, default=1, help="how many at a time, each in its own copy")
    parser.add_argument("--why", action="store_true", help="show how each test failed")
    chosen = parser.parse_args()
    rows = [
        (promise, mutation)
        for promise, mutations in PROMISES.items()
        for mutation in mutations
        if chosen.promise in {None, promise}
    ]
    return 1 if run(rows, chosen.jobs, why=chosen.why) else 0


if __name__ == "__main__":
    sys.exit(main())
