"""Links prove themselves: nobody makes one, stretches one, or uses one for something else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from office import links, settings
from office.errors import NotFound
from tests.conftest import make_settings

IDS = st.integers(0, links.LARGEST_ID)
settings.use(make_settings(Path("var")))


@given(IDS, st.integers(0, 1000))
def test_link_opens_what_it_was_made_for(subject: int, generation: int) -> None:
    token = links.token("appointment", subject, generation)
    assert links.subject("appointment", token) == subject
    assert len(token) <= 27
    links.verify("appointment", token, subject, generation)


@given(IDS)
def test_link_opens_nothing_else(subject: int) -> None:
    token = links.token("appointment", subject)
    for kind, other, generation in (
        ("feed", subject, 0),
        ("appointment", subject + 1, 0),
        ("appointment", subject, 1),
    ):
        with pytest.raises(NotFound):
            links.verify(kind, token, other, generation)


@given(IDS, st.integers(0, 25), st.sampled_from("abcdefghijklmnopqrstuvwxyzABCDEFGHIJ0123456789-_"))
def test_changed_link_opens_nothing(subject: int, place: int, letter: str) -> None:
    token = links.token("appointment", subject)
    changed = token[:place] + letter + token[place + 1 :]
    if changed[:21] != token[:21]:  # the 22nd letter also carries bits of the id
        with pytest.raises(NotFound):
            links.verify("appointment", changed, links.subject("appointment", changed))


@pytest.mark.parametrize(
    "nonsense", ["", "x", "ü" * 30, "A" * 22, "A" * 200, "../../etc", "_" * 40, "A" * 29 + "=="]
)
def test_nonsense_is_not_found(nonsense: str) -> None:
    with pytest.raises(NotFound):
        links.verify("appointment", nonsense, links.subject("appointment", nonsense))


def test_each_purpose_has_a_key_of_its_own() -> None:
    assert links.derived_key("links") != links.derived_key("log-in")
    assert links.fingerprint("booker", "a@example.org") != links.fingerprint("rate", "a@example.org")
