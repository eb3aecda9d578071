"""Every feature of the rule language, one tiny protocol each, and what a folder says of itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from assessment.engine.conditions import (
    All,
    Any,
    Condition,
    Count,
    FindingRef,
    Not,
    Operator,
    Test,
)
from assessment.engine.protocol import (
    Advice,
    Case,
    Finding,
    GuidePage,
    Limit,
    Precaution,
    Promise,
    Protocol,
    Recommend,
    Review,
    Rule,
    Sign,
    Source,
    Support,
)
from assessment.engine.questions import Kind, Option, Question, Safety, Side, Worse
from assessment.engine.text import Text
from assessment.protocols import files
from assessment.protocols.diagnostics import BrokenProtocol, Code
from assessment.protocols.load import RULES_FOLDER, find_protocol, load_protocol
from assessment.protocols.schema import all_schemas, as_file
from assessment.protocols.shape import (
    Either,
    Elsewhere,
    FlagOr,
    ListOf,
    ListOr,
    MapOf,
    Record,
    Shape,
)
from assessment.protocols.sign_off import sign_off
from tests import tiny
from tests.protocols.faults import FAULTS, Fault
from tests.protocols.json_schema import is_valid


def one_question(folder: Path, written: str) -> Question:
    """Load the tiny protocol with one more question at its end."""
    questions = f"{tiny.QUESTIONS}\n- {{id: new, ask: New?, short: New, {written}}}\n"
    return tiny.load(folder, questions=questions).question["new"]


# questions


def test_a_choice(tmp_path: Path) -> None:
    flag = tiny.load(tmp_path).question["flag"]

    assert flag == Question(
        id="flag",
        kind=Kind.CHOICE,
        ask=Text("Is there a flag?"),
        short=Text("Flag"),
        options=(
            Option(
                "red",
                Text("Yes, a red one"),
                says=Text("a red flag"),
                safety=Safety.EMERGENCY,
                evidence=("T1",),
            ),
            Option("amber", Text("Yes, an amber one"), safety=Safety.CLEARANCE),
            Option("absent", Text("No")),
        ),
        not_sure_label=Text("Not sure"),
    )


def test_an_ordered_choice(tmp_path: Path) -> None:
    new = one_question(
        tmp_path,
        "type: choice, ordered: true, worse: down, "
        "options: [{id: low, label: Low}, {id: high, label: High}]",
    )

    assert new.ordered
    assert new.worse is Worse.DOWN
    assert new.index("high") == 1


def test_choices(tmp_path: Path) -> None:
    new = one_question(tmp_path, "type: choices, none: true, options: [{id: a, label: A}]")

    assert new.kind is Kind.CHOICES
    assert new.none_label == Text("None of these")
    assert new.not_sure_label is None
    assert new.values == ("a", "none")


def test_areas(tmp_path: Path) -> None:
    new = one_question(
        tmp_path,
        "type: areas, options: [{id: neck, label: Neck, side: back}, "
        "{id: chest, label: Chest, side: front}]",
    )

    assert new.kind is Kind.AREAS
    assert [option.side for option in new.options] == [Side.BACK, Side.FRONT]


def test_areas_may_be_more_than_eight(tmp_path: Path) -> None:
    options = ", ".join(f"{{id: area_{n}, label: A, side: back}}" for n in range(20))

    assert len(one_question(tmp_path, f"type: areas, options: [{options}]").options) == 20


def test_a_scale(tmp_path: Path) -> None:
    new = one_question(tmp_path, "type: scale, low: None, high: Worst, worse: up")

    assert (new.minimum, new.maximum) == (0, 10)
    assert (new.low_label, new.high_label) == (Text("None"), Text("Worst"))
    assert new.worse is Worse.UP


def test_a_number(tmp_path: Path) -> None:
    new = one_question(tmp_path, "type: number, minimum: -5, maximum: 120, unit: years")

    assert (new.minimum, new.maximum) == (-5, 120)
    assert new.unit == Text("years")


def test_what_any_question_may_have(tmp_path: Path) -> None:
    new = one_question(
        tmp_path,
        "type: scale, hint: A hint., why: A reason., section: urgent, private: true, "
        "evidence: [T1]",
    )

    assert new.hint == Text("A hint.")
    assert new.why == Text("A reason.")
    assert new.section == "urgent"
    assert new.private
    assert new.evidence == ("T1",)


def test_what_any_option_may_have(tmp_path: Path) -> None:
    new = one_question(
        tmp_path,
        "type: choice, options: [{id: a, label: A, hint: H, says: a thing, safety: no_deep, "
        "evidence: [T1], informs: therapist}]",
    )

    assert new.options == (
        Option("a", Text("A"), Text("H"), Text("a thing"), Safety.NO_DEEP, ("T1",), informs=True),
    )


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("true", Text("Not sure")),
        ("false", None),
        ("I cannot tell", Text("I cannot tell")),
        (
            "{text: I cannot tell, carer: They cannot tell}",
            Text("I cannot tell", "They cannot tell"),
        ),
    ],
)
def test_not_sure_may_have_words_of_its_own(
    tmp_path: Path, written: str, label: Text | None
) -> None:
    assert one_question(tmp_path, f"type: scale, not_sure: {written}").not_sure_label == label


def test_who_answers_a_clinics_link_reads_a_form_of_their_own(tmp_path: Path) -> None:
    forms = "text: Book., carer: Book for them., invited: Come., carer_invited: Bring them."
    protocol = tiny.load(
        tmp_path, recommendations=tiny.RECOMMENDATIONS.replace("[Rest.]", f"[{{{forms}}}]")
    )
    [text] = protocol.advice[Recommend.SELF_CARE].do_now

    assert text.to(carer=False) == "Book."
    assert text.to(carer=True) == "Book for them."
    assert text.to(carer=False, invited=True) == "Come."
    assert text.to(carer=True, invited=True) == "Bring them."


@pytest.mark.parametrize(
    ("text", "carer", "invited", "both"),
    [
        (Text("a"), "a", "a", "a"),
        (Text("a", carer="b"), "b", "a", "b"),
        (Text("a", invited="c"), "a", "c", "c"),
        (Text("a", carer="b", invited="c"), "b", "c", "c"),
        (Text("a", carer="b", carer_invited="d"), "b", "a", "d"),
    ],
)
def test_where_a_form_is_missing_the_nearest_serves(
    text: Text, carer: str, invited: str, both: str
) -> None:
    assert text.to(carer=True) == carer
    assert text.to(carer=False, invited=True) == invited
    assert text.to(carer=True, invited=True) == both


def test_a_text_may_have_a_form_for_a_carer(tmp_path: Path) -> None:
    new = one_question(tmp_path, "type: scale, why: {text: For you., carer: For them.}")

    assert new.why == Text("For you.", "For them.")
    assert new.why.to(carer=True) == "For them."
    assert new.why.to(carer=False) == "For you."
    assert new.ask.to(carer=True) == "New?"


def test_enable_when_may_name_earlier_questions_and_findings(tmp_path: Path) -> None:
    new = one_question(tmp_path, "type: scale, enable_when: {finding: any_sign}")

    assert new.enable_when == FindingRef("any_sign")


# conditions

A = Test("signs", Operator.IS, ("a",))
RED = Test("flag", Operator.IS, ("red",))


FORMS: list[tuple[str, Condition]] = [
    ("{signs: a}", A),
    ("{signs: [a, b]}", Test("signs", Operator.IS, ("a", "b"))),
    ("{signs: none}", Test("signs", Operator.IS, ("none",))),
    ("{signs: {all_of: [a, b]}}", Test("signs", Operator.ALL_OF, ("a", "b"))),
    ("{signs: {none_of: a}}", Test("signs", Operator.NONE_OF, ("a",))),
    ("{pain: {at_least: 7}}", Test("pain", Operator.AT_LEAST, (7,))),
    ("{pain: {at_most: 0}}", Test("pain", Operator.AT_MOST, (0,))),
    ("{pain: {between: [4, 6]}}", Test("pain", Operator.BETWEEN, (4, 6))),
    ("{duration: {at_least: weeks}}", Test("duration", Operator.AT_LEAST, ("weeks",))),
    (
        "{duration: {between: [days, weeks]}}",
        Test("duration", Operator.BETWEEN, ("days", "weeks")),
    ),
    (
        "{pain: {at_least: 2, at_most: 5}}",
        All((Test("pain", Operator.AT_LEAST, (2,)), Test("pain", Operator.AT_MOST, (5,)))),
    ),
    ("{flag: red, signs: a}", All((RED, A))),
    ("{all: [{flag: red}, {signs: a}]}", All((RED, A))),
    ("{any: [{flag: red}, {signs: a}]}", Any((RED, A))),
    ("{not: {signs: a}}", Not(A)),
    ("{count: {at_least: 2, of: [{flag: red}, {signs: a}]}}", Count(2, (RED, A))),
    ("{finding: any_sign}", FindingRef("any_sign")),
]


@pytest.mark.parametrize(("written", "condition"), FORMS)
def test_every_form_of_condition(tmp_path: Path, written: str, condition: Condition) -> None:
    assert tiny.load(tmp_path, rules=tiny.rules(written)).rules[0].when == condition


# rules and what stands beside them


def test_a_rule_and_a_finding(tmp_path: Path) -> None:
    protocol = tiny.load(tmp_path)

    assert protocol.findings == (
        Finding("any_sign", Text("a sign"), Test("signs", Operator.IS, ("a", "b", "c"))),
    )
    assert protocol.rules[0] == Rule(
        "red_flag",
        RED,
        Recommend.EMERGENCY,
        Text("You told us about a red flag."),
        ("T1",),
        Recommend.URGENT_MEDICAL,
    )
    assert protocol.rules[2].if_unsure is None


def test_a_finding_may_name_a_later_finding(tmp_path: Path) -> None:
    rules = tiny.RULES.replace(
        "  any_sign:", "  both:\n    says: both\n    when: {finding: any_sign}\n  any_sign:"
    )

    assert tiny.load(tmp_path, rules=rules).finding["both"].when == FindingRef("any_sign")


def test_precautions_and_support(tmp_path: Path) -> None:
    protocol = tiny.load(
        tmp_path,
        rules=tiny.RULES
        + """
precautions:
  - {id: careful, when: {signs: a}, limits: [no_heat, note], therapist: Has A., evidence: [T1]}
  - {id: told, when: {signs: a}, limits: [note], therapist: Has A., person: Say so., evidence: [T1]}
support:
  - {id: help, when: {flag: red}, headline: Help, lines: [Call., Write.], evidence: [T1]}
  - {id: own, when: {signs: a}, headline: Help, lines: [Call.], alone: true, evidence: [T1]}
""",
    )

    assert protocol.precautions == (
        Precaution("careful", A, (Limit.HEAT, Limit.NOTE), Text("Has A."), ("T1",)),
        Precaution("told", A, (Limit.NOTE,), Text("Has A."), ("T1",), Text("Say so.")),
    )
    assert protocol.support == (
        Support("help", RED, Text("Help"), (Text("Call."), Text("Write.")), ("T1",)),
        Support("own", A, Text("Help"), (Text("Call."),), ("T1",), alone=True),
    )


def test_the_words_of_a_recommendation(tmp_path: Path) -> None:
    (tmp_path / "guide").mkdir()
    (tmp_path / "guide" / "heat.md").write_text("# Heat\n\nWarm it.\n")
    (tmp_path / "guide" / "a_plan.md").write_text("# A plan")
    protocol = tiny.load(
        tmp_path,
        recommendations=tiny.RECOMMENDATIONS.replace(
            "do_now: [Try.]",
            "do_now: [Try., Wait.], expect: [Warmth.], sooner: [Numbness.], tell: [Where.], "
            "guide: [heat], requires: {signs: a}, requires_says: You said A.",
        ),
    )

    assert protocol.advice[Recommend.DEEP_TISSUE] == Advice(
        Recommend.DEEP_TISSUE,
        Text("Try deeper work."),
        (Text("Try."), Text("Wait.")),
        (Text("Warmth."),),
        (Text("Numbness."),),
        (Text("Where."),),
        ("heat",),
        A,
        Text("You said A."),
    )
    assert protocol.guide == (
        GuidePage("a_plan", "A plan", ""),
        GuidePage("heat", "Heat", "Warm it."),
    )


@pytest.mark.parametrize(
    ("then", "urgency", "pressure"),
    [
        ("{urgency_at_least: emergency}", 3, 2),
        ("{urgency_at_least: medical_clearance_first}", 1, 2),
        ("{pressure_at_most: 0}", 0, 0),
        ("{urgency_at_least: urgent_medical, pressure_at_most: 1}", 2, 1),
    ],
)
def test_a_promise(tmp_path: Path, then: str, urgency: int, pressure: int) -> None:
    safety = f"- {{id: one, promise: A word., when: {{flag: red}}, then: {then}, evidence: [T1]}}"

    assert tiny.load(tmp_path, safety=safety).promises == (
        Promise("one", Text("A word."), RED, urgency, pressure, ("T1",)),
    )


def test_a_promise_that_signs_are_asked(tmp_path: Path) -> None:
    safety = "- {id: one, promise: A word., when: {flag: red}, asked: [signs.a, more.lots]}"

    assert tiny.load(tmp_path, safety=safety).promises == (
        Promise("one", Text("A word."), RED, asked=(Sign("signs", "a"), Sign("more", "lots"))),
    )


def test_a_sign_of_an_optional_question_cannot_be_promised(tmp_path: Path) -> None:
    safety = "- {id: one, promise: A word., when: {flag: red}, asked: [more.lots]}"
    questions = tiny.QUESTIONS.replace("short: More", "short: More\n  optional: true")

    with pytest.raises(BrokenProtocol, match="found `more`, which is optional"):
        tiny.load(tmp_path, questions=questions, safety=safety)


def test_a_case(tmp_path: Path) -> None:
    cases = """
- id: one
  title: Somebody
  answers: {flag: red, signs: [a, not_sure], pain: 7, duration: not_sure}
  expected: emergency
  acceptable: [urgent_medical]
  never: [self_care]
  rule: red_flag
"""

    assert tiny.load(tmp_path, cases=cases).cases == (
        Case(
            "one",
            "Somebody",
            {"flag": "red", "signs": ["a", "not_sure"], "pain": 7, "duration": "not_sure"},
            Recommend.EMERGENCY,
            (Recommend.URGENT_MEDICAL,),
            (Recommend.SELF_CARE,),
            "red_flag",
        ),
    )


def test_the_protocol_itself(tmp_path: Path) -> None:
    protocol = tiny.load(tmp_path, protocol=f"{tiny.PROTOCOL}carer_when: {{signs: a}}\n")

    assert (protocol.id, protocol.version, protocol.date) == ("tiny", "1", "2026-01-01")
    assert (protocol.title, protocol.author) == (Text("A tiny protocol"), "The tests")
    assert protocol.intended_purpose == Text("To test.")
    assert protocol.carer_when == A
    assert protocol.sources == {"T1": Source("T1", "A claim.", "A source")}
    assert protocol.texts["emergency_lead"] == Text("Call now.")
    assert protocol.review is None


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert tiny.load(tmp_path, texts=f"\ufeff{tiny.TEXTS}").texts["disclaimer_short"]


def test_windows_line_ends_do_no_harm(tmp_path: Path) -> None:
    windows = tiny.load(tmp_path, **{n: t.replace("\n", "\r\n") for n, t in tiny.FILES.items()})
    (tmp_path / "unix").mkdir()

    assert windows == tiny.load(tmp_path / "unix")


def test_a_protocol_is_found_by_its_folder_or_its_name(tmp_path: Path) -> None:
    assert find_protocol(str(tmp_path)) == tmp_path
    assert find_protocol("muscle_pain") == RULES_FOLDER / "muscle_pain"
    assert find_protocol("no/such") == Path("no/such")


# translations


def german(folder: Path, words: str = tiny.GERMAN, **changed: str) -> Protocol:
    tiny.write(folder, protocol=f"{tiny.PROTOCOL}languages: [en, de]\n", de=words, **changed)
    return load_protocol(folder, "de")


def test_a_translation_takes_the_place_of_the_words(tmp_path: Path) -> None:
    protocol = german(tmp_path)

    assert protocol.language == "de"
    assert protocol.texts["disclaimer_short"] == Text("Dies ist keine Diagnose.")
    assert protocol.question["flag"].ask == Text("Gibt es eine Fahne?")
    assert protocol.question["flag"].option("red").label == Text("Ja, eine rote")
    assert protocol.rules[0].because == Text("Sie haben eine rote Fahne genannt.")
    assert protocol.advice[Recommend.EMERGENCY].do_now == (Text("Rufen Sie an."),)


def test_what_is_not_translated_stays_as_it_is(tmp_path: Path) -> None:
    protocol = german(tmp_path)

    assert protocol.question["signs"].ask == Text("Which of these?")
    assert protocol.question["flag"].not_sure_label == Text("Not sure")


def test_everything_with_words_can_be_translated(tmp_path: Path) -> None:
    more = """
question.signs.none: Nichts davon
question.flag.not_sure: {text: Weiß nicht, carer: Wissen wir nicht}
question.flag.option.red.says: eine rote Fahne
finding.any_sign.says: ein Zeichen
recommendation.self_care.headline: Schonen Sie sich.
"""
    protocol = german(tmp_path, tiny.GERMAN + more)

    assert protocol.question["signs"].none_label == Text("Nichts davon")
    assert protocol.question["flag"].not_sure_label == Text("Weiß nicht", "Wissen wir nicht")
    assert protocol.question["flag"].option("red").says == Text("eine rote Fahne")
    assert protocol.finding["any_sign"].says == Text("ein Zeichen")
    assert protocol.advice[Recommend.SELF_CARE].headline == Text("Schonen Sie sich.")


def test_a_translation_changes_no_decision(tmp_path: Path) -> None:
    translated = german(tmp_path)

    assert translated.rules_hash == load_protocol(tmp_path).rules_hash
    assert translated.wording_hash == load_protocol(tmp_path).wording_hash
    assert load_protocol(tmp_path).language == "en"


LOCKED = [line.split(":")[0] for line in tiny.GERMAN.strip().splitlines()]


@pytest.mark.parametrize("text_id", LOCKED)
def test_a_language_without_a_locked_text_does_not_load(tmp_path: Path, text_id: str) -> None:
    words = re.sub(rf"^{re.escape(text_id)}:.*\n", "", tiny.GERMAN, flags=re.MULTILINE)

    with pytest.raises(BrokenProtocol) as broken:
        german(tmp_path, words)

    assert str(broken.value).startswith(
        f"de.yaml:2:1: missing-locked-text: found no `{text_id}`; expected its translation."
    )
    assert len(broken.value.diagnostics) == 1


def test_a_locked_text_is_missed_even_when_nobody_asks_for_the_language(tmp_path: Path) -> None:
    tiny.write(tmp_path, protocol=f"{tiny.PROTOCOL}languages: [de]\n", de="text.disclaimer: Ja.")

    with pytest.raises(BrokenProtocol, match="missing-locked-text"):
        load_protocol(tmp_path)


def test_support_and_when_to_seek_help_are_locked_too(tmp_path: Path) -> None:
    support = """
support:
  - {id: help, when: {flag: red}, headline: Help, lines: [Call.], evidence: [T1]}
"""
    advice = tiny.RECOMMENDATIONS.replace("do_now: [Rest.]", "do_now: [Rest.], sooner: [Worse.]")

    with pytest.raises(BrokenProtocol) as broken:
        german(tmp_path, rules=tiny.RULES + support, recommendations=advice)

    assert [re.findall("`(.*?)`", one.found) for one in broken.value.diagnostics] == [
        ["recommendation.self_care.sooner.1"],
        ["support.help.headline"],
        ["support.help.lines.1"],
    ]


def test_a_language_without_a_file_is_one_fault(tmp_path: Path) -> None:
    tiny.write(tmp_path, protocol=f"{tiny.PROTOCOL}languages: [de]\n")

    with pytest.raises(BrokenProtocol) as broken:
        load_protocol(tmp_path)

    assert [str(one) for one in broken.value.diagnostics] == [
        "de.yaml:1:1: missing-file: found no file; expected `de.yaml`."
    ]


def test_a_fault_is_reported_once_in_every_language(tmp_path: Path) -> None:
    with pytest.raises(BrokenProtocol) as broken:
        german(tmp_path, rules=tiny.RULES.replace("{signs: none}", "{sings: none}"))

    assert len(broken.value.diagnostics) == 1


def test_a_language_that_is_not_enabled_does_not_load(tmp_path: Path) -> None:
    tiny.write(tmp_path, de=tiny.GERMAN)

    with pytest.raises(BrokenProtocol, match="found `de`; expected an enabled language"):
        load_protocol(tmp_path, "de")


# hashes and review


def hashes(folder: Path, **changed: str) -> tuple[str, str]:
    protocol = tiny.load(folder, **changed)
    return protocol.rules_hash, protocol.wording_hash


WORDING = {
    "a question": {"questions": tiny.QUESTIONS.replace("How long?", "Since when?")},
    "a label": {"questions": tiny.QUESTIONS.replace("label: Days", "label: Some days")},
    "a reason": {"rules": tiny.RULES.replace("You told us of no sign.", "You have no sign.")},
    "a recommendation": {"recommendations": tiny.RECOMMENDATIONS.replace("[Rest.]", "[Sleep.]")},
    "a fixed text": {"texts": tiny.TEXTS.replace("examine", "touch")},
    "a source": {"evidence": tiny.EVIDENCE.replace("A claim.", "Another claim.")},
    "a carer's form": {
        "questions": tiny.QUESTIONS.replace("How long?", "{text: How long?, carer: Since?}")
    },
    "an invited person's form": {
        "recommendations": tiny.RECOMMENDATIONS.replace(
            "[Rest.]", "[{text: Rest., invited: Come.}]"
        )
    },
    "the audience": {"protocol": tiny.PROTOCOL + "audience: Anyone\n"},
    "the therapist": {"protocol": tiny.PROTOCOL + "therapist: masseur\n"},
    "who reads the carer's form": {"protocol": tiny.PROTOCOL + "carer_when: {flag: red}\n"},
    "a section": {
        "questions": tiny.QUESTIONS.replace("short: Flag", "short: Flag\n  section: first")
    },
    "an invited carer's form": {
        "recommendations": tiny.RECOMMENDATIONS.replace(
            "[Rest.]", "[{text: Rest., carer_invited: Come.}]"
        )
    },
}
SUPPORT = """
support:
  - {id: help, when: {flag: red}, headline: Help, lines: [Call.], alone: false, evidence: [T1]}
"""
RULING = {
    "a condition": {"rules": tiny.RULES.replace("{signs: none}", "{signs: [none, a]}")},
    "a recommendation": {"rules": tiny.RULES.replace("certified_therapist", "regular_plan")},
    "if_unsure": {"rules": tiny.RULES.replace("if_unsure: urgent_medical", "if_unsure: emergency")},
    "a finding": {"rules": tiny.RULES.replace("[a, b, c]", "[a, b]")},
    "the evidence": {
        "rules": tiny.RULES.replace(
            "no sign.\n    evidence: [T1]", "no sign.\n    evidence: [T1, T1]"
        )
    },
    "requires": {
        "recommendations": tiny.RECOMMENDATIONS.replace(
            "do_now: [Try.]", "do_now: [Try.], requires: {signs: a}"
        )
    },
    "enable_when": {"questions": tiny.QUESTIONS.replace("{signs: a}", "{signs: b}")},
    "a safety tag": {"questions": tiny.QUESTIONS.replace("safety: clearance", "safety: urgent")},
    "the order of questions": {
        "questions": tiny.QUESTIONS.replace("id: pain", "id: p")
        .replace("id: duration", "id: pain")
        .replace("id: p\n", "id: duration\n")
    },
}


@pytest.mark.parametrize("what", WORDING)
def test_a_change_of_words_changes_the_wording_hash_alone(tmp_path: Path, what: str) -> None:
    rules, wording = hashes(tmp_path)
    rules_after, wording_after = hashes(tmp_path, **WORDING[what])

    assert rules_after == rules
    assert wording_after != wording


@pytest.mark.parametrize("what", RULING)
def test_a_change_of_rules_changes_the_rules_hash(tmp_path: Path, what: str) -> None:
    before, _ = hashes(tmp_path)
    after, _ = hashes(tmp_path, **RULING[what])

    assert after != before


def test_whether_support_stands_alone_belongs_to_the_rules(tmp_path: Path) -> None:
    beside = tiny.load(tmp_path, rules=tiny.RULES + SUPPORT)
    alone = tiny.load(tmp_path, rules=tiny.RULES + SUPPORT.replace("false", "true"))

    assert beside.rules_hash != alone.rules_hash
    assert beside.wording_hash == alone.wording_hash


def test_a_guide_page_and_a_translation_belong_to_the_wording(tmp_path: Path) -> None:
    plain = tiny.load(tmp_path)
    (tmp_path / "guide").mkdir()
    (tmp_path / "guide" / "heat.md").write_text("# Heat")
    with_guide = load_protocol(tmp_path)
    first = german(tmp_path)
    second = german(tmp_path, tiny.GERMAN.replace("Rufen Sie an.", "Anrufen."))

    wordings = [one.wording_hash for one in (plain, with_guide, first, second)]
    assert len(set(wordings)) == 4
    assert {one.rules_hash for one in (plain, with_guide, first, second)} == {plain.rules_hash}


def test_the_order_of_rules_findings_and_recommendations_changes_no_hash(tmp_path: Path) -> None:
    rules = yaml.safe_load(tiny.RULES)
    rules["rules"].reverse()
    advice = yaml.safe_load(tiny.RECOMMENDATIONS)
    advice.reverse()

    assert hashes(tmp_path) == hashes(
        tmp_path, rules=yaml.safe_dump(rules), recommendations=yaml.safe_dump(advice)
    )


def test_comments_and_layout_change_no_hash(tmp_path: Path) -> None:
    laid_out = {
        name: "# a note\n" + json.dumps(yaml.safe_load(text), indent=3, default=str)
        for name, text in tiny.FILES.items()
    }

    assert hashes(tmp_path) == hashes(tmp_path, **laid_out)


REVIEW = Review("Ada Smith", "Physiotherapist", "2026-01-02")


def test_a_review_counts_for_exactly_what_was_reviewed(tmp_path: Path) -> None:
    protocol = tiny.load(tmp_path)

    path = sign_off(tmp_path, protocol, REVIEW)

    assert path == tmp_path / "review.yaml"
    assert load_protocol(tmp_path) == replace(protocol, review=REVIEW)
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []


@pytest.mark.parametrize("changed", [*WORDING.values(), *RULING.values()])
def test_a_change_makes_the_review_void(tmp_path: Path, changed: dict[str, str]) -> None:
    sign_off(tmp_path, tiny.load(tmp_path), REVIEW)
    assert load_protocol(tmp_path).review == REVIEW

    assert tiny.load(tmp_path, **changed).review is None


def test_a_new_translation_makes_the_review_void(tmp_path: Path) -> None:
    sign_off(tmp_path, tiny.load(tmp_path), REVIEW)

    assert german(tmp_path).review is None


def test_a_review_comes_back_with_what_was_reviewed(tmp_path: Path) -> None:
    sign_off(tmp_path, tiny.load(tmp_path), REVIEW)
    tiny.load(tmp_path, texts=tiny.TEXTS.replace("examine", "touch"))

    assert tiny.load(tmp_path).review == REVIEW


@pytest.mark.parametrize("name", ['O\'Hara: "Dr"', "yes", "007", "Жанна", "- [x] {y}", "x" * 300])
def test_any_name_can_sign(tmp_path: Path, name: str) -> None:
    sign_off(tmp_path, tiny.load(tmp_path), replace(REVIEW, reviewer=name))

    review = load_protocol(tmp_path).review
    assert review is not None
    assert review.reviewer == name


# JSON Schema

JSON = dict[str, object]


def test_there_is_a_schema_for_every_file() -> None:
    names = {name.replace(".yaml", ".schema.json") for name in files.FILES}

    assert all_schemas().keys() == names | {"translation.schema.json"}


def compared(shape: Shape, schema: object) -> Iterator[str]:
    """Walk a description and its schema side by side; yield the places of each record."""
    assert isinstance(schema, dict)
    match shape:
        case Record():
            known = {**shape.required, **shape.optional}
            assert list(schema["properties"]) == list(known)
            assert schema["required"] == list(shape.required)
            assert schema["additionalProperties"] is False
            yield ",".join(known)
            for name, inner in known.items():
                assert len(schema["properties"][name]["description"]) > len(name), name
                yield from compared(inner, schema["properties"][name])
        case ListOf():
            assert schema["type"] == "array"
            assert schema["minItems"] == shape.at_least
            yield from compared(shape.item, schema["items"])
        case MapOf():
            [inner] = schema["patternProperties"].values()
            yield from compared(shape.value, inner)
        case ListOr():
            yield from compared(shape.listed, schema["anyOf"][0])
            yield from compared(shape.mapping, schema["anyOf"][1])
        case Either():
            yield from compared(shape.first, schema["anyOf"][1])
        case FlagOr():
            yield from compared(shape.other, schema["anyOf"][1])
        case Elsewhere():
            assert schema["$ref"] == f"#/$defs/{shape.name}"


@pytest.mark.parametrize("name", files.FILES)
def test_a_schema_has_the_keys_of_the_description(name: str) -> None:
    schema = all_schemas()[name.replace(".yaml", ".schema.json")]

    assert all(list(compared(files.FILES[name], schema)))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_reference_of_a_schema_leads_somewhere() -> None:
    for schema in all_schemas().values():
        definitions = schema["$defs"]
        assert isinstance(definitions, dict)
        named = set(re.findall(r'"#/\$defs/(\w+)"', as_file(schema)))
        assert named <= definitions.keys()


def test_the_schema_of_conditions_has_every_operator() -> None:
    written = json.dumps(all_schemas()["rules.schema.json"])

    for operator in Operator:
        if operator is not Operator.IS:
            assert f'"{operator.value}"' in written


def test_the_shipped_files_name_their_schema() -> None:
    for name in files.FILES:
        path = RULES_FOLDER / "muscle_pain" / name
        stem = name.removesuffix(".yaml")
        assert path.read_text(encoding="utf-8").startswith(
            f"# yaml-language-server: $schema=../schema/{stem}.schema.json\n"
        )


def schema_of(name: str) -> JSON:
    return all_schemas()[f"{name}.schema.json"]


def as_editors_read_it(text: str) -> object:
    """YAML as JSON values; dates stay the words that they are in YAML 1.2."""
    return json.loads(json.dumps(yaml.load(text, Loader=_AsInAnEditor), default=str))  # noqa: S506


class _AsInAnEditor(yaml.SafeLoader):
    """YAML in which a day is words."""


_AsInAnEditor.add_constructor("tag:yaml.org,2002:timestamp", lambda _, node: str(node.value))


@pytest.mark.parametrize("name", tiny.FILES)
def test_the_tiny_files_are_valid_in_an_editor(name: str) -> None:
    assert is_valid(as_editors_read_it(tiny.FILES[name]), schema_of(name), schema_of(name))


@pytest.mark.parametrize("name", tiny.FILES)
def test_the_shipped_files_are_valid_in_an_editor(shipped: Path, name: str) -> None:
    text = (shipped / f"{name}.yaml").read_text(encoding="utf-8")

    assert is_valid(as_editors_read_it(text), schema_of(name), schema_of(name))


@pytest.mark.parametrize("condition", [written for written, _ in FORMS])
def test_every_form_of_condition_is_valid_in_an_editor(condition: str) -> None:
    schema = schema_of("rules")

    assert is_valid(as_editors_read_it(tiny.rules(condition)), schema, schema)


def test_a_translation_is_valid_in_an_editor() -> None:
    schema = schema_of("translation")

    assert is_valid(as_editors_read_it(tiny.GERMAN), schema, schema)


NEEDS_MORE_THAN_ONE_FILE_AND_ITS_FORM = {
    Code.NOT_YAML,  # an editor marks these without a schema
    Code.DUPLICATE_KEY,
    Code.ALIAS,
    Code.TOO_DEEP,  # and these are what YAML reads in silence
    Code.CUT_TEXT,
    Code.YAML_NUMBER,
    Code.YAML_BOOLEAN,
    Code.DUPLICATE_ID,  # names, which no schema can look up
    Code.UNKNOWN_QUESTION,
    Code.UNKNOWN_OPTION,
    Code.UNKNOWN_FINDING,
    Code.UNKNOWN_EVIDENCE,
    Code.UNKNOWN_GUIDE,
    Code.SIGN_NOT_PROMISED,
    Code.OFFERED_TO_SOME,
    Code.EMERGENCY_WAITS,  # the order of two questions
    Code.UNKNOWN_TEXT,
    Code.FORWARD_REFERENCE,
    Code.FINDING_CYCLE,
    Code.BAD_CASE,
    Code.WRONG_TEST,  # what the type of another question makes of a test
    Code.NO_IF_UNSURE,
}
"""Faults that no JSON Schema can see; every other one is marked while somebody types."""
NEITHER_ARE_THESE = {
    "{pain: {at_least: much}}",  # the type and the bounds of another question
    "{pain: {at_least: 11}}",
    "{pain: {between: [6, 4]}}",  # one value compared with another
    "{duration: {between: [months, days]}}",
    "{count: {at_least: 3, of: [{signs: a}]}}",
    "type: number\n  minimum: 5\n  maximum: 5",
    "ask: [More?]",  # an editor's YAML reads or marks these by itself
    "ask: !!binary More",
    "\n? [a]\n: b\ndisclaimer_short",
    "",  # a recommendation that the other file does not have
}


@pytest.mark.parametrize(
    "fault",
    [
        fault
        for fault in FAULTS
        if fault.code not in NEEDS_MORE_THAN_ONE_FILE_AND_ITS_FORM
        and (fault.new not in NEITHER_ARE_THESE or fault.code is Code.MISSING_KEY)
    ],
    ids=lambda fault: f"{fault.code}: {fault.new[:40]}",
)
def test_an_editor_marks_what_the_check_reports(fault: Fault) -> None:
    schema = schema_of(fault.file)

    assert not is_valid(as_editors_read_it(fault.content()), schema, schema)
