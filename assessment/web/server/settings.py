"""What an operator can set, read from the environment and checked at once."""

from __future__ import annotations

import difflib
import ipaddress
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, InstanceOf, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict, SettingsError

from assessment.exports.numbers import EMERGENCY_NUMBERS, SAME_DAY_NUMBERS, Number
from assessment.practice.staff.breached import Breached
from assessment.records.model import LONGEST_NAME
from assessment.web.server import setting_values
from assessment.web.server.log_lines import LogFormat

ROOT = Path(__file__).resolve().parents[3]
"""The folder that holds `rules/`, `templates/` and `static/`."""

NO_REPORT_TO = (
    "REPORT_TO: not set, so a result does not say where to report wrong advice; "
    "set it to an email address"
)

ACCENT = r"^#[0-9a-fA-F]{6}$"


_ALMOST = 0.85
_IN_A_FILE = 0.8
_IN_A_FAMILY = 0.6
"""From what likeness on another name is a slip of the pen (difflib: 0 to 1)."""


class BadSettings(Exception):
    """Settings that cannot be used; `str()` is the report, one line a fault."""


Numbers = Annotated[tuple[Number, ...], NoDecode, BeforeValidator(setting_values.numbers)]


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
    instance: Annotated[Path, BeforeValidator(setting_values.at_home)] = ROOT / "instance"
    public_url: Annotated[str, BeforeValidator(setting_values.public_url)] | None = None
    proxy_hops: Annotated[int, Field(ge=0, le=10)] | None = None
    protocol: str = "muscle_pain"
    clinic_name: (
        Annotated[str, Field(max_length=LONGEST_NAME), BeforeValidator(setting_values.name)] | None
    ) = None
    clinic_logo: Annotated[Path, BeforeValidator(setting_values.logo)] | None = None
    clinic_accent: Annotated[str, Field(pattern=ACCENT)] | None = None
    clinic_phone: Annotated[str, BeforeValidator(setting_values.phone)] | None = None
    clinic_booking_url: Annotated[str, BeforeValidator(setting_values.booking_url)] | None = None
    report_to: Annotated[str, BeforeValidator(setting_values.sender)] | None = None
    emergency_numbers: Annotated[Numbers, Field(min_length=1)] = EMERGENCY_NUMBERS
    same_day_numbers: Numbers = SAME_DAY_NUMBERS
    keep_minutes: Annotated[int, Field(ge=5, le=24 * 60)] = 60
    starts_per_hour: Annotated[int, Field(ge=1)] = 600
    sends_per_hour: Annotated[int, Field(ge=1)] = 10
    access_log: bool = False
    log_format: LogFormat = "text"
    metrics_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    metrics_host: str = "127.0.0.1"
    otel_exporter_otlp_endpoint: Annotated[str, BeforeValidator(setting_values.receiver)] | None = (
        None
    )
    database_url: Annotated[str, BeforeValidator(setting_values.database_url)] | None = None
    redis_url: Annotated[SecretStr, BeforeValidator(setting_values.redis_url)] | None = None
    smtp_host: str | None = None
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_from: Annotated[str, BeforeValidator(setting_values.sender)] | None = None
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    breached_passwords: (
        Annotated[InstanceOf[Breached], BeforeValidator(setting_values.breached)] | None
    ) = None

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
            raise ValueError("PROXY_HOPS: only makes sense together with PUBLIC_URL")
        if self.metrics_port == self.port:
            raise ValueError("METRICS_PORT: metrics need a port of their own, not PORT")
        if self.smtp_host and not self.smtp_from:
            raise ValueError("SMTP_FROM: say which address emails come from")
        if self.smtp_host and self.smtp_security == "none" and not is_loopback(self.smtp_host):
            raise ValueError(
                "SMTP_SECURITY: mail to another machine needs an encrypted connection; "
                "use starttls or tls"
            )
        if not self.local and self.proxy_hops is None:
            raise ValueError(
                "PROXY_HOPS: say how many proxies are in front of PUBLIC_URL; 0 for none"
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
