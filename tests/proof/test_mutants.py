"""The faults that `make mutants` makes, and what it says of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assessment.engine.conditions import All, Operator, Test
from assessment.engine.protocol import Limit, Protocol, Rule, Sign
from tests import tiny
from tests.proof.mutant import Fault, Mutant
from tests.proof.mutants import mutants
from tests.proof.proven import FILES, Change, load

CHANGES: tuple[Change, ...] = (
    (
        "rules",
        "when: {signs: none}",
        "when: {not: {count: {at_least: 1, of: [{signs: a}, {signs: b}]}}}",
    ),
    ("questions", "enable_when: {signs: a}", "enable_when: {pain: {between: [3, 10]}}"),
)


@pytest.fixture
def protocol(tmp_path: Path) -> Protocol:
    return load(tmp_path)


@pytest.fixture
def made(protocol: Protocol) -> dict[str, Mutant]:
    return {mutant.id: mutant for mutant in mutants(protocol)}


def test_every_mutant_has_a_name_of_its_own_and_differs(protocol: Protocol) -> None:
    every = list(mutants(protocol))

    assert len({mutant.id for mutant in every}) == len(every)
    assert [mutant.id for mutant in every if mutant.protocol == protocol] == []


@pytest.mark.parametrize(
    "name",
    [
        "rule red_flag: dropped",
        "rule red_flag: negated",
        "rule red_flag: flag is without red",
        "rule red_flag: flag is with amber",
        "rule red_flag: recommends urgent_medical",
        "rule red_flag: if_unsure medical_clearance_first",
        "rule red_flag: no if_unsure",
        "rule worst_pain: pain at_least 9 becomes 8",
        "rule worst_pain: pain at_least 9 becomes 10",
        "rule plan: duration at_least weeks becomes months",
        "rule deep: signs all_of without b",
        "finding any_sign: negated",
        "finding any_sign: signs is with none",
        "question more: negated",
        "rule red_flag: if_unsure self_care",
        "rule plan: recommends deep_tissue",
        "question pain: asked only without flag red",
        "question more: asked only without duration days",
        "question flag: private",
        "question flag: optional",
        "question flag: lasts",
        "question signs: last option first",
        "question pain: worse down",
        "question signs: no not sure",
        "option signs.b: deleted with all that names it",
        "option flag.red: no tag",
        "option flag.red: tag urgent",
        "precaution lots_more: dropped",
        "precaution lots_more: more is with little",
        "promise strong_pain: dropped",
        "promise strong_pain: urgency 1",
        "promise strong_pain: pressure 1",
        "case nothing: dropped",
        "question duration: labels of weeks and months swapped",
        "text emergency: text says soon",
        "protocol author changed",
    ],
)
def test_these_faults_are_made(made: dict[str, Mutant], name: str) -> None:
    assert name in made


@pytest.mark.parametrize(
    "name",
    [
        "rule rest: if_unsure",  # it is never above `recommend`
        "rule rest: count of 1 becomes 0",  # this would always hold
        "question more: pain between 10 becomes 11",  # beyond the scale
    ],
)
def test_what_would_not_load_is_not_made(tmp_path: Path, name: str) -> None:
    assert not any(mutant.id.startswith(name) for mutant in mutants(load(tmp_path, *CHANGES)))


def test_parts_inside_other_conditions_are_changed_too(tmp_path: Path) -> None:
    made = {mutant.id for mutant in mutants(load(tmp_path, *CHANGES))}

    assert "rule rest: count of 1 becomes 2" in made
    assert "rule rest: signs is with b" in made
    assert "question more: pain between 3 becomes 2" in made


def test_requires_is_removed_and_changed(tmp_path: Path) -> None:
    needs = "id: deep_tissue, requires: {signs: a}, requires_says: It is so."
    protocol = load(tmp_path, ("recommendations", "id: deep_tissue", needs))
    made = {mutant.id: mutant for mutant in mutants(protocol)}

    assert made["recommendation deep_tissue: no requires"].fault is Fault.NO_REQUIRES
    assert "recommendation deep_tissue: signs is without a" in made


CLARIFY: Change = ("questions", "none: true\n  not_sure", "none: true\n  clarify: true\n  not_sure")


def test_nobody_writes_the_lines_of_a_list_so_no_fault_is_put_into_one(tmp_path: Path) -> None:
    protocol = load(tmp_path, CLARIFY)
    lines = {one.id for one in protocol.questions if one.line is not None}

    assert lines == {"signs__a", "signs__b", "signs__c"}
    assert [one.id for one in mutants(protocol) if lines & set(one.about)] == []


def test_lines_follow_what_their_list_offers(tmp_path: Path) -> None:
    protocol = load(tmp_path, CLARIFY)
    made = {mutant.id: mutant.protocol for mutant in mutants(protocol)}
    without_b = made["option signs.b: deleted with all that names it"]

    assert [one.id for one in without_b.questions if one.line] == ["signs__a", "signs__c"]
    assert not [one for one in made["question signs: asks no lines"].questions if one.line]
    assert not [one for one in made["question signs: no not sure"].questions if one.line]


def test_a_gate_is_put_on_top_of_the_one_that_is_there(made: dict[str, Mutant]) -> None:
    question = made["question more: asked only without duration days"].protocol.question["more"]

    assert question.enable_when == All(
        (
            Test("signs", Operator.IS, ("a",)),
            Test("duration", Operator.IS, ("weeks", "months")),
        )
    )


def test_an_age_is_asked_for_by_a_gate_where_the_protocol_asks_it(tmp_path: Path) -> None:
    age = (
        "- {id: age, type: number, ask: How old?, short: Age, minimum: 0, maximum: 120}\n- id: pain"
    )
    protocol = load(tmp_path, ("questions", "- id: pain", age), (*AGED, "age: 40, pain: 1"))
    made = {mutant.id for mutant in mutants(protocol)}

    assert "question pain: asked only with age from 12" in made
    assert "question pain: asked only with age to 72" in made


AGED = ("cases", "pain: 1")


def test_with_a_deleted_option_goes_whatever_rests_on_it(made: dict[str, Mutant]) -> None:
    gone = made["option flag.red: deleted with all that names it"].protocol

    assert [one.id for one in gone.question["flag"].options] == ["amber", "absent"]
    assert "red_flag" not in {one.id for one in gone.rules}
    assert "dev_red" not in {one.id for one in gone.cases}


def test_what_does_not_need_a_deleted_option_stays(made: dict[str, Mutant]) -> None:
    gone = made["option signs.c: deleted with all that names it"].protocol

    assert gone.finding["any_sign"].when == Test("signs", Operator.IS, ("a", "b"))
    assert {one.id for one in gone.rules} == {one.id for one in made_rules(made)}
    assert len(gone.cases) == 2


def made_rules(made: dict[str, Mutant]) -> tuple[Rule, ...]:
    return made["case nothing: dropped"].protocol.rules


LISTS = """
- id: gated
  type: choices
  ask: Which?
  short: Gated
  options: [{id: x, label: X}, {id: y, label: Y}]
  none: true
  enable_when: {duration: months}
"""


def test_a_moved_option_takes_rules_and_cases_along(tmp_path: Path) -> None:
    protocol = load(tmp_path, ("questions", "", LISTS), (*DEV_RED, "more: lots, gated: [x]}"))
    mutant = {one.id: one for one in mutants(protocol)}["option signs.b: moved to gated"]
    moved, both = mutant.protocol, {one.id: one for one in mutant.protocol.rules}["deep"]

    assert "b" not in moved.question["signs"].values
    assert "b" in moved.question["gated"].values
    assert both.when == All(
        (
            All(
                (
                    Test("signs", Operator.ALL_OF, ("a",)),
                    Test("gated", Operator.IS, ("b",)),
                )
            ),
            Test("duration", Operator.IS, ("months",)),
        )
    )
    assert mutant.moved == {Sign("signs", "b"): Sign("gated", "b")}


DEV_RED = ("cases", "more: lots}")


def test_nothing_is_moved_behind_the_question_that_it_opens(tmp_path: Path) -> None:
    protocol = load(tmp_path, ("questions", "", LISTS), (*DEV_RED, "more: lots, gated: [x]}"))

    assert not [one for one in mutants(protocol) if one.id.startswith("option signs.a: moved")]


ROWS = ("evidence: [T1]\n  - id: amber_flag", "evidence: [T1, T2]\n  - id: amber_flag")


def test_a_row_of_evidence_is_lost_or_changed(tmp_path: Path) -> None:
    second = "- {id: T2, claim: Another., source: Another}\n- {id: T3, claim: C., source: C}\n"
    protocol = tiny.load(
        tmp_path,
        **{**FILES, "rules": FILES["rules"].replace(*ROWS), "evidence": tiny.EVIDENCE + second},
    )
    made = {mutant.id for mutant in mutants(protocol)}

    assert {"red_flag cites T2 no more", "red_flag cites T3 for T2"} <= made
    assert "red_flag cites T2 for T1" not in made  # it cites T2 already


CARER = 'because: {text: "You have a flag.\\nSee a doctor today.", carer: They have a flag.}'


def test_each_form_of_a_text_is_changed(tmp_path: Path) -> None:
    because = "because: You told us about a red flag."
    made = {mutant.id: mutant for mutant in mutants(load(tmp_path, ("rules", because, CARER)))}

    for words in (
        "no carer's form",
        "forms swapped",
        "carer cut short",
        "text says this week",
        "text, line 2",
    ):
        assert f"text red_flag: {words}" in made


def test_places_and_limits_of_a_precaution_are_lost(protocol: Protocol) -> None:
    [precaution] = protocol.precautions
    limits = (Limit.HEAT, Limit.NOTE)
    placed = replace(precaution, places=("here", "there"), limits=limits)
    made = {mutant.id for mutant in mutants(replace(protocol, precautions=(placed,)))}

    for words in ("without no_heat", "without note", "not of here", "not of there", "of no places"):
        assert f"precaution lots_more: {words}" in made
