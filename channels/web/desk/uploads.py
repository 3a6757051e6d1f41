"""A photo or PDF somebody sent, at the desk.

Invariant: only of a case that is open to who looks, only once the scan let it pass, and always as a file.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from channels.web import log_in
from channels.web.desk import access, mail
from inquiries import uploads


@log_in.for_roles(*log_in.SEES_TOPICS)
async def show(request: Request) -> Response:
    """Its bytes; that somebody looked is noted. A page may show it as a picture, a browser opens it nowhere."""
    found = await uploads.ready(request.path_params["id"])
    await access.enter(request, found.writing.inquiry)
    return mail.as_file(bytes(found.content), found.kind, uploads.name(found))
