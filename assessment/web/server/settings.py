"""What an operator can set, read from the environment and checked at once."""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, InstanceOf, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

from assessment.exports.numbers import EMERGENCY_NUMBERS, SAME_DAY_NUMBERS, Number
from assessment.exports.phones import can_be_called, phone_in_words, plain, read_phone
from assessment.practice.intake.clean_text import is_name, one_line
from assessment.practice.post.addresses import cleaned, is_address
from assessment.practice.staff.breached import Breached
from assessment.records.model import LARGEST_LOGO, LONGEST_NAME
from assessment.records.pictures import MOST_PIXELS, clean_picture
from assessment.web.server.log_lines import LogFormat
from assessment.web.server.store_urls import read_database_url, read_redis_url

ROOT = Path(__file__).resolve().parents[3]
"""The folder that holds `rules/`, `templates/` and `static/`."""

LOGO_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".webp": "image/webp"}

NO_REPORT_TO = (
    "REPORT_TO: not set, so a result does not say where to report wrong advice; "
    "set it to an email address"
)

ACCENT = r"^#[0-9a-fA-F]{6}$"

_NUMBER = re.compile(r"(\+?[0-9(][0-9 ()./-]*?)\s+(?=[^\d(+]|\(\D)(.+)")
_HOST = re.compile(r"[a-z0-9.-]+(:[0-9]{1,5})?")


_ALMOST = 0.85
_IN_A_FILE = 0.8
_IN_A_FAMILY = 0.6
"""From what likeness on another name is a slip of the pen (difflib: 0 to 1)."""


class BadSettings(Exception):
    """Settings that cannot be used; `str()` is the report, one line a fault."""


def read_numbers(text: str) -> tuple[Number, ...]:
    """Return the numbers in "112 Europe, 999 UK": each is followed by where it works.

    Raises ValueError, with words for whoever wrote it, when one is not.
    """
    numbers = []
    for part in text.split(","):
        found = _NUMBER.fullmatch(plain(part))
        if found is None or not can_be_called(found[1]) or not _is_place(found[2]):
            raise ValueError(
                f'"{part.strip()}" is not a number with the place where it works, '
                'such as "112 Europe, 999 UK"'
            )
        numbers.append(Number(found[1], found[2]))
    return tuple(numbers)


def kept_numbers(text: str) -> tuple[Number, ...]:
    """Return those of a list that was taken once, by whatever rules; no number is lost of it."""
    found = (_NUMBER.fullmatch(plain(part)) for part in text.split(","))
    return tuple(Number(one[1], one[2]) for one in found if one is not None)


def _is_place(text: str) -> bool:
    return sum(map(str.isalpha, text)) > 1


def _phone(raw: object) -> object:
    try:
        return phone_in_words(read_phone(str(raw), None))
    except ValueError:
        raise ValueError("must be a telephone number, such as +44 20 7946 0000") from None


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


def _receiver(raw: object) -> object:
    parts = urlsplit(str(raw).strip().rstrip("/"))
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query:
        raise ValueError("must be an address such as http://127.0.0.1:4318")
    if parts.username or parts.password:
        raise ValueError("must hold no password; OTEL_EXPORTER_OTLP_HEADERS can")
    return parts.geturl()


def _booking_url(raw: object) -> object:
    return read_booking_url(str(raw))


def _name(raw: object) -> object:
    name = one_line(str(raw))
    if not is_name(name):
        raise ValueError("must be a name that can be read")
    return name


def _sender(raw: object) -> object:
    address = cleaned(str(raw))
    if not is_address(address):
        raise ValueError("must be an address such as clinic@example.org")
    return address


def _database_url(raw: object) -> object:
    return read_database_url(str(raw))


def _redis_url(raw: object) -> object:
    return read_redis_url(str(raw))


def _at_home(raw: object) -> object:
    """Read `~/x` as a shell would have: a settings file and `make INSTANCE=~/x` do not."""
    return Path(str(raw)).expanduser()


def _breached(raw: object) -> object:
    return Breached(Path(str(raw)).expanduser())


def _logo(raw: object) -> object:
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


Numbers = Annotated[tuple[Number, ...], NoDecode, BeforeValidator(_numbers)]


class Settings(BaseSettings):
    """Every setting, by the name of its environment variable in small letters.

    Without `public_url` this is local mode: the loopback address only, cookies without `Secure`.
    `breached_passwords` names a file of those that nobody may choose.
    `keep_minutes` is how long answers live after the last one; `starts_per_hour` is what one
    address may start in each worker, and `sends_per_hour` what it may send to one clinic without
    an invitation; with `redis_url` all workers count together. `report_to` gets mail about advice
    that was wrong. `proxy_hops` is how many proxies stand in front.
    """

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True, extra="ignore")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    instance: Annotated[Path, BeforeValidator(_at_home)] = ROOT / "instance"
    public_url: Annotated[str, BeforeValidator(_public_url)] | None = None
    proxy_hops: Annotated[int, Field(ge=0, le=10)] | None = None
    protocol: str = "muscle_pain"
    clinic_name: Annotated[str, Field(max_length=LONGEST_NAME), BeforeValidator(_name)] | None = (
        None
    )
    clinic_logo: Annotated[Path, BeforeValidator(_logo)] | None = None
    clinic_accent: Annotated[str, Field(pattern=ACCENT)] | None = None
    clinic_phone: Annotated[str, BeforeValidator(_phone)] | None = None
    clinic_booking_url: Annotated[str, BeforeValidator(_booking_url)] | None = None
    report_to: Annotated[str, BeforeValidator(_sender)] | None = None
    emergency_numbers: Annotated[Numbers, Field(min_length=1)] = EMERGENCY_NUMBERS
    same_day_numbers: Numbers = SAME_DAY_NUMBERS
    keep_minutes: Annotated[int, Field(ge=5, le=24 * 60)] = 60
    starts_per_hour: Annotated[int, Field(ge=1)] = 600
    sends_per_hour: Annotated[int, Field(ge=1)] = 10
    access_log: bool = False
    log_format: LogFormat = "text"
    metrics_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    metrics_host: str = "127.0.0.1"
    otel_exporter_otlp_endpoint: Annotated[str, BeforeValidator(_receiver)] | None = None
    database_url: Annotated[str, BeforeValidator(_database_url)] | None = None
    redis_url: Annotated[SecretStr, BeforeValidator(_redis_url)] | None = None
    smtp_host: str | None = None
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_from: Annotated[str, BeforeValidator(_sender)] | None = None
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    breached_passwords: Annotated[InstanceOf[Breached], BeforeValidator(_breached)] | None = None

    @property
    def advice(self) -> tuple[str, ...]:
        """What whoever runs the site should still set, one line each; nothing in local mode."""
        return () if self.local or self.report_to else (NO_REPORT_TO,)

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
        if self.metrics_port == self.port:
            raise ValueError(
                "METRICS_PORT: metrics are never on the port of the pages, so not PORT"
            )
        if self.smtp_host and not self.smtp_from:
            raise ValueError("SMTP_FROM: say which address mail comes from")
        if self.smtp_host and self.smtp_security == "none" and not is_loopback(self.smtp_host):
            raise ValueError(
                "SMTP_SECURITY: mail to another machine needs an encrypted connection; "
                "use starttls or tls"
            )
        if not self.local and self.proxy_hops is None:
            raise ValueError(
                "PROXY_HOPS: say how many proxies stand in front of PUBLIC_URL, 0 for none"
            )
        return self


def read_settings(**chosen: object) -> Settings:
    """Return the settings from the environment; `chosen` ones come first.

    A file in the folder SECRETS that is named as a setting holds that setting, where the
    environment does not. Raises BadSettings with one readable line for each fault.
    """
    folder = os.environ.get("SECRETS") or None
    if folder is not None:
        _check_names(Path(folder))
    try:
        return Settings(_secrets_dir=folder, **chosen)  # type: ignore[arg-type,call-arg]  # pydantic
    except SettingsError as error:
        if not isinstance(why := error.__cause__, OSError):
            raise
        raise BadSettings(f"SECRETS: {why.filename} cannot be read: {why.strerror}") from None
    except ValidationError as error:
        lines = [_in_words(fault["loc"], fault["msg"]) for fault in error.errors()]
        raise BadSettings("\n".join(dict.fromkeys(lines))) from None


def misspelt(environment: Iterable[str]) -> list[str]:
    """Return a line for each name of the environment that is almost that of a setting."""
    lines = []
    for name in sorted(set(environment) - _names()):
        likeness = _IN_A_FAMILY if name.startswith(("SMTP_", "CLINIC_")) else _ALMOST
        if near := _meant(name, likeness):
            lines.append(f"{name}: no such setting; did you mean {near}?")
    return lines


def is_known(name: str) -> bool:
    """Whether something reads this name of the environment: we, or OpenTelemetry's library."""
    return name in _names() or name == "SECRETS" or name.startswith("OTEL_")


def is_loopback(host: str) -> bool:
    """Whether an address can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _names() -> set[str]:
    return {name.upper() for name in Settings.model_fields}


def _meant(name: str, likeness: float) -> str | None:
    """Return the setting whose name is most like this, and at least so much."""
    near = difflib.get_close_matches(name, sorted(_names()), n=1, cutoff=likeness)
    return near[0] if near else None


def _check_names(folder: Path) -> None:
    """Raise BadSettings where a file is almost named as a setting that is set nowhere else.

    It would be passed over, and another database used than the one in it. What belongs to another
    program may lie beside.
    """
    if not folder.is_dir():
        raise BadSettings(f"SECRETS: there is no folder {folder}")
    try:
        files = {one.name for one in folder.iterdir() if not one.name.startswith(".")}
    except OSError as error:
        raise BadSettings(f"SECRETS: {folder} cannot be read: {error.strerror}") from None
    given = {name for name, value in os.environ.items() if value} | files
    given = {name.upper() for name in given}
    lines = []
    for name in sorted(files):
        plain = name.upper().replace("-", "_")
        near = plain if plain in _names() else _meant(plain, _IN_A_FILE)
        if near is not None and near not in given:
            lines.append(f"SECRETS: {name} is not a setting; did you mean {near.lower()}?")
    if lines:
        raise BadSettings("\n".join(lines))


def _in_words(where: tuple[int | str, ...], message: str) -> str:
    name = str(where[0]).upper() if where else ""
    message = message.removeprefix("Value error, ")
    if name == "CLINIC_ACCENT":
        message = "must be a colour such as #0b6e63"
    return f"{name}: {message}" if name else message
