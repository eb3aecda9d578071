"""`assessment clinic`: codes for people, each with the address where it is entered."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assessment import cli
from assessment.practice.hooks.sending import Deliveries
from assessment.practice.intake.intake import Intake
from assessment.practice.post.invitations import Invitations
from assessment.practice.post.mail import Mailer, MailServer
from assessment.practice.responses.old_protocols import OldProtocols
from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.enrolment import Enrolment
from assessment.practice.staff.passwords import Passwords
from assessment.protocols.load import find_protocol, load_protocol
from assessment.records import audit, clinics
from assessment.records.acts import Act
from assessment.records.audit_check import line_of
from assessment.screening import AFTER_VISIT, Screening
from assessment.web.server.hosts import Hosts
from assessment.web.server.secret import RECORDS_KEY_FILE, read_or_create_key
from assessment.web.server.settings import Settings, read_settings
from assessment.web.server.storage import open_database
from tests.practice import mail_server
from tests.practice.sending import send
from tests.records.some import some_session
from tests.web.clinic.staff import PASSWORD
from tests.web.conftest import SMALL, Clock

WELL: dict[str, object] = {
    "who": "me", "age": 40, "signs": ["none"], "pain": 4, "where": ["neck_back"],
    "lasted": "weeks", "home": ["none"],
}  # fmt: skip
CODE = re.compile(r"^  ([0-9A-Z]{5}(-[0-9A-Z]{5}){3})$", re.MULTILINE)


@pytest.fixture(autouse=True)
def installation(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An installation of its own, in local mode."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("INSTANCE", str(tmp_path / "instance"))
    return tmp_path / "instance"


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(cli.main, ["clinic", *arguments])
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result


def code_in(result: Result) -> str:
    assert result.exit_code == 0, result.output
    found = CODE.search(result.stdout)
    assert found is not None
    return found[1]


def enrolment() -> Enrolment:
    return Enrolment(open_database(read_settings()), time.time, Passwords())


def set_up(name: str = "Riverside Massage", email: str = "ana@example.org") -> None:
    enrolment().set_up(code_in(run("new")), name, "Ana Ruiz", email, PASSWORD)


def test_a_code_for_a_clinic_comes_with_the_address() -> None:
    result = run("new")
    assert "http://127.0.0.1:8000/clinic/setup" in result.stdout
    enrolment().set_up(code_in(result), "Riverside Massage", "Ana", "ana@example.org", PASSWORD)


def test_somebody_who_is_added_gets_a_code_that_works() -> None:
    set_up()
    result = run("add-therapist", "ben@example.org", "--name", "Ben  Okoro")
    assert "http://127.0.0.1:8000/clinic/code" in result.stdout
    enrolment().set_password("ben@example.org", code_in(result), PASSWORD)
    heading, *people = run("list").stdout.splitlines()
    assert heading == "riverside-massage: Riverside Massage"
    assert sorted(people) == [
        "  ana@example.org: Ana Ruiz, owner",
        "  ben@example.org: Ben Okoro",
    ]


def test_a_forgotten_password_is_replaced_with_a_code() -> None:
    set_up()
    new = "seven grey herons wait by the weir"
    enrolment().set_password(
        "ana@example.org", code_in(run("reset-password", "ANA@example.org")), new
    )


def test_a_lock_after_wrong_passwords_is_lifted() -> None:
    set_up()
    assert run("unlock", "ana@example.org").stdout == "ana@example.org can try again at once.\n"
    assert run("unlock").stdout == "Everybody can try again at once.\n"
    refused = run("unlock", "nobody@example.org")
    assert refused.exit_code == 2
    assert "nobody uses this email address" in refused.output


def test_an_empty_installation_is_told_what_to_do() -> None:
    assert "assessment clinic new" in run("list").stdout


def test_once_public_the_public_address_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://clinic.example")
    monkeypatch.setenv("PROXY_HOPS", "1")
    assert "https://clinic.example/clinic/setup" in run("new").stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["add-therapist", "ben@example.org"], "--name"),
        (["add-therapist", "ben", "--name", "Ben"], "is not an email address"),
        (["add-therapist", "ben@example.org", "--name", " "], "--name must have 1 to 80"),
        (["add-therapist", "ben@example.org", "--name", "x" * 81], "--name must have 1 to 80"),
        (["add-therapist", "ana@example.org", "--name", "Ana"], "already uses this email address"),
        (["add-therapist", "b@x.org", "--name", "Ben", "--clinic", "no"], "no such clinic"),
        (["reset-password", "nobody@example.org"], "nobody uses this email address"),
        (["reset-password"], "EMAIL"),
        (["nonsense"], "nonsense"),
    ],
)
def test_what_cannot_be_done_is_one_line(arguments: list[str], words: str) -> None:
    set_up()
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert result.stderr.startswith("assessment: ")
    assert words in result.stderr


def test_where_there_are_several_clinics_one_has_to_be_named() -> None:
    set_up()
    set_up("Hillside", "cleo@example.org")
    result = run("add-therapist", "ben@example.org", "--name", "Ben")
    assert (result.exit_code, "--clinic" in result.stderr) == (2, True)
    code_in(run("add-therapist", "ben@example.org", "--name", "Ben", "--clinic", "hillside"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "many"),
        ("DATABASE_URL", "mysql://x"),
        ("DATABASE_URL", "sqlite:////nowhere/at/all/clinic.db"),
        ("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none"),
        ("INSTANCE", "/proc/nowhere"),
    ],
)
def test_an_installation_that_cannot_be_opened_is_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    result = run("list")
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert name in result.stderr


def test_a_lost_key_is_never_replaced_where_clinics_are_stored(installation: Path) -> None:
    set_up()
    (installation / RECORDS_KEY_FILE).unlink()
    result = run("list")
    assert result.exit_code == 2
    assert str(installation / RECORDS_KEY_FILE) in result.stderr
    assert not (installation / RECORDS_KEY_FILE).exists()


def test_a_name_cannot_steer_the_terminal() -> None:
    enrolment().set_up(
        code_in(run("new")), "River\x1b[31mside", "Ana\r", "ana@example.org", PASSWORD
    )
    assert "\x1b" not in run("list").stdout
    assert "\r" not in run("list").stdout


def test_a_command_does_not_load_what_only_others_need() -> None:
    code = (
        "import sys, assessment.cli; "
        "heavy = ('sqlalchemy', 'argon2', 'flask', 'rich', 'pysat', 'cryptography'); "
        "print([name for name in heavy if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_codes_last_a_day(installation: Path) -> None:
    clock = Clock()
    people = Enrolment(open_database(read_settings()), clock, Passwords())
    code = people.new_setup_code()
    clock.now += 24 * 60 * 60 - 1
    people.set_up(code, "Riverside", "Ana", "ana@example.org", PASSWORD)


def test_what_a_withdrawn_version_decided_is_decided_again_and_counted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "protocol"
    shutil.copytree(SMALL, folder)
    questions = folder / "questions.yaml"  # what is private is never sent, so care would come first
    questions.write_text(questions.read_text("utf-8").replace("  private: true\n", ""), "utf-8")
    monkeypatch.setenv("PROTOCOL", str(folder))
    set_up()
    database = open_database(read_settings())
    screening = Screening(load_protocol(folder))
    with database.reading() as tx:
        [clinic] = clinics.every(tx)
    keep = OldProtocols(screening, folder).keep
    intake = Intake(database, time.time, screening.protocol, keep)
    send(intake, clinic, screening, {**WELL, "pain": 8}, name="Zoe Fischer")
    send(intake, clinic, screening, {**WELL, "pain": 2}, name="Yan Fischer")
    assert "withdraws no version" in run("recheck").stdout

    newer = {
        "protocol.yaml": ('version: "0.1"', 'version: "0.2"\nwithdraws: "0.1"'),
        "rules.yaml": ("at_least: 9", "at_least: 8"),
    }
    for name, (old, new) in newer.items():
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), "utf-8")
    dry, first, second = run("recheck", "--dry-run"), run("recheck"), run("recheck")

    assert (
        "Responses to check again: 2\n  stricter than what the clinic was told: 1\n" in dry.stdout
    )
    assert (
        "Responses checked again: 2\n  stricter than what the clinic was told: 1\n" in first.stdout
    )
    assert f"    {clinic.slug} ({clinic.name}): 1\n" in first.stdout
    assert clinic.slug in dry.stdout
    assert clinic.slug not in second.stdout
    assert "Tell these clinics to look." in first.stdout
    assert "Responses checked again: 0" in second.stdout
    assert "Fischer" not in dry.output + first.output
    database.close()


def test_signs_after_a_massage_are_decided_again_as_well(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / AFTER_VISIT
    shutil.copytree(find_protocol(AFTER_VISIT), folder)
    set_up()
    database = open_database(read_settings())
    screening = Screening(load_protocol(folder))
    with database.reading() as tx:
        [clinic] = clinics.every(tx)
    keep = OldProtocols(screening, folder).keep
    intake = Intake(database, time.time, screening.protocol, keep)
    send(intake, clinic, screening, {"at_once": ["none"], "today": ["fever"]})
    protocol = folder / "protocol.yaml"
    text = protocol.read_text("utf-8")
    withdraws = 'version: "9"\nwithdraws: "1.0.0"'
    text = text.replace("Anyone who has had a massage", "Whoever has had a massage")
    protocol.write_text(text.replace('version: "1.0.0"', withdraws), "utf-8")
    monkeypatch.setattr("assessment.protocols.load.RULES_FOLDER", tmp_path)
    monkeypatch.setattr("assessment.protocols.load.find_protocol", lambda _: SMALL)

    again = run("recheck").stdout

    assert "Withdrawn versions: after_massage 1.0.0\nResponses checked again: 1\n" in again
    assert "Left out" not in again
    database.close()


def test_only_a_protocol_that_is_proven_decides_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "protocol"
    shutil.copytree(SMALL, folder)
    rules = folder / "rules.yaml"
    text = rules.read_text("utf-8")
    rules.write_text(text.replace("{signs: chest}", "{signs: fever}"), "utf-8")
    monkeypatch.setenv("PROTOCOL", str(folder))
    set_up()

    refused = run("recheck")
    assert refused.exit_code == 2
    assert "not proven" in refused.output.lower()


def invited() -> None:
    """Somebody is invited, and their mail waits."""
    database = open_database(read_settings())
    desk = Invitations(database, time.time, Mailer(MailServer("127.0.0.1", 1, "a@b.example")))
    [(clinic, [therapist])] = enrolment().everybody()
    who = SignedIn(therapist, clinic, some_session(therapist), 0, 0)
    link = "https://clinic.example/i/"
    desk.invite(who, "Anna", "anna@example.org", 7, "", link_to=lambda token: link + token)
    database.close()


def test_what_waits_is_counted_and_sent_once(monkeypatch: pytest.MonkeyPatch) -> None:
    set_up()
    invited()
    assert run("outbox").stdout == "2 waiting, 1 of them due\n", "a reminder waits, too"
    with mail_server.running(mail_server.MailServer()) as server:
        for name, value in {
            "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(server.port),
            "SMTP_FROM": "desk@clinic.example", "SMTP_SECURITY": "none",
        }.items():  # fmt: skip
            monkeypatch.setenv(name, value)
        run("reset-factors", "ana@example.org")  # who is told so
        first, second = run("outbox", "--once"), run("outbox", "--once")
    waits = "1 waiting, 0 of them due\n"
    assert first.stdout == f"1 sent, 0 possibly sent, 0 not sent\n1 about accounts sent\n{waits}"
    assert second.stdout == f"0 sent, 0 possibly sent, 0 not sent\n0 about accounts sent\n{waits}"
    assert sorted(server.recipients) == ["ana@example.org", "anna@example.org"]


def test_without_a_mail_server_no_mail_is_sent_and_it_says_why() -> None:
    set_up()
    result = run("outbox", "--once")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "No emails were sent: no mail server is set up (SMTP_HOST, SMTP_FROM)\n"
        "0 waiting, 0 of them due\n"
    )


def test_the_audit_log_is_checked_and_told_in_words(tmp_path: Path) -> None:
    set_up()
    run("unlock")
    assert run("audit").stdout == "riverside-massage: 2 entries\n"
    assert run("audit", "--check").stdout == "riverside-massage: 2 entries, intact\n"

    database = open_database(read_settings())
    with database.reading() as tx:
        [head] = audit.heads(tx)
    database.close()
    told = tmp_path / "server.log"
    told.write_text(f"2026-11-26 12:00:00+0000 clinic: {line_of(head)}\n")
    run("unlock")
    assert run("audit", "--check", "--log", str(told)).exit_code == 0

    later = line_of(replace(head, number=9))
    told.write_text(f"2026-11-26 13:00:00+0000 clinic: {later}\n")
    result = run("audit", "--check", "--log", str(told))
    assert result.exit_code == 1
    assert "riverside-massage: 3 entries, damaged" in result.stdout
    assert "noted entry 9, but the log ends with entry 3" in result.stdout


def test_an_entry_that_was_changed_ends_the_check_with_1() -> None:
    set_up()
    run("add-therapist", "ben@example.org", "--name", "Ben Okoro")
    file = read_settings().database.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE audit_entries SET about = 'nobody' WHERE number = 2")
        connection.commit()

    result = run("audit", "--check")
    assert result.exit_code == 1
    assert "  entry 2 was changed, or does not follow the one before it" in result.stdout


def test_what_the_operator_does_leaves_an_entry() -> None:
    set_up()
    run("add-therapist", "ben@example.org", "--name", "Ben Okoro")
    run("reset-password", "ana@example.org")
    run("unlock", "ana@example.org")
    run("list")

    database = open_database(read_settings())
    with database.reading() as tx:
        [clinic] = clinics.every(tx)
        found = audit.listed(tx, clinic.id, audit.Sought(by_operator=True), None, 50)
    database.close()
    assert [one.act for one in found] == [
        Act.STAFF_READ, Act.UNLOCKED, Act.CODE_MADE, Act.COLLEAGUE_INVITED,
    ]  # fmt: skip
    assert {one.device for one in found} == {"command line"}


def test_webhooks_are_sent_once_too(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Deliveries] = []
    monkeypatch.setattr(Deliveries, "send_due", lambda one: looks.append(one))
    set_up()
    run("outbox")
    assert looks == []
    run("outbox", "--once")
    assert len(looks) == 1


def test_a_purge_where_nobody_has_chosen_says_that_nothing_goes() -> None:
    set_up()
    for more in ((), ("--dry-run",)):
        result = run("purge", *more)
        assert (result.exit_code, result.stderr) == (0, "")
        assert "has not chosen how long to keep things, so nothing is erased" in result.stdout


def test_the_keys_are_changed_and_the_operator_is_told_what_to_copy(installation: Path) -> None:
    set_up()
    old = (installation / RECORDS_KEY_FILE).read_bytes()
    result = run("rotate-keys")
    assert result.exit_code == 0, result.output
    assert str(installation / RECORDS_KEY_FILE) in result.stdout
    assert "restart the server" in result.stdout
    assert "intact" in run("audit", "--check").stdout
    text = (installation / RECORDS_KEY_FILE).read_text("ascii")
    assert old.hex() in text
    assert old.hex() not in result.stdout

    refused = run("rotate-keys", "--retire")
    assert refused.exit_code == 2
    assert (
        "the old keys stay in use: the newest key has to be in use for a day first"
        in refused.output
    )


def test_keys_are_not_changed_while_other_hosts_would_not_know_them(
    installation: Path, tmp_path: Path
) -> None:
    set_up()
    key, old = read_or_create_key(installation), (installation / RECORDS_KEY_FILE).read_bytes()
    other = Hosts(tmp_path / "other", open_database(read_settings()), key)
    other.enter()
    refused = run("rotate-keys")

    assert refused.exit_code == 2
    assert f"{tmp_path / 'other'} could not read records sealed with new ones" in refused.output
    assert (installation / RECORDS_KEY_FILE).read_bytes() == old
    other.leave()
    assert run("rotate-keys").exit_code == 0


def test_there_is_nothing_to_retire_before_the_first_change() -> None:
    set_up()
    assert run("rotate-keys", "--retire").stdout == "There is no old key to take out of use.\n"
