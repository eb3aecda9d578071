"""Hands plain mail to the operator's mail server.

Nothing about a message is logged: not whom it goes to, not what it says. What went wrong is told
as one of a few `Trouble`s, whose words hold nothing of the message either.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formatdate, make_msgid
from enum import StrEnum
from typing import Any, Literal

from assessment.practice.post import mime
from assessment.practice.post.addresses import Address, address_of

Security = Literal["starttls", "tls", "none"]

_SECONDS = 4.0
_SECONDS_IN_ALL = 10.0
_TEMPORARY = range(400, 500)
_OURSELVES = "[127.0.0.1]"
_ANSWERS = (
    smtplib.SMTPResponseException,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPNotSupportedError,
    UnicodeError,
)
"""What tells for certain that a mail was not taken."""


class Trouble(StrEnum):
    """Why a mail was not taken, as a sentence that anybody may read."""

    NO_ANSWER = "The mail server did not answer."
    SLOW = "The mail server took too long to answer. The email may or may not have been sent."
    NOT_SECURE = "We couldn't make a secure connection to the mail server."
    SIGN_IN = "The mail server didn't accept our sign-in."
    SENDER = "The mail server doesn't let us send from our address."
    ADDRESS = "The mail server didn't accept the address."
    BROKEN_OFF = "The connection to the mail server broke. The email may or may not have been sent."
    LATER = "The mail server says to try again later."
    REFUSED = "The mail server didn't accept the message."


class MailFailed(Exception):
    """A mail was not taken by the mail server; `str()` says why, without address or content."""

    def __init__(self, kind: Trouble) -> None:
        super().__init__(kind.value)
        self.kind = kind

    @property
    def perhaps_sent(self) -> bool:
        """Whether it may have been sent all the same: nobody knows."""
        return self.kind in (Trouble.SLOW, Trouble.BROKEN_OFF)


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in plain text; `sender` is the name that it comes from, beside our address."""

    subject: str
    text: str
    sender: str


@dataclass(frozen=True, slots=True)
class MailServer:
    """How to reach the mail server; `sender` is the address that mail comes from."""

    host: str
    port: int
    sender: str
    user: str | None = None
    password: str | None = None
    security: Security = "starttls"


@dataclass(frozen=True, slots=True)
class _Mail:
    """A letter as it goes out."""

    sender: Address
    to: Address
    data: bytes

    @property
    def options(self) -> tuple[str, ...]:
        """What the server must be told of it."""
        is_plain = self.sender.is_ascii and self.to.is_ascii
        return () if is_plain else ("SMTPUTF8", "BODY=8BITMIME")


class _Connection(smtplib.SMTP):
    """A connection that remembers whether the server may have had a whole mail."""

    has_content = False

    def data(self, msg: Any) -> tuple[int, bytes]:  # noqa: ANN401  as smtplib has it
        """Hand over what a mail says."""
        self.has_content = True
        return super().data(msg)


class _Encrypted(_Connection, smtplib.SMTP_SSL):
    """The same, encrypted from the start."""


class _Talk:
    """One conversation with the mail server, shared by who leads it and who waits for its end."""

    def __init__(self) -> None:
        self.connection: _Connection | None = None
        self.failure: Exception | None = None
        self.taken = False
        self._over = threading.Event()

    def is_lost(self, error: Exception) -> bool:
        """Whether an error leaves open if the mail was taken: the server had it, and was silent."""
        had_it = self.connection is not None and self.connection.has_content
        return had_it and not isinstance(error, _ANSWERS)

    def go_on(self) -> None:
        """Raise TimeoutError when the conversation was broken off."""
        if self._over.is_set():
            raise TimeoutError

    def break_off(self) -> None:
        """End it now: nothing more is said, and nothing more is waited for."""
        self._over.set()
        line = None if self.connection is None else self.connection.sock
        if line is not None:
            with suppress(OSError):  # it has ended by itself
                # Not by the method of an encrypted one: that would take its encryption away.
                socket.socket.shutdown(line, socket.SHUT_RDWR)


class Mailer:
    """Sends letters, one connection each.

    `clock` gives Unix time for the date of a letter. `seconds` bounds each wait for the server,
    and `in_all` the whole conversation, with the search for its name. `trust` says which
    certificates count; by default those that the system trusts.
    """

    def __init__(
        self,
        server: MailServer,
        clock: Callable[[], float] = time.time,
        *,
        seconds: float = _SECONDS,
        in_all: float = _SECONDS_IN_ALL,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        self._server = server
        self._clock = clock
        self._seconds = seconds
        self._in_all = in_all
        self._trust = trust or ssl.create_default_context()

    def send(self, to: str, letter: Letter) -> None:
        """Hand over a letter.

        Raises MailFailed when the server did not take it, ValueError when the address or a
        header could not stand in a mail, such as one with a line break.

        A timeout of a socket bounds one wait only. So the conversation has a thread of its own,
        and is broken off when it takes too long.
        """
        self._converse(self._written(to, letter))

    def greet(self) -> None:
        """Connect, sign in where that is set up, and leave: nothing is sent. Raises MailFailed."""
        self._converse(None)

    def _converse(self, mail: _Mail | None) -> None:
        talk = _Talk()
        thread = threading.Thread(
            target=self._hand_over, args=(mail, talk), name="mail", daemon=True
        )
        thread.start()
        thread.join(self._in_all)
        if thread.is_alive():
            talk.break_off()
            if not talk.taken:
                raise MailFailed(Trouble.SLOW)
        elif talk.failure is not None:
            raise talk.failure from None

    def _hand_over(self, mail: _Mail | None, talk: _Talk) -> None:
        try:
            connection = self._connected(talk)
            try:
                talk.go_on()
                if mail is not None:
                    connection.sendmail(str(mail.sender), [str(mail.to)], mail.data, mail.options)
                talk.taken = True
                with suppress(OSError):
                    connection.quit()
            finally:
                connection.close()
        except (OSError, UnicodeError) as error:  # those of smtplib and ssl are OSErrors
            talk.failure = MailFailed(
                Trouble.BROKEN_OFF if talk.is_lost(error) else _trouble(error)
            )
        except Exception as error:  # it is raised again, by the thread that waits
            talk.failure = error

    def _connected(self, talk: _Talk) -> _Connection:
        server = self._server
        if server.security == "tls":
            connection: _Connection = _Encrypted(
                server.host, server.port, _OURSELVES, timeout=self._seconds, context=self._trust
            )
        else:
            connection = _Connection(server.host, server.port, _OURSELVES, timeout=self._seconds)
        talk.connection = connection
        try:
            talk.go_on()
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _prepare(self, connection: smtplib.SMTP) -> None:
        server = self._server
        connection.ehlo_or_helo_if_needed()
        if server.security == "starttls":
            try:
                connection.starttls(context=self._trust)
            except (smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException):
                raise MailFailed(Trouble.NOT_SECURE) from None
        if server.user is not None:
            try:
                connection.login(server.user, server.password or "")
            except (smtplib.SMTPNotSupportedError, UnicodeError):
                raise MailFailed(Trouble.SIGN_IN) from None

    def _written(self, to: str, letter: Letter) -> _Mail:
        sender, address = address_of(self._server.sender), _fit(to)
        head = {
            "From": mime.named(letter.sender, sender),
            "To": str(address),
            "Subject": mime.words(letter.subject, "Subject"),
            "Date": formatdate(self._clock()),
            "Message-ID": make_msgid(domain=sender.domain),
            "Auto-Submitted": "auto-generated",  # keeps absence notices from answering
        }
        return _Mail(sender, address, mime.written(head, letter.text))


def _fit(to: str) -> Address:
    try:
        return address_of(to)
    except ValueError:
        raise ValueError("not fit for the head of a mail") from None


def _trouble(error: Exception) -> Trouble:
    """Return what an error of smtplib, ssl or the network means to the person who sends."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        return Trouble.LATER if all(code in _TEMPORARY for code in codes) else Trouble.ADDRESS
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error)
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Trouble.ADDRESS  # one with letters that this server cannot write
    if isinstance(error, ssl.SSLError):
        return Trouble.NOT_SECURE
    return Trouble.NO_ANSWER


def _answer(error: smtplib.SMTPResponseException) -> Trouble:
    if error.smtp_code in _TEMPORARY:
        return Trouble.LATER
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Trouble.SIGN_IN
    if isinstance(error, smtplib.SMTPSenderRefused):
        return Trouble.SENDER
    return Trouble.REFUSED
