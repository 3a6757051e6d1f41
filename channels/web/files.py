"""A file for whoever may have it, as a response.

Invariant: it is saved, and never shown as a page of ours.
"""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response


def as_file(content: bytes, kind: str, name: str) -> Response:
    """Saved, never opened: `name` for old browsers in ASCII, for others as it is (RFC 6266)."""
    plain = "".join(char if char.isascii() and (char.isalnum() or char in "-_. ") else "_" for char in name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"content-disposition": disposition, "content-security-policy": "default-src 'none'; sandbox"}
    return Response(content, media_type=kind, headers=headers)
