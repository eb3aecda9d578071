"""While no name server answers, what is to be sent waits, and the server starts all the same."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from assessment.practice.hooks.http_client import CallFailed, HttpClient
from assessment.practice.post.mail import Letter, Mailer, MailFailed, MailServer, Trouble
from assessment.web import serve
from assessment.web.listening import listen
from assessment.web.server.settings import read_settings
from tests.web.conftest import SMALL, clean_environment

__all__ = ("clean_environment",)


@pytest.fixture(autouse=True)
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only addresses are found, as where the name server is away."""
    find = socket.getaddrinfo

    def found(host: str | None, *more: object, **named: object) -> object:
        if host in ("127.0.0.1", "::1", None):
            return find(host, *more, **named)  # type: ignore[arg-type]
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", found)


def test_a_mail_was_certainly_not_sent_so_it_is_tried_again() -> None:
    mailer = Mailer(MailServer("mail.example", 587, "clinic@example.org"))
    with pytest.raises(MailFailed) as failed:
        mailer.send("ana@example.org", Letter("Subject", "Text", "Sender"))
    assert failed.value.kind is Trouble.NO_ANSWER
    assert not failed.value.perhaps_sent


def test_a_webhook_is_not_reached_so_it_is_tried_again() -> None:
    with pytest.raises(CallFailed):
        HttpClient().post("https://hooks.example/in", {}, b"{}")


@pytest.mark.slow  # it loads all that is served
def test_the_server_is_loaded_and_listens(tmp_path: Path) -> None:
    settings = read_settings(
        instance=tmp_path / "instance", protocol=str(SMALL), smtp_host="mail.example",
        smtp_from="clinic@example.org", port=0,
    )  # fmt: skip
    assert serve.load(settings).app is not None
    listen(settings.host, settings.port).close()
