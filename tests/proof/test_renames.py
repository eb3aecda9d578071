"""`assessment diff --map`: one protocol after another in which things are called otherwise."""

from __future__ import annotations

import json
import re
from dataclasses import fields, replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assessment.cli import main
from assessment.engine.protocol import Protocol, Sign
from assessment.engine.text import Text
from assessment.proof.diff_words import NOTHING, NOTHING_SHARED
from assessment.proof.renamed import Renamer
from assessment.protocols.renames import Renames, read_renames
from tests import tiny
from tests.proof.proven import Change, load

MAP = """
questions: {flag: mark, signs: things}
options: {flag.red: mark.crimson, signs.a: things.first, more.lots: more.plenty}
"""
WORDS = {"flag": "mark", "signs": "things", "red": "crimson", "a": "first", "lots": "plenty"}
FULL = {
    "protocol": tiny.PROTOCOL
    + "carer_when: {who: red}\nstart_asks: who\nsummary: {helps: [signs]}\n",
    "questions": """
- {id: who, type: choice, optional: true, ask: For whom?, short: Who, options: [{id: me, label: Me},
   {id: red, label: Other}]}
- {id: where, type: areas, ask: Where?, short: Where, options: [{id: a, label: A, side: front},
   {id: b, label: B, side: back}]}
- {id: signs, type: choices, ask: Which?, short: Signs, none: true, not_sure: true, clarify: true,
   options: [{id: a, label: A}, {id: b, label: B}]}
- {id: pain, type: scale, ask: How bad?, short: Pain, enable_when: {signs: {none_of: [a]}}}
""",
    "rules": """
findings: {sore: {says: sore, when: {signs: {all_of: [a, b]}}}}
rules:
  - {id: one, when: {any: [{finding: sore}, {not: {signs: a}}, {pain: {at_least: 7}}]},
     recommend: medical_clearance_first, if_unsure: medical_clearance_first, because: So.,
     evidence: [T1]}
precautions:
  - {id: note, when: {count: {at_least: 1, of: [{where: a}]}}, places: [a], limits: [note],
     therapist: A., evidence: [T1]}
support: [{id: kind, when: {where: a}, headline: Kind, lines: [Be.], evidence: [T1]}]
""",
    "recommendations": tiny.RECOMMENDATIONS.replace(
        "id: deep_tissue,", "id: deep_tissue, places: [a, b], requires: {where: a},"
    ),
    "safety": "- {id: asks, promise: It is asked., when: {where: a}, asked: [signs.a]}",
    "cases": "- {id: c, title: C, expected: medical_clearance_first, answers: {who: red, "
    "where: [a, b], signs: [a, not_sure], signs__b: 'yes', pain: 3}}",
}
"""A protocol that names questions and options wherever that can be done."""


def mapped(folder: Path, text: str) -> Path:
    path = folder / "names.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def run(*arguments: str | Path) -> Result:
    result = CliRunner(env={"COLUMNS": "120"}).invoke(main, ["diff", *map(str, arguments)])
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result


def pair(tmp_path: Path, *changes: Change) -> tuple[Path, Path]:
    """Write the proven protocol, and the same with changes."""
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    load(tmp_path / "old")
    load(tmp_path / "new", *changes)
    return tmp_path / "old", tmp_path / "new"


def renamed_files(old: Path, new: Path) -> None:
    """Write a protocol with other ids."""
    new.mkdir()
    for file in old.glob("*.yaml"):
        text = file.read_text(encoding="utf-8")
        for before, after in WORDS.items():
            text = re.sub(rf"(?<![\w\"]){before}(?![\w ]|\.\s)", after, text)
        (new / file.name).write_text(text, encoding="utf-8")


def parts(protocol: Protocol) -> dict[str, object]:
    """Everything of a protocol but words and hashes."""
    return {
        one.name: getattr(protocol, one.name)
        for one in fields(protocol)
        if not one.name.endswith("_hash")
    }


def test_every_place_that_names_a_question_or_an_option_is_renamed(tmp_path: Path) -> None:
    old = tiny.load(tmp_path, **FULL)
    names = {"who": "person", "where": "spot", "signs": "things", "pain": "ache"}
    values = {
        Sign("who", "red"): "other", Sign("where", "a"): "arm", Sign("where", "b"): "back",
        Sign("signs", "a"): "ill",
    }  # fmt: skip
    new = Renamer(old, Renames(names, values)).protocol()

    told = repr(parts(new))
    assert [one.id for one in old.questions if f"'{one.id}'" in told] == []
    assert new.start_asks == "person"
    assert [question.id for question in new.questions] == [
        "person", "spot", "things", "things__ill", "things__b", "ache",
    ]  # fmt: skip
    assert new.precautions[0].places == ("arm",)
    assert new.promises[0].asked == (Sign("things", "ill"),)
    assert new.cases[0].answers == {
        "person": "other", "spot": ["arm", "back"], "things": ["ill", "not_sure"],
        "things__b": "yes", "ache": 3,
    }  # fmt: skip
    back = Renames(
        {after: before for before, after in names.items()},
        {Sign(names[sign.question], after): sign.option for sign, after in values.items()},
    )
    assert parts(Renamer(new, back).protocol()) == parts(old)


def test_translations_follow_their_question_to_its_new_name(tmp_path: Path) -> None:
    words = Text("Zeichen")
    names = ("question.signs.ask", "question.signs.option.a.label", "rule.one.because")
    old = replace(tiny.load(tmp_path, **FULL), translations={"de": dict.fromkeys(names, words)})
    renames = Renames({"signs": "things"}, {Sign("signs", "a"): "ill"})

    assert list(Renamer(old, renames).protocol().translations["de"]) == [
        "question.things.ask", "question.things.option.ill.label", "rule.one.because",
    ]  # fmt: skip


def test_with_a_map_nothing_moves_where_only_names_changed(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    load(old)
    renamed_files(old, tmp_path / "new")
    names = mapped(tmp_path, MAP)

    told = run(old, tmp_path / "new", "--map", names).stdout
    assert NOTHING in told
    assert "0 of 2 cases move." in told
    assert "only in" not in told
    assert NOTHING not in run(old, tmp_path / "new").stdout


def test_what_moves_is_found_through_the_map_and_told_in_the_ids_of_each(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    load(old)
    renamed_files(old, tmp_path / "new")
    rules = tmp_path / "new" / "rules.yaml"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text.replace("recommend: emergency", "recommend: urgent_medical"))

    result = run(old, tmp_path / "new", "--map", mapped(tmp_path, MAP), "--json")
    moves = json.loads(result.stdout)["moves"]
    [move] = [
        one for one in moves if one["before"]["recommendation"] != one["after"]["recommendation"]
    ]
    assert move["before"]["answers"]["flag"] == "red"
    assert move["after"]["answers"]["mark"] == "crimson"
    assert move["before"]["answers"]["pain"] == move["after"]["answers"]["pain"]


SEEN = """  - id: seen
    when: {others: see}
    recommend: urgent_medical
    if_unsure: medical_clearance_first
    because: We said so.
    evidence: [T1]
"""
SPLIT: tuple[Change, ...] = (
    ("questions", "    - {id: c, label: C}\n", ""),
    (
        "questions",
        "- id: pain",
        "- {id: others, type: choices, ask: These?, short: Others, none: true, not_sure: true,\n"
        "   options: [{id: see, label: C}]}\n- id: pain",
    ),
    ("rules", "when: {signs: [a, b, c]}", "when: {any: [{signs: [a, b]}, {others: see}]}"),
    ("rules", "when: {signs: none}", "when: {signs: none, others: none}"),
    ("cases", "signs: [none]", "signs: [none], others: [none]"),
    ("cases", "signs: [a, not_sure]", "signs: [a, not_sure], others: [none]"),
)


def test_an_option_that_moved_to_another_question_is_the_same_answer(tmp_path: Path) -> None:
    old, new = pair(tmp_path, *SPLIT)
    names = mapped(tmp_path, "options: {signs.c: others.see}")

    assert NOTHING in run(old, new, "--map", names).stdout
    assert NOTHING not in run(old, new).stdout
    assert NOTHING_SHARED not in run(old, new).stdout


def test_what_a_moved_option_leads_to_now_is_shown_with_both_answers(tmp_path: Path) -> None:
    worse = ("rules", "precautions:\n", SEEN + "precautions:\n")
    old, new = pair(tmp_path, *SPLIT, worse)
    names = mapped(tmp_path, "options: {signs.c: others.see}")

    moves = json.loads(run(old, new, "--map", names, "--json").stdout)["moves"]
    assert moves
    for move in moves:
        before, after = move["before"]["answers"]["signs"], move["after"]["answers"]["others"]
        assert ("c" in before, "see" in after) in ((True, True), (False, False))
        assert "c" in before or "not_sure" in before
        sure = "urgent_medical" if "see" in after else "medical_clearance_first"
        assert move["after"]["recommendation"] == sure


def test_whoever_is_not_sure_is_not_sure_about_a_question_it_went_to(tmp_path: Path) -> None:
    unsure = SEEN.replace("urgent_medical", "emergency").replace(
        "medical_clearance_first", "emergency"
    )
    old, new = pair(tmp_path, *SPLIT, ("rules", "precautions:\n", f"{unsure}precautions:\n"))
    names = mapped(tmp_path, "options: {signs.c: others.see}")

    moves = json.loads(run(old, new, "--map", names, "--json").stdout)["moves"]
    assert moves
    for move in moves:
        before, after = move["before"]["answers"]["signs"], move["after"]["answers"]["others"]
        assert ("not_sure" in before) >= ("not_sure" in after)
        assert ("c" in before) is ("see" in after)


@pytest.mark.parametrize(
    ("text", "report"),
    [
        ("questions: {flagg: flag}",
         "names.yaml:1:13: unknown-question: found `flagg`; expected a question of the old "
         "protocol: duration, flag, more, pain, signs. Did you mean `flag`?"),
        ("questions: {flag: mark}",
         "names.yaml:1:19: unknown-question: found `mark`; expected a question of the new "
         "protocol: duration, flag, more, pain, signs."),
        ("options: {flag.rde: flag.red}",
         "names.yaml:1:11: unknown-option: found `flag.rde`; expected an option of the old "
         "protocol: flag.absent, flag.amber, flag.red. Did you mean `flag.red`?"),
        ("options: {flag.red: mark.red}",
         "names.yaml:1:21: unknown-question: found `mark`; expected a question of the new "
         "protocol: duration, flag, more, pain, signs."),
        ("options: {flag.red: flag}",
         "names.yaml:1:21: bad-value: found `flag`; expected a question and its option, as "
         "`numb.new`."),
        ("questions: {pain: duration}",
         "names.yaml:1:19: duplicate-id: found `duration` for two of the old protocol; "
         "expected one for each."),
        ("options: {signs.a: signs.b}",
         "names.yaml:1:20: duplicate-id: found `signs.b` for two of the old protocol; "
         "expected one for each."),
        ("options: {signs.a: more.lots}",
         "names.yaml:1:20: duplicate-id: found `more.lots` for two of the old protocol; "
         "expected one for each."),
        ("question: {}",
         "names.yaml:1:1: unknown-key: found `question`; expected one of the keys: options, "
         "questions. Did you mean `questions`?"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_map_is_told_with_its_place(
    tmp_path: Path, text: str, report: str
) -> None:
    old, new = pair(tmp_path)
    result = run(old, new, "--map", mapped(tmp_path, text))

    assert result.exit_code == 2
    assert result.stderr == f"assessment: --map: {report}\n"


def test_a_map_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    old, new = pair(tmp_path)
    result = run(old, new, "--map", tmp_path / "nothing.yaml")

    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1


def test_an_option_may_change_places_with_another(tmp_path: Path) -> None:
    old = load(tmp_path)
    names = read_renames(
        mapped(tmp_path, "options: {signs.a: signs.b, signs.b: signs.a}"), old, old
    )

    assert names.option("signs", "a") == "b"
    assert names.option("signs", "b") == "a"
