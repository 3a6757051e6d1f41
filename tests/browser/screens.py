"""The screens pages are looked at on: a short list in `make test`, every one of them in `make proof`.

Invariant: of the short list, every two of language, width and colours come together at least once.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

LANGUAGES = ("de", "en", "ar")
SHORT = {
    ("de", 360, "light"),
    ("de", 1280, "dark"),
    ("en", 1280, "light"),
    ("en", 360, "dark"),
    ("ar", 360, "dark"),
    ("ar", 1280, "light"),
}


def _seen(*screen: Any, always: bool) -> Any:
    return pytest.param(*screen, marks=() if always else pytest.mark.long)


ALL = [
    _seen(*screen, always=screen in SHORT) for screen in product(LANGUAGES, (360, 1280), ("light", "dark"))
]
"""(language, width in pixels, colours)"""
TALKS = [
    _seen(language, script, always=(language == "de") == script)
    for language, script in product(("de", "ar"), (True, False))
]
"""(language, with a script?): German with and Arabic without one in `make test`, all four in `make proof`."""
COLOURS = [
    _seen(language, colours, always=(language, colours) in {("de", "light"), ("ar", "dark")})
    for language, colours in product(LANGUAGES, ("light", "dark"))
]
"""(language, colours)"""
