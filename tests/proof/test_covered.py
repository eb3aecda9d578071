"""How far a proof goes: what no tag, promise or case speaks of is counted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from assessment.cli import main
from assessment.engine.decision import Engine
from assessment.engine.promised import no_emergency_promised, nothing_promised
from assessment.engine.protocol import Waiver
from assessment.proof.covered import Uncovered, uncovered
from assessment.proof.workbench import Workbench
from assessment.protocols.diagnostics import BrokenProtocol
from tests import tiny
from tests.proof.proven import Change, load

URGENT: Change = ("questions", "{id: lots, label: Lots}", "{id: lots, label: Lots, safety: urgent}")
SAFETY = """
- {{id: more, promise: It is asked., when: {when}, asked: [{signs}]}}
- {{id: told, promise: It is told., when: {{more: lots}}, then: {{limits: note}}}}
"""


def rest(folder: Path, *changes: Change) -> Uncovered:
    return uncovered(Workbench(Engine(load(folder, *changes))))


def safety(when: str, signs: str) -> Change:
    return "safety", "", SAFETY.format(when=when, signs=signs)


def test_an_option_without_a_tag_that_no_promise_reads_is_not_covered(tmp_path: Path) -> None:
    options = rest(tmp_path, safety("{signs: [a, c]}", "more.little")).options

    assert {"signs.b", "duration.days", "flag.absent"} <= set(options)
    assert {"signs.a", "signs.c", "more.lots", "more.little", "flag.red"}.isdisjoint(options)


def test_a_medical_rule_beyond_all_tags_and_promises_is_not_covered(tmp_path: Path) -> None:
    """Pain of 9 is seen today by a rule alone; from 10 there is a promise."""
    assert rest(tmp_path).rules == ("worst_pain",)
    assert rest(tmp_path, ("safety", "at_least: 10", "at_least: 9")).rules == ()


def test_a_precaution_is_covered_by_a_promise_of_all_its_limits_to_everybody(
    tmp_path: Path,
) -> None:
    told = safety("{signs: a}", "more")
    more = ("rules", "limits: [note]", "limits: [note, no_heat]")
    wider = ("rules", "when: {more: lots}", "when: {more: [lots, little]}")
    twice = (
        "rules",
        "precautions:\n",
        "precautions:\n  - {id: again, when: {more: lots}, limits: [note], therapist: Again., "
        "evidence: [T1]}\n",
    )

    assert rest(tmp_path).precautions == ("lots_more",)
    assert rest(tmp_path, told).precautions == ()
    assert rest(tmp_path, told, more).precautions == ("lots_more",)
    assert rest(tmp_path, told, wider).precautions == ("lots_more",)
    assert rest(tmp_path, told, twice).precautions == ("again", "lots_more")


def test_a_precaution_that_a_case_names_is_covered(tmp_path: Path) -> None:
    case = ("cases", "expected: emergency", "expected: emergency\n  precautions: [lots_more]")
    assert rest(tmp_path, case).precautions == ()


ALL = "- {id: all, promise: All., asked: [signs, flag.red, flag.not_sure, signs.not_sure]}\n"


@pytest.mark.parametrize(
    ("when", "everybody", "left"),
    [
        ("{signs: a}", ALL, set()),
        ("{signs: a, duration: days}", ALL, {"more.lots"}),
        ("{signs: a}", "", {"flag.red", "flag.not_sure", "signs.a", "signs.not_sure"}),
    ],
)
def test_a_sign_is_covered_where_everybody_who_is_asked_is_promised_it(
    tmp_path: Path, when: str, everybody: str, left: set[str]
) -> None:
    found = rest(tmp_path, URGENT, safety(when, "more"), ("safety", "", everybody))
    assert set(found.signs) == left


def proved(folder: Path, *options: str) -> str:
    result = CliRunner(env={"COLUMNS": "120"}).invoke(main, ["prove", str(folder), *options])
    assert result.exit_code == 0, result.stdout
    return result.stdout


def test_prove_counts_what_is_not_covered_and_names_it(tmp_path: Path) -> None:
    load(tmp_path)
    shown, rules = proved(tmp_path), "1 of 3 medical rules that no tag or promise asks for"
    assert f"Not promised: {rules}: worst_pain." in shown
    assert "Nothing was promised" not in shown
    report = json.loads(proved(tmp_path, "--json"))
    assert report["nothing_promised"] is False
    assert report["uncovered"]["precautions"] == ["lots_more"]


UNTAGGED: Change = ("questions", "safety: emergency", "informs: therapist")
NEITHER: Change = ("questions", "safety: clearance", "informs: therapist")
NO_PROMISE: Change = ("safety", "urgency_at_least: urgent_medical, ", "")


def test_a_protocol_that_asks_for_no_care_says_that_nothing_was_promised(tmp_path: Path) -> None:
    """A chest that is crushed could lead to a plan, and each claim about nothing would hold."""
    assert not nothing_promised(load(tmp_path, UNTAGGED, NEITHER))
    assert not nothing_promised(load(tmp_path, NO_PROMISE))
    assert nothing_promised(load(tmp_path, UNTAGGED, NEITHER, NO_PROMISE))

    assert "tiny 1: nothing was promised, in " in proved(tmp_path)
    checked = CliRunner().invoke(main, ["check", str(tmp_path)])
    assert checked.exit_code == 0
    assert "Nothing was promised: no safety tag and no promise asks for" in checked.stdout


def test_a_protocol_that_promises_no_emergency_says_so(tmp_path: Path) -> None:
    assert not no_emergency_promised(load(tmp_path))
    assert no_emergency_promised(load(tmp_path, UNTAGGED, NEITHER))

    shown = proved(tmp_path)
    assert "No emergency is promised: no safety tag and no promise asks for emergency care" in shown
    assert "Nothing was promised" not in shown
    assert json.loads(proved(tmp_path, "--json"))["no_emergency_promised"] is True
    checked = CliRunner().invoke(main, ["check", str(tmp_path)])
    assert "No emergency is promised" in checked.stdout


def test_a_waiver_names_a_person_and_changes_the_wording_hash(tmp_path: Path) -> None:
    waiver = "waiver: {by: A. Name, date: 2026-11-26, why: It advises no care.}\n"
    before = tiny.load(tmp_path)
    waived = tiny.load(tmp_path, protocol=tiny.PROTOCOL + waiver)

    assert waived.waiver == Waiver("A. Name", "2026-11-26", "It advises no care.")
    assert waived.rules_hash == before.rules_hash
    assert waived.wording_hash != before.wording_hash
    checked = CliRunner().invoke(main, ["check", str(tmp_path)])
    assert "Waived by A. Name on 2026-11-26: It advises no care." in checked.stdout


def test_a_waiver_of_nobody_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BrokenProtocol, match="missing-key: found no `by`"):
        tiny.load(tmp_path, protocol=tiny.PROTOCOL + "waiver: {date: 2026-11-26, why: Why.}\n")
