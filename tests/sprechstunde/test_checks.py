"""`sprechstunde check` says what is wrong with the mailbox, and shows no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.email import source
from office import settings
from sprechstunde import checks
from tests import servers
from tests.conftest import make_settings


def told(folder: Path, capsys: pytest.CaptureFixture[str], url: str) -> str:
    made = make_settings(folder, imap_url=url)
    settings.use(made)
    checks.report(made)
    printed = capsys.readouterr().out
    assert "geheim" not in printed
    return next(line for line in printed.splitlines() if line.startswith("mailbox"))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("", ""), "answers"),
        (("beratung:geheim", "beratung:falsch"), "refuses this user or password"),
        (("INBOX", "Anfragen"), "has no such folder"),
        (("@127.0.0.1", "@127.0.0.2"), "cannot be reached"),
    ],
)
def test_check_says_whether_the_mailbox_can_be_read(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    imap_server: servers.Imap,
    change: tuple[str, str],
    said: str,
) -> None:
    assert said in told(tmp_path, capsys, imap_server.url.replace(*change))


def test_every_trouble_of_a_mailbox_is_explained() -> None:
    reasons = {source._reason(error) for error in (OSError(), ValueError(), KeyError())}
    assert reasons <= set(checks.MAILBOX_TROUBLE)
