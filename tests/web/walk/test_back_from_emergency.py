"""Whoever undoes an answer that meant emergency help is told so, and can go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.protocols.load import load_protocol
from tests import tiny
from tests.conftest import ROOT
from tests.web.client import Client, Given, Page
from tests.web.conftest import MakeClient
from tests.web.walk.test_start import NEW

TOLD = "One of your earlier answers meant: get emergency help now."
GATED = """
- id: gate
  type: choice
  ask: Is anything else wrong?
  short: Else
  options:
    - {id: something, label: "Yes"}
    - {id: nothing, label: "No"}
- id: sign
  type: choices
  ask: Which of these?
  short: Signs
  options:
    - {id: chest, label: Chest pain, says: chest pain, safety: emergency, evidence: [T1]}
    - {id: cough, label: A cough}
  none: true
  enable_when: {gate: something}
- id: rest
  type: choice
  ask: Does rest help?
  short: Rest
  options:
    - {id: helps, label: "Yes"}
    - {id: does_not, label: "No"}
"""
RULES = """
rules:
  - {id: chest, when: {sign: chest}, recommend: emergency, because: Chest., evidence: [T1]}
  - {id: cough, when: {sign: cough}, recommend: medical_clearance_first, because: Cough., evidence: [T1]}
  - {id: rest, when: {rest: helps}, recommend: self_care, because: Rest helps., evidence: [T1]}
  - {id: no_rest, when: {rest: does_not}, recommend: medical_clearance_first, because: No rest., evidence: [T1]}
"""  # noqa: E501  rules on one line
SAFETY = """
- {id: asked, promise: Chest pain is asked about., when: {gate: something}, asked: [sign.chest], evidence: [T1]}
"""  # noqa: E501  a promise on one line
EMERGENCY = "Call for help now."


@pytest.fixture
def phone(make_client: MakeClient, tmp_path: Path) -> Client:
    """Somebody who reads that their answers are an emergency."""
    phone = make_client(tiny.load(tmp_path, questions=GATED, rules=RULES, safety=SAFETY))
    path = phone.start().goes_to
    for value in ("something", "chest"):
        path = phone.answer(path, value).goes_to
    assert path == "/result"
    assert phone.get("/result").heading == EMERGENCY
    return phone


def tells(page: Page) -> bool:
    """Whether a page says it, with a number to press; both or neither."""
    notices = [one for one in page.all("p", class_="notice was") if TOLD in page.text]
    assert (TOLD in page.text) is bool(notices)
    if notices:
        assert "Your answers have changed since." in page.text
        assert "If you are not sure, call" in page.text
        assert "tel:112" in page.links
    return bool(notices)


@pytest.mark.parametrize(("name", "value"), [("gate", "nothing"), ("sign", "none")])
def test_the_next_pages_and_the_result_say_so(phone: Client, name: str, value: str) -> None:
    there = phone.answer(f"/questions/{name}", value).goes_to
    assert there == "/questions/rest"
    assert tells(phone.get(there))
    assert tells(phone.get("/questions/gate")), "on every page from there on"
    there = phone.answer(there, "helps").goes_to
    assert there in ("/result", "/check"), "whoever made a slip goes on"
    result = phone.get("/result")
    assert result.heading == "Look after it."
    assert tells(result)
    assert tells(phone.get("/check"))


def test_nothing_of_it_stands_on_the_way_to_the_slip_or_on_the_emergency_itself(
    phone: Client,
) -> None:
    assert not tells(phone.get("/questions/sign")), "nothing is changed yet"
    phone.answer("/questions/sign", "none")
    assert tells(phone.get("/questions/rest"))
    phone.answer("/questions/sign", "chest")
    again = phone.get("/result")
    assert again.heading == EMERGENCY
    assert not tells(again)


def test_it_is_forgotten_with_the_walk(phone: Client) -> None:
    phone.answer("/questions/gate", "nothing")
    token = phone.get("/").token
    phone.post("/", {"csrf_token": token})
    assert not tells(phone.get("/questions/gate"))
    phone.answer("/questions/gate", "nothing")
    assert not tells(phone.get("/questions/rest"))


def test_other_changes_say_nothing_of_it(make_client: MakeClient, tmp_path: Path) -> None:
    phone = make_client(tiny.load(tmp_path, questions=GATED, rules=RULES, safety=SAFETY))
    path = phone.start().goes_to
    for value in ("something", "none"):
        path = phone.answer(path, value).goes_to
    assert not tells(phone.get(path))
    phone.answer(path, "helps")
    phone.answer("/questions/sign", "cough")
    assert not tells(phone.get("/result"))


def test_a_page_that_was_kept_for_others_says_nothing_of_it(phone: Client) -> None:
    """Blank pages are kept for everybody who comes the same way."""
    phone.answer("/questions/gate", "nothing")
    assert tells(phone.get("/questions/rest"))
    phone.post("/clear", {"csrf_token": phone.get("/questions/rest").token})
    path = phone.start().goes_to
    path = phone.answer(path, "nothing").goes_to
    assert path == "/questions/rest"
    assert not tells(phone.get(path))


def private_walk(make_client: MakeClient, **given: Given) -> Client:
    """Somebody at a result that offers the private question."""
    phone = make_client(load_protocol(NEW))
    walk = {"where": "neck_back", "signs": "none", "feel": "knot", **given}
    assert phone.walk(walk, phone.post("/", {"who": "me"}).goes_to) == "/result"
    return phone


def test_a_private_emergency_that_is_taken_back_leaves_no_trace(make_client: MakeClient) -> None:
    """Whoever looks over a shoulder must not learn that it was ever ticked."""
    phone, other = private_walk(make_client), private_walk(make_client)
    phone.answer("/questions/private", "act")
    assert not tells(phone.get("/result"))
    for one in (phone, other):
        one.answer("/questions/private", "none")
    for path in ("/result", "/check", "/questions/where"):
        page = phone.get(path)
        assert not tells(page), path
        assert page.text == other.get(path).text, path


def test_an_emergency_that_others_may_see_is_told_though_a_private_one_stands_beside_it(
    make_client: MakeClient,
) -> None:
    phone = private_walk(make_client)
    phone.answer("/questions/private", "act")
    phone.answer("/questions/signs", "chest")
    phone.answer("/questions/signs", "none")
    phone.answer("/questions/private", "none")
    assert tells(phone.get("/result"))


def test_it_is_not_printed() -> None:
    printed = (ROOT / "static" / "style.css").read_text("utf-8").partition("@media print")[2]
    hidden = printed.partition("{ display: none; }")[0].rpartition("}")[2]
    assert ".was" in [name.strip() for name in hidden.split(",")]
