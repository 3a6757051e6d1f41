"""HTML of a mail as plain text; pure.

Invariant: what a reader would see is there, what a browser would do is not; quotations keep their mark.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

LONGEST = 1_000_000
"""Characters of HTML that are read; the rest can be seen in the mail as received."""
UNSEEN = {"style", "script", "head", "title", "template", "noscript"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
APART = HEADINGS | {"p", "blockquote", "table", "ul", "ol"}
LINES = APART | {"div", "br", "tr", "li", "hr", "pre"}
CELLS = {"td", "th"}


def from_html(html: str) -> str:
    """Paragraphs with an empty line between them, list items with a dash, quotations with `>`."""
    reader = _Reader()
    reader.feed(html[:LONGEST])
    reader.close()
    written = "\n".join(reader.lines())
    return re.sub(r"\n{3,}", "\n\n", written).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._done: list[str] = []
        self._line: list[str] = []
        self._quoted = 0
        self._skipped = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSEEN:
            self._skipped += 1
        if tag == "body":
            self._skipped = 0  # a head that was never closed hides no body
        if tag in LINES:
            self._break(apart=tag in APART)
        if tag in CELLS and self._line:
            self._line.append(" ")
        if tag == "li":
            self._line.append("- ")
        if tag == "blockquote":
            self._quoted += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN:
            self._skipped = max(0, self._skipped - 1)
        if tag in LINES:
            self._break(apart=tag in APART)
        if tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)

    def handle_data(self, data: str) -> None:
        if not self._skipped:
            self._line.append(data)

    def lines(self) -> list[str]:
        """All lines so far."""
        self._break(apart=False)
        return self._done

    def _break(self, *, apart: bool) -> None:
        written = " ".join("".join(self._line).split())
        self._line = []
        mark = ">" * min(self._quoted, 5)
        if written:
            self._done.append(f"{mark} {written}" if mark else written)
        if apart and self._done and self._done[-1] not in ("", mark):
            self._done.append(mark)
