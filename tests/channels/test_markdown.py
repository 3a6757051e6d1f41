"""What staff write in Markdown: it looks as meant, and nothing in it can do anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from channels import markdown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Ein Satz.\n\nNoch einer.", "<p>Ein Satz.</p>\n<p>Noch einer.</p>\n"),
        ("# Groß\n\n## Klein\n\n##### Winzig", "<h2>Groß</h2>\n<h3>Klein</h3>\n<h4>Winzig</h4>\n"),
        ("- eins\n- **zwei**", "<ul>\n<li>eins</li>\n<li><strong>zwei</strong></li>\n</ul>\n"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("![Bild](x.png)", '<p>!<a href="x.png" rel="noopener noreferrer">Bild</a></p>\n'),
        ("## Erst\n\n### Dann", "<h2>Erst</h2>\n<h3>Dann</h3>\n"),
        ("[hier](https://example.org)", '<p><a href="https://example.org" rel="noopener noreferrer">hier</a></p>\n'),
        ("[hier](javascript:alert(1))", "<p>[hier](javascript:alert(1))</p>\n"),
        ("[hier](data:text/html,x)", "<p>[hier](data:text/html,x)</p>\n"),
    ],
)  # fmt: skip
def test_it_says_what_was_meant_and_does_nothing(text: str, html: str) -> None:
    assert markdown.html(text) == html


@given(some.text(alphabet="<>()[]!*#-\"'&:/ \njavscriptonerl=", max_size=120))
def test_whatever_is_typed_no_script_and_no_handler_comes_out(text: str) -> None:
    made = markdown.html(text).lower()
    assert "<script" not in made and "<img" not in made and "<h1" not in made
    assert 'href="javascript' not in made
