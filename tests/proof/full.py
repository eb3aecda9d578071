"""One protocol in which every key of every file is used."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from assessment.engine.protocol import Protocol
from assessment.protocols.load import load_kept
from tests import tiny

Yaml = Any
"""What a YAML file may hold."""
GUIDE = "# A plan\n\nFirst words.\n\nLast words.\n"
TEXTS: dict[str, str] = {
    "protocol.yaml": """
id: full
title: Everything
version: "1"
date: "2026-01-01"
author: The tests
intended_purpose: To test.
language: en
languages: [de]
audience: Anybody at all
therapist: a therapist
carer_when: {who: other}
start_asks: who
minutes: 3
withdraws: ["0.1", "0.2"]
waiver: {by: A. Name, date: "2026-01-01", why: Because of it.}
summary: {about: [age], pain: [pain], helps: [flag], tried: [signs, lasts]}
""",
    "questions.yaml": """
- id: who
  type: choice
  optional: true
  ask: For whom?
  short: Who
  options: [{id: me, label: Me}, {id: other, label: Somebody else}]
- {id: age, type: number, ask: "How old?", short: Age, minimum: 0, maximum: 120, unit: years}
- id: where
  type: areas
  ask: Where?
  short: Where
  options: [{id: neck, label: Neck, side: back}, {id: arm, label: Arm, side: front}]
- id: flag
  type: choice
  section: signs
  ask: Is there a flag?
  short: Flag
  hint: Look well.
  why: It matters.
  private: false
  options:
    - {id: red, label: "Yes, a red one", hint: Bright., says: a red flag, ask: "A red one?",
       safety: emergency, evidence: [T1, T2]}
    - {id: blue, label: A blue one, informs: therapist}
    - {id: absent, label: "Nothing"}
  not_sure: Cannot say
  evidence: [T1, T2]
- id: signs
  type: choices
  ask: Which of these?
  short: Signs
  options: [{id: a, label: A}, {id: b, label: B}]
  none: None of it
  clarify: false
  enable_when: {flag: [red, blue]}
- {id: pain, type: scale, ask: "How bad?", short: Pain, low: Calm, high: Worst, worse: up}
- id: lasts
  type: choice
  ordered: true
  ask: How long?
  short: Lasts
  lasts: false
  options: [{id: days, label: Days}, {id: weeks, label: Weeks}]
""",
    "rules.yaml": """
findings:
  sign: {says: a sign, when: {signs: [a, b]}}
rules:
  - id: red_flag
    when: {flag: red}
    recommend: emergency
    because: You told us about a flag.
    if_unsure: urgent_medical
    evidence: [T1, T2]
  - {id: rest, when: {signs: none}, recommend: self_care, because: No sign., evidence: [T1]}
precautions:
  - id: gently
    when: {signs: a}
    limits: [note, no_heat]
    therapist: Be gentle.
    person: Say that it is sore.
    places: [neck, arm]
    evidence: [T1, T2]
support:
  - id: kind
    when: {pain: {at_least: 7}}
    headline: That is hard
    lines: [Be kind to yourself.]
    evidence: [T1, T2]
    alone: false
""",
    "recommendations.yaml": """
- {id: emergency, headline: Call now., do_now: [Call.]}
- {id: urgent_medical, headline: Today., do_now: [See one.]}
- {id: medical_clearance_first, headline: Ask first., do_now: [Ask.]}
- id: deep_tissue
  headline: Deeper work.
  do_now: [Try.]
  expect: [It may ache.]
  sooner: [It gets worse.]
  tell: [What you take.]
  guide: [plan, other]
  requires: {signs: a}
  requires_says: only with a sign
  short: Deep
  places: [neck, arm]
- {id: self_care, headline: Look after it., do_now: [Rest.]}
""",
    "safety.yaml": """
- id: strong
  promise: Strong pain is seen today.
  when: {pain: {at_least: 9}}
  then:
    urgency_at_least: urgent_medical
    pressure_at_most: 0
    limits: [note, no_heat]
    places: [neck, arm]
  evidence: [T1, T2]
- {id: asks, promise: Signs are asked., when: {flag: red}, asked: [signs.a, signs.b]}
""",
    "cases.yaml": """
usual: {lasts: days}
cases:
  - id: calm
    title: A calm case
    answers: {flag: absent, pain: 1}
    expected: self_care
    acceptable: [urgent_medical, emergency]
    never: [deep_tissue, emergency]
    rule: rest
    precautions: [gently]
""",
    "texts.yaml": tiny.TEXTS,
    "evidence.yaml": """
- {id: T1, claim: A claim., source: A source}
- {id: T2, claim: Another claim., source: Another source}
""",
    "review.yaml": """
reviewer: A. Name
role: physiotherapist
date: "2026-01-01"
rules_hash: of another protocol
wording_hash: of another protocol
content_hash: of another protocol
""",
    "safety_texts.yaml": """
must_say:
- id: call
  texts: [text.emergency_lead, text.emergency_say]
  says: [call, now]
  never: [massage, heat]
  in: {de: {says: [anrufen, jetzt], never: [Massage, Hitze]}}
never: {en: [weeks, months], de: [Wochen, Monate]}
reviewed:
- {date: "2026-01-01", by: nobody yet, wording: "0123456789abcdef"}
""",
    "de.yaml": tiny.GERMAN.replace("amber", "blue").replace(
        "rule.blue_flag.because: Sie haben eine gelbe Fahne genannt.\n", ""
    )
    + """
question.flag.hint: Schauen Sie gut.
question.flag.option.red.ask: Eine rote?
question.flag.option.red.hint: Grell.
recommendation.deep_tissue.sooner.1: Es wird schlimmer.
support.kind.headline: Das ist schwer
support.kind.lines.1: Seien Sie gut zu sich.
""",
}
DATA: Mapping[str, Yaml] = {file: yaml.safe_load(text) for file, text in TEXTS.items()}


def written(folder: Path, data: Mapping[str, Yaml] = DATA, guide: str = GUIDE) -> Path:
    """Write the full protocol into a folder."""
    for file, content in data.items():
        (folder / file).write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")
    (folder / "guide").mkdir(exist_ok=True)
    (folder / "guide" / "plan.md").write_text(guide, "utf-8")
    (folder / "guide" / "other.md").write_text("# Another\n\nWords.\n", "utf-8")
    return folder


def whole(folder: Path, guide: str = GUIDE) -> Protocol:
    """Return the full protocol: what may stand in a file, whether or not all of it makes sense."""
    return load_kept(written(folder, guide=guide))
