"""Is every sentence said in every language, with the same facts in it? `python -m tests.check_texts`.

With `--fill-english` the English file gets its sentences first: there, what we write is what is said.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from channels.languages import NAMES

ROOT = Path(__file__).parents[1]
LOCALE = ROOT / "channels" / "locale"
FACT = re.compile(r"%\((\w+)\)s")


def main() -> int:
    """0 when nothing is missing, else 1 and one line per gap."""
    if "--fill-english" in sys.argv:
        fill_english()
    gaps = [gap for language in NAMES for gap in missing(language, written())]
    print("\n".join(gaps) or f"Every sentence is said in {', '.join(NAMES)}.")
    return 1 if gaps else 0


def missing(language: str, sentences: Catalog) -> Iterator[str]:
    """One line per sentence that is not said, doubtful, or says other facts."""
    said = catalogue(language)
    for sentence in sentences:
        if not sentence.id:
            continue
        found = said.get(sentence.id)
        if found is None or not all(_forms(found.string)) or found.fuzzy:
            yield f"{language}: not translated: {_forms(sentence.id)[0]}"
        elif _facts(*_forms(found.string)) != _facts(*_forms(sentence.id)):
            yield f"{language}: other facts than in: {_forms(sentence.id)[0]}"


def written() -> Catalog:
    """Every sentence in the code and the templates of `channels`."""
    with tempfile.NamedTemporaryFile(suffix=".pot") as file:
        command = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract"]
        mapping = f"--mapping-file={LOCALE / 'babel.cfg'}"
        subprocess.run([*command, mapping, f"--output-file={file.name}", "channels"], cwd=ROOT, check=True)
        return read_po(file)


def catalogue(language: str) -> Catalog:
    with _path(language).open("rb") as file:
        return read_po(file, locale=language)


def fill_english() -> None:
    """English says what the code says."""
    english = catalogue("en")
    for message in english:
        if message.id and not all(_forms(message.string)):
            message.string = message.id
    with _path("en").open("wb") as file:
        write_po(file, english, width=0, sort_by_file=True)


def _path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "messages.po"


def _forms(text: Message | str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """Singular and plurals alike."""
    return (text,) if isinstance(text, str) else tuple(str(form) for form in text)  # type: ignore[union-attr]


def _facts(*forms: str) -> set[str]:
    return {fact for form in forms for fact in FACT.findall(form)}


if __name__ == "__main__":
    sys.exit(main())
