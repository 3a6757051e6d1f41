"""Who we are, what we do with data, and how far the pages serve everybody."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from channels.web import pages


async def imprint(request: Request) -> Response:
    """Who answers for these pages (§ 5 DDG)."""
    return pages.render(request, "public/imprint.html")


async def privacy(request: Request) -> Response:
    """What happens to what people tell us (Art. 12, 13 GDPR)."""
    return pages.render(request, "public/privacy.html")


async def accessibility(request: Request) -> Response:
    """The statement on accessibility (BITVNRW, § 10e BGG NRW)."""
    return pages.render(request, "public/accessibility.html")
