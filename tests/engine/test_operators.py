"""What every test and every form of condition means, as one readable table.

Under each condition: answers, and what it then is. `-` is no answer; `not asked` means that the
`enable_when` of the questions is no, though they have answers from before. The loader reads the
conditions, and the engine and the oracle must both keep the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import yaml

from assessment.engine.answers import Answers, parse
from assessment.engine.conditions import Operator
from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from tests import tiny
from tests.engine.oracle import Oracle

QUESTIONS = """
- {id: gate, type: choice, ask: Which?, short: Gate, not_sure: true, options: [
    {id: open, label: Open}, {id: shut, label: Shut}]}
- {id: heat, type: choice, ask: Which?, short: Heat, not_sure: true, enable_when: {gate: open},
   options: [{id: fades, label: Fades}, {id: lasts, label: Lasts}, {id: worse, label: Worse}]}
- {id: signs, type: choices, ask: Which?, short: Signs, not_sure: true, enable_when: {gate: open},
   none: true, options: [{id: a, label: A}, {id: b, label: B}, {id: c, label: C}]}
- {id: where, type: areas, ask: Where?, short: Where, not_sure: true, enable_when: {gate: open},
   none: true, options: [{id: neck, label: Neck, side: back}, {id: calf, label: Calf, side: back}]}
- {id: pain, type: scale, ask: Bad?, short: Pain, not_sure: true, enable_when: {gate: open}}
- {id: age, type: number, ask: Age?, short: Age, not_sure: true, enable_when: {gate: open},
   minimum: 0, maximum: 120}
- {id: since, type: choice, ask: Since?, short: Since, not_sure: true, enable_when: {gate: open},
   ordered: true, options: [{id: days, label: Days}, {id: weeks, label: Weeks},
     {id: months, label: Months}, {id: years, label: Years}]}
"""

TABLE = """
# one option of a choice
{heat: fades}
  heat: fades                              yes
  heat: lasts                              no
  heat: not_sure                           unknown
  -                                        unknown
  not asked                                no
# any of these options
{heat: [fades, worse]}
  heat: worse                              yes
  heat: lasts                              no
  heat: not_sure                           unknown
  -                                        unknown
  not asked                                no
# none_of on a choice
{heat: {none_of: [fades]}}
  heat: lasts                              yes
{heat: {none_of: fades}}
  heat: fades                              no
{heat: {none_of: [fades, lasts]}}
  heat: lasts                              no
{heat: {none_of: [fades]}}
  heat: not_sure                           unknown
  -                                        unknown
  not asked                                yes
# options that are ticked
{signs: a}
  signs: [a]                               yes
  signs: [a, b]                            yes
  signs: [b]                               no
  signs: [none]                            no
  signs: not_sure                          unknown
  signs: [a, not_sure]                     yes
  signs: [b, not_sure]                     unknown
  -                                        unknown
  not asked                                no
{signs: [a, b]}
  signs: [b, c]                            yes
  signs: [c]                               no
  signs: [c, not_sure]                     unknown
  signs: [b, not_sure]                     yes
# none of these, ticked
{signs: none}
  signs: [none]                            yes
  signs: [a]                               no
  signs: [a, not_sure]                     unknown
  signs: not_sure                          unknown
  -                                        unknown
  not asked                                no
{signs: [none, c]}
  signs: [none]                            yes
# all_of
{signs: {all_of: [a, b]}}
  signs: [a, b]                            yes
  signs: [a, b, c]                         yes
  signs: [a]                               no
  signs: [a, not_sure]                     unknown
  signs: [a, b, not_sure]                  yes
  signs: [none]                            no
  signs: not_sure                          unknown
  -                                        unknown
  not asked                                no
# none_of on ticked options
{signs: {none_of: [a, b]}}
  signs: [c]                               yes
  signs: [none]                            yes
  signs: [a, c]                            no
  signs: [a, not_sure]                     no
  signs: [c, not_sure]                     unknown
  signs: not_sure                          unknown
  -                                        unknown
  not asked                                yes
{signs: {none_of: [none]}}
  signs: [none]                            no
  signs: [a]                               yes
# places of the body map
{where: calf}
  where: [calf, neck]                      yes
  where: [neck]                            no
  where: [neck, not_sure]                  unknown
  not asked                                no
{where: {all_of: [calf, neck]}}
  where: [calf, neck]                      yes
  where: [calf]                            no
{where: {none_of: [calf]}}
  where: [none]                            yes
  not asked                                yes
# a scale
{pain: {at_least: 7}}
  pain: 7                                  yes
  pain: 6                                  no
  pain: not_sure                           unknown
  -                                        unknown
  not asked                                no
{pain: {at_least: 0}}
  pain: 0                                  yes
  pain: not_sure                           unknown
  not asked                                no
{pain: {at_most: 3}}
  pain: 3                                  yes
  pain: 4                                  no
  pain: not_sure                           unknown
  -                                        unknown
  not asked                                no
{pain: {between: [4, 6]}}
  pain: 4                                  yes
  pain: 6                                  yes
  pain: 3                                  no
  pain: 7                                  no
  pain: not_sure                           unknown
  not asked                                no
{pain: {between: [5, 5]}}
  pain: 5                                  yes
{pain: {at_least: 4, at_most: 6}}
  pain: 5                                  yes
  pain: 7                                  no
# a number
{age: {at_least: 16}}
  age: 16                                  yes
{age: {at_most: 15}}
  age: 16                                  no
{age: {between: [16, 17]}}
  age: 17                                  yes
{age: {at_most: 15}}
  age: not_sure                            unknown
  -                                        unknown
  not asked                                no
# options in their order
{since: {at_least: weeks}}
  since: months                            yes
  since: weeks                             yes
  since: days                              no
  since: not_sure                          unknown
  -                                        unknown
  not asked                                no
{since: {at_least: days}}
  since: not_sure                          unknown
{since: {at_most: weeks}}
  since: days                              yes
  since: months                            no
{since: {between: [weeks, months]}}
  since: months                            yes
  since: years                             no
  since: not_sure                          unknown
  not asked                                no
# a mapping of questions: all must hold
{heat: fades, pain: {at_least: 7}}
  {heat: fades, pain: 9}                   yes
  {heat: fades, pain: 1}                   no
  heat: fades                              unknown
  heat: lasts                              no
# all
{all: [{heat: fades}, {signs: a}]}
  {heat: fades, signs: [a]}                yes
  signs: [b]                               no
  signs: [a]                               unknown
# any
{any: [{heat: fades}, {signs: a}]}
  signs: [a]                               yes
  {heat: lasts, signs: [b]}                no
  heat: lasts                              unknown
# not
{not: {heat: fades}}
  heat: fades                              no
  heat: lasts                              yes
  heat: not_sure                           unknown
  -                                        unknown
  not asked                                yes
{not: {heat: {none_of: [fades]}}}
  heat: fades                              yes
  not asked                                no
{not: {pain: {at_least: 7}}}
  pain: not_sure                           unknown
  not asked                                yes
{not: {not: {heat: fades}}}
  heat: not_sure                           unknown
# count
{count: {at_least: 1, of: [{heat: fades}]}}
  heat: fades                              yes
  heat: lasts                              no
  -                                        unknown
{count: {at_least: 2, of: [{heat: fades}, {signs: a}, {pain: {at_least: 7}}]}}
  {heat: fades, signs: [a]}                yes
  {heat: fades, signs: [b]}                unknown
  {heat: lasts, signs: [b]}                no
  {heat: lasts, signs: [b, not_sure]}      unknown
  not asked                                no
{count: {at_least: 3, of: [{heat: fades}, {signs: a}, {signs: b}]}}
  {heat: fades, signs: [a, b]}             yes
  {heat: fades, signs: [a]}                no
{count: {at_least: 2, of: [{heat: fades}, {heat: [fades, lasts]}]}}
  heat: fades                              yes
  heat: lasts                              no
{count: {at_least: 1, of: [{not: {heat: fades}}, {signs: a}]}}
  not asked                                yes
{count: {at_least: 2, of: [{count: {at_least: 1, of: [{signs: a}, {signs: b}]}}, {heat: fades}]}}
  {heat: fades, signs: [b]}                yes
# a finding
{finding: any_sign}
  signs: [c]                               yes
  signs: [none]                            no
  signs: not_sure                          unknown
  -                                        unknown
{not: {finding: any_sign}}
  not asked                                yes
# when it is not known whether a question is asked, it is asked
{heat: fades}
  {gate: not_sure, heat: fades}            yes
  {gate: not_sure, heat: lasts}            no
  gate: not_sure                           unknown
"""


@dataclass(frozen=True)
class Row:
    condition: str
    answer: str
    truth: str

    def answers(self, protocol: Protocol) -> Answers:
        if self.answer == "not asked":
            everything = {"heat": "fades", "signs": ["a"], "where": ["calf"], "pain": 9, "age": 16}
            return tiny.answers(protocol, gate="shut", since="weeks", **everything)
        given = {} if self.answer == "-" else yaml.safe_load(self.answer)
        return tiny.answers(protocol, **{"gate": "open", **given})


def read_table() -> list[Row]:
    rows, condition = [], ""
    for line in TABLE.strip().splitlines():
        if line.startswith("  "):
            answer, truth = line.strip().rsplit(maxsplit=1)
            rows.append(Row(condition, answer.strip(), truth))
        elif not line.startswith("#"):
            condition = line
    return rows


ROWS = read_table()
CONDITIONS = list(dict.fromkeys(row.condition for row in ROWS))


@cache
def protocol() -> Protocol:
    with TemporaryDirectory() as folder:
        return tiny.load(Path(folder), questions=QUESTIONS, rules=tiny.rules(*CONDITIONS))


@cache
def engine() -> Engine:
    return Engine(protocol())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.condition} | {row.answer}")
def test_the_engine_keeps_the_table(row: Row) -> None:
    place = CONDITIONS.index(row.condition)

    yes, unknown = engine().fire(row.answers(protocol()))

    assert ("yes" if place in yes else "unknown" if place in unknown else "no") == row.truth


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.condition} | {row.answer}")
def test_the_oracle_keeps_the_table(row: Row) -> None:
    rule = protocol().rules[CONDITIONS.index(row.condition)]

    truth = Oracle(protocol()).truth(rule.when, row.answers(protocol()))

    assert {True: "yes", None: "unknown", False: "no"}[truth] == row.truth


def test_the_table_has_every_operator_in_every_value() -> None:
    seen = {
        (operator, row.truth) for row in ROWS for operator in Operator if operator in row.condition
    }
    plain = {row.truth for row in ROWS if row.condition == "{heat: fades}"}

    assert seen >= {
        (operator, truth)
        for operator in Operator
        if operator is not Operator.IS
        for truth in ("yes", "no", "unknown")
    }
    assert plain == {"yes", "no", "unknown"}


def test_a_question_that_may_be_asked_is_asked() -> None:
    given = {"gate": parse(protocol().question["gate"], "not_sure")}

    assert engine().asked(given) == [question.id for question in protocol().questions]
    assert engine().asked({}) == [question.id for question in protocol().questions]


def test_a_question_whose_condition_is_no_is_not_asked() -> None:
    assert engine().asked(tiny.answers(protocol(), gate="shut")) == ["gate"]
