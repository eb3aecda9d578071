"""Mail goes out as one plain letter to one address, safely, or it is said why not."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from assessment.practice.post.addresses import is_address
from assessment.practice.post.mail import (
    Letter,
    Mailer,
    MailFailed,
    MailServer,
    Security,
    Trouble,
)
from tests.practice import mail_server

LETTER = Letter("Questions before your visit", "Hello.\nThis is your link.\n", "Praxis Müller")
TO = "anna@example.org"
Running = Callable[..., mail_server.MailServer]


@pytest.fixture
def serve() -> Iterator[Running]:
    """Start a mail server that does as it is told."""
    with ExitStack() as stack:

        def start(**told: object) -> mail_server.MailServer:
            return stack.enter_context(mail_server.running(mail_server.MailServer(**told)))  # type: ignore[arg-type]  # its own fields

        yield start


def mailer(port: int, security: Security = "none", **more: object) -> Mailer:
    chosen = {"user": more.pop("user", None), "password": more.pop("password", None)}
    server = MailServer("127.0.0.1", port, "desk@clinic.example", security=security, **chosen)  # type: ignore[arg-type]  # text or None
    return Mailer(server, lambda: 1_800_000_000.0, seconds=2, **more)  # type: ignore[arg-type]  # a context of ssl


def trouble(mailer: Mailer, to: str = TO) -> Trouble:
    with pytest.raises(MailFailed) as failed:
        mailer.send(to, LETTER)
    assert str(failed.value) == failed.value.kind.value
    return failed.value.kind


def test_a_letter_arrives_as_it_was_written(serve: Running) -> None:
    server = serve()
    mailer(server.port).send(TO, LETTER)
    mail = server.mail
    assert server.recipients == [TO]
    assert mail["To"] == TO
    assert mail["From"] == "Praxis Müller <desk@clinic.example>"
    assert mail["Subject"] == LETTER.subject
    assert mail["Date"] == "Fri, 15 Jan 2027 08:00:00 -0000"
    assert mail["Message-ID"].endswith("@clinic.example>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content_type() == "text/plain"
    assert server.text() == LETTER.text


def test_the_machine_that_sends_is_not_named(serve: Running) -> None:
    server = serve()
    mailer(server.port).send(TO, LETTER)
    assert socket.gethostname() not in server.mail.as_string()


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\u2028", "\x85", "\0"])
@pytest.mark.parametrize("where", ["address", "subject", "sender"])
def test_asvs_1_3_11_nothing_can_add_a_header(serve: Running, where: str, line_break: str) -> None:
    server = serve()
    forged = f"anna@example.org{line_break}Bcc: eve@example.org"
    letter = Letter(
        forged if where == "subject" else "A subject", "Text", forged if where == "sender" else "A"
    )
    with pytest.raises(ValueError, match="head of a mail"):
        mailer(server.port).send(forged if where == "address" else TO, letter)
    assert server.commands == []


@pytest.mark.parametrize(
    "text",
    [
        "", "anna", "@example.org", "anna@", "anna@@example.org", "anna @example.org",
        "anna@example.org,eve@example.org", "anna@example.org;eve@example.org",
        "Anna <anna@example.org>", "<anna@example.org>", '"anna"@example.org', "a..b@example.org",
        "anna@example.org\n", "\nanna@example.org", "anna@[127.0.0.1]", "a@b.org (eve@example.org)",
        "a" * 250 + "@example.org",
    ],
)  # fmt: skip
def test_what_is_not_one_plain_address_is_refused(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize("text", ["anna@example.org", "a.b+clinic@sub.example.co", "o'neil@ex.ie"])
def test_usual_addresses_are_taken(text: str) -> None:
    assert is_address(text)


def test_the_connection_is_encrypted_before_anything_is_said(
    serve: Running, tmp_path: Path
) -> None:
    shown, trust = mail_server.certificate(tmp_path)
    server = serve(context=shown, offers=("STARTTLS", "AUTH PLAIN"))
    mailer(server.port, "starttls", trust=trust, user="desk", password="a secret").send(TO, LETTER)
    assert server.encrypted == [True]
    assert server.signed_in_as == [("desk", "a secret")]
    assert server.commands.index("STARTTLS") < server.commands.index("AUTH")


def test_the_connection_can_be_encrypted_from_the_first_byte(
    serve: Running, tmp_path: Path
) -> None:
    shown, trust = mail_server.certificate(tmp_path)
    server = serve(context=shown, at_once=True, offers=("AUTH PLAIN",))
    mailer(server.port, "tls", trust=trust, user="desk", password="a secret").send(TO, LETTER)
    assert server.encrypted == [True]


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("fault", ["nobody vouches for it", "another's name"])
def test_a_certificate_that_does_not_count_ends_it(
    serve: Running, tmp_path: Path, fault: str, security: Security
) -> None:
    another = fault == "another's name"
    shown, trust = mail_server.certificate(
        tmp_path, "elsewhere.example" if another else "127.0.0.1"
    )
    server = serve(context=shown, at_once=security == "tls", offers=("STARTTLS",))
    trusting = {"trust": trust} if another else {}
    assert trouble(mailer(server.port, security, user="desk", **trusting)) is Trouble.NOT_SECURE
    assert server.mails == []
    assert server.signed_in_as == []


@pytest.mark.parametrize("answer", ["502 no", "454 not now"])
def test_nothing_is_sent_in_the_clear_when_encryption_is_asked_for(
    serve: Running, tmp_path: Path, answer: str
) -> None:
    shown, _ = mail_server.certificate(tmp_path)
    for told in ({}, {"offers": ("STARTTLS",), "context": shown, "answers": {"STARTTLS": answer}}):
        server = serve(**told)
        assert trouble(mailer(server.port, "starttls", user="desk")) is Trouble.NOT_SECURE
        assert server.mails == []
        assert "AUTH" not in server.commands


@pytest.mark.parametrize(
    ("command", "answer", "kind"),
    [
        ("greeting", "554 not you", Trouble.REFUSED),
        ("greeting", "421 busy", Trouble.LATER),
        ("greeting", "", Trouble.NO_ANSWER),
        ("AUTH", "535 wrong", Trouble.SIGN_IN),
        ("AUTH", "454 not now", Trouble.LATER),
        ("MAIL", "550 not from there", Trouble.SENDER),
        ("RCPT", "550 no such person", Trouble.ADDRESS),
        ("RCPT", "451 grey", Trouble.LATER),
        ("DATA", "554 no", Trouble.REFUSED),
        ("content", "552 too much", Trouble.REFUSED),
        ("content", "452 full", Trouble.LATER),
        ("content", "", Trouble.BROKEN_OFF),
    ],
)
def test_what_happened_is_said(serve: Running, command: str, answer: str, kind: Trouble) -> None:
    server = serve(answers={command: answer}, offers=("AUTH PLAIN",))
    assert trouble(mailer(server.port, user="desk", password="a secret")) is kind


def test_a_server_without_sign_in_is_told_of(serve: Running) -> None:
    assert trouble(mailer(serve().port, user="desk", password="a secret")) is Trouble.SIGN_IN


def test_any_server_takes_a_domain_with_other_letters(serve: Running) -> None:
    server = serve()
    mailer(server.port).send("anna@bücher.example", LETTER)
    assert server.recipients == ["anna@xn--bcher-kva.example"]
    assert server.mail["To"] == "anna@xn--bcher-kva.example"


def test_an_address_that_the_server_cannot_write_is_told_of(serve: Running) -> None:
    assert trouble(mailer(serve().port), "ännä@bücher.example") is Trouble.ADDRESS


def test_a_server_that_can_write_any_letters_gets_them(serve: Running) -> None:
    server = serve(offers=("SMTPUTF8", "8BITMIME"))
    mailer(server.port).send("ännä@bücher.example", LETTER)
    assert server.recipients == ["ännä@xn--bcher-kva.example"]


def test_an_address_of_a_japanese_mobile_phone_is_quoted_as_servers_expect(serve: Running) -> None:
    server = serve()
    mailer(server.port).send("anna..b.@docomo.ne.jp", LETTER)
    assert server.recipients == ['"anna..b."@docomo.ne.jp']


@pytest.mark.parametrize("command", ["greeting", "EHLO", "RCPT", "content"])
def test_a_server_that_falls_silent_is_not_waited_for(serve: Running, command: str) -> None:
    server = serve(stall=command)
    patient = Mailer(
        MailServer("127.0.0.1", server.port, "a@b.example", security="none"), seconds=0.2
    )
    lost = command == "content"  # the server had all of it
    assert trouble(patient) is (Trouble.BROKEN_OFF if lost else Trouble.NO_ANSWER)


def test_a_server_that_is_slow_at_each_step_is_left_in_the_middle(serve: Running) -> None:
    """Each of its answers comes in time; all of them together do not."""
    server = serve(pause=0.2)
    where = MailServer("127.0.0.1", server.port, "a@b.example", security="none")
    assert trouble(Mailer(where, seconds=20, in_all=0.3)) is Trouble.SLOW
    assert server.left.wait(20), "the connection is closed"
    assert server.mails == []


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_slow_server_is_left_however_the_connection_is_encrypted(
    serve: Running, tmp_path: Path, security: Security
) -> None:
    shown, trust = mail_server.certificate(tmp_path)
    server = serve(context=shown, at_once=security == "tls", offers=("STARTTLS",), stall="MAIL")
    where = MailServer("127.0.0.1", server.port, "a@b.example", security=security)
    assert trouble(Mailer(where, seconds=20, in_all=0.5, trust=trust)) is Trouble.SLOW
    assert server.mails == []


def test_a_letter_that_was_taken_is_sent_though_the_end_is_slow(serve: Running) -> None:
    server = serve(stall="QUIT")
    where = MailServer("127.0.0.1", server.port, "a@b.example", security="none")
    Mailer(where, seconds=20, in_all=1).send(TO, LETTER)
    assert server.text() == LETTER.text


def test_nobody_at_the_address_is_told_of() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # taken, but nobody listens
        assert trouble(mailer(taken.getsockname()[1])) is Trouble.NO_ANSWER


@pytest.mark.parametrize("answer", ["500 what?", ""])
def test_a_letter_that_was_taken_is_sent_however_they_part(serve: Running, answer: str) -> None:
    server = serve(answers={"QUIT": answer})
    mailer(server.port).send(TO, LETTER)
    assert server.text() == LETTER.text


def test_an_error_holds_nothing_of_the_letter(
    serve: Running, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    server = serve(answers={"RCPT": "550 <anna@example.org> is not here"})
    with pytest.raises(MailFailed) as failed:
        mailer(server.port).send(TO, LETTER)
    said = repr(failed.value) + str(failed.value) + caplog.text + "".join(capfd.readouterr())
    assert "anna" not in said
    assert "link" not in said
    assert failed.value.__suppress_context__
