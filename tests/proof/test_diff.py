from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assessment.cli import main
from assessment.engine.answers import Answer, Answers
from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol, Recommend
from assessment.engine.questions import NONE, NOT_SURE, Question
from assessment.proof.diff import Difference, difference, is_less_careful
from assessment.proof.diff_words import NOTHING, NOTHING_SHARED
from assessment.proof.solver import NotFinishedError, Solver
from assessment.proof.twins import Twins
from assessment.proof.witness import DisagreementError
from tests.proof.brute_force import answer_sets
from tests.proof.proven import CASES, FILES, Change, load
from tests.proof.random_protocols import random_protocol
from tests.proof.written import asks, decided

MOST = 120
WORSE_REST: Change = ("rules", "recommend: self_care", "recommend: certified_therapist")


def folders(tmp_path: Path, *changes: Change) -> tuple[Path, Path]:
    """Write the tiny protocol, and the same with changes."""
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    load(old)
    load(new, *changes)
    return old, new


def moved(tmp_path: Path, *changes: Change) -> Difference:
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    old, new = load(tmp_path / "one"), load(tmp_path / "other", *changes)
    return difference(Engine(old), Engine(new))


def pairs(found: Difference) -> set[tuple[str, str]]:
    return {(before.id, after.id) for move in found.moves for before, after in move.pairs}


def run(*arguments: str | Path) -> Result:
    result = CliRunner(env={"COLUMNS": "120"}).invoke(main, ["diff", *map(str, arguments)])
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result


def seen_today(name: str, when: str) -> str:
    """Return a rule that stands before the precautions."""
    words = "recommend: urgent_medical, because: We said so., evidence: [T1]"
    return f"  - {{id: {name}, when: {when}, {words}}}\nprecautions:"


# what moves


def test_it_is_proven_that_nothing_moves_between_a_protocol_and_itself(tmp_path: Path) -> None:
    found = moved(tmp_path)
    assert found.nothing_moves
    assert (found.moves, found.one_sided, found.untied, found.moved_cases) == ((), (), (), ())
    assert found.compared == 2


def test_rules_in_another_order_move_nothing(tmp_path: Path) -> None:
    head, *rules = re.split(r"(?=^  - id: )", FILES["rules"].split("precautions:")[0], flags=re.M)
    tail = "precautions:" + FILES["rules"].split("precautions:")[1]
    turned = head + "".join(reversed(rules)) + tail
    assert moved(tmp_path, ("rules", FILES["rules"], turned)).nothing_moves


def test_each_pair_that_moves_has_its_smallest_answers_decided_by_both_engines(
    tmp_path: Path,
) -> None:
    found = moved(tmp_path, ("rules", "at_least: 9", "at_least: 8"))
    (move,) = found.moves
    assert ("self_care", "urgent_medical") in pairs(found)
    calm = {"flag": "absent", "signs": frozenset({NONE}), "pain": 8, "duration": "days"}
    assert (move.before.answers, move.after.answers) == (calm, calm)


def test_the_least_careful_moves_come_first(tmp_path: Path) -> None:
    found = moved(tmp_path, ("rules", "at_least: 9", "between: [2, 8]"))
    directions = [move.direction for move in found.moves]
    assert directions == sorted(directions, key=lambda one: (one[0], -one[1]))
    assert directions[0][0] < 0 < directions[-1][0]
    for move in found.moves:
        assert len({is_less_careful(pair) for pair in move.pairs}) == 1


def test_a_question_in_one_only_is_free(tmp_path: Path) -> None:
    added = """
- id: heat
  type: choice
  ask: Heat?
  short: Heat
  options: [{id: fades, label: Fades}, {id: holds, label: Holds}]
"""
    found = moved(
        tmp_path,
        ("questions", "", added),
        ("rules", "precautions:", seen_today("hot", "{heat: fades}")),
        ("cases", "duration: days", "duration: days, heat: holds"),
        ("cases", "more: lots", "more: lots, heat: fades"),
    )
    assert ("self_care", "urgent_medical") in pairs(found)
    for move in found.moves:
        assert move.after.answers["heat"] == "fades"
        assert move.before.answers == {
            name: answer for name, answer in move.after.answers.items() if name != "heat"
        }


def test_an_option_of_a_list_in_one_only_is_free_and_the_rest_is_tied(tmp_path: Path) -> None:
    found = moved(
        tmp_path,
        (
            "questions",
            "    - {id: c, label: C}",
            "    - {id: c, label: C}\n    - {id: d, label: D}",
        ),
        ("rules", "when: {flag: amber}", "when: {any: [{flag: amber}, {signs: d}]}"),
    )
    assert ("self_care", "medical_clearance_first") in pairs(found)
    for move in found.moves:
        before, after = move.before.answers["signs"], move.after.answers["signs"]
        assert isinstance(before, frozenset)
        assert isinstance(after, frozenset)
        assert after & {"d", NOT_SURE}
        assert before - {NONE} == after - {"d"}


def test_an_option_of_a_choice_in_one_only_is_told_with_where_it_leads(tmp_path: Path) -> None:
    found = moved(
        tmp_path,
        ("questions", "    - {id: days, label: Days}", "    - {id: today, label: Today}\n"
         "    - {id: days, label: Days}"),
        ("rules", "when: {flag: red}", "when: {any: [{flag: red}, {duration: today}]}"),
    )  # fmt: skip
    assert found.moves == ()
    (one,) = found.one_sided
    assert (one.only.side, one.only.question, one.only.answer) == ("new", "duration", "today")
    assert one.recommend == (Recommend.EMERGENCY,)


def test_numbers_that_only_one_accepts_are_told_with_where_they_lead(tmp_path: Path) -> None:
    age = "\n- {{id: age, type: number, ask: Age?, short: Age, minimum: {}, maximum: {}}}\n"
    given = (
        ("cases", "duration: days", "duration: days, age: 40"),
        ("cases", "more: lots", "more: lots, age: 40"),
    )
    engines = []
    for name, low, high, limit in (("old", 10, 90, 80), ("new", 1, 100, 95)):
        (tmp_path / name).mkdir()
        changes = (
            ("questions", "", age.format(low, high)),
            ("rules", "precautions:", seen_today("old", f"{{age: {{at_least: {limit}}}}}")),
        )
        engines.append(Engine(load(tmp_path / name, *changes, *given)))
    found = difference(engines[0], engines[1])
    only = {one.only.answer: one.recommend for one in found.one_sided}
    assert set(only) == {"under 10", "over 90"}
    assert Recommend.URGENT_MEDICAL in only["over 90"]
    assert ("urgent_medical", "self_care") in pairs(found)
    for move in found.moves:
        assert move.before.answers["age"] == move.after.answers["age"]
        assert 80 <= int(str(move.after.answers["age"])) <= 90


def test_a_question_answered_in_another_way_is_taken_as_two(tmp_path: Path) -> None:
    found = moved(
        tmp_path,
        ("questions", "- id: signs\n  type: choices", "- id: signs\n  type: choice"),
        ("questions", "  none: true\n", ""),
        ("rules", "{signs: {all_of: [a, b]}, ", "{signs: a, "),
        ("rules", "when: {signs: none}", "when: {not: {finding: any_sign}}"),
        ("cases", "signs: [none]", "signs: not_sure"),
        ("cases", "signs: [a, not_sure]", "signs: a"),
    )
    assert found.untied == ("signs",)
    assert not found.nothing_moves


# the same by trying every pair of answer sets


def _counterparts(old: Protocol, new: Protocol, one: Answers, other: Answers) -> bool:
    """Whether both are the answers of one person, as docs/diff.md writes it."""
    return all(
        _alike(old.question[name], new.question[name], one[name], other[name])
        for name in one.keys() & other.keys()
    ) and not any(
        _left_out(new, name, other) if name in one else _left_out(old, name, one)
        for name in one.keys() ^ other.keys()
        if name in old.question and name in new.question and _tied(old, new, name)
    )


def _left_out(protocol: Protocol, name: str, answers: Answers) -> bool:
    """Whether an optional question could be answered, and is not."""
    question = protocol.question[name]
    return question.optional and asks(protocol, protocol.questions.index(question), answers)


def _tied(old: Protocol, new: Protocol, name: str) -> bool:
    before, after = old.question[name].kind, new.question[name].kind
    return (before.is_set, before.is_numeric) == (after.is_set, after.is_numeric)


def _alike(before: Question, after: Question, one: Answer, other: Answer) -> bool:
    kinds = [(each.kind.is_set, each.kind.is_numeric) for each in (before, after)]
    if kinds[0] != kinds[1]:
        return True
    if isinstance(one, int) or isinstance(other, int):
        return one == other
    shared = set(before.values) & set(after.values) - {NONE}
    if before.offers_not_sure and after.offers_not_sure:
        shared.add(NOT_SURE)
    ticked = [each if isinstance(each, frozenset) else {each} for each in (one, other)]
    return ticked[0] & shared == ticked[1] & shared


def _small_enough(seed: int) -> tuple[Protocol, Protocol, set[tuple[str, str]]]:
    """Return a pair of this seed: every other one differs in one rule, the rest in everything."""
    for questions in (3, 2):
        old = random_protocol(seed, questions, rules=3)
        other = random_protocol(seed + 5000, questions, rules=3)
        new = other if seed % 2 else replace(old, rules=old.rules[1:])
        expected = _brute_force(old, new, MOST if questions == 3 else 10 * MOST)
        if expected is not None:
            return old, new, expected
    raise AssertionError("too many answer sets")


def _brute_force(old: Protocol, new: Protocol, most: int) -> set[tuple[str, str]] | None:
    sets = answer_sets(old, most), answer_sets(new, most)
    if sets[0] is None or sets[1] is None:
        return None
    decisions = [
        [(answers, decided(each, answers).recommend.id) for answers in some]
        for each, some in ((old, sets[0]), (new, sets[1]))
    ]
    return {
        (before, after)
        for one, before in decisions[0]
        for other, after in decisions[1]
        if before != after and _counterparts(old, new, one, other)
    }


@pytest.mark.parametrize("seed", range(120))
def test_it_finds_exactly_the_moves_that_brute_force_finds(seed: int) -> None:
    old, new, expected = _small_enough(seed)
    found = difference(Engine(old), Engine(new))
    assert found.open_ == ()
    assert pairs(found) == expected
    for move in found.moves:
        assert _counterparts(old, new, move.before.answers, move.after.answers)


# cases


def test_cases_of_both_are_decided_by_both(tmp_path: Path) -> None:
    extra = CASES.split("- id: dev_red")[0].replace("id: nothing", "id: another")
    found = moved(
        tmp_path, WORSE_REST, ("cases", "id: nothing", "id: renamed"), ("cases", "", extra)
    )
    moves = [(one.side, one.case.id, one.before.id, one.after.id) for one in found.moved_cases]
    assert moves == [
        ("new", "renamed", "self_care", "certified_therapist"),
        ("new", "another", "self_care", "certified_therapist"),
        ("old", "nothing", "self_care", "certified_therapist"),
    ]
    assert (found.compared, found.unfit) == (4, ())


def test_a_case_that_one_of_them_cannot_decide_is_named(tmp_path: Path) -> None:
    found = moved(
        tmp_path,
        ("questions", "    - {id: days, label: Days}", "    - {id: day, label: Days}"),
        ("cases", "duration: days", "duration: day"),
    )
    assert found.unfit == ("nothing", "nothing")
    assert found.compared == 1


# what cannot be settled


def test_nothing_is_called_proven_when_the_budget_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_time(*_: object) -> None:
        raise NotFinishedError

    old, new = folders(tmp_path)
    monkeypatch.setattr(Solver, "find", no_time)
    result = run(old, new)
    assert result.exit_code == 1
    assert "whether any move from emergency to self_care" in result.stdout
    assert "Not everything could be settled" in result.stdout
    assert NOTHING not in result.stdout


def test_a_disagreement_of_solver_and_engine_is_never_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def disagree(*_: object) -> None:
        raise DisagreementError("they differ", None)

    monkeypatch.setattr(Twins, "replayed", disagree)
    found = moved(tmp_path, WORSE_REST)
    assert found.moves == ()
    assert not found.nothing_moves
    assert "solver-disagrees" in found.open_[0]


# the command


def test_the_command_says_that_nothing_moves_and_ends_with_zero(tmp_path: Path) -> None:
    old, new = folders(tmp_path, ("rules", "You told us of no sign.", "There is no sign."))
    result = run(old, new)
    assert result.exit_code == 0
    told = """
  rule rest: because:
    old:  [-You told us of-] no sign.
    new:  {+There is+} no sign.
"""
    assert told in result.stdout
    assert result.stdout.splitlines()[-2:] == ["0 of 2 cases move.", NOTHING]


def test_the_command_shows_what_moves_and_still_ends_with_zero(tmp_path: Path) -> None:
    old, new = folders(tmp_path, WORSE_REST)
    result = run(old, new)
    assert result.exit_code == 0
    assert "  rule rest: recommend: self_care -> certified_therapist" in result.stdout
    assert (
        "self_care -> certified_therapist (more pressure)\n  because of rule rest. For example:"
        in (result.stdout)
    )
    assert "  old: self_care, by rest" in result.stdout
    assert "1 of 2 cases move." in result.stdout
    assert "  nothing: self_care -> certified_therapist" in result.stdout
    assert "Recommendations move between 1 pair; no answers move between others." in result.stdout


def test_what_only_one_of_them_offers_limits_what_is_proven(tmp_path: Path) -> None:
    old, new = folders(
        tmp_path,
        ("questions", "    - {id: weeks", "    - {id: today, label: Today}\n    - {id: weeks"),
    )
    result = run(old, new)
    assert "  option duration.option.today: added" in result.stdout
    assert "  duration: today (only in new): " in result.stdout
    assert result.stdout.splitlines()[-1] == NOTHING_SHARED


def test_everything_that_changed_is_listed(tmp_path: Path) -> None:
    old, new = folders(
        tmp_path,
        ("questions", "    - {id: c, label: C}\n", ""),
        ("questions", "enable_when: {signs: a}", "enable_when: {signs: b}"),
        ("questions", "safety: clearance", "safety: urgent"),
        ("rules", "signs: [a, b, c]", "signs: [a, b]"),
        ("rules", "    if_unsure: self_care\n", ""),
        ("rules", "limits: [note]", "limits: [note, no_heat]"),
        ("safety", "pressure_at_most: 0", "pressure_at_most: 1"),
        ("protocol", "language: en", "language: en\ncarer_when: {flag: absent}"),
        ("cases", "more: lots", "more: little"),
    )  # fmt: skip
    text = run(old, new).stdout
    for line in (
        "question more: enable_when: “Signs” is “A” -> “Signs” is “B”",
        "option flag.option.amber: safety: clearance -> urgent",
        "option signs.option.c: removed",
        "finding any_sign: when: “Signs” is “A” or “B” or “C” -> “Signs” is “A” or “B”",
        "rule rest: if_unsure: self_care -> none",
        "precaution lots_more: limits: note -> note, no_heat",
        "promise strong_pain: pressure_at_most: 0 -> 1",
        "protocol: carer_when: none -> “Flag” is “No”",
        "case dev_red: answers.more: lots -> little",
    ):
        assert f"  {line}" in text, line


def test_another_order_of_questions_is_told(tmp_path: Path) -> None:
    pain = FILES["questions"][FILES["questions"].index("- id: pain") :].split("- id: duration")[0]
    old, new = folders(tmp_path, ("questions", pain, ""), ("questions", "", pain))
    line = "protocol: order of questions: flag, signs, pain, duration, more -> "
    assert f"  {line}flag, signs, duration, more, pain" in run(old, new).stdout


def test_the_command_for_machines(tmp_path: Path) -> None:
    old, new = folders(tmp_path, WORSE_REST, ("questions", "ask: More?", "ask: Any more?"))
    result = run(old, new, "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["nothing_moves"] is False
    assert found["changed"] == [
        {
            "kind": "question",
            "id": "more",
            "how": "changed",
            "fields": {"ask": {"before": "More?", "after": "Any more?"}},
        },
        {
            "kind": "rule",
            "id": "rest",
            "how": "changed",
            "fields": {"recommend": {"before": "self_care", "after": "certified_therapist"}},
        },
    ]
    (move,) = found["moves"]
    assert (move["because"], move["part"]) == (["rule rest"], "")
    assert move["pairs"] == [{"before": "self_care", "after": "certified_therapist"}]
    assert move["before"]["rules"] == ["rest"]
    assert move["before"]["answers"] == move["after"]["answers"]
    assert move["after"]["recommendation"] == "certified_therapist"
    assert found["cases"]["moved"] == [
        {
            "in": "new",
            "id": "nothing",
            "before": "self_care",
            "after": "certified_therapist",
            "expected": "self_care",
        }
    ]


def test_bad_input_is_one_report_and_ends_with_two(tmp_path: Path) -> None:
    old, new = folders(tmp_path)
    result = run(old, tmp_path / "nowhere")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    (new / "rules.yaml").write_text("rules: [", encoding="utf-8")
    result = run(old, new)
    assert result.exit_code == 2
    assert f"`{new}` cannot be used:\nrules.yaml:" in result.stderr


# revisions of git


def git(folder: Path, *arguments: str) -> None:
    names = ["-c", "user.name=Tests", "-c", "user.email=tests@example.org"]
    subprocess.run(["git", "-C", str(folder), *names, *arguments], check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that holds the tiny protocol, and changes that are not committed."""
    if shutil.which("git") is None:
        pytest.skip("git was not found: apt install git")
    protocol = tmp_path / "rules" / "tiny"
    protocol.mkdir(parents=True)
    load(protocol)
    (protocol / "guide").mkdir()
    (protocol / "guide" / "plan.md").write_text("# A plan\n\nWords.\n", encoding="utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "First")
    load(protocol, WORSE_REST)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("assessment.protocols.revision.RULES_FOLDER", tmp_path / "rules")
    monkeypatch.setattr("assessment.protocols.load.RULES_FOLDER", tmp_path / "rules")
    return tmp_path


@pytest.mark.parametrize(
    "old", ["HEAD:rules/tiny", "HEAD:rules/tiny/", "HEAD:tiny", "HEAD:./rules/tiny"]
)
def test_a_revision_is_compared_with_what_is_there_now(repository: Path, old: str) -> None:
    result = run(old, "tiny")
    assert result.exit_code == 0, result.stderr
    assert "rule rest: recommend: self_care -> certified_therapist" in result.stdout
    assert "guide" not in result.stdout
    assert [path.name for path in repository.iterdir() if path.name not in (".git", "rules")] == []


def test_an_older_version_is_compared_though_the_language_has_changed_since(
    repository: Path,
) -> None:
    questions = repository / "rules" / "tiny" / "questions.yaml"
    now = questions.read_text("utf-8")
    questions.write_text(now.replace("  type: scale\n", "  type: scale\n  colour: 1\n", 1), "utf-8")
    git(repository, "commit", "--quiet", "--all", "--message", "Another language")
    questions.write_text(now, "utf-8")

    assert run("HEAD:tiny", "tiny").exit_code == 0
    questions.write_text(now.replace("  type: scale\n", "  type: scale\n  colour: 1\n", 1), "utf-8")
    assert "unknown-key" in run("HEAD:tiny", "tiny").stderr


@pytest.mark.parametrize("names", [("HEAD:tiny", "tiny"), ("tiny", "HEAD:tiny")], ids=str)
@pytest.mark.parametrize(
    ("file", "old", "new", "report"),
    [
        ("rules", "{pain: {at_least: 9}}", "{finding: worst_pian}", "unknown-finding"),
        ("rules", "id: rest\n", "id: rest\n    if_unsre: self_care\n", "unknown-key"),
        (
            "rules",
            "recommend: certified_therapist",
            "recommend: therapist",
            "unknown-recommendation",
        ),
        ("questions", "  type: scale\n", "  type: scales\n", "bad-value"),
        ("safety", "urgency_at_least", "urgency_at_lest", "unknown-key"),
    ],
)
def test_a_revision_of_which_a_part_cannot_be_read_is_refused_with_its_line(
    repository: Path, names: tuple[str, str], file: str, old: str, new: str, report: str
) -> None:
    path = repository / "rules" / "tiny" / f"{file}.yaml"
    now = path.read_text("utf-8")
    assert old in now
    path.write_text(now.replace(old, new, 1), "utf-8")
    git(repository, "commit", "--quiet", "--all", "--message", "A slip")
    path.write_text(now, "utf-8")

    result = run(*names, "--exit-code")

    assert result.exit_code == 2
    assert result.stdout == ""
    assert "`HEAD:tiny` cannot be used:" in result.stderr
    assert f"{file}.yaml:" in result.stderr
    assert report in result.stderr


def test_cases_of_a_revision_that_cannot_be_played_are_told_as_those_of_a_folder(
    repository: Path,
) -> None:
    path = repository / "rules" / "tiny" / "cases.yaml"
    now = path.read_text("utf-8")
    path.write_text(now.replace("expected: self_care", "expected: self_car", 1), "utf-8")
    git(repository, "commit", "--quiet", "--all", "--message", "A slip")
    path.write_text(now, "utf-8")

    result = run("HEAD:tiny", "tiny", "--exit-code")

    assert result.exit_code == 1
    assert "Cases of OLD with these faults are left out." in result.stderr


@pytest.mark.parametrize(
    "name",
    ["HEAD:rules/none", "nope:tiny", "--output=x:tiny", ":", "HEAD:", "HEAD:rules/tiny/rules.yaml"],
)
def test_a_revision_that_git_does_not_know_is_one_line(repository: Path, name: str) -> None:
    result = run("--", name, "tiny")
    assert result.exit_code == 2
    assert "Traceback" not in result.stderr


def test_git_that_is_not_installed_is_one_line(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    result = run("HEAD:tiny", "tiny")
    assert result.exit_code == 2
    assert "needs git" in result.stderr
