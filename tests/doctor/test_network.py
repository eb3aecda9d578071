"""What the doctor says of the address, its certificate, and the mail server."""

from __future__ import annotations

import datetime
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from assessment.doctor import address, post
from assessment.doctor.findings import State
from assessment.protocols.load import load_protocol
from tests.doctor.conftest import MakeHere
from tests.practice import mail_server
from tests.web.conftest import SMALL

WELL, TO_DO, UNKNOWN = State.WELL, State.TO_DO, State.UNKNOWN
DAY = datetime.timedelta(days=1)


class Site(BaseHTTPRequestHandler):
    """Stands for whatever answers at the address of the site."""

    answers: ClassVar[tuple[int, bytes]] = (200, b"")

    def do_GET(self) -> None:
        status, body = self.answers
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def site(
    monkeypatch: pytest.MonkeyPatch,
    body: bytes | None = None,
    status: int = 200,
    shows: ssl.SSLContext | None = None,
) -> Iterator[int]:
    """Give the port of a server; by default it answers as the product does."""
    protocol = load_protocol(SMALL)
    ours = {"id": protocol.id, "rules": protocol.rules_hash, "wording": protocol.wording_hash}
    told = json.dumps({"ok": True, "protocols": [ours]}).encode() if body is None else body
    monkeypatch.setattr(Site, "answers", (status, told))
    monkeypatch.setattr(ThreadingHTTPServer, "handle_error", lambda *_: None)
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        if shows is not None:
            server.socket = shows.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_product_that_answers_is_well(here: MakeHere, monkeypatch: pytest.MonkeyPatch) -> None:
    with site(monkeypatch) as port:
        [found] = address.check(here(port=port))
    assert found.state is WELL


def test_a_product_that_does_not_run_is_something_to_do(here: MakeHere) -> None:
    [found] = address.check(here(port=free_port()))
    assert found.state is TO_DO


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"<p>Welcome to nginx</p>", 200, "something other"),
        (
            b'{"protocols": [{"id": "a", "rules": "b", "wording": "c"}]}',
            200,
            "a different protocol",
        ),
        (b"", 503, "the product is not available"),
    ],
)
def test_whoever_else_answers_is_told_apart(
    here: MakeHere, monkeypatch: pytest.MonkeyPatch, body: bytes, status: int, says: str
) -> None:
    with site(monkeypatch, body, status) as port:
        [found] = address.check(here(port=port))
    assert found.state is TO_DO
    assert says in found.says


def test_a_protocol_that_cannot_be_read_here_is_not_compared(
    here: MakeHere, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site(monkeypatch) as port:
        [found] = address.check(here(port=port, protocol="nothing"))
    assert found.state is UNKNOWN


def public(here: MakeHere, port: int, name: str = "localhost") -> list[tuple[str, State, str]]:
    place = here(public_url=f"https://{name}:{port}", proxy_hops=1, port=free_port())
    return [(one.about, one.state, f"{one.says} {one.do}") for one in address.check(place)]


def trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str = "localhost", **times: object
) -> ssl.SSLContext:
    """Return what shows a certificate that this machine trusts."""
    shows, _ = mail_server.certificate(tmp_path, name, **times)  # type: ignore[arg-type]
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / f"{name}.pem"))
    return shows


def test_a_public_site_is_well_with_its_certificate(
    here: MakeHere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shows = trusted(tmp_path, monkeypatch, since=30 * DAY, left=60 * DAY)
    with site(monkeypatch, shows=shows) as port:
        certificate, answer = public(here, port)
    assert certificate[:2] == ("certificate", WELL)
    assert "59 days from now" in certificate[2]
    assert answer[:2] == ("address", WELL)


@pytest.mark.parametrize(
    ("name", "since", "left", "says"),
    [
        ("localhost", 90 * DAY, -1 * DAY, "has expired"),
        ("localhost", 80 * DAY, 10 * DAY, "should have been renewed"),
        ("localhost", -1 * DAY, 10 * DAY, "not valid yet"),
        ("another.example", 1 * DAY, 80 * DAY, "not for this name"),
    ],
)
def test_a_certificate_that_browsers_refuse_says_why_and_the_site_is_seen_all_the_same(
    here: MakeHere,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    since: datetime.timedelta,
    left: datetime.timedelta,
    says: str,
) -> None:
    shows = trusted(tmp_path, monkeypatch, name, since=since, left=left)
    with site(monkeypatch, shows=shows) as port:
        certificate, answer = public(here, port)
    assert certificate[:2] == ("certificate", TO_DO)
    assert says in certificate[2]
    assert answer[:2] == ("address", WELL)


def test_a_certificate_of_its_own_making_is_something_to_do(
    here: MakeHere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shows, _ = mail_server.certificate(tmp_path, "localhost")
    with site(monkeypatch, shows=shows) as port:
        certificate, _ = public(here, port)
    assert certificate[:2] == ("certificate", TO_DO)
    assert "self-signed" in certificate[2]


def test_a_certificate_whose_issuer_is_not_found_may_lack_its_chain_or_a_known_authority(
    here: MakeHere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shows, _ = mail_server.certificate(tmp_path, "localhost", issuer="an authority")
    with site(monkeypatch, shows=shows) as port:
        certificate, _ = public(here, port)
    assert certificate[:2] == ("certificate", TO_DO)
    assert "without its chain, or from an authority" in certificate[2]


def test_a_site_without_tls_is_something_to_do(
    here: MakeHere, monkeypatch: pytest.MonkeyPatch
) -> None:
    with site(monkeypatch) as port:
        certificate, _ = public(here, port)
    assert certificate[:2] == ("certificate", TO_DO)


def test_where_nothing_answers_in_front_it_is_said_whether_the_product_does(
    here: MakeHere, monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = free_port()
    certificate, answer = public(here, silent)
    assert certificate[:2] == ("certificate", UNKNOWN)
    assert "neither does the product" in answer[2]
    with site(monkeypatch) as port:
        place = here(public_url=f"https://localhost:{silent}", proxy_hops=1, port=port)
        _, found = address.check(place)
    assert (found.state, "check nginx" in found.do) == (TO_DO, True)


@pytest.mark.parametrize(
    ("error", "state"), [(socket.EAI_NONAME, TO_DO), (socket.EAI_AGAIN, UNKNOWN)]
)
def test_a_name_that_leads_nowhere_is_not_taken_for_a_name_server_that_is_away(
    here: MakeHere, monkeypatch: pytest.MonkeyPatch, error: int, state: State
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise socket.gaierror(error, "canary")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    name, certificate = public(here, 443, "clinic.example")
    assert name[:2] == ("address", state)
    assert certificate[:2] == ("certificate", UNKNOWN)


def mail(port: int) -> dict[str, object]:
    return {
        "smtp_host": "127.0.0.1", "smtp_port": port, "smtp_from": "clinic@example.org",
        "smtp_security": "none", "smtp_user": "clinic", "smtp_password": "canary",
    }  # fmt: skip


def test_no_mail_server_is_well_unless_a_letter_is_wanted(here: MakeHere) -> None:
    [found] = post.check(here())
    assert found.state is WELL
    [found] = post.check(here(mail_to="ana@example.org"))
    assert found.state is TO_DO


def test_a_mail_server_is_greeted_and_sent_nothing(here: MakeHere) -> None:
    with mail_server.running(mail_server.MailServer(offers=("AUTH PLAIN",))) as server:
        [found] = post.check(here(**mail(server.port)))
    assert found.state is WELL
    assert server.signed_in_as == [("clinic", "canary")]
    assert server.mails == []


def test_a_letter_is_sent_where_it_is_asked_for(here: MakeHere) -> None:
    with mail_server.running(mail_server.MailServer(offers=("AUTH PLAIN",))) as server:
        [found] = post.check(here(**mail(server.port), mail_to="ana@example.org"))
    assert found.state is WELL
    assert server.recipients == ["ana@example.org"]


@pytest.mark.parametrize(
    ("answers", "names"),
    [({"AUTH": "535 no"}, "SMTP_PASSWORD"), ({"greeting": "554 go away"}, "mail server")],
)
def test_a_mail_server_that_refuses_us_says_which_setting_to_look_at(
    here: MakeHere, answers: dict[str, str], names: str
) -> None:
    told = mail_server.MailServer(offers=("AUTH PLAIN",), answers=answers)
    with mail_server.running(told) as server:
        [found] = post.check(here(**mail(server.port)))
    assert found.state is TO_DO
    assert names in found.do
    assert "canary" not in str(found)


def test_a_mail_server_that_is_away_is_something_to_do(here: MakeHere) -> None:
    [found] = post.check(here(**mail(free_port())))
    assert found.state is TO_DO
    assert "SMTP_HOST" in found.do
