"""Logos: decoded and written anew, so that nothing but what is seen is kept and shown.

A picture from a telephone tells where and when it was taken, and by whom; a file can also be a
picture and something else at once. SVG is not known here, as it can hold script.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from assessment.records.model import LARGEST_LOGO

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS = 2000
"""In each direction: a larger one costs each browser that shows it much memory."""

_FORMATS = ("PNG", "JPEG", "WEBP")
_ONE_OF_MANY = {"MPO": "JPEG"}
"""What Pillow calls a JPEG of a telephone that holds several pictures."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of ours: its media type and its bytes."""

    media_type: str
    data: bytes


def clean_picture(data: bytes) -> Picture:
    """Return what is seen of a PNG, JPEG or WebP picture, of a moving one the first moment.

    Raises ValueError for anything else, and for what is too large, before or after.
    """
    from PIL import Image, ImageOps  # slow to import, and seldom needed

    if len(data) > LARGEST_LOGO:
        raise ValueError("too many bytes")
    try:
        with Image.open(BytesIO(data), formats=_FORMATS) as found:  # reads no more than its head
            kind = _ONE_OF_MANY.get(found.format or "", found.format or "")
            if not 0 < min(found.size) <= max(found.size) <= MOST_PIXELS:
                raise ValueError("too many pixels")
            seen = _in_usual_colours(ImageOps.exif_transpose(found))
    except Exception as error:  # decoders have many ways to stumble over what somebody made up
        raise ValueError(f"no picture: {type(error).__name__}") from None
    fresh = Image.new(seen.mode, seen.size)
    fresh.paste(seen)
    for written in (kind, "WEBP"):  # what had few colours may be too large with all of them
        body = BytesIO()
        fresh.save(body, written, quality=90)
        if body.tell() <= LARGEST_LOGO:
            return Picture(f"image/{written.lower()}", body.getvalue())
    raise ValueError("too many bytes")


def _in_usual_colours(picture: Image) -> Image:
    """Return red, green and blue as browsers take them when nothing else is said."""
    from PIL import ImageCms

    mode = "RGBA" if picture.has_transparency_data else "RGB"
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA", "CMYK"):
        return picture.convert(mode)
    usual = ImageCms.createProfile("sRGB")
    shown = picture if picture.mode == "CMYK" else picture.convert(mode)
    try:
        changed = ImageCms.profileToProfile(
            shown, ImageCms.ImageCmsProfile(BytesIO(profile)), usual, outputMode=mode
        )
    except (ImageCms.PyCMSError, OSError):  # a profile that is broken changes no colours
        changed = None
    return picture.convert(mode) if changed is None else changed
