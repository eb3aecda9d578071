"""A case walked in the browser: `assessment serve --case FILE`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from assessment.engine.protocol import Protocol
from assessment.protocols.given import GivenCase, read_cases
from assessment.web.factory import make_app
from assessment.web.listening import CannotStart
from assessment.web.serve import load_app, main
from assessment.web.server.settings import read_settings
from assessment.web.walk.services import Offered
from tests.conftest import ROOT
from tests.web.client import Client
from tests.web.conftest import KEY, PUBLIC, SMALL, Clock, waived
from tests.web.test_serve import environment

WEEKS = {
    "who": "me",
    "age": 40,
    "signs": ["none"],
    "pain": 4,
    "where": ["neck_back"],
    "lasted": "weeks",
    "home": ["none"],
}
FOUND = """
- id: found_one
  title: "Found by the proof. <Chest & pain>"
  answers: {who: me, age: not_sure, signs: [chest]}
  expected: emergency
- id: found_two
  title: Found by the proof, too.
  answers: {who: somebody, age: 12}
  expected: medical_clearance_first
"""

Walker = Callable[[str, str], Client]


@pytest.fixture
def walker(tmp_path: Path, small: Protocol, clock: Clock) -> Walker:
    """Give a client of a server that was started with this file."""

    def make(name: str, content: str) -> Client:
        file = tmp_path / name
        file.write_text(content, encoding="utf-8")
        offered = Offered(cases=read_cases(file, small))
        return Client(make_app(read_settings(), small, KEY, clock, offered))

    return make


def walk_case(client: Client, case: str) -> str:
    return client.post("/case", {"csrf_token": client.get("/").token, "case": case}).goes_to


def test_answers_in_json_are_walked_from_the_first_page(walker: Walker) -> None:
    client = walker("found.json", json.dumps(WEEKS))
    start = client.get("/")
    assert "Walk this case" in start.text
    assert "found.json" in start.text
    assert walk_case(client, "answers") == "/result"
    assert "Two to six weeks" in client.get("/check").text
    assert client.get("/questions/pain").ticked == ["4"]
    assert client.get("/result").heading == "See a certified therapist"


def test_one_of_several_saved_cases_is_chosen(walker: Walker) -> None:
    client = walker("found.yaml", FOUND)
    start = client.get("/")
    assert [one.get("value") for one in start.all("option")] == ["found_one", "found_two"]
    assert start.all("option")[0].text == "Found by the proof. <Chest & pain>"
    assert walk_case(client, "found_one") == "/result"
    assert client.get("/result").heading == "Call an ambulance now"
    assert walk_case(client, "found_two") == "/questions/signs"
    assert client.get("/questions/age").ticked[0] == "12"


def test_the_answers_can_be_changed_on_the_way(walker: Walker) -> None:
    client = walker("found.json", json.dumps(WEEKS))
    walk_case(client, "answers")
    assert client.answer("/questions/lasted", "days").goes_to == "/result"
    assert client.get("/result").heading == "Look after it yourself for now"


def test_the_answers_are_in_no_address_and_not_on_the_first_page(walker: Walker) -> None:
    client = walker("found.json", json.dumps(WEEKS))
    start = client.get("/")
    assert "neck_back" not in start.html
    assert "weeks" not in start.html
    assert walk_case(client, "answers") == "/result"
    assert client.get("/case").status in (404, 405)
    assert client.get("/case?case=answers").status in (404, 405)


def test_answers_given_are_replaced_only_by_a_form_that_was_made_for_them(walker: Walker) -> None:
    client = walker("found.json", json.dumps(WEEKS))
    client.answer(client.start().goes_to, "somebody")
    page = client.post("/case", {"csrf_token": "another", "case": "answers"})
    assert page.status == 400
    assert "earlier answers are still here" in page.text
    assert client.get("/questions/who").ticked == ["somebody"]
    assert walk_case(client, "answers") == "/result"


def test_another_site_cannot_start_a_case(walker: Walker) -> None:
    client = walker("found.json", json.dumps(WEEKS))
    assert client.post("/case", {"case": "answers"}, Sec_Fetch_Site="cross-site").status == 400
    assert client.cookies == {}


@pytest.mark.parametrize("data", [{}, {"case": "other"}, {"case": "../answers"}])
def test_a_case_that_is_not_there_is_refused(walker: Walker, data: dict[str, str]) -> None:
    client = walker("found.json", json.dumps(WEEKS))
    token = client.get("/").token
    assert client.post("/case", {"csrf_token": token, **data}).status == 400
    assert client.cookies == {}


def test_without_a_case_there_is_nothing_to_walk(client: Client) -> None:
    assert "Walk this case" not in client.get("/").text
    assert client.post("/case", {"case": "answers"}).status == 404


def test_only_local_mode_walks_cases(tmp_path: Path, small: Protocol) -> None:
    file = tmp_path / "found.json"
    file.write_text(json.dumps(WEEKS), encoding="utf-8")
    folder = str(waived(tmp_path))
    public = read_settings(public_url=PUBLIC, proxy_hops=0, instance=tmp_path, protocol=folder)
    with pytest.raises(CannotStart, match="only in local mode") as stopped:
        load_app(public, file)
    assert stopped.value.status == 2
    cases = (GivenCase("one", "One", {}),)
    with pytest.raises(ValueError, match="local mode only"):
        make_app(public, small, KEY, offered=Offered(cases=cases))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("{", "no JSON"),
        ('{"who": "nobody"}', "`who`: unknown `nobody`; expected me, somebody"),
        ("[]", "holds no case"),
        ("- {id: a, title: A, answers: {who: nobody}, expected: emergency}", "bad-case"),
        ("- {id: a, title: A, answers: {}}", "missing-key"),
        ("a: [", "not-yaml"),
        ("\x00", "not-yaml"),
        ("{" + " " * 1_000_001, "too large"),
    ],
)
def test_a_file_that_holds_no_answers_stops_the_start(
    tmp_path: Path, content: str, says: str
) -> None:
    file = tmp_path / "found"
    file.write_text(content, encoding="utf-8")
    settings = read_settings(instance=tmp_path / "instance", protocol=str(SMALL))
    with pytest.raises(CannotStart) as stopped:
        load_app(settings, file)
    assert stopped.value.status == 2
    assert str(stopped.value).startswith("--case: ")
    assert says in str(stopped.value)


def test_a_file_that_cannot_be_read_stops_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    (tmp_path / "bytes").write_bytes(b"\xff\xfe{}")
    assert main(tmp_path / "bytes") == 2
    assert main(tmp_path / "nowhere") == 2
    said = capsys.readouterr().err
    assert "is not text in UTF-8" in said
    assert "No such file" in said
    assert "Traceback" not in said


def test_the_command_serves_a_case(tmp_path: Path) -> None:
    file = tmp_path / "found.json"
    file.write_text(json.dumps(WEEKS), encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "assessment.cli", "serve", "--case", str(file)],
        cwd=ROOT, env=environment(tmp_path, PORT="0"), text=True, stdout=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[2]
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        form = urllib.parse.urlencode({"case": "answers"}).encode()
        with opener.open(address + "case", data=form) as response:
            assert response.url == address + "result"
            assert b"Two to six weeks" in response.read()
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(15)
        if process.stdout is not None:
            process.stdout.close()
