"""Precautions are promised: what the therapist is told holds for all answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from assessment.engine.conditions import All, Any, Condition, Count, Not, Operator, Test
from assessment.engine.decision import Engine
from assessment.engine.lowering import Lowering
from assessment.engine.protocol import Precaution
from assessment.proof.cases import judged
from assessment.proof.correct import correction, in_words
from assessment.proof.covered import uncovered
from assessment.proof.promises import broken_promises
from assessment.proof.prove import prove
from assessment.proof.report import Code, Failure
from assessment.proof.save import save_cases
from assessment.proof.workbench import Workbench
from assessment.protocols.diagnostics import BrokenProtocol
from assessment.protocols.load import load_protocol
from tests.proof.proven import Change, load
from tests.proof.test_codes import under

PROMISE = "- {id: told, promise: It is told., when: {when}, then: {then}}\n"
LOTS = "limits: [note]\n    therapist: There is lots more."
HERE: Change = ("rules", LOTS, f"places: [arm]\n    {LOTS}")
BODY: Change = (
    "questions",
    "",
    """
- id: where
  type: areas
  ask: Where?
  short: Where
  options:
    - {id: arm, label: Arm, side: front, informs: therapist}
    - {id: leg, label: Leg, side: front, informs: therapist}
""",
)


def failures(folder: Path, when: str, then: str, *changes: Change) -> list[Failure]:
    promise = PROMISE.replace("{when}", when).replace("{then}", then)
    report = prove(Engine(load(folder, ("safety", "", promise), *changes)))
    broken = (Code.PROMISE_BROKEN, Code.PROMISE_NOT_SURE)
    return [one for one in report.failures if one.code in broken]


def test_a_limit_is_promised_and_told(tmp_path: Path) -> None:
    assert failures(tmp_path, "{more: lots}", "{limits: note}") == []


def test_a_limit_that_nobody_tells_breaks_its_promise(tmp_path: Path) -> None:
    [found] = failures(tmp_path, "{more: lots}", "{limits: [note, no_heat]}")

    assert found.code is Code.PROMISE_BROKEN
    assert found.says == (
        "“It is told.” is not kept: whoever it is about must reach the therapist with the "
        "precaution no_heat. Some are not."
    )
    assert found.witness is not None
    assert found.witness.answers["more"] == "lots"
    assert [one.precaution.id for one in found.witness.decision.precautions] == ["lots_more"]


def test_a_precaution_for_fewer_people_breaks_the_promise(tmp_path: Path) -> None:
    fewer = ("rules", "when: {more: lots}", "when: {more: lots, duration: months}")

    [found] = failures(tmp_path, "{more: lots}", "{limits: note}", fewer)

    assert found.witness is not None
    assert found.witness.answers["duration"] != "months"


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("{signs: a}", []),
        ("{signs: a, flag: absent}", [Code.PROMISE_BROKEN, Code.PROMISE_NOT_SURE]),
    ],
)
def test_whoever_is_not_sure_is_told_as_well(
    tmp_path: Path, when: str, expected: list[Code]
) -> None:
    told = f"- {{id: a, when: {when}, limits: [no_heat], therapist: A., evidence: [T1]}}"

    found = failures(tmp_path, "{signs: a}", "{limits: no_heat}", under("precautions", told))

    assert [one.code for one in found] == expected


def test_a_limit_of_one_place_is_none_of_the_whole_body(tmp_path: Path) -> None:
    [found] = failures(tmp_path, "{more: lots}", "{limits: note}", BODY, HERE)
    assert found.code is Code.PROMISE_BROKEN


@pytest.mark.parametrize(("places", "kept"), [("[arm]", True), ("[arm, leg]", False)])
def test_each_place_is_promised_by_name(tmp_path: Path, places: str, *, kept: bool) -> None:
    then = f"{{limits: note, places: {places}}}"
    found = failures(tmp_path, "{more: lots}", then, BODY, HERE)

    assert ["the precaution note at leg" in one.says for one in found] == ([] if kept else [True])


@pytest.mark.parametrize(("limit", "kept"), [("note", True), ("avoid_area", False)])
def test_a_limit_of_the_whole_body_is_one_of_each_place_but_to_keep_off_somewhere(
    tmp_path: Path, limit: str, *, kept: bool
) -> None:
    """“Keep off it” says of no place by name that it is meant."""
    both = ("rules", "limits: [note]", "limits: [note, avoid_area]")
    then = f"{{limits: {limit}, places: [arm]}}"
    found = failures(tmp_path, "{more: lots}", then, BODY, both)
    assert bool(found) is not kept


def test_a_precaution_that_no_therapist_may_read_keeps_no_promise(tmp_path: Path) -> None:
    private = ("questions", "short: More", "short: More\n  private: true")
    [found] = failures(tmp_path, "{more: lots}", "{limits: note}", private)
    assert found.code is Code.PROMISE_BROKEN
    assert found.says == (
        "“It is told.” is not kept: whoever it is about must reach the therapist with the "
        "precaution note. Some are not. Precaution lots_more applies, but rests on the private "
        "answer to “More”, so no therapist sees it."
    )


def test_the_private_answer_is_named_that_asked_for_the_one_that_a_precaution_reads(
    tmp_path: Path,
) -> None:
    private = ("questions", "short: Signs", "short: Signs\n  private: true")
    [found] = failures(tmp_path, "{more: lots}", "{limits: note}", private)
    assert "Precaution lots_more applies, but rests on the private answer to “Signs”" in found.says


def test_nothing_private_is_blamed_for_a_limit_that_no_precaution_gives(tmp_path: Path) -> None:
    [found] = failures(tmp_path, "{more: lots}", "{limits: no_heat}")
    assert found.says.endswith("Some are not.")


def test_a_saved_case_of_an_untold_limit_expects_what_is_decided_now(tmp_path: Path) -> None:
    promise = PROMISE.replace("{when}", "{more: lots}").replace("{then}", "{limits: no_heat}")
    protocol = load(tmp_path, ("safety", "", promise))
    file = tmp_path / "found.yaml"

    save_cases(protocol, prove(Engine(protocol)).failures, file)

    [case] = yaml.safe_load(file.read_text(encoding="utf-8"))
    assert "deep_tissue" in case["never"]
    assert {case["expected"], *case.get("acceptable", ())}.isdisjoint(case["never"])


@pytest.mark.parametrize(
    ("then", "report"),
    [
        ("{places: [arm]}", "found `places` without `limits`; expected `limits: ...`"),
        ("{limits: no_deep}", "found `no_deep`"),
        ("{limits: []}", "found an empty list"),
        ("{limits: note, places: [toe]}", "found `toe`; expected an area: arm, leg"),
    ],
)
def test_a_promise_of_limits_that_cannot_be_meant_is_refused(
    tmp_path: Path, then: str, report: str
) -> None:
    with pytest.raises(BrokenProtocol, match=r"safety\.yaml:") as refused:
        failures(tmp_path, "{more: lots}", then, BODY)
    assert report in str(refused.value)


def named(precautions: str) -> Change:
    return "cases", "  expected: emergency", f"  expected: emergency\n  precautions: {precautions}"


def test_a_case_names_the_precautions_that_are_told(tmp_path: Path) -> None:
    assert all(not one.wrong for one in judged(Engine(load(tmp_path, named("[lots_more]")))))


def test_a_case_whose_precaution_is_not_told_fails_and_is_its_authors_to_mend(
    tmp_path: Path,
) -> None:
    fewer = ("rules", "when: {more: lots}", "when: {more: lots, duration: weeks}")

    [wrong] = [
        one for one in judged(Engine(load(tmp_path, named("[lots_more]"), fewer))) if one.wrong
    ]

    assert wrong.wrong == ("precaution lots_more is not told",)
    assert in_words(wrong).endswith("expected the precaution lots_more.")
    assert correction(wrong) is None


def test_a_case_cannot_name_a_precaution_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BrokenProtocol, match=r"found `lots_mor`.* Did you mean `lots_more`"):
        load(tmp_path, named("[lots_mor]"))


@pytest.fixture(scope="module")
def bench(shipped: Path) -> Workbench:
    return Workbench(Engine(load_protocol(shipped)))


def test_each_shipped_precaution_is_held(bench: Workbench) -> None:
    assert uncovered(bench).precautions == ()


def test_each_shipped_precaution_is_missed_when_it_is_lost_or_weakened(bench: Workbench) -> None:
    weaker = {
        f"{one.id}: {what}": each for one in bench.protocol.precautions for what, each in weak(one)
    }
    unnoticed = [name for name, each in weaker.items() if not notices(bench, name, each)]

    assert len(weaker) > 400
    assert unnoticed == []


def notices(bench: Workbench, name: str, weaker: Precaution | None) -> bool:
    """Whether a promise is broken with this precaution in place of its own, or without it."""
    whose = name.partition(":")[0]
    protocol, meanings = bench.protocol, bench.meanings
    kept = [
        (each, meaning)
        for each, meaning in zip(protocol.precautions, meanings.precautions, strict=True)
        if each.id != whose
    ]
    if weaker is not None:
        findings = {finding.id: finding.when for finding in protocol.findings}
        kept.append((weaker, Lowering(protocol.question, findings).meaning(weaker.when)))
    bench.protocol = replace(protocol, precautions=tuple(one for one, _ in kept))
    bench.meanings = replace(meanings, precautions=tuple(meaning for _, meaning in kept))
    try:
        claims = broken_promises(bench)
        broken = bench.circuit.disj(one.literal for one in claims)
        return bench.solver.find([broken]) is not None
    finally:
        bench.protocol, bench.meanings = protocol, meanings


def weak(one: Precaution) -> Iterator[tuple[str, Precaution | None]]:
    """Yield a precaution lost, with a limit or a place less, and for fewer people."""
    yield "lost", None
    for limit in one.limits:
        rest = tuple(each for each in one.limits if each is not limit)
        yield f"without {limit}", replace(one, limits=rest)
    for place in one.places:
        rest_of_places = tuple(each for each in one.places if each != place)
        if rest_of_places:  # without any it limits the whole body
            yield f"without {place}", replace(one, places=rest_of_places)
    if not one.places:
        yield "for the jaw alone", replace(one, places=("jaw",))
    for number, fewer in enumerate(narrower(one.when)):
        yield f"narrower, {number}", replace(one, when=fewer)


def narrower(when: Condition) -> Iterator[Condition]:
    """Yield the condition for fewer people."""
    yield All((when, Not(Test("where", Operator.IS, ("left_hand",)))))
    yield All((when, Test("age", Operator.BETWEEN, (16, 64))))
    match when:
        case Test(question, Operator.IS, operand) if len(operand) > 1:
            for lost in operand:
                rest = tuple(str(each) for each in operand if each != lost)
                yield Test(question, Operator.IS, rest)
        case Any(parts):
            for place, part in enumerate(parts):
                before, after = parts[:place], parts[place + 1 :]
                yield Any((*before, *after))
                fewer = list(narrower(part))[2:]
                yield from (Any((*before, each, *after)) for each in fewer)
        case All(parts):
            for place, part in enumerate(parts):
                fewer = list(narrower(part))[2:]
                yield from (All((*parts[:place], each, *parts[place + 1 :])) for each in fewer)
        case Count():
            raise AssertionError("say how a count is narrowed")
