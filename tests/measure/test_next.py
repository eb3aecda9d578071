"""`assessment next`: the next page as a person sees it, and nothing of how it was chosen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from assessment.cli import main
from tests import tiny
from tests.measure import small

START = """
- id: who
  type: choice
  optional: true
  ask: Who is this for?
  short: For whom
  options:
    - {id: me, label: For me}
    - {id: someone, label: For somebody else}
"""
STARTED = f"{tiny.PROTOCOL}carer_when: {{who: someone}}\nstart_asks: who\nminutes: 3\n"
SPOKEN = tiny.QUESTIONS.replace(
    "ask: How bad is it?",
    "ask: {text: How bad is it?, carer: How bad is it for them?}\n  why: For the therapist.\n"
    "  hint: At its worst.",
)
SECRETS = ("safety", "evidence", "enable_when", "why", "red_flag", "therapist", "emergency")


@pytest.fixture
def folder(tmp_path: Path) -> str:
    tiny.load(tmp_path, protocol=STARTED, questions=START + SPOKEN, rules=small.RULES)
    return str(tmp_path)


def told(folder: str, answers: dict[str, object], *words: str) -> str:
    command = ["next", folder, "--answers", "-", *words]
    result = CliRunner().invoke(main, command, input=json.dumps(answers))
    assert result.exit_code == 0, result.output
    return result.output


def page(folder: str, **answers: object) -> dict[str, object]:
    read: dict[str, object] = json.loads(told(folder, answers, "--json"))
    return read


def test_without_answers_it_is_the_start_page_with_its_two_buttons(folder: str) -> None:
    start = page(folder)
    assert (start["page"], start["id"]) == ("start", "who")
    assert start["options"] == [
        {"id": "me", "label": "For me"},
        {"id": "someone", "label": "For somebody else"},
    ]
    texts = start["texts"]
    assert isinstance(texts, list)
    assert "This is not a diagnosis." in texts
    assert "About 3 minutes." in texts


def test_then_each_question_comes_with_all_that_is_seen_and_nothing_else(folder: str) -> None:
    assert page(folder, who="me", flag="absent") == {
        "page": "question",
        "id": "signs",
        "ask": "Which of these?",
        "hint": None,
        "type": "choices",
        "options": [{"id": one, "label": one.upper(), "hint": None} for one in "abc"],
        "none": "None of these",
        "not_sure": "Not sure",
        "bounds": None,
        "disclaimer": "This is not a diagnosis.",
    }


def test_somebody_else_is_spoken_of_as_they(folder: str) -> None:
    asked = {"flag": "absent", "signs": ["none"]}
    assert page(folder, who="me", **asked)["ask"] == "How bad is it?"
    assert page(folder, who="someone", **asked)["ask"] == "How bad is it for them?"
    assert page(folder, who="me", **asked)["bounds"] == {
        "minimum": 0,
        "maximum": 10,
        "low": None,
        "high": None,
        "unit": None,
    }


def test_when_all_is_answered_it_is_the_result_alone(folder: str) -> None:
    result = page(folder, who="me", flag="absent", signs=["none"], pain=2, duration="days")
    assert result == {
        "page": "result",
        "call": [],
        "headline": "Look after it.",
        "do_now": ["Rest."],
        "sooner": [],
        "support": [],
        "disclaimer": "This is not a diagnosis.",
    }


def test_an_emergency_is_the_result_at_once_with_the_numbers(folder: str) -> None:
    result = page(folder, who="me", flag="red")
    assert (result["page"], result["headline"]) == ("result", "Call for help now.")
    assert "112" in str(result["call"])


@pytest.mark.parametrize("answers", [{}, {"who": "me"}, {"who": "me", "flag": "absent"}])
def test_no_page_tells_a_rule_or_what_an_option_leads_to(
    folder: str, answers: dict[str, object]
) -> None:
    for output in (told(folder, answers, "--json"), told(folder, answers)):
        assert not [word for word in SECRETS if f"{word}:" in output or f'"{word}"' in output]
        assert "For the therapist" not in output


def test_for_a_reader_each_answer_stands_behind_its_id(folder: str) -> None:
    lines = told(folder, {"who": "me", "flag": "absent"}).splitlines()
    assert lines[0] == "Which of these?"
    assert "  a: A" in lines
    assert "  none: None of these" in lines
    assert lines[-1] == 'Answer with {"signs": ...}'
    assert "In an emergency, call" in told(folder, {}).splitlines()[1]
    assert "  0 to 10: " in told(folder, {"who": "me", "flag": "absent", "signs": ["none"]})


def test_going_on_leads_from_the_start_to_the_result(folder: str) -> None:
    """Each answer is added under the id of its page."""
    answers: dict[str, object] = {}
    for _ in range(20):
        shown = page(folder, **answers)
        if shown["page"] == "result":
            break
        options = shown["options"]
        assert isinstance(options, list)
        answers[str(shown["id"])] = options[-1]["id"] if options else 3
        if shown.get("none"):
            answers[str(shown["id"])] = ["none"]
    assert list(answers) == ["who", "flag", "signs", "pain", "duration"]


def test_an_answer_that_is_none_is_said_in_one_line(folder: str) -> None:
    command = ["next", folder, "--answers", "-", "--json"]
    result = CliRunner().invoke(main, command, input='{"flag": "blue"}')
    assert (result.exit_code, result.output.count("\n")) == (2, 1)
