"""What an operator can set, and what is said when it cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.exports.numbers import Number
from assessment.web.server.setting_values import kept_numbers, read_numbers
from assessment.web.server.settings import (
    BadSettings,
    Settings,
    is_loopback,
    misspelt,
    read_settings,
)


def test_everything_has_a_default() -> None:
    settings = read_settings()
    assert (settings.host, settings.port, settings.local) == ("127.0.0.1", 8000, True)
    assert settings.protocol == "muscle_pain"
    assert [one.number for one in settings.emergency_numbers] == ["112", "999", "911"]
    assert [one.number for one in settings.same_day_numbers] == ["111"]
    assert settings.keep_minutes == 60


def test_a_public_site_is_advised_to_say_who_hears_of_wrong_advice() -> None:
    public = {"public_url": "https://clinic.example", "proxy_hops": 1}
    [line] = read_settings(**public).advice
    assert line.startswith("REPORT_TO: not set, so a result does not say where")
    assert line.endswith("set it to an email address")
    assert read_settings(**public, report_to="wrong@clinic.example").advice == ()
    assert read_settings().advice == (), "nobody else sees what runs on one's own computer"


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
        "HOST": "0.0.0.0",
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
        ("HOST", "0.0.0.0", "HOST: 0.0.0.0 can be reached from other machines"),
        ("HOST", "192.168.1.4", "HOST: 192.168.1.4 can be reached"),
        ("REDIS_URL", "http://cache", "REDIS_URL: must start with redis://, rediss:// or unix://"),
        ("REDIS_URL", "redis://:hidden@cache:x", "REDIS_URL: must be an address such as redis://"),
        ("REDIS_URL", "redis://cache?sort=1", "REDIS_URL: Redis has no option `sort`; leave it"),
        ("PROXY_HOPS", "1", "PROXY_HOPS: only makes sense together with PUBLIC_URL"),
        ("PUBLIC_URL", "http://clinic.example", "PUBLIC_URL: must be an address such as https://"),
        ("PUBLIC_URL", "https://clinic.example/a", "PUBLIC_URL: must be an address"),
        ("PUBLIC_URL", "https://", "PUBLIC_URL: must be an address"),
        ("PUBLIC_URL", "https://user@clinic.example", "PUBLIC_URL: must be an address"),
        ("PUBLIC_URL", "https://clinic.example", "PROXY_HOPS: say how many proxies"),
        ("SMTP_HOST", "mail.example", "SMTP_FROM: say which address emails come from"),
        ("CLINIC_ACCENT", "teal", "CLINIC_ACCENT: must be a colour such as #0b6e63"),
        ("CLINIC_ACCENT", "#123456;}", "CLINIC_ACCENT: must be a colour"),
        ("CLINIC_PHONE", "call us", "CLINIC_PHONE: must be a telephone number"),
        ("REPORT_TO", "somebody", "REPORT_TO: must be an address"),
        ("CLINIC_BOOKING_URL", "http://book.example", "CLINIC_BOOKING_URL: must be an address"),
        ("CLINIC_BOOKING_URL", "javascript:alert(1)", "CLINIC_BOOKING_URL: must be an address"),
        ("CLINIC_LOGO", "/etc/passwd", "CLINIC_LOGO: must be a file that ends in"),
        ("CLINIC_LOGO", "/no/such.svg", "CLINIC_LOGO: there is no file /no/such.svg"),
        ("EMERGENCY_NUMBERS", "0 x", 'EMERGENCY_NUMBERS: "0 x" is not a number with the place'),
        ("EMERGENCY_NUMBERS", "112", 'EMERGENCY_NUMBERS: "112" is not a number with the place'),
        ("EMERGENCY_NUMBERS", "112 Europe,", 'EMERGENCY_NUMBERS: "" is not a number'),
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


def test_a_logo_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(b"no picture")
    with pytest.raises(BadSettings, match=r"logo\.png must be a picture of at most 2000 by 2000"):
        read_settings(clinic_logo=str(logo))


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
        ("0.0.0.0", False),
        ("::", False),
        ("example.org", False),
        ("", False),
        ("127.1", False),
    ],
)
def test_only_loopback_addresses_are_local(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


@pytest.mark.parametrize("user", [None, "a"])
@pytest.mark.parametrize("host", ["mail.example", "192.0.2.1", "::", "127.1"])
def test_no_mail_goes_to_another_machine_in_the_clear(host: str, user: str | None) -> None:
    mail = {"smtp_from": "a@b.example", "smtp_user": user, "smtp_security": "none"}
    with pytest.raises(BadSettings) as refused:
        read_settings(smtp_host=host, **mail)
    assert str(refused.value) == (
        "SMTP_SECURITY: mail to another machine needs an encrypted connection; use starttls or tls"
    )
    assert read_settings(smtp_host="127.0.0.1", **mail).smtp_host == "127.0.0.1"


@pytest.mark.parametrize("name", ["\u200b", "\u202e\u202d", " \u3164 "])
def test_a_clinic_has_a_name_that_can_be_read(name: str) -> None:
    with pytest.raises(BadSettings, match="CLINIC_NAME: must be a name with letters or digits"):
        read_settings(clinic_name=name)
    assert read_settings(clinic_name=f"{name}Praxis {name}A").clinic_name == "Praxis A"


@pytest.mark.parametrize(
    "sender", ["clinic", "clinic@", "a..b@example.org", "a@b.org\nBcc: x@y.org"]
)
def test_mail_comes_from_a_real_address(sender: str) -> None:
    with pytest.raises(BadSettings, match="SMTP_FROM: must be an address such as"):
        read_settings(smtp_from=sender)
    assert read_settings(smtp_from="\u200bclinic@example.org ").smtp_from == "clinic@example.org"


def test_a_home_folder_is_found_where_no_shell_looked_for_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("INSTANCE", "~/x")
    monkeypatch.setenv("DATABASE_URL", "sqlite:///~/x.db")

    settings = read_settings()

    assert settings.instance == tmp_path / "x"
    assert settings.database == f"sqlite:///{tmp_path}/x.db"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("SMPT_HOST", "SMTP_HOST"),
        ("SMTP_PASS", "SMTP_PASSWORD"),
        ("CLINIC_PHONES", "CLINIC_PHONE"),
        ("EMERGENCY_NUMBER", "EMERGENCY_NUMBERS"),
        ("PUBLIC_ULR", "PUBLIC_URL"),
        ("DATABASE_URI", "DATABASE_URL"),
    ],
)
def test_a_misspelt_setting_is_told_with_what_was_meant(name: str, meant: str) -> None:
    assert misspelt([name]) == [f"{name}: no such setting; did you mean {meant}?"]


def test_other_names_of_the_environment_are_nobodys_slip() -> None:
    others = "HOME HOSTNAME HOSTTYPE PATH PWD SSH_AUTH_SOCK TERM TEST_DATABASE_URL XDG_SESSION_ID"
    known = [name.upper() for name in Settings.model_fields]

    assert misspelt([*others.split(), *known]) == []


def test_no_emergency_number_that_was_taken_once_is_lost() -> None:
    found = kept_numbers("+44 999 UK, 08 Nowhere, nothing, 112 Europe")
    assert [one.number for one in found] == ["+44 999", "08", "112"]
    with pytest.raises(ValueError, match="is not a number with the place"):
        read_numbers("08 Nowhere, nothing, 112 Europe")


def test_a_setting_may_be_in_a_file_that_is_named_as_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "smtp_password").write_text("from a file\n", "utf-8")
    (tmp_path / "database_url").write_text("postgresql://clinic@database/clinic\n", "utf-8")
    (tmp_path / "another_program").write_text("not ours", "utf-8")
    monkeypatch.setenv("SECRETS", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgresql:///nearer")
    settings = read_settings()
    assert settings.smtp_password is not None
    assert settings.smtp_password.get_secret_value() == "from a file"
    assert settings.database == "postgresql:///nearer", "the environment comes first"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("database-url", "database_url"),
        ("DATABASE-URL", "database_url"),
        ("database_uri", "database_url"),
        ("database_url.txt", "database_url"),
        ("smtp_pass", "smtp_password"),
    ],
)
def test_a_file_that_is_almost_named_as_a_setting_is_refused_and_not_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, meant: str
) -> None:
    """Else what people send would be kept in another database than the one that was meant."""
    (tmp_path / name).write_text("canary", "utf-8")
    monkeypatch.setenv("SECRETS", str(tmp_path))
    monkeypatch.delenv(meant.upper(), raising=False)
    with pytest.raises(BadSettings) as report:
        read_settings()
    assert str(report.value) == f"SECRETS: {name} is not a setting; did you mean {meant}?"
    monkeypatch.setenv("DATABASE_URL", "postgresql:///nearer")
    monkeypatch.setenv("SMTP_PASSWORD", "nearer")
    assert read_settings().database == "postgresql:///nearer", "it is set, whatever lies there"


def test_what_other_programs_keep_beside_is_nobodys_slip(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    others = "postgres_password redis_password clinic_key smtp_cert ..data age.txt DATABASE_URL"
    for name in others.split():
        (tmp_path / name).write_text("postgresql:///clinic", "utf-8")
    monkeypatch.setenv("SECRETS", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert read_settings().database == "postgresql:///clinic"


def test_a_folder_of_files_that_is_not_there_is_said_and_not_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECRETS", str(tmp_path / "away"))
    with pytest.raises(BadSettings, match=r"^SECRETS: there is no folder .*/away$"):
        read_settings()


def test_a_file_that_may_not_be_read_is_named_and_its_words_are_not_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "smtp_security").write_text("a password in the wrong file", "utf-8")
    monkeypatch.setenv("SECRETS", str(tmp_path))
    with pytest.raises(BadSettings) as report:
        read_settings()
    assert str(report.value).startswith("SMTP_SECURITY: ")
    assert "a password in the wrong file" not in str(report.value)

    def denied(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied", str(tmp_path / "smtp_security"))

    monkeypatch.setattr(Path, "read_text", denied)
    with pytest.raises(BadSettings, match=r"smtp_security cannot be read: Permission denied$"):
        read_settings()
