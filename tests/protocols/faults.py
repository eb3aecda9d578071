"""Each kind of fault in the tiny protocol, with the line that its author reads."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.protocols.diagnostics import Code
from tests import tiny


@dataclass(frozen=True)
class Fault:
    """The tiny protocol with `new` for `old` in one file, and the report but its last line."""

    code: Code
    file: str
    old: str
    new: str
    report: str

    def content(self) -> str:
        before, old, after = tiny.FILES[self.file].partition(self.old)
        assert old, f"{self.file} has no {self.old!r}"
        return f"{before}{self.new}{after}"


FAULTS = [
    Fault(
        Code.CUT_TEXT,
        "texts",
        "It cannot",
        "Ask in room #3. It cannot",
        "texts.yaml:3:13: cut-text: found `This is not a diagnosis. Ask in room` and a comment, "
        "`#3. It cannot examine you.`; expected quotes around a text with ` #`, or the comment on "
        "a line of its own.",
    ),
    Fault(
        Code.CUT_TEXT,
        "questions",
        "short: Pain",
        "short: #1 of the pains",
        "questions.yaml:24:9: cut-text: found nothing and a comment, `#1 of the pains`; expected "
        "quotes around a text with ` #`, or the comment on a line of its own.",
    ),
    Fault(
        Code.SPLIT_TEXT,
        "questions",
        'label: "Yes, an amber one"',
        "label: Drooping face, weak arm",
        "questions.yaml:8:41: split-text: found `weak arm`, which a comma cut from the text before "
        "it; expected quotes around the whole text.",
    ),
    Fault(
        Code.SPLIT_TEXT,
        "rules",
        "{signs: none}",
        "{signs: a, b}",
        "rules.yaml:25:22: split-text: found `b`, which a comma cut from the text before it; "
        "expected quotes around the whole text.",
    ),
    Fault(
        Code.YAML_NUMBER,
        "questions",
        "type: scale",
        "type: number\n  minimum: 0\n  maximum: 0120",
        "questions.yaml:24:12: yaml-number: found `0120`, which programs read as different "
        "numbers; expected `120`, or quotes around words.",
    ),
    Fault(
        Code.YAML_NUMBER,
        "rules",
        "{signs: none}",
        "{pain: {at_least: 07}}",
        "rules.yaml:25:29: yaml-number: found `07`, which programs read as different numbers; "
        "expected `7`, or quotes around words.",
    ),
    Fault(
        Code.YAML_NUMBER,
        "cases",
        "[]",
        "- {id: one, title: One, expected: self_care, answers: {pain: 007}}",
        "cases.yaml:1:62: yaml-number: found `007`, which programs read as different numbers; "
        "expected `7`, or quotes around words.",
    ),
    Fault(
        Code.BAD_VALUE,
        "protocol",
        "2026-01-01",
        "2026-02-30",
        "protocol.yaml:5:7: bad-value: found `2026-02-30`; expected a day of the calendar such as "
        "2026-11-23.",
    ),
    Fault(
        Code.NOT_YAML,
        "questions",
        "  short: Flag",
        "\tshort: Flag",
        "questions.yaml:5:1: not-yaml: found a tab; expected spaces.",
    ),
    Fault(
        Code.NOT_YAML,
        "rules",
        "findings:",
        "findings: [",
        "rules.yaml:4:9: not-yaml: found no expected ',' or ']', while parsing a flow "
        "sequence that began at 2:11; expected valid YAML.",
    ),
    Fault(
        Code.NOT_YAML,
        "rules",
        "says: a sign",
        "says: 'a sign",
        "rules.yaml:29:1: not-yaml: found unexpected end of stream, while scanning a "
        "quoted scalar that began at 4:11; expected valid YAML.",
    ),
    Fault(
        Code.NOT_YAML,
        "rules",
        "  any_sign:",
        "\tany_sign:",
        "rules.yaml:3:1: not-yaml: found a tab; expected spaces.",
    ),
    Fault(
        Code.NOT_YAML,
        "texts",
        "Call now.",
        "Call \x07now.",
        "texts.yaml:4:22: not-yaml: found the character 0x07; expected text without "
        "control characters.",
    ),
    Fault(
        Code.TOO_DEEP,
        "rules",
        "{signs: none}",
        "{not: " * 22 + "{signs: a}" + "}" * 22,
        "rules.yaml:25:137: too-deep: found deep nesting; expected at most 24 levels.",
    ),
    Fault(
        Code.TOO_DEEP,
        "rules",
        "{signs: none}",
        "[" * 99_999,
        "rules.yaml:25:32: too-deep: found deep nesting; expected at most 24 levels.",
    ),
    Fault(
        Code.ALIAS,
        "rules",
        "{signs: none}",
        "&one {all: [*one]}",
        "rules.yaml:25:23: alias: found `*one`; expected every value written out.",
    ),
    Fault(
        Code.ALIAS,
        "rules",
        "{signs: none}",
        "{<<: *two}",
        "rules.yaml:25:16: alias: found `*two`; expected every value written out.",
    ),
    Fault(
        Code.DUPLICATE_KEY,
        "rules",
        "if_unsure: urgent_medical",
        "if_unsure: urgent_medical\n    if_unsure: emergency",
        "rules.yaml:12:5: duplicate-key: found `if_unsure` again; expected each key once.",
    ),
    Fault(
        Code.DUPLICATE_ID,
        "rules",
        "id: amber_flag",
        "id: red_flag",
        "rules.yaml:13:9: duplicate-id: found `red_flag` again; expected each id once.",
    ),
    Fault(
        Code.DUPLICATE_ID,
        "questions",
        "id: more",
        "id: flag",
        "questions.yaml:36:7: duplicate-id: found `flag` again; expected each id once.",
    ),
    Fault(
        Code.DUPLICATE_ID,
        "questions",
        "id: amber, label",
        "id: red, label",
        "questions.yaml:8:12: duplicate-id: found `red` again; expected each id "
        "once.\n"
        "rules.yaml:14:18: unknown-option: found `amber`; expected an option of "
        "`flag`: absent, red.",
    ),
    Fault(
        Code.DUPLICATE_ID,
        "recommendations",
        "id: deep_tissue",
        "id: emergency",
        "recommendations.yaml:5:8: duplicate-id: found `emergency` again; expected each id once.",
    ),
    Fault(
        Code.DUPLICATE_ID,
        "evidence",
        "A source}",
        "A source}\n- {id: T1, claim: x, source: y}",
        "evidence.yaml:3:8: duplicate-id: found `T1` again; expected each id once.",
    ),
    Fault(
        Code.UNKNOWN_KEY,
        "questions",
        "short: Flag",
        "shrot: Flag",
        "questions.yaml:2:3: missing-key: found no `short`; expected `short: "
        "...`.\n"
        "questions.yaml:5:3: unknown-key: found `shrot`; expected one of the "
        "keys: ask, clarify, enable_when, evidence, high, hint, id, lasts, low, maximum, "
        "minimum, none and 11 more. Did you mean `short`?",
    ),
    Fault(
        Code.MISSING_KEY,
        "questions",
        "  short: Flag\n",
        "",
        "questions.yaml:2:3: missing-key: found no `short`; expected `short: ...`.",
    ),
    Fault(
        Code.MISSING_KEY,
        "questions",
        "type: scale",
        "type: number",
        "questions.yaml:21:3: missing-key: found no `maximum`; expected `maximum: "
        "...`.\n"
        "questions.yaml:21:3: missing-key: found no `minimum`; expected "
        "`minimum: ...`.",
    ),
    Fault(
        Code.MISSING_KEY,
        "questions",
        "label: Lots}",
        "labell: Lots}",
        "questions.yaml:41:7: missing-key: found no `label`; expected `label: "
        "...`.\n"
        "questions.yaml:41:18: unknown-key: found `labell`; expected one of the "
        "keys: ask, evidence, hint, id, informs, label, safety, says, side. Did you mean "
        "`label`?",
    ),
    Fault(
        Code.MISSING_KEY,
        "recommendations",
        "id: emergency",
        "id: urgent_medical",
        "recommendations.yaml:1:1: missing-key: found no `emergency`; expected `id: "
        "emergency`, which every protocol needs.\n"
        "recommendations.yaml:3:8: "
        "duplicate-id: found `urgent_medical` again; expected each id "
        "once.\n"
        "rules.yaml:9:16: unknown-recommendation: found `emergency`; expected a "
        "recommendation that recommendations.yaml has.",
    ),
    Fault(
        Code.WRONG_TYPE,
        "rules",
        "{signs: none}",
        "often",
        "rules.yaml:25:11: wrong-type: found `often`; expected a mapping of question "
        "ids to answers, or one of all, any, not, count, finding.",
    ),
    Fault(
        Code.WRONG_TYPE,
        "rules",
        "{signs: none}",
        "{signs: {all_of: [{a: b}]}}",
        "rules.yaml:25:29: wrong-type: found a mapping; expected an option.",
    ),
    Fault(
        Code.WRONG_TYPE,
        "rules",
        "{signs: none}",
        "{pain: {at_least: much}}",
        "rules.yaml:25:29: wrong-type: found `much`; expected a whole number from 0 to 10.",
    ),
    Fault(
        Code.WRONG_TYPE,
        "rules",
        "{signs: none}",
        "{pain: {between: 4}}",
        "rules.yaml:25:28: wrong-type: found `4`; expected two values, the lower first.",
    ),
    Fault(
        Code.WRONG_TYPE,
        "rules",
        "{signs: none}",
        "{count: {at_least: 2}}",
        "rules.yaml:25:19: wrong-type: found a mapping; expected `{at_least: NUMBER, "
        "of: [conditions]}`.",
    ),
    Fault(
        Code.WRONG_TYPE,
        "rules",
        "{signs: none}",
        "{count: {at_least: two, of: [{signs: a}]}}",
        "rules.yaml:25:30: wrong-type: found `two`; expected a whole number.",
    ),
    Fault(
        Code.WRONG_TYPE,
        "rules",
        "{signs: none}",
        "{all: {signs: a}}",
        "rules.yaml:25:17: wrong-type: found a mapping; expected a list of conditions.",
    ),
    Fault(
        Code.WRONG_TYPE,
        "rules",
        "{signs: none}",
        "{finding: 3}",
        "rules.yaml:25:21: wrong-type: found `3`; expected the id of a finding.",
    ),
    Fault(
        Code.WRONG_TYPE,
        "questions",
        "ask: More?",
        "ask: 3",
        "questions.yaml:38:8: wrong-type: found `3`; expected words.",
    ),
    Fault(
        Code.WRONG_TYPE,
        "questions",
        "ask: More?",
        "ask: [More?]",
        "questions.yaml:38:8: wrong-type: found a list; expected words, or a text in its forms.",
    ),
    Fault(
        Code.WRONG_TYPE,
        "questions",
        "ordered: true",
        "ordered: 1",
        "questions.yaml:28:12: wrong-type: found `1`; expected `true` or `false`.",
    ),
    Fault(
        Code.WRONG_TYPE,
        "questions",
        "ask: More?",
        "ask: !!binary More",
        "questions.yaml:38:8: wrong-type: found the tag `tag:yaml.org,2002:binary`; "
        "expected no tags.",
    ),
    Fault(
        Code.WRONG_TYPE,
        "texts",
        "\ndisclaimer_short",
        "\n? [a]\n: b\ndisclaimer_short",
        "texts.yaml:2:3: wrong-type: found a list; expected a word as key.",
    ),
    Fault(
        Code.YAML_BOOLEAN,
        "rules",
        "{signs: none}",
        "{flag: no}",
        "rules.yaml:25:18: yaml-boolean: found `no`, which YAML reads as true or "
        'false; expected another word as id, or quotes: "no".',
    ),
    Fault(
        Code.YAML_BOOLEAN,
        "rules",
        "{signs: none}",
        "{on: a}",
        "rules.yaml:25:12: yaml-boolean: found `on`, which YAML reads as true or "
        'false; expected another word as id, or quotes: "on".',
    ),
    Fault(
        Code.YAML_BOOLEAN,
        "questions",
        "id: absent",
        "id: no",
        "questions.yaml:9:12: yaml-boolean: found `no`, which YAML reads as true or "
        "false; expected an id of a-z, 0-9 and single _, starting with a letter; write "
        'another word, or quote it: "no".',
    ),
    Fault(
        Code.YAML_BOOLEAN,
        "questions",
        'label: "No"',
        "label: No",
        "questions.yaml:9:27: yaml-boolean: found `No`, which YAML reads as true or "
        'false; expected words; write another word, or quote it: "No".',
    ),
    Fault(
        Code.BAD_ID,
        "questions",
        "id: more",
        "id: More!",
        "questions.yaml:36:7: bad-id: found `More!`; expected an id of a-z, 0-9 and "
        "single _, starting with a letter.",
    ),
    Fault(
        Code.BAD_ID,
        "questions",
        "id: more",
        "id: signs__a",
        "questions.yaml:36:7: bad-id: found `signs__a`; expected an id of a-z, 0-9 and "
        "single _, starting with a letter.",
    ),
    Fault(
        Code.RESERVED_ID,
        "questions",
        "id: little, label",
        "id: not_sure, label",
        "questions.yaml:42:12: reserved-id: found `not_sure`; expected another id "
        "(`none: true` or `not_sure: true` on the question).",
    ),
    Fault(
        Code.RESERVED_ID,
        "questions",
        "id: more",
        "id: count",
        "questions.yaml:36:7: reserved-id: found `count`; expected another id (all, "
        "any, not, count and finding are words of the language).",
    ),
    Fault(
        Code.BAD_VALUE,
        "questions",
        "type: scale",
        "type: scael",
        "questions.yaml:22:9: bad-value: found `scael`; expected one of these: areas, "
        "choice, choices, number, scale. Did you mean `scale`?",
    ),
    Fault(
        Code.BAD_VALUE,
        "protocol",
        "2026-01-01",
        "soon",
        "protocol.yaml:5:7: bad-value: found `soon`; expected a day of the calendar such as "
        "2026-11-23.",
    ),
    Fault(
        Code.BAD_VALUE,
        "questions",
        "ask: More?",
        'ask: " "',
        "questions.yaml:38:8: bad-value: found blank words; expected words.",
    ),
    Fault(
        Code.OUT_OF_RANGE,
        "rules",
        "{signs: none}",
        "{pain: {at_least: 11}}",
        "rules.yaml:25:29: out-of-range: found `11`; expected a whole number from 0 to 10.",
    ),
    Fault(
        Code.OUT_OF_RANGE,
        "rules",
        "{signs: none}",
        "{pain: {between: [6, 4]}}",
        "rules.yaml:25:29: out-of-range: found the higher first; expected two values, "
        "the lower first.",
    ),
    Fault(
        Code.OUT_OF_RANGE,
        "rules",
        "{signs: none}",
        "{duration: {between: [months, days]}}",
        "rules.yaml:25:32: out-of-range: found the higher first; expected two values, "
        "the lower first.",
    ),
    Fault(
        Code.OUT_OF_RANGE,
        "rules",
        "{signs: none}",
        "{count: {at_least: 3, of: [{signs: a}]}}",
        "rules.yaml:25:30: out-of-range: found `3`; expected from 1 to 1.",
    ),
    Fault(
        Code.OUT_OF_RANGE,
        "questions",
        "type: scale",
        "type: number\n  minimum: 5\n  maximum: 5",
        "questions.yaml:24:12: out-of-range: found `5`; expected more than 5.",
    ),
    Fault(
        Code.OUT_OF_RANGE,
        "recommendations",
        "do_now: [Rest.]",
        "do_now: []",
        "recommendations.yaml:8:53: out-of-range: found an empty list; expected at least one item.",
    ),
    Fault(
        Code.TOO_MANY_OPTIONS,
        "questions",
        "    - {id: little,",
        "".join(f"    - {{id: x{n}, label: X}}\n" for n in range(7)) + "    - {id: little,",
        "questions.yaml:41:5: too-many-options: found 9 options; expected at most 7; "
        "ask in two questions.",
    ),
    Fault(
        Code.KEY_NOT_FOR_TYPE,
        "questions",
        "type: scale",
        "type: scale\n  unit: points",
        "questions.yaml:23:3: key-not-for-type: found `unit` on a scale question; "
        "expected it only on number.",
    ),
    Fault(
        Code.KEY_NOT_FOR_TYPE,
        "questions",
        "ordered: true",
        "worse: up",
        "questions.yaml:28:3: key-not-for-type: found `worse` on options without "
        "order; expected `ordered: true` beside it.",
    ),
    Fault(
        Code.KEY_NOT_FOR_TYPE,
        "questions",
        "  none: true\n  not_sure: true\n",
        "  none: true\n  clarify: true\n",
        "questions.yaml:20:3: key-not-for-type: found `clarify` without “not sure”; "
        "expected `not_sure: true` beside it.",
    ),
    Fault(
        Code.KEY_NOT_FOR_TYPE,
        "questions",
        "type: scale",
        "type: scale\n  clarify: true",
        "questions.yaml:23:3: key-not-for-type: found `clarify` on a scale question; "
        "expected it only on choices.",
    ),
    Fault(
        Code.KEY_NOT_FOR_TYPE,
        "questions",
        "{id: a, label: A}",
        "{id: a, label: A, side: back}",
        "questions.yaml:16:25: key-not-for-type: found `side` on a choices question; "
        "expected it only on areas.",
    ),
    Fault(
        Code.KEY_NOT_FOR_TYPE,
        "recommendations",
        "do_now: [Call.]",
        "do_now: [Call.], requires: {signs: a}",
        "recommendations.yaml:2:66: key-not-for-type: found `requires` on `emergency`; "
        "expected nothing that could hold back medical care.",
    ),
    Fault(
        Code.UNKNOWN_QUESTION,
        "rules",
        "{signs: none}",
        "{sings: none}",
        "rules.yaml:25:12: unknown-question: found `sings`; expected a question: all, "
        "any, count, duration, finding, flag, more, not, pain, signs. Did you mean "
        "`signs`?",
    ),
    Fault(
        Code.UNKNOWN_QUESTION,
        "protocol",
        "language: en",
        "language: en\nsummary: {pain: [pain, pian], tried: [pain]}",
        "protocol.yaml:9:24: unknown-question: found `pian`; expected a question: duration, "
        "flag, more, pain, signs. Did you mean `pain`?\n"
        "protocol.yaml:9:39: duplicate-id: found `pain` again; expected each question once.",
    ),
    Fault(
        Code.UNKNOWN_OPTION,
        "rules",
        "{flag: amber}",
        "{flag: ambre}",
        "rules.yaml:14:18: unknown-option: found `ambre`; expected an option of "
        "`flag`: absent, amber, red. Did you mean `amber`?",
    ),
    Fault(
        Code.UNKNOWN_OPTION,
        "rules",
        "{flag: amber}",
        "{flag: not_sure}",
        "rules.yaml:14:18: unknown-option: found `not_sure`; expected an option of "
        "`flag` (“not sure” is left to `if_unsure`): absent, amber, red.",
    ),
    Fault(
        Code.UNKNOWN_FINDING,
        "rules",
        "{finding: any_sign}",
        "{finding: any_sing}",
        "rules.yaml:20:21: unknown-finding: found `any_sing`; expected a finding: "
        "any_sign. Did you mean `any_sign`?",
    ),
    Fault(
        Code.UNKNOWN_RECOMMENDATION,
        "rules",
        "recommend: self_care",
        "recommend: selfcare",
        "rules.yaml:26:16: unknown-recommendation: found `selfcare`; expected one of "
        "these: certified_therapist, deep_tissue, emergency, medical_clearance_first, "
        "regular_plan, self_care, urgent_medical. Did you mean `self_care`?",
    ),
    Fault(
        Code.UNKNOWN_RECOMMENDATION,
        "recommendations",
        "- {id: self_care, headline: Look after it., do_now: [Rest.]}\n",
        "",
        "rules.yaml:26:16: unknown-recommendation: found `self_care`; expected a "
        "recommendation that recommendations.yaml has.",
    ),
    Fault(
        Code.UNKNOWN_EVIDENCE,
        "rules",
        "evidence: [T1]",
        "evidence: [T2]",
        "rules.yaml:12:16: unknown-evidence: found `T2`; expected a row of evidence.yaml: T1.",
    ),
    Fault(
        Code.UNKNOWN_GUIDE,
        "recommendations",
        "do_now: [Rest.]",
        "do_now: [Rest.], guide: [heat]",
        "recommendations.yaml:8:70: unknown-guide: found `heat`; expected a page of guide/.",
    ),
    Fault(
        Code.EMPTY_CONDITION,
        "rules",
        "{signs: none}",
        "{}",
        "rules.yaml:25:11: empty-condition: found an empty condition; expected a "
        "mapping of question ids to answers, or one of all, any, not, count, finding.",
    ),
    Fault(
        Code.EMPTY_CONDITION,
        "rules",
        "{signs: none}",
        "{any: []}",
        "rules.yaml:25:17: empty-condition: found an empty list; expected conditions.",
    ),
    Fault(
        Code.EMPTY_CONDITION,
        "rules",
        "{signs: none}",
        "{signs: {}}",
        "rules.yaml:25:19: empty-condition: found no test; expected a test.",
    ),
    Fault(
        Code.MIXED_CONDITION,
        "rules",
        "{signs: none}",
        "{signs: none, not: {flag: red}}",
        "rules.yaml:25:25: mixed-condition: found `not` beside `signs`; expected all, "
        "any, not, count or finding alone; put the parts under `all`.",
    ),
    Fault(
        Code.WRONG_TEST,
        "rules",
        "{signs: none}",
        "{flag: {at_least: amber}}",
        "rules.yaml:25:19: wrong-test: found `at_least` on `flag` (choice); expected a "
        "scale, a number or an ordered choice.",
    ),
    Fault(
        Code.WRONG_TEST,
        "rules",
        "{signs: none}",
        "{flag: {all_of: [red, amber]}}",
        "rules.yaml:25:19: wrong-test: found `all_of` on `flag` (choice); expected "
        "choices or areas.",
    ),
    Fault(
        Code.WRONG_TEST,
        "rules",
        "{signs: none}",
        "{pain: 3}",
        "rules.yaml:25:18: wrong-test: found `3` on `pain` (scale); expected "
        "`at_least`, `at_most` or `between`.",
    ),
    Fault(
        Code.WRONG_TEST,
        "rules",
        "{signs: none}",
        "{pain: {atleast: 3}}",
        "rules.yaml:25:19: wrong-test: found `atleast`; expected a test: all_of, "
        "at_least, at_most, between, none_of. Did you mean `at_least`?",
    ),
    Fault(
        Code.FORWARD_REFERENCE,
        "questions",
        "short: Signs",
        "short: Signs\n  enable_when: {pain: {at_least: 3}}",
        "questions.yaml:15:17: forward-reference: found `pain`, which is asked later; "
        "expected questions asked earlier.",
    ),
    Fault(
        Code.FORWARD_REFERENCE,
        "questions",
        "short: Flag",
        "short: Flag\n  enable_when: {finding: any_sign}",
        "questions.yaml:6:16: forward-reference: found a finding that leads to "
        "`signs`, which is asked later; expected questions asked earlier.",
    ),
    Fault(
        Code.DOES_NOT_LAST,
        "questions",
        "short: Flag",
        "short: Flag\n  lasts: true",
        "questions.yaml:6:3: does-not-last: found `lasts` on a question with `red`, which is "
        "tagged `emergency`; expected it only where no answer changes by itself and no sign "
        "stands behind.",
    ),
    Fault(
        Code.UNKNOWN_KEY,
        "questions",
        "short: Signs",
        "short: Signs\n  last: true",
        "questions.yaml:15:3: unknown-key: found `last`; expected one of the keys: ask, clarify, "
        "enable_when, evidence, high, hint, id, lasts, low, maximum, minimum, none and 11 more. "
        "Did you mean `lasts`?",
    ),
    Fault(
        Code.SIGN_NOT_PROMISED,
        "questions",
        "{id: little, label: Little}",
        "{id: little, label: Little, safety: urgent}",
        "questions.yaml:42:12: sign-not-promised: found no promise that `more.little` is asked "
        "(urgency 2), though its question has `enable_when`; expected `asked: [more.little]` in "
        "safety.yaml, with whom the evidence asks about it.",
    ),
    Fault(
        Code.OFFERED_TO_SOME,
        "questions",
        "{id: little, label: Little}\n",
        "{id: little, label: Little, safety: urgent}\n  optional: true\n",
        "questions.yaml:36:7: offered-to-some: found `more`, which is optional, with `enable_when` "
        "and a sign of an emergency or of the same day; expected no `enable_when`, or no "
        "`optional` and a promise that says of whom it is asked.",
    ),
    Fault(
        Code.EMERGENCY_WAITS,
        "questions",
        "- id: flag\n  type: choice\n",
        "- {id: first, type: scale, section: signs, ask: Which first?, short: First}\n"
        "- id: flag\n  section: signs\n  type: choice\n",
        "questions.yaml:3:7: emergency-waits: found `flag`, which asks about an emergency, after "
        "`first`; expected it first of what everybody is asked in the section `signs`.",
    ),
    Fault(
        Code.FINDING_CYCLE,
        "rules",
        "{signs: [a, b, c]}",
        "{not: {finding: any_sign}}",
        "rules.yaml:3:3: finding-cycle: found `any_sign`, which names itself; expected "
        "findings that end in questions.",
    ),
    Fault(
        Code.NO_REASON,
        "rules",
        "    because: You told us of no sign.\n",
        "",
        "rules.yaml:24:5: no-reason: found no `because`; expected `because: ...`.",
    ),
    Fault(
        Code.NO_EVIDENCE,
        "rules",
        "no sign.\n    evidence: [T1]\n",
        "no sign.\n",
        "rules.yaml:24:5: no-evidence: found no `evidence`; expected `evidence: ...`.",
    ),
    Fault(
        Code.NO_IF_UNSURE,
        "rules",
        "    if_unsure: urgent_medical\n",
        "",
        "rules.yaml:7:5: no-if-unsure: found no `if_unsure`, though `flag` offers “not "
        "sure”; expected `if_unsure: ...`, what an unknown answer leads to.",
    ),
    Fault(
        Code.NO_IF_UNSURE,
        "rules",
        "recommend: certified_therapist",
        "recommend: urgent_medical",
        "rules.yaml:19:5: no-if-unsure: found no `if_unsure`, though `signs` offers “not "
        "sure”; expected `if_unsure: ...`, what an unknown answer leads to.",
    ),
    Fault(
        Code.IF_UNSURE_TOO_HIGH,
        "rules",
        "if_unsure: medical_clearance_first",
        "if_unsure: emergency",
        "rules.yaml:17:16: if-unsure-too-high: found `emergency`; expected "
        "`medical_clearance_first` or something after it in precedence.",
    ),
    Fault(
        Code.IF_UNSURE_TOO_LOW,
        "rules",
        "if_unsure: urgent_medical",
        "if_unsure: medical_clearance_first",
        "rules.yaml:11:16: if-unsure-too-low: found `medical_clearance_first`; expected "
        "`urgent_medical` or something before it in precedence.",
    ),
    Fault(
        Code.IF_UNSURE_TOO_LOW,
        "rules",
        "if_unsure: medical_clearance_first",
        "if_unsure: deep_tissue",
        "rules.yaml:17:16: if-unsure-too-low: found `deep_tissue`; expected "
        "`medical_clearance_first` or something before it in precedence.",
    ),
    Fault(
        Code.MISSING_LOCKED_TEXT,
        "texts",
        "emergency_lead: Call now.\n",
        "",
        "texts.yaml:2:1: missing-locked-text: found no `emergency_lead`; expected "
        "`emergency_lead: ...`.",
    ),
    Fault(
        Code.BAD_CASE,
        "cases",
        "[]",
        "- {id: one, title: One, expected: self_care, answers: {flag: gren}}",
        "cases.yaml:1:62: bad-case: found `gren` (unknown); expected an answer to "
        "`flag`: red, amber, absent, not_sure.",
    ),
    Fault(
        Code.BAD_CASE,
        "cases",
        "[]",
        "- {id: one, title: One, expected: self_care, answers: {flag: ambr}}",
        "cases.yaml:1:62: bad-case: found `ambr` (unknown); expected an answer to "
        "`flag`: red, amber, absent, not_sure. Did you mean `amber`?",
    ),
    Fault(
        Code.BAD_CASE,
        "cases",
        "[]",
        "- {id: one, title: One, expected: self_care, answers: {signs: [a, none]}}",
        "cases.yaml:1:63: bad-case: found a list (exclusive); expected an "
        "answer to `signs`: a, b, c, none, not_sure.",
    ),
    Fault(
        Code.BAD_CASE,
        "cases",
        "[]",
        "- {id: one, title: One, expected: self_care, answers: {signs: [a, d]}}",
        "cases.yaml:1:67: bad-case: found `d` (unknown); expected an answer to "
        "`signs`: a, b, c, none, not_sure.",
    ),
    Fault(
        Code.BAD_CASE,
        "cases",
        "[]",
        "- {id: one, title: One, expected: self_care, answers: {pain: 11}}",
        "cases.yaml:1:62: bad-case: found `11` (out of range); expected an answer to "
        "`pain`: a whole number from 0 to 10, not_sure.",
    ),
    Fault(
        Code.BAD_CASE,
        "cases",
        "[]",
        "- {id: one, title: One, expected: self_care, answers: {pian: 1}}",
        "cases.yaml:1:56: bad-case: found `pian`; expected a question: duration, flag, "
        "more, pain, signs. Did you mean `pain`?",
    ),
    Fault(
        Code.BAD_CASE,
        "cases",
        "[]",
        "- {id: one, title: One, expected: self_care, answers: [1]}",
        "cases.yaml:1:55: bad-case: found no mapping; expected question ids to answers.",
    ),
    Fault(
        Code.BAD_CASE,
        "cases",
        "[]",
        "- {id: one, title: One, expected: self_care, answers: {pain: 1}, rule: rset}",
        "cases.yaml:1:72: bad-case: found `rset`; expected the id of a rule: "
        "amber_flag, red_flag, rest, therapist. Did you mean `rest`?",
    ),
    Fault(
        Code.MISSING_KEY,
        "safety",
        "[]",
        "- {id: one, promise: One., when: {flag: red}, then: {}}",
        "safety.yaml:1:53: missing-key: found a promise of nothing; expected "
        "`urgency_at_least: ...`, `pressure_at_most: ...` or `limits: ...`.",
    ),
    Fault(
        Code.MISSING_KEY,
        "safety",
        "[]",
        "- {id: one, promise: One., when: {flag: red}, then: {pressure_at_most: 0, places: [arm]}}",
        "safety.yaml:1:75: missing-key: found `places` without `limits`; expected "
        "`limits: ...`, what a precaution says of these places.\n"
        "safety.yaml:1:75: unknown-option: found `places`, though no question has areas; "
        "expected a question of type areas.",
    ),
    Fault(
        Code.MISSING_KEY,
        "safety",
        "[]",
        "- {id: one, promise: One., when: {flag: red}}",
        "safety.yaml:1:3: missing-key: found neither `then` nor `asked`; expected "
        "`then: ...` or `asked: ...`.",
    ),
    Fault(
        Code.BAD_VALUE,
        "safety",
        "[]",
        "- {id: one, promise: One., when: {flag: red}, asked: [more.lots], "
        "then: {pressure_at_most: 0}}",
        "safety.yaml:1:67: bad-value: found `then` beside `asked`; expected either "
        "`then: ...` or `asked: ...`.",
    ),
    Fault(
        Code.BAD_VALUE,
        "safety",
        "[]",
        "- {id: one, promise: One., when: {flag: red}, asked: [more.]}",
        "safety.yaml:1:55: bad-value: found `more.`; expected a question, also with its option: "
        "`numb.new`.",
    ),
    Fault(
        Code.UNKNOWN_QUESTION,
        "safety",
        "[]",
        "- {id: one, promise: One., when: {flag: red}, asked: [mroe.lots]}",
        "safety.yaml:1:55: unknown-question: found `mroe`; expected a question: duration, "
        "flag, more, pain, signs. Did you mean `more`?",
    ),
    Fault(
        Code.UNKNOWN_OPTION,
        "safety",
        "[]",
        "- {id: one, promise: One., when: {flag: red}, asked: [more.lost]}",
        "safety.yaml:1:55: unknown-option: found `more.lost`; expected one of these: "
        "more.little, more.lots, more.not_sure. Did you mean `more.lots`?",
    ),
    Fault(
        Code.WRONG_TYPE,
        "questions",
        "type: scale",
        "type: number\n  minimum: low\n  maximum: 5",
        "questions.yaml:23:12: wrong-type: found `low`; expected a whole number from "
        "-100000 to 100000.",
    ),
    Fault(
        Code.WRONG_TYPE,
        "questions",
        "type: scale",
        "type: [scale]",
        "questions.yaml:22:9: wrong-type: found a list; expected one of choice, "
        "choices, areas, scale, number.",
    ),
    Fault(
        Code.WRONG_TYPE,
        "rules",
        "{signs: none}",
        "!!set {signs: none}",
        "rules.yaml:25:11: wrong-type: found the tag `tag:yaml.org,2002:set`; expected no tags.",
    ),
    Fault(
        Code.WRONG_TYPE,
        "questions",
        "type: scale",
        "type: choice\n  options: some",
        "questions.yaml:23:12: wrong-type: found `some`; expected a list.",
    ),
    Fault(
        Code.RESERVED_ID,
        "questions",
        "id: little, label",
        "id: none, label",
        "questions.yaml:42:12: reserved-id: found `none`; expected another id (`none: "
        "true` or `not_sure: true` on the question).",
    ),
    Fault(
        Code.BAD_CASE,
        "cases",
        "[]",
        "- {id: one, title: One, expected: self_care, answers: {flag: {a: b}}}",
        "cases.yaml:1:62: bad-case: found a mapping (wrong type); expected an answer to "
        "`flag`: red, amber, absent, not_sure.",
    ),
    Fault(
        Code.BAD_CASE,
        "cases",
        "[]",
        "- {id: one, title: One, expected: self_care, answers: {flag: [red]}}",
        "cases.yaml:1:62: bad-case: found a list (wrong type); expected an answer to "
        "`flag`: red, amber, absent, not_sure.",
    ),
    Fault(
        Code.UNKNOWN_RECOMMENDATION,
        "cases",
        "[]",
        "- {id: one, title: One, expected: self_car, answers: {}}",
        "cases.yaml:1:35: unknown-recommendation: found `self_car`; expected one of "
        "these: certified_therapist, deep_tissue, emergency, medical_clearance_first, "
        "regular_plan, self_care, urgent_medical. Did you mean `self_care`?",
    ),
    Fault(
        Code.UNKNOWN_RECOMMENDATION,
        "recommendations",
        "id: regular_plan",
        "id: plan",
        "recommendations.yaml:6:8: unknown-recommendation: found `plan`; expected one "
        "of these: certified_therapist, deep_tissue, emergency, "
        "medical_clearance_first, regular_plan, self_care, urgent_medical.",
    ),
    Fault(
        Code.UNKNOWN_RECOMMENDATION,
        "safety",
        "[]",
        "- {id: one, promise: One., when: {flag: red}, then: {urgency_at_least: self_care}}",
        "safety.yaml:1:72: unknown-recommendation: found `self_care`; expected one of "
        "these: emergency, medical_clearance_first, urgent_medical.",
    ),
    Fault(
        Code.DUPLICATE_ID,
        "safety",
        "[]",
        "- &x {id: one, promise: One., when: {flag: red}, then: {pressure_at_most: 0}}\n"
        "- {id: one, promise: Two., when: {flag: red}, then: {pressure_at_most: 1}}",
        "safety.yaml:2:8: duplicate-id: found `one` again; expected each id once.",
    ),
    *(
        Fault(
            Code.BAD_CASE,
            "cases",
            "[]",
            f"usual:\n  flag: {usual}\ncases: []",
            f"cases.yaml:2:9: bad-case: found `{usual}` as usual ({why}); expected an answer to "
            "`flag` that is no sign of anything.",
        )
        for usual, why in (
            ("red", "safety: emergency"),
            ("not_sure", "told by who is not sure"),
        )
    ),
    Fault(
        Code.BAD_CASE,
        "cases",
        "[]",
        "usual: {flag: absnt}\ncases: []",
        "cases.yaml:1:15: bad-case: found `absnt` (unknown); expected an answer to `flag`: "
        "red, amber, absent, not_sure. Did you mean `absent`?",
    ),
]
