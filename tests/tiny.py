"""Tiny protocols: the vocabulary of the tests.

`FILES` is one small, valid protocol. A test names the files that it changes, and nothing else.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from assessment.engine.answers import Answer, parse
from assessment.engine.protocol import Protocol
from assessment.protocols.load import load_protocol

PROTOCOL = """
id: tiny
title: A tiny protocol
version: "1"
date: 2026-01-01
author: The tests
intended_purpose: To test.
language: en
"""

QUESTIONS = """
- id: flag
  type: choice
  ask: Is there a flag?
  short: Flag
  options:
    - {id: red, label: "Yes, a red one", says: a red flag, safety: emergency, evidence: [T1]}
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
  not_sure: true
- id: more
  type: choice
  ask: More?
  short: More
  options:
    - {id: lots, label: Lots}
    - {id: little, label: Little}
  enable_when: {signs: a}
  not_sure: true
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
  - id: therapist
    when: {finding: any_sign}
    recommend: certified_therapist
    because: You told us about a sign.
    evidence: [T1]
  - id: rest
    when: {signs: none}
    recommend: self_care
    because: You told us of no sign.
    evidence: [T1]
"""

RECOMMENDATIONS = """
- {id: emergency, headline: Call for help now., do_now: [Call.]}
- {id: urgent_medical, headline: See a doctor today., do_now: [See one.]}
- {id: medical_clearance_first, headline: Ask a doctor first., do_now: [Ask.]}
- {id: deep_tissue, headline: Try deeper work., do_now: [Try.]}
- {id: regular_plan, headline: Make a plan., do_now: [Plan.]}
- {id: certified_therapist, headline: See a therapist., do_now: [Book.]}
- {id: self_care, headline: Look after it., do_now: [Rest.]}
"""

TEXTS = """
disclaimer_short: This is not a diagnosis.
disclaimer: This is not a diagnosis. It cannot examine you.
emergency_lead: Call now.
emergency_say: Say what you told us.
not_reviewed: Not yet reviewed by a clinician.
"""

EVIDENCE = """
- {id: T1, claim: A claim., source: A source}
"""

GERMAN = """
protocol.intended_purpose: Zum Prüfen.
question.flag.ask: Gibt es eine Fahne?
question.flag.option.red.label: Ja, eine rote
question.flag.option.amber.label: Ja, eine gelbe
rule.red_flag.because: Sie haben eine rote Fahne genannt.
rule.amber_flag.because: Sie haben eine gelbe Fahne genannt.
recommendation.emergency.headline: Rufen Sie jetzt Hilfe.
recommendation.emergency.do_now.1: Rufen Sie an.
recommendation.urgent_medical.headline: Gehen Sie heute zum Arzt.
recommendation.urgent_medical.do_now.1: Gehen Sie hin.
recommendation.medical_clearance_first.headline: Fragen Sie zuerst einen Arzt.
recommendation.medical_clearance_first.do_now.1: Fragen Sie.
text.disclaimer_short: Dies ist keine Diagnose.
text.disclaimer: Dies ist keine Diagnose. Es kann Sie nicht untersuchen.
text.emergency_lead: Rufen Sie jetzt an.
text.emergency_say: Sagen Sie, was Sie uns gesagt haben.
text.not_reviewed: Noch von niemandem geprüft.
"""
"""`de.yaml` with every locked text; it counts when protocol.yaml says `languages: [de]`."""

FILES = {
    "protocol": PROTOCOL,
    "questions": QUESTIONS,
    "rules": RULES,
    "recommendations": RECOMMENDATIONS,
    "safety": "[]",
    "cases": "[]",
    "texts": TEXTS,
    "evidence": EVIDENCE,
}


def write(folder: Path, **files: str | None) -> Path:
    """Write the tiny protocol into a folder, with these files in place of its own."""
    for name, content in {**FILES, **files}.items():
        if content is not None:
            (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    return folder


def load(folder: Path, **files: str | None) -> Protocol:
    """Write and load it."""
    return load_protocol(write(folder, **files))


def rules(*conditions: str) -> str:
    """Return rules.yaml with one rule, r0, r1, ..., for each condition."""
    entries = [
        {
            "id": f"r{number}",
            "when": yaml.safe_load(condition),
            "recommend": "medical_clearance_first",
            "because": "You told us so.",
            "if_unsure": "medical_clearance_first",
            "evidence": ["T1"],
        }
        for number, condition in enumerate(conditions)
    ]
    findings = {"any_sign": {"says": "a sign", "when": {"signs": ["a", "b", "c"]}}}
    return yaml.safe_dump({"findings": findings, "rules": entries})


def answers(protocol: Protocol, **raw: object) -> dict[str, Answer]:
    """Return parsed answers."""
    return {name: parse(protocol.question[name], value) for name, value in raw.items()}
