"""Safety texts say what they must, in every form, and change only with a new line of review."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from assessment.protocols.diagnostics import BrokenProtocol, Code, Diagnostic
from assessment.protocols.load import load_protocol
from assessment.protocols.versions import load_files, read_files, version_of
from tests import tiny

FILE = "safety_texts.yaml"
NOT_YET = "not yet reviewed by a clinician"
MUST_SAY = """
must_say:
  - id: call_now
    texts: [recommendation.emergency.headline, text.emergency_lead]
    says: [call, [now, at once]]
    never: [weeks]
  - {id: call, texts: [recommendation.emergency.do_now], says: [call]}
  - {id: today, texts: [recommendation.urgent_medical.headline], says: [doctor, today]}
  - {id: see, texts: [recommendation.urgent_medical.do_now], says: [see]}
  - {id: first, texts: [recommendation.medical_clearance_first.headline], says: [doctor first]}
  - {id: ask, texts: [recommendation.medical_clearance_first.do_now], says: [ask]}
  - {id: say, texts: [text.emergency_say], says: [say]}
  - {id: limits, texts: [text.disclaimer_short, text.disclaimer], says: [not a diagnosis]}
  - {id: unread, texts: [text.not_reviewed], says: [not yet reviewed]}
"""


def faults(folder: Path) -> tuple[Diagnostic, ...]:
    try:
        load_protocol(folder)
    except BrokenProtocol as broken:
        return broken.diagnostics
    return ()


def found(folder: Path, code: Code) -> list[str]:
    return [str(one) for one in faults(folder) if one.code is code]


def line_to_add(folder: Path) -> str:
    """The line of review that a report prints."""
    [report] = found(folder, Code.UNREVIEWED_WORDING)
    [line] = re.findall(r"a new last line: (- \{.*\})\.$", report)
    return str(line)


def write(folder: Path, must_say: str = MUST_SAY, **files: str) -> Path:
    """Write the tiny protocol with its demands, read as they are."""
    tiny.write(folder, safety_texts=must_say, **files)
    line = line_to_add(folder)
    return tiny.write(folder, safety_texts=f"{must_say}reviewed:\n  {line}\n", **files)


def test_texts_that_say_what_they_must_and_were_read_are_no_fault(tmp_path: Path) -> None:
    folder = write(tmp_path)

    assert faults(folder) == ()
    texts = load_protocol(folder).safety_texts
    assert texts is not None
    assert (texts.demands[0], texts.read_by, texts.date) == ("call_now", NOT_YET, "2026-01-01")


def test_a_protocol_may_demand_nothing(tmp_path: Path) -> None:
    assert tiny.load(tmp_path).safety_texts is None


def test_a_lost_word_is_reported_where_it_is_missing(tmp_path: Path) -> None:
    folder = write(tmp_path)
    changed = tiny.RECOMMENDATIONS.replace("See a doctor today.", "See a doctor within weeks.")
    tiny.write(folder, recommendations=changed, safety_texts=(folder / FILE).read_text("utf-8"))

    assert found(folder, Code.SAFETY_TEXT) == [
        "recommendations.yaml:3:34: safety-text: found “See a doctor within weeks.”; expected "
        "`today` in it (`today`, safety_texts.yaml:8:5)."
    ]


@pytest.mark.parametrize(
    ("headline", "reported"),
    [
        ("Call now.", ""),
        ("CALL  at\n    once!", ""),
        ("Know your caller.", "“Know your caller.”; expected `call` and `now` or `at once` in it"),
        ('"Call now, or in a few weeks."', "no `weeks` in it"),
        ("{text: Call now., carer: Call for them now.}", ""),
        ("{text: Call now., carer: Wait a little.}", "“Wait a little.” to a carer; expected"),
        ("{text: Call now., invited: Come to us.}", "“Come to us.” to a clinic's client"),
        (
            "{text: Call now., carer_invited: Take them along.}",
            "“Take them along.” to a carer of a clinic's client",
        ),
        ("{text: Call now., carer: Call now. It can take weeks.}", "no `weeks` in it"),
    ],
)
def test_every_form_is_read_word_by_word(tmp_path: Path, headline: str, reported: str) -> None:
    advice = tiny.RECOMMENDATIONS.replace("Call for help now.", headline)
    reports = found(write(tmp_path, recommendations=advice), Code.SAFETY_TEXT)

    assert [reported in one for one in reports] == ([True] if reported else [])


def test_the_place_is_that_of_the_form(tmp_path: Path) -> None:
    texts = tiny.TEXTS.replace(
        "emergency_lead: Call now.", "emergency_lead:\n  text: Call now.\n  carer: Wait."
    )
    [report] = found(write(tmp_path, texts=texts), Code.SAFETY_TEXT)

    assert report.startswith("texts.yaml:6:10: safety-text: found “Wait.” to a carer;")


def test_one_line_of_a_list_says_it_all(tmp_path: Path) -> None:
    def advice(lines: str) -> str:
        return tiny.RECOMMENDATIONS.replace("do_now: [See one.]", f"do_now: [{lines}]")

    must_say = MUST_SAY.replace("do_now], says: [see]", "do_now], says: [see, tonight]")
    good = write(tmp_path, must_say, recommendations=advice("Rest., See one tonight."))
    assert faults(good) == ()

    [report] = found(
        write(tmp_path, must_say, recommendations=advice("See one., Rest tonight.")),
        Code.SAFETY_TEXT,
    )
    assert "“See one.” as the nearest line of `recommendation.urgent_medical.do_now`" in report
    assert "expected `tonight` in it" in report


def test_a_safety_text_of_which_nothing_is_demanded_is_reported(tmp_path: Path) -> None:
    must_say = MUST_SAY.replace("  - {id: say, texts: [text.emergency_say], says: [say]}\n", "")

    assert found(write(tmp_path, must_say), Code.SAFETY_TEXT) == [
        "texts.yaml:5:16: safety-text: found the safety text `text.emergency_say`, of which "
        "nothing is demanded; expected an entry of `must_say` in safety_texts.yaml that names it."
    ]


def test_a_demand_on_a_text_that_is_gone_is_reported(tmp_path: Path) -> None:
    must_say = MUST_SAY.replace("recommendation.emergency.do_now]", "recommendation.emergency.do]")

    [report] = found(write(tmp_path, must_say), Code.UNKNOWN_TEXT)

    assert report.startswith("safety_texts.yaml:7:24: unknown-text: found `recommendation.emer")
    assert "`recommendation.emergency.do_now`" in report


def test_every_enabled_language_says_it_too(tmp_path: Path) -> None:
    protocol = f"{tiny.PROTOCOL}languages: [de]\n"
    lacking = found(write(tmp_path, protocol=protocol, de=tiny.GERMAN), Code.MISSING_KEY)
    assert len(lacking) == MUST_SAY.count("id: ")
    assert "found no `de` in `call_now`; expected `in: {de: {says: [...]}}`" in lacking[0]

    must_say = MUST_SAY.replace("    never: [weeks]\n", "    in: {de: {says: [jetzt]}}\n")
    must_say = must_say.replace("]}\n", "], in: {de: {says: [[Sie, Dies, Noch]]}}}\n").replace(
        "jetzt]}, in: {de: {says: [[Sie, Dies, Noch]]}}}", "jetzt]}}"
    )
    assert faults(write(tmp_path, must_say, protocol=protocol, de=tiny.GERMAN)) == ()

    softened = tiny.GERMAN.replace("Rufen Sie jetzt Hilfe.", "Rufen Sie bald Hilfe.")
    [report] = found(write(tmp_path, must_say, protocol=protocol, de=softened), Code.SAFETY_TEXT)
    assert report.startswith("de.yaml:8:")
    assert "expected `jetzt` in it" in report


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "must_say: 3",
        "must_say: [{}]",
        "must_say: []\nreviewed: {}",
        "must_say: [{id: a, texts: x, says: {a: b}}]\nreviewed: [3]",
        "must_say: [{id: a, texts: [[a]], says: [[[a]]], in: [de], never: 3}]",
        "must_say: [{id: a, texts: [text.disclaimer], says: [988], in: {de: 3}}]",
    ],
)
def test_demands_that_are_none_are_reported(tmp_path: Path, content: str) -> None:
    protocol = f"{tiny.PROTOCOL}languages: [de]\n"
    folder = tiny.write(tmp_path, protocol=protocol, de=tiny.GERMAN, safety_texts=content)

    assert any(one.place.file == FILE for one in faults(folder))


# review lines


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("recommendations", "See one.", "See one, please."),
        ("texts", "examine", "touch"),
        (
            "texts",
            "emergency_lead: Call now.",
            "emergency_lead: {text: Call now., carer: Call now!}",
        ),
        ("safety_texts", "says: [doctor, today]", "says: [doctor]"),
        ("safety_texts", "never: [weeks]", "never: [months]"),
    ],
)
def test_other_words_or_demands_need_a_new_line_of_review(
    tmp_path: Path, name: str, old: str, new: str
) -> None:
    path = write(tmp_path) / f"{name}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")

    line = line_to_add(tmp_path)
    with (tmp_path / FILE).open("a", encoding="utf-8") as file:
        file.write(f"  {line}\n")

    assert faults(tmp_path) == ()


def test_only_the_last_line_of_review_counts(tmp_path: Path) -> None:
    folder = write(tmp_path)
    with (folder / FILE).open("a", encoding="utf-8") as file:
        file.write('  - {date: 2026-01-02, by: A. Name, wording: "0"}\n')

    [report] = found(folder, Code.UNREVIEWED_WORDING)
    last = (folder / FILE).read_text(encoding="utf-8").count("\n")
    assert report.startswith(f"safety_texts.yaml:{last}:46: unreviewed-wording: found safety texts")


PRECAUTION = """precautions:
  - {id: gently, when: {signs: a}, limits: [note], therapist: Be gentle., person: Say so.,
     evidence: [T1]}
"""
MORE = tiny.RECOMMENDATIONS.replace(
    "do_now: [See one.]}",
    "do_now: [See one.], expect: [You are looked at.], tell: [Say when.], short: A doctor}",
)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("recommendations", "You are looked at.", "Massage helps until then."),
        ("recommendations", "Say when.", "Say nothing."),
        ("recommendations", "short: A doctor", "short: A rest"),
        ("questions", "Yes, a red one", "Completely red all over"),
        ("questions", "Is there a flag?", "Is there a very big flag?"),
        ("rules", "You told us about a red flag.", "There is a small chance of a flag."),
        ("rules", "Be gentle.", "Be firm."),
        ("rules", "Say so.", "Say nothing."),
    ],
)
def test_words_that_could_soften_care_need_no_demand_but_a_new_line_of_review(
    tmp_path: Path, name: str, old: str, new: str
) -> None:
    folder = write(tmp_path, rules=tiny.RULES + PRECAUTION, recommendations=MORE)
    assert faults(folder) == ()
    path = folder / f"{name}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")

    assert line_to_add(folder)
    assert len(faults(folder)) == 1


NEVER = "never: {en: [weeks, massage is fine]}\n"


def test_no_medical_advice_says_what_none_may(tmp_path: Path) -> None:
    assert faults(write(tmp_path, MUST_SAY + NEVER, recommendations=MORE)) == ()
    soft = MORE.replace("You are looked at.", '"Within weeks, massage is fine until then."')

    weeks, massage = found(
        write(tmp_path, MUST_SAY + NEVER, recommendations=soft), Code.SAFETY_TEXT
    )

    assert weeks.startswith("recommendations.yaml:3:")
    assert "expected no `massage is fine` in it (`never`, safety_texts.yaml:" in weeks + massage
    other = MORE.replace("[Plan.]", '["It takes weeks."]')
    assert faults(write(tmp_path, MUST_SAY + NEVER, recommendations=other)) == ()


def test_each_enabled_language_has_its_own_words_that_no_advice_may_say(tmp_path: Path) -> None:
    german = {"protocol": f"{tiny.PROTOCOL}languages: [de]\n", "de": tiny.GERMAN}
    lacking = found(write(tmp_path, MUST_SAY + NEVER, **german), Code.MISSING_KEY)
    assert any("no `de` in `never`" in one for one in lacking)

    never = "never: {en: [weeks], de: [gehen]}\n"
    reports = found(write(tmp_path, MUST_SAY + never, **german), Code.SAFETY_TEXT)
    assert any(one.startswith("de.yaml:") and "no `gehen` in it" in one for one in reports)


def test_other_words_that_none_may_say_need_a_new_line_of_review(tmp_path: Path) -> None:
    path = write(tmp_path, MUST_SAY + NEVER) / FILE
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(", massage is fine", ""), encoding="utf-8")

    assert line_to_add(tmp_path)


def test_other_texts_need_no_line_of_review(tmp_path: Path) -> None:
    folder = write(tmp_path)
    changed = tiny.QUESTIONS.replace("How long?", "Since when?")
    (folder / "questions.yaml").write_text(changed, encoding="utf-8")

    assert faults(folder) == ()


def test_what_was_kept_loads_whatever_is_demanded_today(tmp_path: Path) -> None:
    folder = write(tmp_path)
    files, version = read_files(folder), version_of(load_protocol(folder))
    files[FILE] = files[FILE].replace("says: [call]", "says: [sing]")

    assert version_of(load_files(files, version)) == version
