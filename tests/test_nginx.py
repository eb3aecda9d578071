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

from tests.nginx import HSTS, LONG, NAME, SHIPPED, WORDS, Missing, Product, Site, running

TOKEN = "Zebrafinch-_0123456789ABCDEFGHIJKLMNOPQRSTU"
TWO_MEGABYTES = 2_000_000
ODD = [
    f"/i/{TOKEN}", f"/i/{TOKEN}?x={TOKEN}", f"//i/{TOKEN}", f"/%69/{TOKEN}", f"/x/../i/{TOKEN}",
    f"/i?{TOKEN}", f"/i;{TOKEN}", f"/i{TOKEN}", f"/{TOKEN}", f"/?{TOKEN}", f"/questions/{TOKEN}",
    f"/clinic/clients/{TOKEN}",
]  # fmt: skip
TOO_LONG = f"/i/{TOKEN}{'a' * 40_000}"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    try:
        with running(tmp_path) as made:
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
        Upgrade="websocket", Connection="upgrade",
    )  # fmt: skip
    seen = Product.seen
    assert seen.get_all("X-Forwarded-For") == ["127.0.0.1"]
    assert seen.get_all("X-Forwarded-Host") == seen.get_all("Host") == [NAME]
    assert seen.get_all("X-Forwarded-Proto") == ["https"]
    assert seen["Upgrade"] is None


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


def test_every_answer_asks_for_https_once(site: Site) -> None:
    too_much = site.ask("/", b"a" * TWO_MEGABYTES)[0]
    there = site.ask("/")[0]
    site.stop_product()
    away = site.ask("/")[0]
    for response, status in ((too_much, 413), (there, 200), (away, 503)):
        assert response.status == status
        assert response.headers.get_all("Strict-Transport-Security") == [HSTS]
        assert "/" not in response.headers["Server"]


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


def test_of_links_no_error_is_logged_at_any_level() -> None:
    [block] = re.findall(r"location ~ \^/i/ {(.+?)}", SHIPPED, re.DOTALL)
    assert "error_log /dev/null emerg;" in block


def test_nginx_packs_no_page(site: Site) -> None:
    response, _ = site.ask("/", Accept_Encoding="gzip")
    assert response.headers["Content-Encoding"] is None
