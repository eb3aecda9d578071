"""What an operator can set, read from the environment and checked at once."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from assessment.exports.numbers import EMERGENCY_NUMBERS, SAME_DAY_NUMBERS, Number
from assessment.records.model import LARGEST_LOGO, LONGEST_NAME

ROOT = Path(__file__).resolve().parents[2]
"""The folder that holds `rules/`, `templates/` and `static/`."""

LOGO_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}

PHONE = r"^\+?[0-9][0-9 ()./-]{2,30}$"
ACCENT = r"^#[0-9a-fA-F]{6}$"

_NUMBER = re.compile(r"(\+?[0-9][0-9 ]*?)\s+(?=\D)(.+)")
_HOST = re.compile(r"[a-z0-9.-]+(:[0-9]{1,5})?")


class BadSettings(Exception):  # noqa: N818  a report for the operator, not an error of ours
    """Settings that cannot be used; `str()` is the report, one line a fault."""


def read_numbers(text: str) -> tuple[Number, ...]:
    """Return the numbers in "112 Europe, 999 UK": each is followed by where it works.

    Raises ValueError, with words for whoever wrote it, when one is not.
    """
    numbers = []
    for part in text.split(","):
        found = _NUMBER.fullmatch(part.strip())
        if found is None:
            raise ValueError(
                f'"{part.strip()}" is no number with the place where it works, '
                'such as "112 Europe, 999 UK"'
            )
        numbers.append(Number(found[1], found[2]))
    return tuple(numbers)


def _numbers(raw: object) -> object:
    return read_numbers(raw) if isinstance(raw, str) else raw


def _public_url(raw: object) -> object:
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


def _booking_url(raw: object) -> object:
    return read_booking_url(str(raw))


def _database_url(raw: object) -> object:
    text = str(raw).strip()
    if not text.startswith(("sqlite:///", "postgresql://", "postgres://")):
        raise ValueError("must start with sqlite:/// or postgresql://")
    return text


def _logo(raw: object) -> object:
    path = Path(str(raw)).expanduser()
    if path.suffix.lower() not in LOGO_TYPES:
        raise ValueError("must be a file that ends in .svg, .png or .webp")
    if not path.is_file():
        raise ValueError(f"there is no file {path}")
    if path.stat().st_size > LARGEST_LOGO:
        raise ValueError(f"must be at most {LARGEST_LOGO // 1000} kB")
    return path


Numbers = Annotated[tuple[Number, ...], NoDecode, BeforeValidator(_numbers)]


class Settings(BaseSettings):
    """Every setting, by the name of its environment variable in small letters.

    Without `public_url` this is local mode: the loopback address only, cookies without `Secure`.
    `keep_minutes` is how long answers live after the last one; `starts_per_hour` is what one
    address may start in each worker, and `sends_per_hour` what it may send to one clinic without
    an invitation. `proxy_hops` is how many proxies stand in front.
    """

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True, extra="ignore")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    instance: Path = ROOT / "instance"
    public_url: Annotated[str, BeforeValidator(_public_url)] | None = None
    proxy_hops: Annotated[int, Field(ge=0, le=10)] | None = None
    protocol: str = "muscle_pain"
    clinic_name: Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)] | None = None
    clinic_logo: Annotated[Path, BeforeValidator(_logo)] | None = None
    clinic_accent: Annotated[str, Field(pattern=ACCENT)] | None = None
    clinic_phone: Annotated[str, Field(pattern=PHONE)] | None = None
    clinic_booking_url: Annotated[str, BeforeValidator(_booking_url)] | None = None
    emergency_numbers: Annotated[Numbers, Field(min_length=1)] = EMERGENCY_NUMBERS
    same_day_numbers: Numbers = SAME_DAY_NUMBERS
    keep_minutes: Annotated[int, Field(ge=5, le=24 * 60)] = 60
    starts_per_hour: Annotated[int, Field(ge=1)] = 600
    sends_per_hour: Annotated[int, Field(ge=1)] = 10
    access_log: bool = False
    database_url: Annotated[str, BeforeValidator(_database_url)] | None = None
    smtp_host: str | None = None
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_from: Annotated[str, Field(pattern=r"^[^@\s<>,]+@[^@\s<>,]+$")] | None = None
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"

    @property
    def database(self) -> str:
        """The address of the database: by default a file in the instance folder."""
        return self.database_url or f"sqlite:///{self.instance.absolute() / 'clinic.db'}"

    @property
    def local(self) -> bool:
        """Whether this is local mode."""
        return self.public_url is None

    @property
    def public_host(self) -> str | None:
        """The host, with a port where it has one, under which the public reaches this."""
        return None if self.public_url is None else self.public_url.removeprefix("https://")

    def site_address(self, host: str | None = None) -> str:
        """Return the address under which this site is reached, without a slash at its end.

        In local mode `host` is the one that the browser used, where there is a browser.
        """
        return self.public_url or f"http://{host or f'{self.host}:{self.port}'}"

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.local and not is_loopback(self.host):
            raise ValueError(
                f"HOST: {self.host} can be reached from other machines; "
                "use 127.0.0.1, or set PUBLIC_URL"
            )
        if self.local and self.proxy_hops:
            raise ValueError("PROXY_HOPS: only has a meaning together with PUBLIC_URL")
        if self.smtp_host and not self.smtp_from:
            raise ValueError("SMTP_FROM: say which address mail comes from")
        if (
            self.smtp_user
            and self.smtp_security == "none"
            and not is_loopback(self.smtp_host or "")
        ):
            raise ValueError(
                "SMTP_SECURITY: a password needs an encrypted connection; use starttls or tls"
            )
        if not self.local and self.proxy_hops is None:
            raise ValueError(
                "PROXY_HOPS: say how many proxies stand in front of PUBLIC_URL, 0 for none"
            )
        return self


def read_settings(**chosen: object) -> Settings:
    """Return the settings from the environment; `chosen` ones come first.

    Raises BadSettings with one readable line for each fault.
    """
    try:
        return Settings(**chosen)  # type: ignore[arg-type]  # checked by pydantic itself
    except ValidationError as error:
        lines = [_in_words(fault["loc"], fault["msg"]) for fault in error.errors()]
        raise BadSettings("\n".join(dict.fromkeys(lines))) from None


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _in_words(where: tuple[int | str, ...], message: str) -> str:
    name = str(where[0]).upper() if where else ""
    message = message.removeprefix("Value error, ")
    if name == "CLINIC_ACCENT":
        message = "must be a colour such as #0b6e63"
    if name == "CLINIC_PHONE":
        message = "must be a telephone number"
    if name == "SMTP_FROM":
        message = "must be an address such as clinic@example.org"
    return f"{name}: {message}" if name else message
