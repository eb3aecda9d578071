"""That a sign is asked: what counts as asked, and what is due without it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from assessment.engine.conditions import Operator, Test
from assessment.engine.decision import Engine
from assessment.engine.protocol import Recommend
from assessment.proof.asked import Asking
from assessment.proof.prove import prove
from assessment.proof.report import Code, Failure, Kind
from assessment.proof.save import save_cases
from assessment.proof.words import failure_in_words
from assessment.proof.workbench import Workbench
from assessment.protocols.diagnostics import BrokenProtocol
from assessment.protocols.load import load_protocol
from tests.proof.proven import Change, load

PROMISE = "- {id: asked, promise: It is asked., when: {when}, asked: [{signs}]}"
HIDDEN = "enable_when: {signs: a}"
KEPT: Change = (
    "safety",
    "",
    "\n- {id: kept, promise: It is asked., when: {signs: a, more: lots}, asked: [signs, more]}\n",
)
"""A promise that holds of whoever is asked anyway: `check` wants one of each sign."""


def failures(folder: Path, when: str, signs: str, *changes: Change) -> list[Failure]:
    promise = PROMISE.replace("{when}", when).replace("{signs}", signs)
    report = prove(Engine(load(folder, ("safety", "", promise), *changes)))
    return [one for one in report.failures if one.code is Code.SIGN_NOT_ASKED]


def tagged(tag: str) -> Change:
    return "questions", "label: Lots}", f"label: Lots, safety: {tag}}}"


def test_a_sign_on_a_page_shown_is_asked(tmp_path: Path) -> None:
    assert failures(tmp_path, "{signs: a}", "more.lots, more.little, signs.c") == []


def test_a_sign_behind_a_closed_gate_is_not(tmp_path: Path) -> None:
    [found] = failures(tmp_path, "{duration: months}", "signs.c, more.lots")

    assert found.subject == "asked: more.lots"
    assert found.says == (
        "Everybody must be asked about “More: Lots”, or at least be told to see a doctor or "
        "physiotherapist before any massage. Some are not."
    )
    assert found.witness is not None
    assert "more" not in found.witness.answers
    assert found.witness.answers["duration"] == "months"
    assert not found.witness.decision.recommend.is_medical


@pytest.mark.parametrize("flag", ["red", "amber"])
def test_help_that_is_due_makes_up_for_a_sign_that_is_not_asked(tmp_path: Path, flag: str) -> None:
    assert failures(tmp_path, f"{{flag: {flag}}}", "more.lots") == []


@pytest.mark.parametrize(
    ("tag", "flag", "fails"),
    [
        ("emergency", "red", False),
        ("emergency", "amber", True),
        ("urgent", "red", False),
        ("urgent", "amber", True),
        ("clearance", "amber", False),
        ("clearance", "absent", True),
        ("no_deep", "amber", False),
        ("no_deep", "absent", True),
    ],
)
def test_the_walk_may_end_without_a_sign_at_the_tier_of_its_tag(
    tmp_path: Path, tag: str, flag: str, fails: bool
) -> None:
    sure = ("questions", "  not_sure: true\n- id: signs", "- id: signs")
    found = failures(tmp_path, f"{{flag: {flag}}}", "more.lots", tagged(tag), sure)
    assert bool(found) is fails


def test_whoever_is_not_sure_is_asked_as_well(tmp_path: Path) -> None:
    """A red flag is an emergency without more questions; perhaps one is a doctor today."""
    [found] = failures(tmp_path, "{flag: red}", "more.lots", tagged("emergency"))

    assert found.witness is not None
    assert found.witness.answers["flag"] == "not_sure"


@pytest.mark.parametrize("gate", ["signs.a", "signs.not_sure", "signs"])
def test_a_gate_is_as_urgent_as_what_it_opens(tmp_path: Path, gate: str) -> None:
    """An amber flag ends the walk at urgency 1, with the gate on no page: too low for its sign."""
    closed = ("questions", "short: Signs", "short: Signs\n  enable_when: {flag: [red, absent]}")

    assert failures(tmp_path, "{pain: {at_least: 0}}", gate, closed) == []

    [found] = failures(tmp_path, "{pain: {at_least: 0}}", gate, closed, tagged("urgent"), KEPT)
    assert "or at least be told to speak to a doctor today" in found.says
    assert found.subject == f"asked: {gate}"


def test_a_number_is_promised_by_its_question(tmp_path: Path) -> None:
    assert failures(tmp_path, "{duration: months}", "pain") == []

    hidden = ("questions", "short: Pain", "short: Pain\n  enable_when: {flag: absent}")
    opens = ("questions", HIDDEN, "enable_when: {pain: {at_least: 3}}")
    [found] = failures(
        tmp_path, "{duration: months}", "pain", hidden, opens, tagged("urgent"), KEPT
    )
    assert found.says == (
        "Everybody must be asked about “Pain”, or at least be told to speak to a doctor today. "
        "Some are not."
    )


CLOSED: Change = ("questions", "short: Pain", "short: Pain\n  enable_when: {flag: [red, absent]}")


@pytest.mark.parametrize(
    ("urgency", "fails"),
    [("emergency", True), ("urgent_medical", True), ("medical_clearance_first", False)],
)
def test_a_sign_without_a_tag_is_as_urgent_as_the_promises_that_read_it(
    tmp_path: Path, urgency: str, fails: bool
) -> None:
    """An amber flag is only seen first; pain that nobody asked about could have meant more."""
    more = ("safety", "urgency_at_least: urgent_medical", f"urgency_at_least: {urgency}")
    found = failures(tmp_path, "{flag: amber}", "pain", CLOSED, more)
    assert bool(found) is fails


def test_a_promise_counts_only_for_whom_it_could_be_about(tmp_path: Path) -> None:
    """After days of it no pain could have meant anything; after months it could."""
    only = (
        "safety",
        "when: {pain: {at_least: 10}}",
        "when: {pain: {at_least: 10}, duration: months}",
    )

    assert failures(tmp_path, "{flag: amber, duration: days}", "pain", CLOSED, only) == []

    [found] = failures(tmp_path, "{flag: amber, duration: months}", "pain", CLOSED, only)
    assert found.witness is not None
    assert found.witness.decision.recommend is Recommend.MEDICAL_CLEARANCE_FIRST
    assert found.says.endswith("or at least be told to speak to a doctor today. Some are not.")


def test_a_gate_is_as_urgent_as_the_promises_about_what_it_opens(tmp_path: Path) -> None:
    closed = ("questions", "short: Signs", "short: Signs\n  enable_when: {flag: [red, absent]}")
    more = ("safety", "when: {pain: {at_least: 10}}", "when: {more: lots}")
    assert failures(tmp_path, "{flag: amber}", "signs", closed) == []
    [found] = failures(tmp_path, "{flag: amber}", "signs", closed, more)
    assert "today" in found.says


@pytest.mark.parametrize("question", ["course", "pain", "feel", "rhythm"])
def test_children_are_asked_how_bad_it_is_in_the_shipped_protocol(
    shipped: Path, question: str
) -> None:
    """Under 16 everybody sees a doctor first; what they say of the pain can make that today."""
    protocol = load_protocol(shipped)
    grown = Test("age", Operator.AT_LEAST, (12,))
    questions = tuple(
        replace(one, enable_when=grown) if one.id == question else one for one in protocol.questions
    )
    bench = Workbench(Engine(replace(protocol, questions=questions)))
    asking = Asking(bench)
    found = bench.refute(asking.claims(), asking)

    assert f"asked_how_bad: {question}" in {one.subject for one in found}


def test_not_sure_is_promised_where_it_is_offered(tmp_path: Path) -> None:
    assert failures(tmp_path, "{duration: months}", "flag.not_sure") == []

    gone = ("questions", "  not_sure: true\n- id: signs", "- id: signs")
    with pytest.raises(BrokenProtocol, match=r"unknown-option: found `flag\.not_sure`"):
        failures(tmp_path, "{duration: months}", "flag.not_sure", gone)


def test_a_sign_that_a_settled_question_would_have_asked_counts_as_not_asked(
    tmp_path: Path,
) -> None:
    """`more` is on the path, but amber is certain by then, and it can only add a note."""
    late = ("questions", HIDDEN, "enable_when: {signs: [a, b, c, none]}")
    notes = ("rules", "when: {more: lots}", "when: {pain: {at_least: 10}}")
    reads = ("rules", "when: {signs: none}", "when: {any: [{signs: none}, {more: lots}]}")

    [found] = failures(tmp_path, "{flag: amber}", "more.lots", tagged("urgent"), late, notes, reads)

    assert found.witness is not None
    assert found.witness.decision.recommend is Recommend.MEDICAL_CLEARANCE_FIRST


def test_a_promise_of_asking_that_applies_to_nobody_is_empty(tmp_path: Path) -> None:
    promise = PROMISE.replace("{when}", "{all: [{flag: red}, {flag: amber}]}")
    report = prove(Engine(load(tmp_path, ("safety", "", promise.replace("{signs}", "more.lots")))))

    assert [(one.code, one.subject) for one in report.failures] == [(Code.PROMISE_EMPTY, "asked")]


def test_each_sign_is_one_check(tmp_path: Path) -> None:
    promise = PROMISE.replace("{when}", "{signs: a}").replace("{signs}", "more.lots, signs.a")
    report = prove(Engine(load(tmp_path, ("safety", "", promise))))

    assert {one.kind: one.count for one in report.checked}[Kind.ASKED] == 2


def test_an_engine_that_shows_the_sign_after_all_is_loud(tmp_path: Path) -> None:
    class Curious(Engine):
        def missing(self, answers: object) -> list[str]:
            return list(self.protocol.question)

    promise = PROMISE.replace("{when}", "{duration: months}").replace("{signs}", "more.lots")
    report = prove(Curious(load(tmp_path, ("safety", "", promise))))

    [found] = [one for one in report.failures if one.code is Code.SOLVER_DISAGREES]
    assert "the engine shows the sign" in found.says


def test_a_counterexample_is_told_and_kept_as_a_case_of_what_is_decided(tmp_path: Path) -> None:
    found = failures(tmp_path, "{duration: months}", "more.lots")
    protocol = load(tmp_path)

    lines = list(failure_in_words(protocol, found[0]))
    assert lines[0].startswith("sign-not-asked asked: more.lots: Everybody must be asked")
    assert any("How long: Months" in line for line in lines)
    [file, _] = save_cases(protocol, found, tmp_path / "found.yaml")
    [case] = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert found[0].witness is not None
    decided = found[0].witness.decision.recommend.id
    assert decided in (case["expected"], *case.get("acceptable", []))
    assert decided not in case.get("never", [])
