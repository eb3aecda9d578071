"""What a fault does, and what notices it first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assessment.engine.protocol import Protocol, Sign
from assessment.engine.questions import Safety
from assessment.protocols.load import load_protocol
from tests.proof.mutant import Fault, Mutant, with_question
from tests.proof.mutant_judge import Judge, Verdict
from tests.proof.mutant_noticed import Caught, is_missed, loads
from tests.proof.mutant_oracle import Effect
from tests.proof.mutants import mutants
from tests.proof.proven import Change, load


@pytest.fixture
def protocol(tmp_path: Path) -> Protocol:
    return load(tmp_path)


@pytest.fixture
def made(protocol: Protocol) -> dict[str, Mutant]:
    return {mutant.id: mutant for mutant in mutants(protocol)}


def verdict(protocol: Protocol, mutant: Mutant) -> Verdict:
    return Judge(protocol).verdict(mutant)


def test_a_lost_rule_is_worse_and_noticed(protocol: Protocol, made: dict[str, Mutant]) -> None:
    found = verdict(protocol, made["rule red_flag: dropped"])

    assert (found.effect, found.caught) == (Effect.WORSE, Caught.CASES)


ASKED = "- {id: asked, promise: It is asked., when: {signs: a}, asked: [more.lots]}"
BOTH: Change = ("questions", "enable_when: {signs: a}", "enable_when: {signs: [a, b]}")
NOT_NOTED: Change = ("rules", "when: {more: lots}", "when: {signs: b}")


def named(protocol: Protocol, name: str) -> Mutant:
    return next(one for one in mutants(protocol) if one.id == name)


def test_a_sign_that_is_no_longer_asked_is_harm_and_refused(tmp_path: Path) -> None:
    """Nothing is decided otherwise: what follows from `more` is a note."""
    promised = load(tmp_path, BOTH, ("safety", "", ASKED))

    found = verdict(promised, named(promised, "question more: signs is without a"))

    assert (found.effect, found.caught) == (Effect.HIDDEN, Caught.PROOF)


def test_a_sign_that_may_be_passed_over_is_no_longer_asked(tmp_path: Path) -> None:
    promised = load(tmp_path, ("safety", "", ASKED))

    found = verdict(promised, named(promised, "question more: optional"))

    assert (found.effect, found.caught) == (Effect.HIDDEN, Caught.PROOF)


def test_an_answer_that_nothing_rests_on_may_go_unasked(tmp_path: Path) -> None:
    protocol = load(tmp_path, BOTH, NOT_NOTED)

    found = verdict(protocol, named(protocol, "question more: signs is without a"))

    assert found.effect is Effect.NOTHING


@pytest.mark.parametrize(
    "name",
    [
        "precaution lots_more: dropped",
        "precaution lots_more: negated",
        "question more: private",  # a therapist reads no note that rests on a private answer
        "question more: asked only without duration days",
    ],
)
def test_a_precaution_that_the_therapist_no_longer_reads_is_harm(
    protocol: Protocol, made: dict[str, Mutant], name: str
) -> None:
    assert verdict(protocol, made[name]).effect is Effect.LIMIT


NOTE = """
  - id: other
    when: {more: lots}
    limits: [%s]
    therapist: Take care.
    evidence: [T1]
  - id: lots_more"""


@pytest.mark.parametrize(("limit", "effect"), [("no_heat", Effect.NOTHING), ("note", Effect.LIMIT)])
def test_another_precaution_may_set_the_same_limit_but_not_say_the_same(
    tmp_path: Path, limit: str, effect: Effect
) -> None:
    protocol = load(
        tmp_path,
        ("rules", "\n  - id: lots_more", NOTE % limit),
        ("rules", "limits: [note]", f"limits: [{limit}]"),
    )

    assert verdict(protocol, named(protocol, "precaution lots_more: dropped")).effect is effect


def test_a_precaution_for_more_people_is_no_harm(
    protocol: Protocol, made: dict[str, Mutant]
) -> None:
    found = verdict(protocol, made["precaution lots_more: more is with little"])

    assert (found.effect, found.caught) == (Effect.NOTHING, Caught.DIFF)


def test_a_whole_sign_that_is_gone_is_harm_though_nothing_is_left_that_names_it(
    protocol: Protocol, made: dict[str, Mutant]
) -> None:
    found = verdict(protocol, made["option flag.amber: deleted with all that names it"])

    assert found.effect is Effect.HIDDEN


def test_not_sure_taken_off_is_harm_where_it_led_to_care(
    protocol: Protocol, made: dict[str, Mutant]
) -> None:
    assert verdict(protocol, made["question pain: no not sure"]).effect is Effect.WORSE
    assert verdict(protocol, made["question flag: no not sure"]).effect is Effect.WORSE


def test_what_the_check_refuses_needs_no_proof(protocol: Protocol, made: dict[str, Mutant]) -> None:
    found = verdict(protocol, made["rule amber_flag: flag is without amber"])

    assert (found.effect, found.caught) == (Effect.WORSE, Caught.CHECK)


def test_the_check_refuses_a_promise_of_what_is_not_offered(
    protocol: Protocol, made: dict[str, Mutant]
) -> None:
    mutant = made["case nothing: dropped"].protocol
    unknown = replace(mutant.promises[0], asked=(Sign("pain", "worst"),))

    assert loads(mutant)
    assert not loads(replace(mutant, promises=(unknown,)))


def test_the_check_refuses_a_grave_sign_that_is_offered_to_some_only(protocol: Protocol) -> None:
    gated = next(one for one in protocol.questions if one.enable_when and one.options)
    grave = tuple(replace(option, safety=Safety.URGENT) for option in gated.options)

    assert loads(with_question(protocol, replace(gated, options=grave)))
    assert loads(with_question(protocol, replace(gated, optional=True)))
    assert not loads(with_question(protocol, replace(gated, options=grave, optional=True)))


@pytest.mark.parametrize(
    "name",
    [
        "option flag.red: no tag",
        "promise strong_pain: dropped",
        "case nothing: dropped",
        "question signs: labels of a and b swapped",
        "text red_flag: text cut short",
        "text emergency: text says soon",
        "protocol author changed",
    ],
)
def test_a_fault_in_words_or_guards_is_told_by_the_difference(
    protocol: Protocol, made: dict[str, Mutant], name: str
) -> None:
    found = verdict(protocol, made[name])

    assert (found.effect, found.caught) == (Effect.NOTHING, Caught.DIFF)


def test_the_difference_must_name_what_was_changed(
    protocol: Protocol, made: dict[str, Mutant]
) -> None:
    other = replace(made["case nothing: dropped"], about=("dev_red",))

    assert verdict(protocol, other).survives


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


def test_what_only_gets_more_careful_is_no_harm(
    protocol: Protocol, made: dict[str, Mutant]
) -> None:
    found = verdict(protocol, made["rule worst_pain: pain at_least 9 becomes 8"])

    assert (found.effect, found.effect.is_harm) == (Effect.OTHER, False)


def test_harm_that_is_only_told_survives(protocol: Protocol, made: dict[str, Mutant]) -> None:
    found = verdict(protocol, made["rule worst_pain: pain at_least 9 becomes 10"])

    assert (found.effect, found.caught, found.survives) == (Effect.WORSE, Caught.DIFF, True)


def test_harm_is_shown_in_words(protocol: Protocol, made: dict[str, Mutant]) -> None:
    mutant = made["rule worst_pain: pain at_least 9 becomes 10"]
    shown = "\n".join(Judge(protocol).witness(mutant, Effect.WORSE))

    assert "Pain: 9" in shown
    assert "becomes" in shown


def test_what_is_not_settled_counts_as_harm() -> None:
    assert Verdict("one", Fault.DROPPED, Effect.OPEN, Caught.DIFF).survives


def test_the_hazard_log_misses_a_sign_that_is_gone(shipped: Path) -> None:
    protocol = load_protocol(shipped)
    gone = named(protocol, "option now.chest: deleted with all that names it").protocol

    assert not is_missed(protocol)
    assert is_missed(gone)


LASTING: Change = (
    "questions",
    "",
    """
- id: old
  type: choice
  lasts: true
  ask: Which illness?
  short: Illness
  options: [{id: some, label: Some}, {id: well, label: None at all}]
""",
)


def test_a_sign_of_today_that_may_be_confirmed_is_harm_and_the_check_refuses_it(
    protocol: Protocol, made: dict[str, Mutant]
) -> None:
    found = verdict(protocol, made["question flag: lasts"])

    assert (found.effect, found.caught) == (Effect.STALE, Caught.CHECK)


def test_what_lasted_and_is_asked_anew_is_told(tmp_path: Path) -> None:
    protocol = load(tmp_path, LASTING)

    found = verdict(protocol, named(protocol, "question old: asked anew"))

    assert (found.effect, found.caught) == (Effect.NOTHING, Caught.DIFF)
