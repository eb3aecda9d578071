"""The shipped nginx configuration: what reaches the product, what comes back, what is written."""

from __future__ import annotations

import http.client
import re
import shutil
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import ROOT
from tests.nginx import (
    DEPLOY,
    HEADERS,
    LONG,
    NAME,
    OLD_TLS,
    SHIPPED,
    WORDS,
    Missing,
    Product,
    Site,
    running,
)
from tests.web.conftest import app, clean_environment, clock, small

__all__ = ["app", "clean_environment", "clock", "small"]

TOKEN = "Zebrafinch-_0123456789ABCDEFGHIJKLMNOPQRSTU"
TWO_MEGABYTES = 2_000_000
ALONE = (
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""What the pages of nginx may load."""
ODD = [
    f"/i/{TOKEN}", f"/i/{TOKEN}?x={TOKEN}", f"//i/{TOKEN}", f"/%69/{TOKEN}", f"/x/../i/{TOKEN}",
    f"/i?{TOKEN}", f"/i;{TOKEN}", f"/i{TOKEN}", f"/{TOKEN}", f"/?{TOKEN}", f"/questions/{TOKEN}",
    f"/clinic/clients/{TOKEN}",
]  # fmt: skip
TOO_LONG = f"/i/{TOKEN}{'a' * 40_000}"


@pytest.fixture
def site(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Site]:
    try:
        with running(tmp_path, getattr(request, "param", "")) as made:
            yield made
    except Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture
def several(tmp_path: Path) -> Iterator[Site]:
    """The site with three hosts behind it."""
    try:
        with running(tmp_path, hosts=3) as made:
            yield made
    except Missing as missing:
        pytest.skip(str(missing))


def test_the_log_keeps_a_short_first_word_of_an_address_and_no_more() -> None:
    [pattern] = re.findall(r'"~(\^.+)" \$clinic_first;', SHIPPED)
    shown = re.compile(pattern.replace("(?<", "(?P<"))
    for path in (*ODD, TOO_LONG):
        found = shown.match(path)
        assert found is None or found["clinic_first"] in {"/", "/i", "/x", "/clinic", "/questions"}
    kept = {path: found[1] for path in ("/", "/send", "/i/x") if (found := shown.match(path))}
    assert kept == {"/": "/", "/send": "/send", "/i/x": "/i"}
    assert shown.match("/" + TOKEN.lower()) is None


def test_a_method_is_logged_where_it_is_a_usual_one(site: Site) -> None:
    sent = f"ZEBRAFINCH / HTTP/1.1\r\nHost: {NAME}\r\nConnection: close\r\n\r\n"
    site.send(sent.encode())
    site.ask("/")
    logged = site.logged()
    assert " other / " in logged
    assert " GET / 200 " in logged
    assert "ZEBRAFINCH" not in logged


def test_no_link_is_logged_whoever_asks_and_whether_or_not_the_product_runs(site: Site) -> None:
    referrer = f"https://{NAME}/i/{TOKEN}"
    for is_there in (True, False):
        if not is_there:
            site.stop_product()
        for path in ODD:
            site.ask(path, Referer=referrer)
        with suppress(OSError):  # nginx hangs up in the middle of it
            site.ask(TOO_LONG)
    plain = http.client.HTTPConnection("127.0.0.1", site.plain, timeout=20)
    plain.request("GET", f"/i/{TOKEN}", headers={"Host": NAME})
    moved = plain.getresponse()
    assert (moved.status, moved.headers["Location"]) == (301, f"https://{NAME}/i/{TOKEN}")
    plain.close()

    logged = site.logged()
    assert len(re.findall(r" GET /i 200 ", logged)) >= 2
    assert len(re.findall(r" GET /i 503 ", logged)) >= 2
    assert len(re.findall(r" GET /i 301 ", logged)) == 1
    assert "Zebrafinch" not in logged
    assert "127.0.0.1" not in logged


def test_the_product_learns_the_real_address_and_name_and_nothing_made_up(site: Site) -> None:
    site.ask(
        "/", X_Forwarded_For="6.6.6.6", X_Forwarded_Host="evil.example", X_Forwarded_Proto="http",
        X_Request_ID="zebrafinch", Upgrade="websocket", Connection="upgrade",
    )  # fmt: skip
    seen = Product.seen
    assert seen.get_all("X-Forwarded-For") == ["127.0.0.1"]
    assert seen.get_all("X-Forwarded-Host") == seen.get_all("Host") == [NAME]
    assert seen.get_all("X-Forwarded-Proto") == ["https"]
    assert seen["Upgrade"] is None
    [reference] = seen.get_all("X-Request-ID") or []
    assert re.fullmatch("[0-9a-f]{32}", reference)
    assert site.logged().endswith(f" {reference}\n")


def test_another_name_gets_no_answer_and_is_not_logged(site: Site) -> None:
    with pytest.raises(http.client.RemoteDisconnected):
        site.ask(f"/i/{TOKEN}", host="evil.example")
    elsewhere = ssl.create_default_context(cafile=str(site.folder / "fullchain.pem"))
    elsewhere.check_hostname = False
    with (
        socket.create_connection(("127.0.0.1", site.tls), timeout=20) as raw,
        pytest.raises(ssl.SSLError),
    ):
        elsewhere.wrap_socket(raw, server_hostname="evil.example")
    assert site.logged() == ""


def test_every_answer_has_the_headers_of_the_product_once(site: Site) -> None:
    host = f"Host: {NAME}\r\n".encode()
    answers = {
        200: site.ask("/")[0],
        413: site.ask("/", b"a" * TWO_MEGABYTES)[0],
        414: site.send(b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\n" + host + b"\r\n"),
        400: site.send(b"GET / HTTP/1.1\r\n" + host + b"X: " + b"a" * 9_000 + b"\r\n\r\n"),
        405: site.send(b"TRACE / HTTP/1.1\r\n" + host + b"\r\n"),
    }
    assert site.send(b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n").status == 400
    answers[429] = one_too_many(site)[0]
    site.stop_product()
    answers[503] = next(one for _ in range(400) if (one := site.ask("/")[0]).status == 503)
    alone = {**HEADERS, "Content-Security-Policy": ALONE}
    for status, response in answers.items():
        assert response.status == status
        for name, value in (HEADERS if status == 200 else alone).items():
            assert response.headers.get_all(name) == [value], (status, name)
        assert "/" not in response.headers["Server"]


@pytest.mark.parametrize("site", ["", OLD_TLS], indirect=True, ids=["nginx alone", "Debian"])
def test_12_1_1_only_tls_1_2_and_1_3_are_spoken(site: Site) -> None:
    spoken = {one.name for one in ssl.TLSVersion if one.value > 0 and site.speaks(one)}
    assert spoken == {"TLSv1_2", "TLSv1_3"}


def one_too_many(site: Site) -> tuple[http.client.HTTPResponse, bytes]:
    """Return what nginx says to an address that asked too often."""
    return next(one for one in site.crowd(2000) if one[0].status == 429)


def test_many_requests_of_one_address_are_slowed_down_and_usual_ones_are_not(site: Site) -> None:
    assert {response.status for response, _ in site.crowd(100)} == {200}
    response, body = one_too_many(site)
    assert response.headers["Retry-After"] == "10"
    assert b"call your local emergency number now" in body


@pytest.mark.parametrize("path", ["/questions/age", "/check", "/result", "/send", "/sent"])
def test_nobody_who_answers_or_reads_what_to_do_is_slowed_down(site: Site, path: str) -> None:
    assert 429 not in {response.status for response, _ in site.crowd(400, path)}


def test_while_the_product_is_stopped_people_read_what_to_do(site: Site) -> None:
    site.stop_product()
    for path in ("/", f"/i/{TOKEN}", "/clinic/inbox"):
        response, body = site.ask(path)
        assert (response.status, response.headers["Retry-After"]) == (503, "20")
        assert response.headers["Cache-Control"] == "no-store"
        assert b"call your local emergency number now" in body
        assert b"This is not a diagnosis." in body


def test_nothing_that_people_send_or_read_is_written_to_a_file(site: Site) -> None:
    # nginx would put it here; without these folders it could not, and would answer 500.
    shutil.rmtree(site.folder / "temporary")
    response, _ = site.ask("/clinic/settings/logo", b"a" * 900_000)
    assert (response.status, Product.received) == (200, 900_000)
    assert site.read_slowly("/long") == len(WORDS) * LONG


def test_no_address_is_logged_whatever_goes_wrong(site: Site) -> None:
    for version in ssl.TLSVersion:
        if version.value > 0:
            site.speaks(version)
    site.send(b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n")
    site.ask("/", b"a" * TWO_MEGABYTES)
    with socket.create_connection(("127.0.0.1", site.tls), timeout=20) as raw:
        raw.sendall(b"no handshake at all\r\n\r\n")
        raw.recv(100)
    site.crowd(400)
    site.stop_product()
    site.crowd(5)
    assert " GET / 200 " in site.logged()
    assert "127.0.0.1" not in site.logged()
    assert re.findall(r"error_log (?!/dev/null)\S+ (\w+);", SHIPPED) == ["emerg"]


def test_the_pages_of_nginx_look_like_those_of_the_product(site: Site) -> None:
    site.stop_product()
    for name in ("away", "refused"):
        page = (ROOT / "deploy" / f"{name}.html").read_text("utf-8")
        assert '<link rel="stylesheet" href="/away.css">' in page
        assert "call your local emergency number now" in page
        assert "This is not a diagnosis." in page
        assert "<style" not in page
        assert site.ask(f"/{name}.html")[0].status == 404, "nobody asks for it by its name"
    response, style = site.ask("/away.css")
    assert (response.status, response.headers["Content-Type"]) == (200, "text/css")
    assert style == (ROOT / "static" / "style.css").read_bytes()


def test_nginx_packs_no_page(site: Site) -> None:
    response, _ = site.ask("/", Accept_Encoding="gzip")
    assert response.headers["Content-Encoding"] is None


@pytest.mark.parametrize("path", ["/", "/clinic/inbox"])
def test_with_several_hosts_nginx_answers_alone_with_the_same_pages(
    several: Site, path: str
) -> None:
    assert several.ask(path)[0].status == 200
    answers = {413: several.ask(path, b"a" * TWO_MEGABYTES)}
    answers[429] = next(one for one in several.crowd(2000, path) if one[0].status == 429)
    for status, (response, body) in answers.items():
        assert response.status == status
        assert response.headers["Content-Security-Policy"] == ALONE
        assert b"call your local emergency number now" in body
        assert b"/away.css" in body


@pytest.mark.parametrize("path", ["/questions/age", "/result.pdf", "/send", "/clinic/inbox"])
def test_while_every_host_is_stopped_people_read_what_to_do(several: Site, path: str) -> None:
    several.stop_product()
    response, body = several.ask(path)
    assert (response.status, response.headers["Retry-After"]) == (503, "20")
    assert b"call your local emergency number now" in body
    assert b"/away.css" in body


def test_every_address_of_a_walk_is_asked_of_another_host_where_one_is_gone(app: Flask) -> None:
    shipped = (DEPLOY / "machines-locations.conf").read_text("utf-8")
    locations = re.findall(r"^location (=|~) (\S+) {\n    proxy_pass http://(\w+);", shipped, re.M)
    covered = [
        re.escape(path) if how == "=" else path
        for how, path, hosts in locations
        if hosts == "clinic_walks"
    ]
    rules = [one for one in app.url_map.iter_rules() if one.endpoint.startswith("walk.")]
    walk = {re.sub("<.+>", "age", one.rule) for one in rules}
    assert walk >= {"/", "/questions/age", "/result", "/result.pdf"}
    left = {path for path in {*walk, "/sent"} if not any(re.search(one, path) for one in covered)}
    assert left == set()


@pytest.mark.parametrize(
    ("path", "form"), [("/questions/age", b"answer"), ("/clear", b"form"), ("/result.pdf", None)]
)
def test_a_page_of_a_walk_that_one_host_cannot_show_comes_from_another(
    several: Site, path: str, form: bytes | None
) -> None:
    for shows in several.hosts:
        for host in several.hosts:
            host.status = 200 if host is shows else 503
        assert several.ask(path, form)[0].status == 200


def test_a_page_that_no_host_can_show_is_that_of_the_product_and_all_else_is_asked_once(
    several: Site,
) -> None:
    for host in several.hosts:
        host.status = 503
    for path, asked in (("/questions/age", 3), ("/sent", 3), ("/clinic/inbox", 1), ("/send", 1)):
        before = sum(host.asked for host in several.hosts)
        response, body = several.ask(path, b"form")
        assert (response.status, response.headers["Retry-After"]) == (503, None)
        assert body.startswith(WORDS)
        assert sum(host.asked for host in several.hosts) - before == asked
