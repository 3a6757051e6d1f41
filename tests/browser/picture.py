"""Small PNG files: few colours, packed as tightly as the format allows. Pure.

Invariant: the size in pixels stays, the commonest colours stay, and every other becomes the nearest of them.
"""

from __future__ import annotations

import struct
from io import BytesIO
from itertools import chain

from PIL import Image

COLOURS = 64
"""Enough for the edges of letters on a few grounds."""


def small(png: bytes) -> bytes:
    """The same picture in a small file."""
    with Image.open(BytesIO(png)) as opened:
        seen = opened.convert("RGB")
    counted = seen.getcolors(seen.width * seen.height) or []
    commonest = [colour for _, colour in sorted(counted, reverse=True)[:COLOURS]]
    palette = Image.new("P", (1, 1))
    palette.putpalette(bytes(chain.from_iterable(commonest)))
    stored = BytesIO()
    seen.quantize(palette=palette, dither=Image.Dither.NONE).save(stored, "PNG", optimize=True)
    return stored.getvalue()


def size(png: bytes) -> tuple[int, int]:
    """Width and height in pixels."""
    width, height = struct.unpack(">II", png[16:24])
    return width, height
