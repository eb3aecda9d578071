"""A small population, and how its persons answer the tiny protocol."""

from __future__ import annotations

from pathlib import Path

from assessment.engine.protocol import Protocol
from assessment.measure.facts import Population
from assessment.measure.fill import Filling
from assessment.measure.read_answering import Answering, read_answering
from assessment.measure.read_population import read_population
from assessment.screening import Screening
from tests import tiny

RULES = f"""{tiny.RULES}
  - id: strong
    when: {{pain: {{at_least: 8}}}}
    recommend: medical_clearance_first
    because: You told us about strong pain.
    if_unsure: medical_clearance_first
    evidence: [T1]
  - id: lasting
    when: {{duration: months}}
    recommend: medical_clearance_first
    because: You told us that it lasts.
    if_unsure: medical_clearance_first
    evidence: [T1]
  - id: lots
    when: {{more: lots}}
    recommend: regular_plan
    because: You told us of more.
    evidence: [T1]
"""
"""So that every question can matter, and is asked where nothing is certain yet."""

POPULATION = """
persons: 300
seed: 7
budgets:
  - {of: all, urgency_at_least: 1, at_most_percent: 20}
  - {of: without_sign_or_condition, urgency_at_least: 1, at_most_percent: 8}
facts:
  - {id: age, group: person, number: {20-39: 50, 40-59: 50}, judgement: Half and half.}
  - {id: strength, group: pain, number: {3: 100}, judgement: All the same.}
  - id: how_long
    group: pain
    one_of:
      - {when: {age: {at_least: 40}}, shares: {weeks: 100}}
      - {shares: {days: 100}}
    source: A table.
    because: It says so.
  - id: amber
    group: sign
    percent: [{when: {age: {at_most: 29}}, is: 100}, {is: 0}]
    judgement: The young ones.
  - {id: knot, group: pain, percent: 50, judgement: Half.}
  - {id: takes_look_alike, group: reading, percent: 0, judgement: Nobody.}
behaviour:
  slip_percent_per_line: 0
  slip_because: None here.
  not_sure_percent: {gate: 0, line: 0}
  not_sure_because: None here.
"""

ANSWERS = """
numbers: {pain: strength}
not_sure: {flag: gate, signs: gate, pain: gate, duration: gate, more: gate}
answers:
  flag.amber: {amber: true}
  flag.absent: otherwise
  signs.a: {knot: true}
  duration.days: {how_long: days}
  duration.weeks: otherwise
  more.lots: {age: {between: [40, 59]}}
  more.little: otherwise
"""


def population(folder: Path, text: str = POPULATION) -> Population:
    file = folder / "population.yaml"
    file.write_text(text, encoding="utf-8")
    return read_population(file)


def answering(folder: Path, protocol: Protocol, of: Population, text: str = ANSWERS) -> Answering:
    file = folder / "population_answers.yaml"
    file.write_text(text, encoding="utf-8")
    return read_answering(file, protocol, of)


def filling(
    folder: Path, protocol: Protocol, facts: str = POPULATION, answers: str = ANSWERS
) -> Filling:
    drawn = population(folder, facts)
    return Filling(Screening(protocol), drawn, answering(folder, protocol, drawn, answers))
