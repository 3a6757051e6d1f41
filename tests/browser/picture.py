"""Small PNG files: at most 256 colours, packed as tightly as the format allows. Pure.

Invariant: the size in pixels stays, and no colour moves further than the nearest of the 256 commonest.
"""

from __future__ import annotations

import struct
import zlib
from collections import Counter

SIGNATURE = b"\x89PNG\r\n\x1a\n"
Colour = tuple[int, int, int]


def small(png: bytes) -> bytes:
    """The same picture in a small file. For opaque 8-bit RGB or RGBA, not interlaced, as browsers write it."""
    width, height, pixels = _pixels(png)
    counted = Counter(pixels)
    palette = [colour for colour, _ in counted.most_common(256)]
    number = {colour: _nearest(colour, palette) for colour in counted}
    indices = bytes(number[pixel] for pixel in pixels)
    lines = b"".join(b"\0" + indices[start : start + width] for start in range(0, len(indices), width))
    return SIGNATURE + b"".join(
        (
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", b"".join(map(bytes, palette))),
            _chunk(b"IDAT", zlib.compress(lines, 9)),
            _chunk(b"IEND", b""),
        )
    )


def size(png: bytes) -> tuple[int, int]:
    """Width and height in pixels."""
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def _nearest(colour: Colour, palette: list[Colour]) -> int:
    return min(
        range(len(palette)),
        key=lambda number: sum((a - b) ** 2 for a, b in zip(colour, palette[number], strict=True)),
    )


def _pixels(png: bytes) -> tuple[int, int, list[Colour]]:
    chunks = list(_chunks(png))
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    assert depth == 8 and kind in {2, 6} and not interlaced, "not as browsers write it"
    step = 3 if kind == 2 else 4
    packed = zlib.decompress(b"".join(content for name, content in chunks if name == b"IDAT"))
    before, pixels = bytes(width * step), []
    for row in range(height):
        start = row * (width * step + 1)
        before = _line(packed[start], packed[start + 1 : start + 1 + width * step], before, step)
        pixels += [tuple(before[at : at + 3]) for at in range(0, len(before), step)]
    return width, height, pixels  # type: ignore[return-value]


def _line(kind: int, line: bytes, above: bytes, step: int) -> bytes:
    """One line without its filter (PNG specification, third edition, 9.2)."""
    found = bytearray(line)
    for at in range(len(found)):
        left = found[at - step] if at >= step else 0
        corner = above[at - step] if at >= step else 0
        found[at] = (found[at] + _guess(kind, left, above[at], corner)) & 255
    return bytes(found)


def _guess(kind: int, left: int, up: int, corner: int) -> int:
    if kind == 4:
        guess = left + up - corner
        return min(
            (left, up, corner), key=lambda one: abs(guess - one)
        )  # ties: left, up, corner, as specified
    return (0, left, up, (left + up) // 2)[kind]


def _chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    assert png.startswith(SIGNATURE)
    found, at = [], len(SIGNATURE)
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        found.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + length]))
        at += length + 12
    return found


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
