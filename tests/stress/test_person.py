"""What the people of the stress tests want must be there: a stale name is no answer."""

from __future__ import annotations

import random

import pytest

from assessment.protocols.load import find_protocol, load_protocol
from tests.stress import person as people
from tests.stress.person import Patience, Person, emergency
from tests.stress.phone import Filled, Phone, Reply

FORM = """<form method="post">
<input type="checkbox" name="answer" value="chest">
<input type="checkbox" name="answer" value="none">
</form>"""


class OneQuestion(Phone):
    """A site with one question, that then ends."""

    def get(self, path: str) -> Reply:
        return Reply(path, 200, {}, FORM, 0.0)

    def post(self, path: str, values: Filled) -> Reply:
        return Reply(path, 303, {"location": "/result"}, "", 0.0)


def walk(**wanted: str | list[str]) -> str:
    person = Person(OneQuestion(0), random.Random(1))
    return person.walk("/questions/signs", **wanted)


def test_what_is_offered_is_answered() -> None:
    assert walk(signs=["chest"]) == "/result"


def test_an_answer_that_is_not_offered_is_noticed() -> None:
    with pytest.raises(AssertionError, match=r"signs offers \['chest', 'none'\], not \['heart'\]"):
        walk(signs=["heart"])


def test_an_answer_to_a_question_that_is_never_asked_is_noticed() -> None:
    with pytest.raises(AssertionError, match=r"never asked: .*danger"):
        walk(signs=["chest"], danger=["chest"])


def test_an_emergency_is_found_in_the_shipped_protocol() -> None:
    protocol = load_protocol(find_protocol("muscle_pain"))
    question, option = emergency(protocol)

    assert option in protocol.question[question].values


def test_only_the_time_in_which_somebody_listens_takes_patience(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0.0]
    monkeypatch.setattr("tests.stress.person.time.monotonic", lambda: now[0])
    patience = Patience()
    now[0] = 2 * people.PATIENCE
    assert patience.lasts(refused=True)
    now[0] += people.PATIENCE - 1
    assert patience.lasts(refused=False)
    now[0] += 1
    assert not patience.lasts(refused=False)


def test_nobody_waits_for_ever_for_a_server_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("tests.stress.person.time.monotonic", lambda: now[0])
    patience = Patience()
    now[0] = people.LONGEST
    assert not patience.lasts(refused=True)
