"""What a picture says of itself in its first bytes: PNG, JPEG or WebP.

The picture is not decoded: only the browsers of clients do that. SVG is not known here, as it can
hold script.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

_PNG = b"\x89PNG\r\n\x1a\n"
_SIZES_OF_JPEG = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE_IN_JPEG = frozenset({0x01, *range(0xD0, 0xD8)})
_ENDS_OF_JPEG_HEAD = frozenset({0xD8, 0xD9, 0xDA})
_WEBP_START = b"\x9d\x01\x2a"


@dataclass(frozen=True, slots=True)
class Picture:
    """A media type, and width and height in pixels, both at least 1."""

    media_type: str
    width: int
    height: int


def read_picture(data: bytes) -> Picture | None:
    """Return what the picture says of itself; None where it is no picture of ours."""
    try:
        if data.startswith(_PNG):
            kind, size = "image/png", _of_png(data)
        elif data.startswith(b"\xff\xd8\xff"):
            kind, size = "image/jpeg", _of_jpeg(data)
        elif data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            kind, size = "image/webp", _of_webp(data)
        else:
            return None
    except (struct.error, IndexError):  # it ends too early
        return None
    return Picture(kind, *size) if size is not None and min(size) > 0 else None


def _of_png(data: bytes) -> tuple[int, int] | None:
    length, name, width, height = struct.unpack_from(">I4sII", data, len(_PNG))
    return (width, height) if (length, name) == (13, b"IHDR") else None


def _of_jpeg(data: bytes) -> tuple[int, int] | None:
    """Go from marker to marker until the one that tells the size."""
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # one may be filled up with these
            at += 1
        elif marker in _ALONE_IN_JPEG:
            at += 2
        elif marker in _ENDS_OF_JPEG_HEAD:
            return None
        elif marker in _SIZES_OF_JPEG:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        else:
            at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    return None


def _of_webp(data: bytes) -> tuple[int, int] | None:
    """Read the first chunk, of which there are three kinds; each counts in its own way."""
    chunk, start = data[12:16], 20
    if chunk == b"VP8X":
        low_w, high_w, low_h, high_h = struct.unpack_from("<HBHB", data, start + 4)
        return (high_w << 16 | low_w) + 1, (high_h << 16 | low_h) + 1
    if chunk == b"VP8L" and data[start] == 0x2F:
        (bits,) = struct.unpack_from("<I", data, start + 1)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 " and data[start + 3 : start + 6] == _WEBP_START:
        width, height = struct.unpack_from("<HH", data, start + 6)
        return width & 0x3FFF, height & 0x3FFF
    return None
