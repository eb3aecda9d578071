"""The contenders of the benchmark give the same rules. Nothing here is timed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assessment.engine.answers import Answer
from assessment.engine.decision import Engine
from bench.clinics import Size, filled, sqlite
from bench.engine import Fired, fired_by
from bench.fixed import any_answers, fixed_protocol, typical_answers
from bench.generate import FOLDER, Writer
from bench.large import MEGABYTES, apart
from bench.pages import pages
from bench.synthetic import synthetic_protocol
from bench.twin import fired


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(fixed_protocol())


@pytest.fixture(scope="module")
def answer_sets(engine: Engine) -> list[dict[str, Answer]]:
    return [*typical_answers(engine), *any_answers(engine.protocol)]


def test_the_protocol_is_what_its_generator_writes(tmp_path: Path) -> None:
    Writer().write(tmp_path)

    kept = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.iterdir()}
    written = {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()}
    assert written == kept


def test_the_set_has_the_shape_that_is_promised(engine: Engine) -> None:
    protocol = engine.protocol
    assert len(protocol.questions) == 30
    assert len(protocol.rules) == 60
    assert sum(question.enable_when is not None for question in protocol.questions) == 10
    assert sum(rule.if_unsure is not None for rule in protocol.rules) == 15

    each = Counter(len(engine.fire(answers)[0]) for answers in typical_answers(engine))
    assert sum(number for rules, number in each.items() if 5 <= rules <= 12) > 100


def test_every_rule_fires_and_every_if_unsure_counts_in_some_set(
    engine: Engine, answer_sets: list[dict[str, Answer]]
) -> None:
    rules = engine.protocol.rules
    found = [fired(answers) for answers in answer_sets]

    assert {name for yes, _ in found for name in yes} == {rule.id for rule in rules}
    assert {name for _, unknown in found for name in unknown} == {
        rule.id for rule in rules if rule.if_unsure is not None
    }


def test_the_engine_fires_what_the_rules_written_by_hand_fire(
    engine: Engine, answer_sets: list[dict[str, Answer]]
) -> None:
    by_engine = fired_by(engine)

    assert [by_engine(answers) for answers in answer_sets] == [
        fired(answers) for answers in answer_sets
    ]


def test_a_decision_holds_the_same_rules(engine: Engine) -> None:
    for answers in typical_answers(engine):
        decision = engine.decide(answers)
        yes, unknown = fired(answers)

        assert sorted(one.rule.id for one in decision.fired if not one.unsure) == yes
        assert sorted(one.rule.id for one in decision.fired if one.unsure) == unknown


@pytest.mark.parametrize("form", ["expression", "table", "loaded_table"])
def test_zen_fires_what_the_rules_written_by_hand_fire(
    form: str, engine: Engine, answer_sets: list[dict[str, Answer]]
) -> None:
    pytest.importorskip("zen", reason="they need zen-engine; get it with: make bench-ready")
    from bench.zen_rules import ZenRules, context

    by_zen: Callable[[dict[str, Any]], Fired] = getattr(ZenRules(engine), form)()

    assert [by_zen(context(answers)) for answers in answer_sets] == [
        fired(answers) for answers in answer_sets
    ]


def test_the_synthetic_protocol_is_as_large_as_is_said_and_always_the_same() -> None:
    protocol = synthetic_protocol()

    assert (len(protocol.questions), len(protocol.rules)) == (100, 500)
    assert len({rule.when for rule in protocol.rules}) > 450
    assert sum(question.enable_when is not None for question in protocol.questions) > 10
    assert protocol == synthetic_protocol()


def test_a_large_synthetic_protocol_has_as_many_questions_and_rules_as_are_asked_for() -> None:
    protocol = synthetic_protocol(60, 1_000)

    assert (len(protocol.questions), len(protocol.rules)) == (60, 1_000)


def test_the_proof_of_a_large_protocol_is_measured_in_a_process_of_its_own() -> None:
    taken = apart(60, 400)

    assert taken.claims > 300
    assert taken.seconds > 0
    assert taken.megabytes < MEGABYTES


def test_every_page_that_is_measured_opens_and_its_entries_are_taken_out_again() -> None:
    with sqlite() as database:
        clinic = filled(database, Size(30, 30, 30))
        for name, ask in pages().items():
            if not name.startswith("audit log, "):  # which are all one page
                ask(clinic)  # raises where it is no page
        before = clinic.owner.get("/clinic/audit").count(b"<tr")
        clinic.forget_entries()
        after = clinic.owner.get("/clinic/audit").count(b"<tr")

    assert (before, after) == (51, 31)
