"""The hazard log is whole: what it names is there, and each dangerous sign has its hazard."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import ValidationError

from assessment.engine.promised import options, unpromised
from assessment.engine.protocol import Protocol
from assessment.protocols.load import load_protocol
from tests.hazard_log import LOG, NOT_ACCEPTABLE, PAGE, Control, Known, Log, page_of, read_log

URGENT = 2
"""The urgency of a same-day promise; an emergency has more."""
ASKED_FOR = {
    "missed_heart", "missed_stroke", "missed_spinal_cord", "missed_belly", "missed_pregnancy",
    "missed_injury", "false_reassurance", "over_triage", "wrong_person", "stale_protocol",
    "lost_response", "language", "reading_level", "shared_device", "over_trust", "not_sent",
    "private_harm", "private_disclosed",
}  # fmt: skip


@pytest.fixture(scope="module")
def log() -> Log:
    return read_log()


@pytest.fixture(scope="module")
def protocol(shipped: Path) -> Protocol:
    return load_protocol(shipped)


def test_everything_that_shows_a_control_is_there(log: Log, protocol: Protocol) -> None:
    assert Known(protocol).missing(log) == []


@pytest.mark.parametrize(
    "control",
    [
        Control("Gone.", promise=("no_such_promise",)),
        Control("Gone.", proof=("never-proven",)),
        Control("Gone.", check=("never-checked",)),
        Control("Gone.", text=("never_demanded",)),
        Control("Gone.", test=("tests/test_hazards.py::test_that_was_renamed",)),
        Control("Gone.", test=("tests/test_gone.py::test_that_was_there",)),
        Control("Gone.", page=("templates/gone.html",)),
    ],
    ids=lambda control: next(control.shown_by())[0],
)
def test_a_control_that_is_gone_is_found(log: Log, protocol: Protocol, control: Control) -> None:
    hazard = replace(log.hazards[0], controls=(control,))
    [(kind, name)] = control.shown_by()

    missing = Known(protocol).missing(replace(log, hazards=(hazard,)))

    assert missing == [f"{hazard.id}: no {kind} `{name}`"]


def test_every_control_is_shown_by_something(log: Log) -> None:
    bare = [one.id for one in log.hazards for each in one.controls if not list(each.shown_by())]

    assert bare == []
    assert [one.id for one in log.hazards if not one.controls] == []


def test_every_option_with_a_safety_tag_has_one_hazard(log: Log, protocol: Protocol) -> None:
    """The lines that "Not sure" asks singly (`now__chest`) are the same signs again."""
    dangerous = {
        f"{question.id}.{option.id}"
        for question in protocol.questions
        for option in question.options
        if option.safety is not None and "__" not in question.id
    }
    named = [sign for one in log.hazards for sign in one.signs]

    assert sorted(named) == sorted(dangerous)


def test_every_option_without_a_tag_that_a_promise_reads_has_one_hazard(
    log: Log, protocol: Protocol
) -> None:
    unread = set(unpromised(protocol))
    read = [sign for sign, tagged in options(protocol) if not tagged and sign not in unread]
    named = [option for one in log.hazards for option in one.relies_on]

    assert sorted(named) == sorted(f"{sign.question}.{sign.option}" for sign in read)


def test_every_emergency_and_same_day_promise_controls_a_hazard(
    log: Log, protocol: Protocol
) -> None:
    named = set().union(*(one.named("promise") for one in log.hazards))
    promised = {one.id for one in protocol.promises if one.urgency_at_least >= URGENT}

    assert promised - named == set()


def test_what_a_hazard_log_of_this_product_must_have_is_there(log: Log) -> None:
    ids = [one.id for one in log.hazards]

    assert len(set(ids)) == len(ids)
    assert set(ids) >= ASKED_FOR


def test_risks_are_judged_by_the_scales_and_controls_lower_none_the_wrong_way(log: Log) -> None:
    order = list(log.likelihood)
    assert list(log.risk) == order
    assert {len(row) for row in log.risk.values()} == {len(log.severity)}
    assert {risk for row in log.risk.values() for risk in row} == set(log.acceptance)
    for one in log.hazards:
        assert one.severity in log.severity
        assert order.index(one.residual.likelihood) <= order.index(one.likelihood), one.id
        assert one.residual.says


def test_what_is_not_acceptable_is_said_first(log: Log) -> None:
    assert log.acceptance[NOT_ACCEPTABLE] == "not acceptable"
    assert log.acceptance[NOT_ACCEPTABLE - 1] != "not acceptable"
    head, _ = page_of(log).split("## All hazards")
    for one in log.hazards:
        assert (f"](#{one.id})" in head) == (log.left(one) >= NOT_ACCEPTABLE)


def test_it_says_who_judged_it_and_that_nobody_owns_it_yet(log: Log) -> None:
    assert "not by a clinical safety officer" in log.judged
    assert {one.owner or log.owner for one in log.hazards} == {"not assigned"}
    assert page_of(log).count("- Owner: not assigned.") == len(log.hazards)


def test_a_hazard_may_have_an_owner_of_its_own(log: Log) -> None:
    owned = replace(log, hazards=(replace(log.hazards[0], owner="A. Name"), *log.hazards[1:]))
    assert page_of(owned).count("- Owner: A. Name.") == 1


def test_a_log_that_does_not_say_who_owns_it_is_none(tmp_path: Path) -> None:
    text = LOG.read_text(encoding="utf-8")
    wrong = tmp_path / "hazards.yaml"
    wrong.write_text(text.replace("\nowner: not assigned\n", "\n", 1), encoding="utf-8")

    with pytest.raises(ValidationError, match="owner"):
        read_log(wrong)


def test_a_key_that_the_log_does_not_have_is_no_part_of_it(tmp_path: Path) -> None:
    text = PAGE.with_suffix(".yaml").read_text(encoding="utf-8")
    wrong = tmp_path / "hazards.yaml"
    wrong.write_text(text.replace("    effect:", "    efect:", 1), encoding="utf-8")

    with pytest.raises(ValidationError):
        read_log(wrong)


def test_the_page_is_made_from_the_log(log: Log) -> None:
    assert PAGE.read_text(encoding="utf-8") == page_of(log), "python -m tests.hazard_log"
