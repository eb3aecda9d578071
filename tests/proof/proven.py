"""One tiny protocol of which everything holds; a test changes what it needs to break."""

from __future__ import annotations

from pathlib import Path

from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.proof.prove import prove
from assessment.proof.report import Report
from tests import tiny

QUESTIONS = """
- id: flag
  type: choice
  ask: Is there a flag?
  short: Flag
  options:
    - {id: red, label: "Yes, a red one", safety: emergency}
    - {id: amber, label: "Yes, an amber one", safety: clearance}
    - {id: absent, label: "No"}
  not_sure: true
- id: signs
  type: choices
  ask: Which of these?
  short: Signs
  options:
    - {id: a, label: A}
    - {id: b, label: B}
    - {id: c, label: C}
  none: true
  not_sure: true
- id: pain
  type: scale
  worse: up
  ask: How bad is it?
  short: Pain
  not_sure: true
- id: duration
  type: choice
  ordered: true
  ask: How long?
  short: How long
  options:
    - {id: days, label: Days}
    - {id: weeks, label: Weeks}
    - {id: months, label: Months}
- id: more
  type: choice
  ask: More?
  short: More
  options:
    - {id: lots, label: Lots}
    - {id: little, label: Little}
  enable_when: {signs: a}
"""

RULES = """
findings:
  any_sign:
    says: a sign
    when: {signs: [a, b, c]}
rules:
  - id: red_flag
    when: {flag: red}
    recommend: emergency
    because: You told us about a red flag.
    if_unsure: urgent_medical
    evidence: [T1]
  - id: amber_flag
    when: {flag: amber}
    recommend: medical_clearance_first
    because: You told us about an amber flag.
    if_unsure: medical_clearance_first
    evidence: [T1]
  - id: worst_pain
    when: {pain: {at_least: 9}}
    recommend: urgent_medical
    because: You told us about very bad pain.
    if_unsure: medical_clearance_first
    evidence: [T1]
  - id: deep
    when: {signs: {all_of: [a, b]}, duration: months}
    recommend: deep_tissue
    because: You told us about two signs for months.
    evidence: [T1]
  - id: plan
    when: {duration: {at_least: weeks}}
    recommend: regular_plan
    because: You told us that it lasts.
    evidence: [T1]
  - id: therapist
    when: {finding: any_sign}
    recommend: certified_therapist
    because: You told us about a sign.
    evidence: [T1]
  - id: rest
    when: {signs: none}
    recommend: self_care
    because: You told us of no sign.
    if_unsure: self_care
    evidence: [T1]
precautions:
  - id: lots_more
    when: {more: lots}
    limits: [note]
    therapist: There is lots more.
    evidence: [T1]
support:
  - id: kind_words
    when: {pain: {at_least: 7}}
    headline: That is hard
    lines: [Be kind to yourself.]
    evidence: [T1]
"""

SAFETY = """
- id: strong_pain
  promise: Very strong pain is seen today.
  when: {pain: {at_least: 10}}
  then: {urgency_at_least: urgent_medical, pressure_at_most: 0}
  evidence: [T1]
"""

CASES = """
- id: nothing
  title: Nothing at all
  answers: {flag: absent, signs: [none], pain: 1, duration: days}
  expected: self_care
- id: dev_red
  title: A red flag
  answers: {flag: red, signs: [a, not_sure], pain: 1, duration: months, more: lots}
  expected: emergency
  never: [self_care]
  rule: red_flag
"""

FILES = {"questions": QUESTIONS, "rules": RULES, "safety": SAFETY, "cases": CASES}
Change = tuple[str, str, str]
"""A file, what is replaced in it, and by what; an empty text is the end of the file."""


def load(folder: Path, *changes: Change) -> Protocol:
    """Return the protocol with these changes; AssertionError when one changes nothing."""
    files = dict(tiny.FILES) | FILES
    for name, old, new in changes:
        assert old in files[name], (name, old)
        files[name] = files[name].replace(old, new, 1) if old else files[name] + new
    return tiny.load(folder, **files)


def proof(folder: Path, *changes: Change, conflicts: int | None = None) -> Report:
    """Return what is proven of the protocol with these changes."""
    engine = Engine(load(folder, *changes))
    return prove(engine) if conflicts is None else prove(engine, conflicts)
