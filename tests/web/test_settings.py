"""What an operator can set, and what is said when it cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.exports.numbers import Number
from assessment.web.settings import BadSettings, is_loopback, read_settings


def test_everything_has_a_default() -> None:
    settings = read_settings()
    assert (settings.host, settings.port, settings.local) == ("127.0.0.1", 8000, True)
    assert settings.protocol == "muscle_pain"
    assert [one.number for one in settings.emergency_numbers] == ["112", "999", "911"]
    assert [one.number for one in settings.same_day_numbers] == ["111"]
    assert settings.keep_minutes == 60


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "PORT": "9000",
        "CLINIC_NAME": "The clinic",
        "CLINIC_ACCENT": "#Aa3377",
        "CLINIC_BOOKING_URL": "https://book.example/now?a=1",
        "EMERGENCY_NUMBERS": "144 Switzerland, +41 44 251 51 51 Poison line, 112 EU",
        "SAME_DAY_NUMBERS": "",
        "PUBLIC_URL": "https://Clinic.Example/",
        "PROXY_HOPS": "1",
        "HOST": "0.0.0.0",  # noqa: S104  that is what is set
    }.items():
        monkeypatch.setenv(name, value)
    settings = read_settings()
    assert settings.port == 9000
    assert settings.emergency_numbers == (
        Number("144", "Switzerland"),
        Number("+41 44 251 51 51", "Poison line"),
        Number("112", "EU"),
    )
    assert settings.emergency_numbers[1].tel == "+41442515151"
    assert settings.public_url == "https://clinic.example"
    assert settings.public_host == "clinic.example"
    assert not settings.local


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("PORT", "many", "PORT: "),
        ("PORT", "70000", "PORT: "),
        ("HOST", "0.0.0.0", "HOST: 0.0.0.0 can be reached from other machines"),  # noqa: S104  that is what is refused
        ("HOST", "192.168.1.4", "HOST: 192.168.1.4 can be reached"),
        ("PROXY_HOPS", "1", "PROXY_HOPS: only has a meaning together with PUBLIC_URL"),
        ("PUBLIC_URL", "http://clinic.example", "PUBLIC_URL: must be an address such as https://"),
        ("PUBLIC_URL", "https://clinic.example/a", "PUBLIC_URL: must be an address"),
        ("PUBLIC_URL", "https://", "PUBLIC_URL: must be an address"),
        ("PUBLIC_URL", "https://user@clinic.example", "PUBLIC_URL: must be an address"),
        ("PUBLIC_URL", "https://clinic.example", "PROXY_HOPS: say how many proxies"),
        ("SMTP_HOST", "mail.example", "SMTP_FROM: say which address mail comes from"),
        ("CLINIC_ACCENT", "teal", "CLINIC_ACCENT: must be a colour such as #0b6e63"),
        ("CLINIC_ACCENT", "#123456;}", "CLINIC_ACCENT: must be a colour"),
        ("CLINIC_PHONE", "call us", "CLINIC_PHONE: must be a telephone number"),
        ("CLINIC_BOOKING_URL", "http://book.example", "CLINIC_BOOKING_URL: must be an address"),
        ("CLINIC_BOOKING_URL", "javascript:alert(1)", "CLINIC_BOOKING_URL: must be an address"),
        ("CLINIC_LOGO", "/etc/passwd", "CLINIC_LOGO: must be a file that ends in"),
        ("CLINIC_LOGO", "/no/such.svg", "CLINIC_LOGO: there is no file /no/such.svg"),
        ("EMERGENCY_NUMBERS", "112", 'EMERGENCY_NUMBERS: "112" is no number with the place'),
        ("EMERGENCY_NUMBERS", "112 Europe,", 'EMERGENCY_NUMBERS: "" is no number'),
        ("SAME_DAY_NUMBERS", "call", "SAME_DAY_NUMBERS: "),
        ("KEEP_MINUTES", "0", "KEEP_MINUTES: "),
        ("STARTS_PER_HOUR", "0", "STARTS_PER_HOUR: "),
    ],
)
def test_a_bad_setting_is_one_readable_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, line: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadSettings) as caught:
        read_settings()
    report = str(caught.value)
    assert report.startswith(line), report
    assert "\n" not in report


def test_every_bad_setting_is_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "x")
    monkeypatch.setenv("CLINIC_ACCENT", "x")
    with pytest.raises(BadSettings) as caught:
        read_settings()
    assert len(str(caught.value).splitlines()) == 2


def test_a_logo_that_is_too_heavy_is_refused(tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_bytes(b"x" * 200_001)
    with pytest.raises(BadSettings, match="CLINIC_LOGO: must be at most 200 kB"):
        read_settings(clinic_logo=str(logo))


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104  only asked about
        ("::", False),
        ("example.org", False),
        ("", False),
        ("127.1", False),
    ],
)
def test_only_loopback_addresses_are_local(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_a_mail_password_is_never_sent_in_the_clear() -> None:
    mail = {"smtp_from": "a@b.example", "smtp_user": "a", "smtp_security": "none"}
    with pytest.raises(BadSettings, match="SMTP_SECURITY: a password needs an encrypted"):
        read_settings(smtp_host="mail.example", **mail)
    assert read_settings(smtp_host="127.0.0.1", **mail).smtp_user == "a"
