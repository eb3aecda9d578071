"""Ordinary clients are drawn from facts, fill the real questions, and show who is sent away."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from assessment.cli import main
from assessment.engine.answers import Answer
from assessment.engine.protocol import Protocol
from assessment.measure.facts import Among
from assessment.measure.figures import figures
from assessment.measure.fill import Filled
from assessment.protocols.diagnostics import BrokenProtocol
from assessment.screening import Screening
from tests import tiny
from tests.measure import small


@pytest.fixture
def protocol(tmp_path: Path) -> Protocol:
    return tiny.load(tmp_path, rules=small.RULES)


def faults(folder: Path, protocol: Protocol, population: str, answers: str) -> str:
    with pytest.raises(BrokenProtocol) as broken:
        small.filling(folder, protocol, population, answers)
    return str(broken.value)


def no_sign(one: Filled) -> bool:
    return one.person["amber"] is False


def test_the_same_seed_draws_the_same_persons_and_another_seed_others(tmp_path: Path) -> None:
    drawn = small.population(tmp_path)
    assert list(drawn.draw()) == list(drawn.draw())
    assert list(drawn.draw()) != list(replace(drawn, seed=8).draw())
    assert list(replace(drawn, persons=50).draw()) == list(drawn.draw())[:50]


def test_a_fact_depends_on_those_before_it(tmp_path: Path) -> None:
    for person in small.population(tmp_path).draw():
        age = person["age"]
        assert isinstance(age, int)
        assert 20 <= age <= 59
        assert person["how_long"] == ("weeks" if age >= 40 else "days")
        assert person["amber"] is (age <= 29)


def test_shares_are_met(tmp_path: Path) -> None:
    drawn = replace(small.population(tmp_path), persons=4000)
    knots = [person["knot"] for person in drawn.draw()]
    assert 0.46 < sum(map(bool, knots)) / 4000 < 0.54


def test_persons_answer_the_questions_that_are_asked_and_no_others(
    tmp_path: Path, protocol: Protocol
) -> None:
    for one in small.filling(tmp_path, protocol).all():
        assert one.decision.complete
        assert one.decision.ignored == ()
        if one.person["amber"]:  # a doctor is certain then, and nothing more can matter
            assert one.answers == {"flag": "amber"}
            continue
        assert one.answers["flag"] == "absent"
        assert ("more" in one.answers) is bool(one.person["knot"])
        assert one.answers["pain"] == 3
        assert one.answers["signs"] == frozenset({"a" if one.person["knot"] else "none"})


def test_a_walk_at_once_is_the_walk_of_the_pages(tmp_path: Path, protocol: Protocol) -> None:
    screening = Screening(protocol)
    for one in small.filling(tmp_path, protocol).all():
        answers: dict[str, Answer] = {}
        while (question := screening.position(answers).question) is not None:
            answers[question.id] = one.answers[question.id]
        assert list(answers.items()) == list(one.answers.items())


def test_slips_tick_lines_that_fit_nothing_and_doubt_answers_not_sure(
    tmp_path: Path, protocol: Protocol
) -> None:
    slips = small.POPULATION.replace("slip_percent_per_line: 0", "slip_percent_per_line: 100")
    one = next(one for one in small.filling(tmp_path, protocol, slips).all() if no_sign(one))
    assert one.answers["signs"] == frozenset({"a", "b", "c"})
    doubts = small.POPULATION.replace("gate: 0", "gate: 100").replace("percent: 50", "percent: 0")
    one = next(one for one in small.filling(tmp_path, protocol, doubts).all() if no_sign(one))
    assert one.answers == {"flag": "not_sure"}  # an emergency in doubt: a doctor today
    doubts = doubts.replace("100, line", "0, often: 100, line")
    answers = small.ANSWERS.replace("signs: gate", "signs: often")
    filling = small.filling(tmp_path, protocol, doubts, answers)
    one = next(one for one in filling.all() if no_sign(one))
    assert one.answers["signs"] == frozenset({"not_sure"})


def test_a_line_that_somebody_was_not_sure_of_is_answered_by_itself(tmp_path: Path) -> None:
    questions = tiny.QUESTIONS.replace("  none: true\n", "  none: true\n  clarify: true\n")
    protocol = tiny.load(tmp_path, questions=questions, rules=small.RULES)
    doubts = small.POPULATION.replace("percent: 50", "percent: 0")
    answers = small.ANSWERS.replace("signs: gate", "signs: always")
    doubts = doubts.replace("{gate: 0, line: 0}", "{gate: 0, line: 0, always: 100}")
    filling = small.filling(tmp_path, protocol, doubts, answers)
    one = next(one for one in filling.all() if no_sign(one))
    assert one.answers["signs"] == frozenset({"not_sure"})
    assert [one.answers[f"signs__{option}"] for option in "abc"] == ["no", "no", "no"]


def test_figures_count_who_ends_where_and_which_rule_alone_sent_them(
    tmp_path: Path, protocol: Protocol
) -> None:
    drawn = small.population(tmp_path)
    filled = list(small.filling(tmp_path, protocol).all())
    found = figures(filled, drawn.budgets)
    young = sum(one.person["amber"] is True for one in filled)
    assert found.ends[Among.ALL].percent(1) == pytest.approx(100 * young / 300)
    assert found.ends[Among.WITHOUT].percent(1) == 0
    assert found.ends[Among.CAREFUL].persons == 300
    assert [kept.holds for kept in found.kept] == [young <= 60, True]
    [row] = found.sends
    assert (row.rule, row.persons, row.alone, row.without) == ("amber_flag", young, young, 0)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("judgement: Half.", "source: A table.", "population.yaml:21:5: no-reason"),
        ("{weeks: 100}", "{weeks: 90}", "population.yaml:13:47: out-of-range: found 90 percent"),
        ("{age: {at_most: 29}}", "{aeg: {at_most: 29}}", "population.yaml:19:23: bad-value"),
        ("{age: {at_most: 29}}", "{aeg: {at_most: 29}}", "Did you mean `age`?"),
        ("{age: {at_most: 29}}", "{knot: true}", "population.yaml:19:23: bad-value: found `knot`"),
        ("{is: 0}]", "{when: {age: {at_most: 39}}, is: 0}]", "expected a row for all"),
        ("id: knot", "id: amber", "population.yaml:21:10: duplicate-id"),
        ("of: all", "of: some", "population.yaml:5:10: bad-value: found `some`"),
    ],
)
def test_a_fault_in_the_facts_is_reported_with_its_place(
    tmp_path: Path, protocol: Protocol, old: str, new: str, says: str
) -> None:
    assert small.POPULATION.count(old) == 1
    assert says in faults(tmp_path, protocol, small.POPULATION.replace(old, new), small.ANSWERS)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("flag.amber", "flg.amber", "population_answers.yaml:5:3: unknown-question"),
        ("flag.amber", "flag.ambr", "population_answers.yaml:5:3: unknown-option"),
        ("{amber: true}", "{amber: amber}", "population_answers.yaml:5:23: wrong-type"),
        ("{knot: true}", "{has: [age]}", "population_answers.yaml:7:19: bad-value: found `age`"),
        ("{how_long: days}", "{how_long: day}", "population_answers.yaml:8:29: bad-value"),
        ("{how_long: days}", "{how_long: days, not: {knot: true}}", "put the parts under `all`"),
        (", more: gate", "", "found no `more`"),
        (", more: gate", ", more: gat", "Did you mean `gate`?"),
        ("pain: strength", "pain: strenght", "Did you mean `strength`?"),
    ],
)
def test_a_fault_in_the_answers_is_reported_with_its_place(
    tmp_path: Path, protocol: Protocol, old: str, new: str, says: str
) -> None:
    assert small.ANSWERS.count(old) == 1
    assert says in faults(tmp_path, protocol, small.POPULATION, small.ANSWERS.replace(old, new))


def test_the_command_prints_figures_and_ends_with_1_when_a_budget_is_missed(
    tmp_path: Path, protocol: Protocol
) -> None:
    assert protocol
    small.population(tmp_path)
    (tmp_path / "population_answers.yaml").write_text(small.ANSWERS)
    told = CliRunner().invoke(main, ["population", str(tmp_path), "--json"])
    found = json.loads(told.output)
    assert [budget["holds"] for budget in found["budgets"]] == [False, True]
    assert told.exit_code == 1
    assert found["sends"][0]["rule"] == "amber_flag"
    read = CliRunner().invoke(main, ["population", str(tmp_path), "--persons", "50"])
    assert "nobody was asked" in read.output
    again = CliRunner().invoke(
        main, ["population", str(tmp_path), "--against", str(tmp_path), "--json"]
    )
    moves = json.loads(again.output)
    assert all(row["old"] == row["new"] for row in moves["moves"])
    assert moves["downgrades"] == []


def test_a_protocol_without_a_population_is_said_in_one_line(
    tmp_path: Path, protocol: Protocol
) -> None:
    told = CliRunner().invoke(main, ["population", str(tmp_path)])
    assert (told.exit_code, told.output.count("\n")) == (2, 1)
    assert "population.yaml" in told.output
