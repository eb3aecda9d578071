"""What a result tells of signs that this walk did not ask about."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.engine.questions import Safety
from assessment.protocols.load import load_protocol
from assessment.screening import Screening
from assessment.web.walk.not_asked_view import MOST_OPEN, not_asked_page
from tests.web.client import Client, text_of
from tests.web.conftest import MakeClient
from tests.web.walk.test_start import NEW

NECK = {"age": 40, "where": ["neck_back"], "signs": ["none"], "feel": ["knot"]}


@pytest.fixture(scope="module")
def screening() -> Screening:
    return Screening(load_protocol(NEW))


def not_asked(screening: Screening, **answers: object) -> dict[Safety, tuple[str, ...]]:
    return screening.not_asked(screening.restore({**NECK, **answers}))


def test_every_sign_that_was_not_asked_is_told_by_what_it_calls_for(screening: Screening) -> None:
    assert not_asked(screening) == {
        Safety.EMERGENCY: ("a cold leg", "a stiff neck with fever"),
        Safety.URGENT: ("a swollen calf",),
        Safety.NO_DEEP: ("a sore scalp",),
    }


def test_what_was_asked_is_not_told_whatever_the_answer_was(screening: Screening) -> None:
    told = not_asked(screening, where=["left_calf"], legs=["none"], signs=["fever"], head=["none"])
    assert told == {}


def test_what_the_walk_left_out_because_it_could_not_matter_is_told(screening: Screening) -> None:
    told = not_asked(screening, where=["left_calf"], signs=["fever"], legs=["swollen"])
    assert told[Safety.EMERGENCY] == ("a stiff neck with fever",)


def test_signs_of_the_places_where_it_hurts_come_first(tmp_path: Path) -> None:
    for name in NEW.iterdir():
        text = name.read_text("utf-8")
        if name.name == "questions.yaml":
            near = "{signs: fever, where: neck_back}"
            text = text.replace("enable_when: {signs: fever}", f"enable_when: {near}")
        (tmp_path / name.name).write_text(text, "utf-8")
    told = not_asked(Screening(load_protocol(tmp_path)))
    assert told[Safety.EMERGENCY] == ("a stiff neck with fever", "a cold leg")


def test_a_private_sign_is_never_among_them(screening: Screening) -> None:
    everything = [line for lines in not_asked(screening).values() for line in lines]
    assert not [line for line in everything if "thoughts" in line]


def test_the_lines_of_an_unsure_list_are_not_told_twice(screening: Screening) -> None:
    told = not_asked(screening, signs=["not_sure"], signs__chest="no", signs__fever="no")
    assert "chest pressure" not in told[Safety.EMERGENCY]


def test_ten_emergencies_stand_open_and_the_rest_is_a_press_away() -> None:
    signs = {
        Safety.EMERGENCY: tuple(f"sign {number}" for number in range(12)),
        Safety.URGENT: ("a swollen calf",),
    }
    page = not_asked_page(signs, None, "they")
    assert page is not None
    assert page.open is not None
    assert page.open.heading == "Call an emergency number now if they have"
    assert page.open.lines == signs[Safety.EMERGENCY][:MOST_OPEN]
    assert [one.lines for one in page.rest] == [("sign 10", "sign 11"), ("a swollen calf",)]
    assert [line for one in page.groups for line in one.lines][-1] == "a swollen calf"


def test_where_everything_was_asked_nothing_is_told() -> None:
    assert not_asked_page({}, None, "you") is None


def test_the_result_shows_them_open_and_behind_a_press(make_client: MakeClient) -> None:
    client = make_client(load_protocol(NEW))
    walk(client)
    missed = client.get("/result").one("section", class_="missed")
    behind = text_of(next(iter(missed.iter("details"))))
    shown = text_of(missed).replace(behind, "")
    assert "We left these out. Get help if you have one of them." in shown
    assert "a cold leg a stiff neck with fever" in shown
    assert "See a doctor today if you have a swollen calf" in behind


def test_an_emergency_speaks_of_nothing_but_help(make_client: MakeClient) -> None:
    client = make_client(load_protocol(NEW))
    walk(client, signs="chest")
    assert "stiff neck" not in client.get("/result").text


def walk(client: Client, **given: str) -> None:
    token = client.get("/").token
    first = client.post("/", {"csrf_token": token, "who": "me"}).goes_to
    assert client.walk({"where": "neck_back", "feel": "knot", **given}, first) == "/result"
