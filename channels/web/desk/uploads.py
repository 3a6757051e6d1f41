"""A photo or PDF somebody sent, or a file of an answer, at the desk.

Invariant: only of a case that is open to who looks, only once the scan let it pass, and always as a file; what lies
with an answer that was begun is for who began it.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from channels.web import files, log_in
from channels.web.desk import access
from inquiries import uploads
from office.errors import NotFound


@log_in.for_roles(*log_in.SEES_TOPICS)
async def show(request: Request) -> Response:
    """Its bytes; that somebody looked is noted. A page may show it as a picture, a browser opens it nowhere."""
    found = await uploads.ready(request.path_params["id"])
    if found.draft and found.draft.staff_id != log_in.staff_of(request).id:
        raise NotFound
    await access.enter(request, (found.writing or found.draft).inquiry)
    return files.as_file(bytes(found.content), found.kind, uploads.name(found))
