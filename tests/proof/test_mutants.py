"""The faults that `make mutants` makes, and what it says of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assessment.engine.protocol import Protocol
from assessment.protocols.load import load_protocol
from tests.proof.accepted_mutants import ACCEPTED
from tests.proof.mutant_record import fingerprint, kept
from tests.proof.mutant_score import (
    BAR,
    Caught,
    Effect,
    Judge,
    Verdict,
    faults_of,
    in_words,
    score_of,
)
from tests.proof.mutants import Fault, Mutant, mutants
from tests.proof.proven import Change, load

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


def verdict(protocol: Protocol, mutant: Mutant) -> Verdict:
    return Judge(protocol).verdict(mutant)


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
    ],
)
def test_these_faults_are_made(made: dict[str, Mutant], name: str) -> None:
    assert name in made


@pytest.mark.parametrize(
    "name",
    [
        "rule rest: recommends",  # nothing is lower than self-care
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


def test_a_lost_rule_is_worse_and_noticed(protocol: Protocol, made: dict[str, Mutant]) -> None:
    found = verdict(protocol, made["rule red_flag: dropped"])

    assert (found.effect, found.caught) == (Effect.WORSE, Caught.CASES)


ASKED = "- {id: asked, promise: It is asked., when: {signs: a}, asked: [more.lots]}"


def test_a_sign_that_is_no_longer_asked_is_worse_and_noticed(tmp_path: Path) -> None:
    """Nothing is decided otherwise: what follows from `more` is a note."""
    promised = load(tmp_path, ("safety", "", ASKED))
    mutant = {one.id: one for one in mutants(promised)}["question more: signs is without a"]

    found = verdict(promised, mutant)

    assert (found.effect, found.caught) == (Effect.WORSE, Caught.PROOF)


def test_an_answer_that_is_no_sign_may_go_unasked(protocol: Protocol) -> None:
    mutant = {one.id: one for one in mutants(protocol)}["question more: signs is without a"]

    assert verdict(protocol, mutant).effect is Effect.NOTHING


def test_what_no_case_shows_is_noticed_by_the_proof(
    protocol: Protocol, made: dict[str, Mutant]
) -> None:
    found = verdict(protocol, made["rule amber_flag: dropped"])

    assert (found.effect, found.caught) == (Effect.WORSE, Caught.PROOF)


def test_a_case_that_accepts_the_worse_advice_leaves_the_fault_to_the_proof(tmp_path: Path) -> None:
    lenient: Change = (
        "cases",
        "",
        "\n- id: amber\n  title: An amber flag\n"
        "  answers: {flag: amber, signs: [none], pain: 1, duration: days}\n"
        "  expected: medical_clearance_first\n  acceptable: [self_care]\n",
    )
    protocol = load(tmp_path, lenient)
    made = {mutant.id: mutant for mutant in mutants(protocol)}

    found = verdict(protocol, made["rule amber_flag: dropped"])

    assert (found.effect, found.caught) == (Effect.WORSE, Caught.PROOF)


def test_what_only_gets_more_careful_need_not_be_noticed(
    protocol: Protocol, made: dict[str, Mutant]
) -> None:
    found = verdict(protocol, made["rule worst_pain: pain at_least 9 becomes 8"])

    assert (found.effect, found.must_be_caught) == (Effect.OTHER, False)


def test_what_changes_no_decision_need_not_be_noticed(
    protocol: Protocol, made: dict[str, Mutant]
) -> None:
    found = verdict(protocol, made["question more: negated"])

    assert (found.effect, found.must_be_caught) == (Effect.NOTHING, False)


def test_a_survivor_is_shown_in_words(protocol: Protocol, made: dict[str, Mutant]) -> None:
    found = verdict(protocol, made["rule worst_pain: pain at_least 9 becomes 10"])
    report = "\n".join(in_words([found], {}))

    assert found.survives
    assert "Pain: 9" in report
    assert "becomes" in report
    assert "NO REASON GIVEN" in report
    assert "0 of 1 worse mutants are caught: 0.00%." in report


def test_what_is_not_settled_counts_as_worse() -> None:
    assert Verdict("one", Fault.DROPPED, Effect.OPEN, Caught.NOT).survives


def some(*caught: Caught) -> Iterator[Verdict]:
    for number, by in enumerate(caught):
        yield Verdict(f"m{number}", Fault.DROPPED, Effect.WORSE, by)


def test_a_survivor_needs_a_reason() -> None:
    many = [*some(Caught.NOT, *[Caught.CASES] * 99)]

    assert faults_of(many, {"m0": "a reason"}) == []
    assert faults_of(many, {}) == ["survives without a reason: m0"]


def test_a_reason_for_what_does_not_survive_is_stale() -> None:
    assert faults_of(some(Caught.PROOF), {"m0": "", "gone": ""}) == [
        "has a reason, but does not survive: m0",
        "has a reason, but does not survive: gone",
    ]


def test_reasons_do_not_make_up_for_a_low_score() -> None:
    found = faults_of(some(Caught.NOT, *[Caught.DEAD] * 50), {"m0": "a reason"})

    assert found == ["less than 99% are caught"]


def test_every_accepted_mutant_has_a_reason_and_is_a_mutant(shipped: Path) -> None:
    ids = {mutant.id for mutant in mutants(load_protocol(shipped))}

    assert [name for name, reason in ACCEPTED.items() if name not in ids or not reason] == []


def test_the_score_counts_only_what_is_worse() -> None:
    calm = Verdict("calm", Fault.DROPPED, Effect.OTHER, Caught.CASES)
    score = score_of([*some(Caught.CASES, Caught.PROOF, Caught.DEAD, Caught.NOT), calm], "this", 9)

    assert (score.of, score.mutants, score.judged, score.worse) == ("this", 9, 5, 4)
    assert (score.caught_by_cases, score.caught_by_proof, score.survivors) == (1, 2, 1)
    assert (score.caught, score.share) == (3, 0.75)


@pytest.mark.parametrize(
    "change",
    [
        ("rules", "pain: {at_least: 9}", "pain: {at_least: 8}"),
        ("safety", "pain: {at_least: 10}", "pain: {at_least: 9}"),
        ("safety", "urgency_at_least: urgent_medical, ", ""),
        ("cases", "pain: 1, duration: days", "pain: 2, duration: days"),
        ("cases", "  never: [self_care]\n", ""),
    ],
)
def test_another_rule_promise_or_case_makes_the_kept_score_stale(
    tmp_path: Path, protocol: Protocol, change: Change
) -> None:
    assert fingerprint(load(tmp_path, change)) != fingerprint(protocol)


def test_words_leave_the_kept_score_as_it_is(tmp_path: Path, protocol: Protocol) -> None:
    reworded = load(tmp_path, ("safety", "is seen today", "is seen at once"))

    assert fingerprint(reworded) == fingerprint(protocol)


def test_the_kept_score_belongs_to_the_shipped_rules_promises_and_cases(shipped: Path) -> None:
    assert kept().of == fingerprint(load_protocol(shipped)), "stale: run `make mutants`"


def test_the_kept_score_is_high_enough_and_each_survivor_has_a_reason() -> None:
    assert kept().share >= BAR
    assert kept().survivors == len(ACCEPTED)
