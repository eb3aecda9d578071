"""One witness for each cause: nothing that moves hides behind something else that moves alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from assessment.engine.answers import Answers
from assessment.engine.decision import Engine
from assessment.engine.protocol import Recommend
from assessment.engine.questions import NOT_SURE
from assessment.proof.diff import Difference, Move, difference, is_less_careful
from assessment.proof.solver import Model, NotFinishedError, Solver
from assessment.proof.twins import Twins
from assessment.proof.witness import DisagreementError
from tests.proof.brute_force import answer_sets
from tests.proof.proven import Change, load
from tests.proof.random_protocols import random_protocol

LOOSE_AMBER: Change = ("rules", "when: {flag: amber}", "when: {flag: amber, duration: months}")
LOOSE_PAIN: Change = ("rules", "{pain: {at_least: 9}}", "{pain: {at_least: 9}, duration: months}")
AGE = """
- {id: age, type: number, ask: "How old?", short: Age, minimum: 0, maximum: 120, unit: years}
- {id: where, type: areas, ask: "Where?", short: Where, none: All over, options: [
    {id: neck, label: Neck, side: back}, {id: head, label: Head, side: front}]}
"""
AGE_RULES = """  - {id: child, when: {age: {at_most: 15}}, recommend: urgent_medical,
     because: Young., evidence: [T1]}
  - {id: headache, when: {where: head}, recommend: urgent_medical, because: Head., evidence: [T1]}
precautions:"""
WITH_AGE: tuple[Change, ...] = (
    ("questions", "- id: flag", f"{AGE}- id: flag"),
    ("rules", "precautions:", AGE_RULES),
    ("cases", "duration: days", "duration: days, age: 40, where: [neck]"),
    ("cases", "more: lots", "more: lots, age: 40, where: [neck]"),
)


def moved(tmp_path: Path, both: tuple[Change, ...], *changes: Change) -> Difference:
    """Return what these changes move in a protocol that has the others already."""
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    old, new = load(tmp_path / "old", *both), load(tmp_path / "new", *both, *changes)
    return difference(Engine(old), Engine(new))


def causes(found: Difference) -> dict[str, Move]:
    return {str(move.cause): move for move in found.moves if is_less_careful(move.pairs[0])}


def test_two_rules_that_let_go_have_a_witness_each(tmp_path: Path) -> None:
    found = causes(moved(tmp_path, (), LOOSE_AMBER, LOOSE_PAIN))
    amber, pain = found["rule amber_flag"], found["rule worst_pain"]
    assert amber.before.answers["flag"] == "amber"
    assert pain.before.answers["pain"] in (9, NOT_SURE)
    both = (Recommend.MEDICAL_CLEARANCE_FIRST, Recommend.SELF_CARE)
    assert both in amber.pairs
    assert both in pain.pairs


def test_a_loosened_headache_rule_does_not_hide_behind_an_age(tmp_path: Path) -> None:
    found = causes(
        moved(
            tmp_path,
            WITH_AGE,
            ("rules", "at_most: 15", "at_most: 14"),
            ("rules", "when: {where: head}", "when: {where: head, duration: months}"),
        )
    )
    assert found.keys() == {"rule child", "rule headache"}
    child, headache = found["rule child"].after.answers, found["rule headache"].after.answers
    assert (child["age"], child["where"]) == (15, frozenset({"neck"}))
    assert headache["age"] == 42
    assert "head" in str(headache["where"])


def test_two_changes_of_one_rule_have_a_witness_each(tmp_path: Path) -> None:
    joined = "when: {age: {at_least: 50}, where: [head, neck]}"
    found = causes(
        moved(
            tmp_path,
            (*WITH_AGE, ("rules", "when: {where: head}", joined)),
            ("rules", joined, "when: {age: {at_least: 60}, where: head}"),
        )
    )
    older = found["rule headache (not “Age” is “60 years” or more)"]
    place = found["rule headache (not “Where” is “Head”)"]
    assert older.after.answers["age"] == 50
    assert older.after.answers["where"] == frozenset({"head"})
    assert place.after.answers["where"] == frozenset({"neck"})


def test_each_option_that_a_finding_loses_has_a_witness(tmp_path: Path) -> None:
    found = moved(tmp_path, (), ("rules", "signs: [a, b, c]", "signs: a"))
    assert {str(move.cause) for move in found.moves} >= {
        "finding any_sign (“Signs” is “B”)",
        "finding any_sign (“Signs” is “C”)",
    }


def test_rules_that_let_go_for_one_cause_share_a_witness(tmp_path: Path) -> None:
    twin = """  - {id: twin, when: {finding: any_sign}, recommend: certified_therapist,
     because: A sign., evidence: [T1]}
precautions:"""
    found = moved(
        tmp_path, (("rules", "precautions:", twin),), ("rules", "signs: [a, b, c]", "signs: [a, b]")
    )
    assert [move.cause.edits for move in found.moves] == [("finding any_sign",)]


def test_a_question_that_others_are_asked_is_the_cause_of_what_follows(tmp_path: Path) -> None:
    lots = """  - {id: lots, when: {more: lots}, recommend: urgent_medical, because: So.,
     evidence: [T1]}
precautions:"""
    found = moved(
        tmp_path,
        (("rules", "precautions:", lots),),
        ("questions", "enable_when: {signs: a}", "enable_when: {signs: b}"),
    )
    assert {move.cause.edits for move in found.moves} == {("question more",)}


def test_what_only_the_fail_safe_decides_names_the_rule_that_let_go(tmp_path: Path) -> None:
    found = moved(tmp_path, (), ("rules", "    if_unsure: self_care\n", ""))
    assert {move.cause.edits for move in found.moves} == {("rule rest",)}
    assert any(move.after.decision.fail_safe for move in found.moves)


def test_a_rule_that_lets_some_go_and_takes_others_shows_both(tmp_path: Path) -> None:
    found = moved(tmp_path, (), ("rules", "at_least: 9", "between: [2, 8]"))
    assert {is_less_careful(move.pairs[0]) for move in found.moves} == {True, False}


@pytest.mark.parametrize("seed", range(40))
def test_the_first_pair_is_that_of_the_answers_shown(seed: int) -> None:
    old, new = (random_protocol(each, questions=3, rules=3) for each in (seed, seed + 5000))
    found = difference(Engine(old), Engine(new))
    for move in found.moves:
        shown = move.before.decision.recommend, move.after.decision.recommend
        assert move.pairs[0] == shown
        assert len(set(move.pairs)) == len(move.pairs)


# beside the recommendation


def beside(found: Difference) -> dict[tuple[str, str], Answers]:
    """Return the answers of who meets something in one protocol alone, there."""
    return {
        (one.what, one.only): (one.before if one.only == "old" else one.after).answers
        for one in found.beside
    }


def test_a_gate_that_asks_fewer_people_shows_whom_it_leaves_out(tmp_path: Path) -> None:
    found = beside(
        moved(
            tmp_path,
            WITH_AGE,
            ("questions", "{signs: a}", "{signs: a, age: {at_least: 12}}"),
        )
    )
    # Who has a precaution because of what is asked there loses that as well.
    assert found.keys() == {("question more", "old"), ("precaution lots_more", "old")}
    assert found["question more", "old"]["age"] == 11
    assert found["question more", "old"]["signs"] <= {"a", NOT_SURE}  # type: ignore[operator]


def test_a_precaution_that_some_lose_is_told_though_nothing_else_moves(tmp_path: Path) -> None:
    found = moved(
        tmp_path,
        (),
        ("rules", "{more: lots}\n    limits", "{more: lots, duration: months}\n    limits"),
    )
    assert found.nothing_moves
    lost = beside(found)
    assert lost.keys() == {("precaution lots_more", "old")}
    assert lost["precaution lots_more", "old"]["duration"] == "days"


def test_nothing_is_told_beside_where_words_alone_change(tmp_path: Path) -> None:
    assert moved(tmp_path, (), ("rules", "You told us of no sign.", "No sign.")).beside == ()


@pytest.mark.parametrize("seed", range(40))
def test_who_is_asked_otherwise_is_found_as_by_trying_everybody(seed: int) -> None:
    """Against each pair of answer sets of two small protocols that differ in one gate."""
    old = random_protocol(seed, questions=3, rules=3)
    gates = (one for one in old.questions if not one.optional and one.line is None)
    gated = [one for one in gates if one.enable_when is not None]
    for gate in gated:
        open_ = replace(gate, enable_when=None)
        new = replace(old, questions=tuple(open_ if one is gate else one for one in old.questions))
        sets = answer_sets(old, 2000)
        assert sets is not None
        unasked = any(gate.id not in answers for answers in sets)
        found = beside(difference(Engine(old), Engine(new)))
        assert ((f"question {gate.id}", "new") in found) == unasked


def test_support_that_some_lose_is_told(tmp_path: Path) -> None:
    found = beside(moved(tmp_path, (), ("rules", "{at_least: 7}", "{at_least: 8}")))
    assert found.keys() == {("support kind_words", "old")}
    assert found["support kind_words", "old"]["pain"] == 7


# what cannot be settled


@pytest.mark.parametrize("calls", range(40))
def test_wherever_the_budget_ends_nothing_is_left_out_in_silence(
    calls: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = (LOOSE_AMBER, ("questions", "{signs: a}", "{signs: b}"))
    whole = moved(tmp_path, (), *changes)
    find, left = Solver.find, calls

    def some(solver: Solver, assumptions: Iterable[int]) -> Model | None:
        nonlocal left
        left -= 1
        if left < 0:
            raise NotFinishedError
        return find(solver, assumptions)

    monkeypatch.setattr(Solver, "find", some)
    old, new = load(tmp_path / "old"), load(tmp_path / "new", *changes)
    found = difference(Engine(old), Engine(new))
    known = {(move.cause, pair) for move in found.moves for pair in move.pairs}
    everything = {(move.cause, pair) for move in whole.moves for pair in move.pairs}
    assert known <= everything
    assert found.open_ or (known == everything and beside(found).keys() == beside(whole).keys())


def test_a_disagreement_about_who_is_asked_is_never_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disagree(*_: object) -> None:
        raise DisagreementError("they differ", None)

    monkeypatch.setattr(Twins, "replayed", disagree)
    found = moved(tmp_path, (), ("questions", "{signs: a}", "{signs: b}"))
    assert found.beside == ()
    assert "question more: solver-disagrees: they differ" in found.open_
