"""The gate: headers on everything, and requests that are refused."""

from __future__ import annotations

import pytest

from tests.web.client import Client
from tests.web.conftest import PUBLIC, MakeClient

FORWARDED = {
    "Forwarded": "for=1.2.3.4",
    "X-Forwarded-For": "1.2.3.4",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Prefix": "/x",
    "X-Real-Ip": "1.2.3.4",
}


def every_answer(client: Client) -> list[int]:
    """Look at one response of each kind; the client checks their headers."""
    pages = [
        client.get("/"),
        client.get("/nope"),
        client.post("/about"),
        client.post("/questions/who"),
        client.start(),
        client.post("/questions/who", {"x": "y" * 40_000}),
        client.get("/robots.txt"),
        client.get("/healthz"),
        client.get("/favicon.ico"),
    ]
    return [page.status for page in pages]


def test_every_response_carries_the_headers(make_client: MakeClient) -> None:
    assert every_answer(make_client()) == [200, 404, 405, 400, 303, 413, 200, 200, 303]


def test_https_is_demanded_for_two_years_once_public(make_client: MakeClient) -> None:
    client = make_client(public_url=PUBLIC, proxy_hops=0)
    for path in ("/", "/nope", "/result", "/healthz"):
        header = client.get(path).response.headers["Strict-Transport-Security"]
        assert header == "max-age=63072000; includeSubDomains"
    assert "Strict-Transport-Security" not in make_client().get("/").response.headers


@pytest.mark.parametrize("name", FORWARDED)
def test_local_mode_refuses_whatever_was_forwarded(client: Client, name: str) -> None:
    assert client.get("/", **{name: FORWARDED[name]}).status == 400


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("127.0.0.1", 200),
        ("127.0.0.9:1", 200),
        ("localhost:8000", 200),
        ("LOCALHOST", 200),
        ("[::1]:8000", 200),
        ("[::1]", 200),
        ("evil.example", 400),
        ("127.0.0.1.evil.example", 400),
        ("localhost.evil.example:8000", 400),
        ("192.168.1.1:8000", 400),
        ("0.0.0.0:8000", 400),
        ("127.0.0.1:x", 400),
        ("127.0.0.1:", 400),
        ("", 400),
        ("a b", 400),
        ("é", 400),
    ],
)
def test_local_mode_answers_to_this_machine_only(client: Client, host: str, status: int) -> None:
    assert client.get("/", Host=host).status == status


def test_a_public_site_answers_to_its_own_name_only(make_client: MakeClient) -> None:
    client = make_client(public_url=PUBLIC, proxy_hops=0)
    assert client.get("/").status == 200
    assert client.get("/", Host="clinic.example:443").status == 200
    assert client.get("/", Host="CLINIC.example").status == 200
    for host in ("127.0.0.1", "evil.example", "clinic.example:8080", "clinic.example.evil.example"):
        assert client.get("/", Host=host).status == 400


def test_a_proxy_may_forward_the_name_when_it_is_counted(make_client: MakeClient) -> None:
    client = make_client(public_url=PUBLIC, proxy_hops=1)
    assert client.get("/", Host="inside", X_Forwarded_Host="clinic.example").status == 200
    assert client.get("/", Host="inside", X_Forwarded_Host="evil.example").status == 400
    uncounted = make_client(public_url=PUBLIC, proxy_hops=0)
    assert uncounted.get("/", Host="inside", X_Forwarded_Host="clinic.example").status == 400


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec_Fetch_Site": "cross-site"}, 400),
        ({"Sec_Fetch_Site": "same-site"}, 400),
        ({"Sec_Fetch_Site": "same-origin", "Origin": "null"}, 303),
        ({"Sec_Fetch_Site": "none"}, 303),
        ({"Origin": "https://evil.example"}, 400),
        ({"Origin": "http://127.0.0.1:9"}, 400),
        ({"Origin": "http://127.0.0.1:8000"}, 303),
        ({"Origin": "null"}, 303),
        ({}, 303),
    ],
)
def test_another_site_cannot_start_a_walk(
    client: Client, headers: dict[str, str], status: int
) -> None:
    assert client.post("/", None, **headers).status == status


def test_a_public_site_takes_forms_of_its_own_origin(make_client: MakeClient) -> None:
    client = make_client(public_url=PUBLIC, proxy_hops=0)
    assert client.post("/", Origin=PUBLIC).status == 303
    assert client.post("/", Origin="https://evil.example").status == 400


def test_no_form_of_an_answer_is_taken_without_its_token(client: Client) -> None:
    client.start()
    for form in (
        {"answer": "me"},
        {"answer": "me", "csrf_token": ""},
        {"answer": "me", "csrf_token": "x" * 22},
    ):
        page = client.post("/questions/who", form)
        assert page.status == 400
        assert "Set-Cookie" not in page.response.headers
    assert client.get("/questions/age").goes_to == "/questions/who"


def test_nothing_but_get_and_post_is_answered(client: Client) -> None:
    for method in ("put", "delete", "patch", "options", "trace"):
        response = client._client.open("/", method=method.upper(), base_url="http://127.0.0.1")
        assert response.status_code == 405, method
    response = client._client.head("/", base_url="http://127.0.0.1")
    assert (response.status_code, response.data) == (200, b"")


def test_long_requests_are_refused_kindly(client: Client) -> None:
    client.start()
    page = client.post("/questions/who", {"answer": "x" * 1_000_000})
    assert page.status == 413
    assert "Nothing is lost" in page.text


def test_pages_are_packed_for_who_takes_it_and_forms_are_not(client: Client) -> None:
    client.walk({})
    plain = client.get("/questions/where").response
    packed = client.get("/questions/where", Accept_Encoding="br, gzip").response
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert len(packed.data) < len(plain.data) / 2
    client.start()
    wrong = client._client.post(
        "/questions/who", base_url="http://127.0.0.1", headers={"Accept-Encoding": "gzip"}
    )
    assert "Content-Encoding" not in wrong.headers


def test_starts_are_slowed_down_and_answers_never(make_client: MakeClient) -> None:
    client = make_client(starts_per_hour=3)
    client.answer(client.start().goes_to, "me")
    for _ in range(2):
        assert client.post("/", {"csrf_token": client.get("/").token}).status == 303
    slowed = client.post("/", {"csrf_token": client.get("/").token})
    assert slowed.status == 429
    assert slowed.response.headers["Retry-After"] == "3600"
    assert "ask a doctor today" in slowed.text
    assert client.walk({"signs": "chest"}, "/questions/who") == "/result"
    for _ in range(20):
        assert client.get("/result").status == 200


def test_behind_a_counted_proxy_each_address_counts_for_itself(make_client: MakeClient) -> None:
    client = make_client(public_url=PUBLIC, proxy_hops=1, starts_per_hour=1)
    assert client.post("/", X_Forwarded_For="9.9.9.9, 1.1.1.1").status == 303
    client.forget()
    assert client.post("/", X_Forwarded_For="8.8.8.8, 1.1.1.1").status == 429
    assert client.post("/", X_Forwarded_For="9.9.9.9, 2.2.2.2").status == 303
