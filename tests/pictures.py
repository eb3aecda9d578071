"""Pictures as people upload them, some with what they should not tell."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

HIDDEN = b"canary"


def picture(
    kind: str = "PNG",
    size: tuple[int, int] = (40, 20),
    mode: str = "RGB",
    colour: object = "red",
    **more: Any,
) -> bytes:
    """Return a picture of one colour, as a file of this kind."""
    body = BytesIO()
    Image.new(mode, size, colour).save(body, kind, **more)  # type: ignore[arg-type]  # any colour
    return body.getvalue()


def with_position(orientation: int = 1) -> Image.Exif:
    """Return what a telephone writes into a picture: where, when and by whom it was taken."""
    exif = Image.Exif()
    exif[Base.Artist] = exif[Base.ImageDescription] = HIDDEN.decode()
    exif[Base.Orientation] = orientation
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitudeRef] = "N"
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSLatitude] = (48.0, 12.0, 33.0)
    exif.get_ifd(IFD.GPSInfo)[GPS.GPSProcessingMethod] = HIDDEN
    return exif


def seen(data: bytes) -> Image.Image:
    """Return a picture as it is shown, fully decoded."""
    found = Image.open(BytesIO(data))
    found.load()
    return found
