"""Markdown of our own staff as HTML for everybody's pages.

Invariant: no HTML they typed comes through, links lead to the web, a mailbox or a phone, and no heading stands above
the page's own.
"""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {"p", "br", "strong", "em", "a", "ul", "ol", "li", "h2", "h3", "h4", "blockquote"}
SCHEMES = {"http", "https", "mailto", "tel"}
HIGHEST, LOWEST = 2, 4
_PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["image", "code", "fence"])


def html(text: str) -> Markup:
    """Paragraphs, lists, headings, emphasis and links; everything else as it was typed."""
    tokens = _PARSER.parse(text)
    headings = [token for token in tokens if token.type in {"heading_open", "heading_close"}]
    first = min((int(token.tag[1]) for token in headings), default=HIGHEST)
    for token in headings:
        token.tag = f"h{min(int(token.tag[1]) - first + HIGHEST, LOWEST)}"
    made = _PARSER.renderer.render(tokens, _PARSER.options, {})
    clean = nh3.clean(
        made, tags=TAGS, attributes={"a": {"href"}}, url_schemes=SCHEMES, link_rel="noopener noreferrer"
    )
    return Markup(clean)  # noqa: S704 - cleaned above
