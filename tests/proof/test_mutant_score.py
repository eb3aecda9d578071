"""The score of `make mutants`, how it is kept, and what of it is not accepted."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessment.engine.protocol import Protocol
from assessment.protocols.load import load_protocol
from tests.proof.accepted_mutants import ACCEPTED, OPEN
from tests.proof.mutant import Fault
from tests.proof.mutant_judge import Verdict
from tests.proof.mutant_noticed import Caught
from tests.proof.mutant_oracle import Effect
from tests.proof.mutant_record import Operator, fingerprint, keep, kept, score_of, share
from tests.proof.mutant_run import Kept, drawn, judge_all
from tests.proof.mutant_score import BAR, closed, faults_of, in_words
from tests.proof.mutants import mutants
from tests.proof.proven import Change, load


@pytest.fixture
def protocol(tmp_path: Path) -> Protocol:
    return load(tmp_path)


def some(*caught: Caught, effect: Effect = Effect.WORSE) -> list[Verdict]:
    return [Verdict(f"m{number}", Fault.DROPPED, effect, by) for number, by in enumerate(caught)]


def test_a_survivor_needs_a_reason() -> None:
    many = some(Caught.DIFF, *[Caught.CASES] * 99)

    assert faults_of(many, {"m0": "a reason"}, {}) == []
    assert faults_of(many, {}, {}) == ["survives without a reason: m0"]


def test_what_does_no_harm_survives_when_nothing_tells_of_it() -> None:
    found = faults_of(some(Caught.DIFF, Caught.NOT, effect=Effect.OTHER), {}, {})

    assert found == ["survives without a reason: m1"]


def test_a_reason_for_what_is_noticed_is_stale() -> None:
    assert faults_of(some(Caught.PROOF), {"m0": ""}, {}) == ["has a reason, but is noticed: m0"]


def test_a_sample_says_nothing_of_what_was_not_drawn() -> None:
    assert faults_of(some(Caught.PROOF), {"m9": "a reason"}, {Fault.LIMIT: "a reason"}) == []


def test_a_kind_that_is_known_to_be_open_needs_no_reason_for_each() -> None:
    known = {Fault.DROPPED: "a reason"}

    assert faults_of(some(*[Caught.DIFF] * 3), {}, known) == []
    assert closed(some(Caught.DIFF), known) == []
    assert closed(some(Caught.CASES), known) == ["is called open, but is noticed: rule dropped"]


def test_reasons_do_not_make_up_for_a_low_score() -> None:
    found = faults_of(some(Caught.DIFF, *[Caught.DEAD] * 50), {"m0": "a reason"}, {})

    assert found == ["less than 99% of the harmful ones are refused"]


def test_every_accepted_mutant_has_a_reason_and_is_a_mutant(shipped: Path) -> None:
    unknown = set(ACCEPTED)
    made = (one.id for one in mutants(load_protocol(shipped)))
    while unknown and (name := next(made, None)):
        unknown.discard(name)

    assert unknown == set()
    assert all(ACCEPTED.values())
    assert all(OPEN.values())


def test_the_score_is_kept_kind_by_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.proof.mutant_record.RECORD", tmp_path / "score.json")
    told = Verdict("told", Fault.TEXT, Effect.NOTHING, Caught.DIFF)
    missed = Verdict("missed", Fault.TEXT, Effect.NOTHING, Caught.NOT)
    harm = some(Caught.CHECK, Caught.CASES, Caught.PROOF, Caught.DEAD, Caught.LOG, Caught.DIFF)
    score = score_of([*harm, told, missed], "this", 9)

    keep(score)

    assert kept() == score
    assert score.operators == (
        Operator(Fault.DROPPED, 6, harmful=6, by_check=1, by_cases=1, by_proof=2, by_log=1, told=0),
        Operator(Fault.TEXT, 2, harmful=0, by_check=0, by_cases=0, by_proof=0, by_log=0, told=1),
    )
    assert (score.share, [one.survivors for one in score.operators]) == (5 / 6, [1, 1])


def test_the_report_names_each_survivor_with_its_reason() -> None:
    verdicts = some(Caught.DIFF, Caught.PROOF)
    report = "\n".join(in_words(score_of(verdicts, "", 2), verdicts, {}, {}))

    assert "m0: NO REASON GIVEN" in report
    assert "1 of 2 harmful mutants are refused: 50.00%." in report


def test_the_report_tells_apart_what_only_the_test_of_the_hazard_log_stops() -> None:
    verdicts = some(Caught.CHECK, Caught.CASES, Caught.PROOF, Caught.DEAD, Caught.LOG)
    report = "\n".join(in_words(score_of(verdicts, "", 5), verdicts, {}, {}))

    assert "5 of 5 harmful mutants are refused: 100.00%." in report
    assert "4 of them by the check, a case or the proof, and 1 by the\ntest of" in report


def test_a_sample_is_drawn_evenly_by_kind_and_is_the_same_for_the_same_seed() -> None:
    faults = [*[Fault.TEXT] * 90, *[Fault.DROPPED] * 10]
    places = drawn(faults, 10, "a seed")

    assert sum(faults[place] is Fault.DROPPED for place in places) == 5
    assert places == sorted(set(places)) == drawn(faults, 10, "a seed")
    assert places != drawn(faults, 10, "another seed")
    assert drawn(faults, 100, "a seed") == list(range(100))


def test_a_run_that_was_cut_off_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "verdicts.jsonl"
    first, second = some(Caught.CASES, Caught.PROOF)
    Kept(file, "this").add(first)
    Kept(file, "this").add(second)
    with file.open("a", encoding="utf-8") as cut_off:
        cut_off.write('{"of": "this", "id": "m2", "fau')

    assert Kept(file, "this").read() == {"m0": first, "m1": second}
    assert Kept(file, "another").read() == {}


def test_what_was_judged_is_not_judged_again(tmp_path: Path, protocol: Protocol) -> None:
    file = Kept(tmp_path / "verdicts.jsonl", "this")
    every = list(mutants(protocol))
    known = Verdict(every[0].id, every[0].fault, Effect.OPEN, Caught.NOT)
    file.add(known)

    found = judge_all(protocol, [0, 1, 3], file)

    assert [one.id for one in found] == [every[place].id for place in (0, 1, 3)]
    assert found[0] == known
    assert file.read() == {one.id: one for one in found}


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
    others = [one for one in kept().operators if one.fault not in OPEN]
    accepted = sum(one.survivors for one in others)

    assert share(others) >= BAR
    assert accepted <= len(ACCEPTED)
