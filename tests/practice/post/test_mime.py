"""Nothing that stands in a name can write a line of a mail, whichever Python writes it."""

from __future__ import annotations

import subprocess
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.policy import default
from pathlib import Path

import idna
import pytest

from assessment.practice.post import mime
from assessment.practice.post.addresses import address_of
from assessment.practice.post.mail import Letter
from tests.practice import interpreters

ROOT = Path(__file__).resolve().parents[3]
ATTACKS = (
    "=?utf-8?q?a=0D=0ABcc:_x@example.test?=",
    "=?utf-8?q?a=0D=0A=0D=0AAnother_body?=",
    "=?utf-8?b?YQ0KQmNjOiB4QGV4YW1wbGUudGVzdA==?=",
    "=?us-ascii?q?a=0ABcc=3A_x?=",
    "=?iso-8859-1*en?Q?a=0D=0ABcc:_x@example.test?=",
    "Praxis =?utf-8?q?=0D=0ABcc:_x@example.test?= Müller",
    "=?utf-8?q?=3D=3Futf-8=3Fq=3Fa=3D0D=3D0ABcc=3A=5Fx=3F=3D?=",
    'a" <eve@example.test>, "b',
    "a <eve@example.test>",
)
_WRITES = """
import sys
from assessment.practice.post.mail import Letter, Mailer, MailServer
written = Mailer(MailServer("127.0.0.1", 25, "desk@clinic.example"), lambda: 0.0)._written
for name in sys.argv[1:]:
    mail = written("anna@example.org", Letter(f"Visit to {name}", "Hello.\\n", name))
    sys.stdout.buffer.write(mail.data + b"\\0")
"""
HEAD = [
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted",
    "Content-Type", "Content-Transfer-Encoding", "MIME-Version",
]  # fmt: skip


@pytest.mark.parametrize("python", interpreters.found(), ids=str)
def test_asvs_1_3_11_a_name_that_hides_line_breaks_adds_nothing(python: Path) -> None:
    ran = subprocess.run(
        [python, "-c", _WRITES, *ATTACKS],
        env={"PYTHONPATH": f"{ROOT}:{Path(idna.__file__).parents[1]}"},
        capture_output=True,
        check=True,
    )
    mails = ran.stdout.split(b"\0")[:-1]
    assert len(mails) == len(ATTACKS)
    for name, data in zip(ATTACKS, mails, strict=True):
        mail = message_from_bytes(data)
        assert mail.keys() == HEAD
        assert mail.get_payload() == "Hello.\r\n"
        assert all(line.count(b"\r") == 1 for line in data.splitlines(keepends=True))
        assert _shown(mail, "Subject") == f"Visit to {name}"
        [sender] = message_from_bytes(data, policy=default)["From"].addresses
        assert sender.addr_spec == "desk@clinic.example"


@pytest.mark.parametrize(
    "name",
    [
        "Praxis für Physiotherapie und medizinische Massage Dr. Jürgen Müller & Töchter GbR",
        "Медицинский центр здоровья и массажа имени Ивана Петровича Павлова",
        "東京都千代田区丸の内一丁目 整体マッサージ 治療院 本店 受付 窓口",
        "  two  spaces  é  ",
        "Łódź " * 16,
    ],
)
def test_a_long_name_keeps_every_letter_and_space(name: str) -> None:
    head = {"From": mime.named(name, address_of("a@b.example")), "Subject": ""}
    head["Subject"] = mime.words(name, "Subject")
    data = mime.written(head, "Hello.\n")
    assert max(map(len, data.split(b"\r\n"))) <= 78
    mail = message_from_bytes(data)
    assert _shown(mail, "Subject") == name
    [(shown, charset), (address, _)] = decode_header(mail["From"].replace("\r\n", ""))
    assert shown.decode(charset or "ascii") == name
    assert address.strip() == b"<a@b.example>"


@pytest.mark.parametrize("name", ["O'Neill", 'The "Back" Clinic', "a\\b", "A, B; C: (D)", "a@b"])
def test_signs_that_mean_something_in_a_head_stay_a_name(name: str) -> None:
    data = mime.written({"From": mime.named(name, address_of("a@b.example"))}, "Hello.\n")
    [sender] = message_from_bytes(data, policy=default)["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, "a@b.example")


def test_nothing_is_sent_that_not_every_server_can_pass_on() -> None:
    letter = Letter("Grüße", "Bis später, und alles Gute für Ihren Rücken.\n", "Müller")
    data = mime.written({"Subject": mime.words(letter.subject, "Subject")}, letter.text)
    assert data.isascii()


def _shown(mail: Message, header: str) -> str:
    return str(make_header(decode_header(str(mail[header]).replace("\r\n", ""))))
