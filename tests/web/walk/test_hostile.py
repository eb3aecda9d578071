"""Whatever is sent, nothing breaks and no decision changes."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from assessment.engine.protocol import Protocol
from assessment.screening import Screening
from assessment.web.walk.cookie import Seal
from tests.web.client import LOCAL, Client
from tests.web.conftest import KEY, Clock

TIMES = 10_000
SEED = 20261123
ODD = [
    "", " ", "\x00", "\r\nSet-Cookie: a=b", "none", "not_sure", "me", "chest", "-1", "1e9", "NaN",
    "9" * 400, "é", "\u202e", "💥", "' OR 1=1 --", "{{7*7}}", "${7*7}", "<script>",
    "../../etc/passwd", "%00", "%ff%fe", "null", "true", "[]", "{}", "0x10", "٤٢", "a" * 3000,
    "\ufeff40", "__proto__",
    "answers", "constructor", "None", "not_sure,none", "fever", "somebody", "weeks", "40",
]  # fmt: skip
PATHS = [
    "/", "/questions/who", "/questions/age", "/questions/signs", "/questions/fever_days",
    "/questions/pain", "/questions/where", "/questions/lasted", "/questions/home", "/check",
    "/result", "/result.pdf", "/clear", "/guide/plan", "/guide/%2e%2e", "/questions/%00",
    "/questions/..%2f..", "/questions/" + "a" * 500, "/healthz", "/about", "/static/../app.py",
    "/static/%2e%2e/app.py", "/style-.css", "/robots.txt", "/QUESTIONS/who", "/result.pdf/x",
]  # fmt: skip
HEADERS = [
    "Host", "Origin", "Referer", "Accept-Encoding", "Accept-Language", "User-Agent", "Range",
    "Sec-Fetch-Site", "X-Forwarded-For", "Content-Type", "If-None-Match", "Cookie2", "Expect",
]  # fmt: skip
TYPES = [
    "application/x-www-form-urlencoded", "application/json", "text/plain", "", "x",
    "multipart/form-data", "multipart/form-data; boundary=x", "multipart/form-data; boundary=",
    "application/x-www-form-urlencoded; charset=utf-16",
]  # fmt: skip
Attack = Callable[[random.Random, FlaskClient, str], int]


def _query(dice: random.Random) -> str:
    return "&".join(f"{dice.choice(ODD)}={dice.choice(ODD)}" for _ in range(dice.randrange(3)))


def _reads(dice: random.Random, browser: FlaskClient, _: str) -> int:
    headers = {
        dice.choice(HEADERS): dice.choice(ODD).replace("\r", "").replace("\n", "")
        for _ in range(dice.randrange(3))
    }
    path = dice.choice(PATHS)
    return browser.get(path, query_string=_query(dice), headers=headers, base_url=LOCAL).status_code


def _forged(dice: random.Random, browser: FlaskClient, _: str) -> int:
    """Forms without the token, well formed or not."""
    form = {
        "csrf_token": dice.choice([*ODD, "x" * 22]),
        dice.choice(["answer", "answers", "answer[]", ""]): [
            dice.choice(ODD) for _ in range(dice.randrange(4))
        ],
    }
    return browser.post(dice.choice(PATHS), data=form, base_url=LOCAL).status_code


def _malformed(dice: random.Random, browser: FlaskClient, token: str) -> int:
    """Bodies that are no forms of ours, with the right token somewhere in them."""
    body = dice.choice(
        [
            dice.randbytes(dice.randrange(200)),
            f"csrf_token={token}".encode() + b"&answer=%ff" * dice.randrange(5),
            f"csrf_token={token}&answer=".encode() + dice.choice(ODD[:15]).encode(),
            b'--x\r\nContent-Disposition: form-data; name="answer"\r\n\r\nme\r\n--x--',
            b'--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\n1\r\n--x--',
            b"&" * dice.randrange(1000),
            b"a" * 40_000,
        ]
    )
    path = dice.choice([path for path in PATHS if path not in ("/", "/clear")])
    if b"answer" in body and dice.random() < 0.5:
        body = body.replace(b"answer", b"\x00answer")
    return browser.post(
        path, data=body, content_type=dice.choice(TYPES), base_url=LOCAL
    ).status_code


def _cookies(dice: random.Random, browser: FlaskClient, token: str) -> int:
    """Somebody else's browser, with a cookie made up from ours."""
    own = browser.get_cookie("answers", domain="127.0.0.1")
    value = "" if own is None else own.value
    place = dice.randrange(len(value) + 1)
    made_up = dice.choice(
        [
            value[:place] + dice.choice("AZaz09-_=") + value[place + 1 :],
            value[:place],
            value + value,
            dice.choice(ODD).replace("\r", "").replace("\n", ""),
            dice.randbytes(60).hex(),
        ]
    )
    if made_up == value:
        return 200
    other = browser.application.test_client(use_cookies=False)
    headers = {
        "Cookie": f"{dice.choice(['answers', '__Host-answers'])}={made_up}".encode(
            "latin-1", "replace"
        ).decode("latin-1")
    }
    if dice.random() < 0.5:
        form = {"csrf_token": token, "answer": "chest"}
        return other.post(
            dice.choice(PATHS[1:10]), data=form, headers=headers, base_url=LOCAL
        ).status_code
    response = other.get(dice.choice(PATHS[1:12]), headers=headers, base_url=LOCAL)
    assert response.status_code in (303, 400, 404), "what was made up opened something"
    return response.status_code


ATTACKS: list[Attack] = [_reads, _forged, _malformed, _cookies]


def test_nothing_that_is_sent_breaks_it_or_changes_a_decision(
    app: Flask, small: Protocol, clock: Clock
) -> None:
    dice = random.Random(SEED)
    client = Client(app)
    client.walk({"who": "me", "age": "40", "pain": "4", "lasted": "weeks", "where": "left_calf"})
    browser = client._client
    token = client.get("/result").token
    mine = client.cookies["answers"]
    seal = Seal(KEY, "answers", 3600, clock)
    screening = Screening(small)
    before = seal.open(mine)
    assert before is not None
    decision = screening.decide(screening.restore(before.answers))
    for number in range(TIMES):
        attack = dice.choice(ATTACKS)
        status = attack(dice, browser, token)
        assert status < 500, f"{attack.__name__}, number {number}"
        kept = client.cookies.get("answers")
        assert kept == mine, f"{attack.__name__}, number {number}, changed the answers"
    after = seal.open(client.cookies["answers"])
    assert after == before
    assert screening.decide(screening.restore(after.answers)) == decision
    assert client.get("/result").heading == "See a certified therapist"


@pytest.mark.parametrize("field", ["answer", "csrf_token"])
def test_a_field_sent_twice_is_not_taken_twice(client: Client, field: str) -> None:
    path = client.start().goes_to
    form = {"csrf_token": client.get(path).token, "answer": "me"}
    page = client.post(path, {**form, field: [form[field], "somebody"]})
    assert page.status == (422 if field == "answer" else 303)
