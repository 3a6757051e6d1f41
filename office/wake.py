"""A nudge to the workers; losing it costs seconds, never a fact, because the sweep finds what is due."""

from __future__ import annotations

from collections.abc import Callable


def _nobody() -> None:
    """Nobody listens until the front door says who does."""


_nudge: Callable[[], None] = _nobody


def listen(nudge: Callable[[], None]) -> None:
    """From now on `nudge()` calls this; it must return at once and never raise."""
    global _nudge  # noqa: PLW0603 - the port is one per process
    _nudge = nudge


def nudge() -> None:
    """Something was committed that workers may react to."""
    _nudge()
