"""A mail server of our own on this machine, that takes mail or does what a bad one does."""

from __future__ import annotations

import base64
import datetime
import ipaddress
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class MailServer:
    """What the server was told and what it shall answer.

    `answers` replaces its answer to a command, by the command's first word; an empty one hangs up.
    `stall` names the command after which it says nothing any more ("greeting" is one, too).
    `pause` is how long it thinks, in seconds, before each answer. `left` is set once somebody who
    was here has gone.
    """

    port: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    stall: str = ""
    pause: float = 0
    offers: tuple[str, ...] = ()
    context: ssl.SSLContext | None = None
    at_once: bool = False
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    signed_in_as: list[tuple[str, str]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)

    @property
    def mail(self) -> EmailMessage:
        """The only mail that came."""
        [mail] = self.mails
        return mail

    def text(self) -> str:
        """What the only mail says."""
        return str(self.mail.get_content()).replace("\r\n", "\n")


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.told = cast("_Server", self.server).told
        self.secure = False
        if self.told.at_once:
            self._encrypt()
        if self._say("greeting", "220 here"):
            while (line := self.rfile.readline()) and self._take(line.decode().strip()):
                pass

    def finish(self) -> None:
        try:
            super().finish()
        finally:
            self.connection.close()  # the encrypted one, where there is one
            self.told.left.set()

    def _say(self, word: str, usual: str) -> bool:
        """Answer a command; False ends the connection."""
        if self.told.stall == word:
            self.told.over.wait(20)
            return False
        self.told.over.wait(self.told.pause)
        answer = self.told.answers.get(word, usual)
        if not answer:
            return False
        self.wfile.write(f"{answer}\r\n".encode())
        return True

    def _take(self, line: str) -> bool:
        word = line.split(" ")[0].upper()
        self.told.commands.append(word)
        if word == "EHLO":
            return self._say(word, "\r\n".join(["250-here", *self._offers(), "250 HELP"]))
        if word == "STARTTLS":
            said = self._say(word, "220 go on")
            self._encrypt()
            return said
        if word == "AUTH":
            _, user, password = base64.b64decode(line.split(" ")[2]).decode().split("\0")
            self.told.signed_in_as.append((user, password))
            return self._say(word, "235 welcome")
        if word == "RCPT":
            self.told.recipients.append(line.partition("<")[2].partition(">")[0])
        if word == "DATA":
            return self._say(word, "354 go on") and self._data()
        return self._say(word, "250 good" if word != "QUIT" else "221 bye")

    def _offers(self) -> list[str]:
        return [f"250-{one}" for one in self.told.offers if not (self.secure and one == "STARTTLS")]

    def _data(self) -> bool:
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line.removeprefix(b"."))
        self.told.mails.append(message_from_bytes(b"".join(lines), policy=default))
        self.told.encrypted.append(self.secure)
        return self._say("content", "250 taken")

    def _encrypt(self) -> None:
        assert self.told.context is not None
        self.wfile.flush()
        self.connection = self.told.context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", 0)
        self.secure = True


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, told: MailServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.told = told

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""


@contextmanager
def running(told: MailServer) -> Iterator[MailServer]:
    """Serve until the end of the block."""
    with _Server(told) as server:
        told.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield told
        finally:
            told.over.set()
            server.shutdown()


HOUR = datetime.timedelta(hours=1)


def certificate(
    folder: Path,
    name: str = "127.0.0.1",
    *,
    since: datetime.timedelta = HOUR,
    left: datetime.timedelta = HOUR,
    issuer: str | None = None,
) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return what a server of this name shows, and what trusts it; "127.0.0.1" is this one.

    Both are in the file NAME.pem; `left` may be negative: then it has run out. Nobody has the
    certificate of an `issuer`.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    subject, signer = (
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, one)]) for one in (name, issuer or name)
    )
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - since)
        .not_valid_after(now + left)
        .add_extension(x509.SubjectAlternativeName([_general(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    shows = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shows.load_cert_chain(file)
    return shows, ssl.create_default_context(cafile=file)


def _general(name: str) -> x509.GeneralName:
    if name[0].isdigit():
        return x509.IPAddress(ipaddress.ip_address(name))
    return x509.DNSName(name)
