"""Reads the value of one setting, and says in words what is wrong with it.

Each raises ValueError with words for whoever wrote it.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

from assessment.exports.numbers import Number
from assessment.exports.phones import can_be_called, phone_in_words, plain, read_phone
from assessment.practice.intake.clean_text import is_name, one_line
from assessment.practice.post.addresses import cleaned, is_address
from assessment.practice.staff.breached import Breached
from assessment.records.model import LARGEST_LOGO
from assessment.records.pictures import MOST_PIXELS, clean_picture
from assessment.web.server.store_urls import read_database_url, read_redis_url

LOGO_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}

_NUMBER = re.compile(r"(\+?[0-9(][0-9 ()./-]*?)\s+(?=[^\d(+]|\(\D)(.+)")
_HOST = re.compile(r"[a-z0-9.-]+(:[0-9]{1,5})?")


def read_numbers(text: str) -> tuple[Number, ...]:
    """Return the numbers in "112 Europe, 999 UK": each is followed by where it works.

    Raises ValueError, with words for whoever wrote it, when one is not.
    """
    listed = []
    for part in text.split(","):
        found = _NUMBER.fullmatch(plain(part))
        if found is None or not can_be_called(found[1]) or not _is_place(found[2]):
            raise ValueError(
                f'"{part.strip()}" is not a number with the place where it works, '
                'such as "112 Europe, 999 UK"'
            )
        listed.append(Number(found[1], found[2]))
    return tuple(listed)


def kept_numbers(text: str) -> tuple[Number, ...]:
    """Return those of a list that was taken once, by whatever rules; no number is lost of it."""
    found = (_NUMBER.fullmatch(plain(part)) for part in text.split(","))
    return tuple(Number(one[1], one[2]) for one in found if one is not None)


def _is_place(text: str) -> bool:
    return sum(map(str.isalpha, text)) > 1


def phone(raw: object) -> object:
    """Accept a telephone number; return it as people write it."""
    try:
        return phone_in_words(read_phone(str(raw), None))
    except ValueError:
        raise ValueError("must be a telephone number, such as +44 20 7946 0000") from None


def numbers(raw: object) -> object:
    """Accept a list of telephone numbers, each with the place where it works."""
    return read_numbers(raw) if isinstance(raw, str) else raw


def public_url(raw: object) -> object:
    """Accept the bare address of a site, and nothing behind it."""
    parts = urlsplit(str(raw).strip().rstrip("/").lower())
    if parts.scheme != "https" or not _HOST.fullmatch(parts.netloc) or parts.path or parts.query:
        raise ValueError("must be an address such as https://clinic.example")
    return f"https://{parts.netloc.removesuffix(':443')}"


def read_booking_url(text: str) -> str:
    """Return the address in full; raises ValueError, with words, when it is not one of https."""
    parts = urlsplit(text.strip())
    if parts.scheme != "https" or not parts.hostname or parts.username:
        raise ValueError("must be an address that starts with https://")
    return parts.geturl()


def receiver(raw: object) -> object:
    """Accept the address of a receiver of traces."""
    parts = urlsplit(str(raw).strip().rstrip("/"))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise ValueError("must be an address such as http://127.0.0.1:4318")
    if parts.username or parts.password:
        raise ValueError("must not contain a password; put it in OTEL_EXPORTER_OTLP_HEADERS")
    return parts.geturl()


def booking_url(raw: object) -> object:
    """Accept an address of https."""
    return read_booking_url(str(raw))


def name(raw: object) -> object:
    """Accept a name that can be read."""
    line = one_line(str(raw))
    if not is_name(line):
        raise ValueError("must be a name with letters or digits")
    return line


def sender(raw: object) -> object:
    """Accept an email address."""
    address = cleaned(str(raw))
    if not is_address(address):
        raise ValueError("must be an address such as clinic@example.org")
    return address


def database_url(raw: object) -> object:
    """Accept the address of a database."""
    return read_database_url(str(raw))


def redis_url(raw: object) -> object:
    """Accept the address of a Redis."""
    return read_redis_url(str(raw))


def at_home(raw: object) -> object:
    """Read `~/x` as a shell would have: a settings file and `make INSTANCE=~/x` do not."""
    return Path(str(raw)).expanduser()


def breached(raw: object) -> object:
    """Accept a file of passwords that nobody may choose."""
    return Breached(Path(str(raw)).expanduser())


def logo(raw: object) -> object:
    """Accept a picture of ours to show."""
    path = Path(str(raw)).expanduser()
    if path.suffix.lower() not in LOGO_TYPES:
        raise ValueError("must be a file that ends in .svg, .png or .webp")
    if not path.is_file():
        raise ValueError(f"there is no file {path}")
    if path.stat().st_size > LARGEST_LOGO:
        raise ValueError(f"must be at most {LARGEST_LOGO // 1000} kB")
    if path.suffix.lower() != ".svg":
        _check_picture(path)
    return path


def _check_picture(path: Path) -> None:
    try:
        clean_picture(path.read_bytes())
    except ValueError:
        raise ValueError(
            f"{path} must be a picture of at most {MOST_PIXELS} by {MOST_PIXELS} pixels"
        ) from None
