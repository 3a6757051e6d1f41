"""What somebody uploads, as we keep it: a picture is drawn anew, so that nothing but the picture is left of it; pure.

Invariant: no EXIF, place, camera, comment or colour profile survives; what is not a JPEG, PNG or PDF by its first bytes
is refused, whatever it is called; nothing is opened that would fill the memory.
"""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageOps

from inquiries.uploads import Picture

JPEG, PNG, PDF = "image/jpeg", "image/png", "application/pdf"
LARGEST = 8 * 1024 * 1024
"""Bytes of one file."""
MOST_PIXELS = 60_000_000
LONGEST_SIDE = 2600
"""Enough to read a school report; larger ones are made smaller."""
QUALITY = 85
APPLE = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif"}
"""Brands of the containers phones of one maker take pictures in (ISO/IEC 23008-12)."""


class Unfit(Exception):
    """This cannot be kept; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def kept(content: bytes) -> Picture:
    """The file as we keep it. Raises `Unfit`: `large`, `heic`, `kind` or `broken`. Takes up to a second."""
    if len(content) > LARGEST:
        raise Unfit("large")
    kind = _kind(content)
    if kind == PDF:
        return Picture(PDF, content)
    try:
        return Picture(kind, _drawn_anew(content, kind))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise Unfit("broken") from error


def _kind(content: bytes) -> str:
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"%PDF-"):
        return PDF
    raise Unfit("heic" if content[4:8] == b"ftyp" and content[8:12] in APPLE else "kind")


def _drawn_anew(content: bytes, kind: str) -> bytes:
    with Image.open(BytesIO(content), formats=["JPEG" if kind == JPEG else "PNG"]) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise Unfit("large")
        opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(opened)
        mode = "RGB" if kind == JPEG or upright.mode not in {"RGBA", "LA", "PA", "P"} else "RGBA"
        plain = upright.convert(mode)
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new(mode, plain.size)  # of `plain`, comment and profile would be written, too
    bare.paste(plain)
    out = BytesIO()
    if kind == JPEG:
        bare.save(out, "JPEG", quality=QUALITY)
    else:
        bare.save(out, "PNG", optimize=False)
    return out.getvalue()
