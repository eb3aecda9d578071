"""How `assessment diff` ends, and what it says of a new protocol that does not hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assessment.cli import main
from assessment.engine.decision import Engine
from assessment.proof.changed import changed_files
from assessment.proof.diff import difference
from assessment.proof.diff_fails import SHOWN
from assessment.proof.diff_words import difference_in_words
from assessment.proof.solver import NotFinishedError, Solver
from assessment.protocols.compared import other_files
from assessment.protocols.load import load_kept
from tests.proof.proven import Change, load

OTHER_WORDS: Change = ("rules", "You told us of no sign.", "There is no sign.")
BOTH = "promise-broken, promise-not-sure"
BROKEN: tuple[Change, ...] = (
    ("rules", "{pain: {at_least: 9}}", "{pain: {at_least: 9}, duration: months}"),
    ("cases", "expected: self_care", "expected: emergency"),
)
"""Very bad pain is seen only where it lasts: a promise is broken. And one case is wrong."""


def run(*arguments: str | Path) -> Result:
    result = CliRunner(env={"COLUMNS": "120"}).invoke(main, ["diff", *map(str, arguments)])
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result


def folders(tmp_path: Path, *changes: Change) -> tuple[Path, Path]:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    load(tmp_path / "old")
    load(tmp_path / "new", *changes)
    return tmp_path / "old", tmp_path / "new"


# exit status for continuous integration


@pytest.mark.parametrize("form", [(), ("--json",)], ids=str)
@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ((), 0),
        ((OTHER_WORDS,), 1),
        ((("protocol", "author: The tests", "author: Somebody else"),), 1),
        ((("rules", "recommend: self_care", "recommend: certified_therapist"),), 1),
        ((("cases", "title: Nothing at all", "title: Nothing"),), 1),
    ],
)
def test_with_exit_code_it_ends_with_one_when_anything_changed(
    changes: tuple[Change, ...], status: int, form: tuple[str, ...], tmp_path: Path
) -> None:
    assert run(*folders(tmp_path, *changes), "--exit-code", *form).exit_code == status


def test_without_exit_code_it_ends_with_zero_whatever_changed(tmp_path: Path) -> None:
    assert run(*folders(tmp_path, OTHER_WORDS)).exit_code == 0


def test_a_protocol_that_fails_has_not_changed_for_that(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        load(tmp_path / name, *BROKEN)
    result = run(tmp_path / "old", tmp_path / "new", "--exit-code")
    assert "Does not hold in new:" in result.stdout
    assert result.exit_code == 0


def test_with_exit_code_a_bad_command_still_ends_with_two(tmp_path: Path) -> None:
    old, _ = folders(tmp_path)
    assert run(old, tmp_path / "none", "--exit-code").exit_code == 2


def test_with_exit_code_what_could_not_be_settled_is_no_zero(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_time(*_: object) -> None:
        raise NotFinishedError

    monkeypatch.setattr(Solver, "find", no_time)
    assert run(*folders(tmp_path), "--exit-code").exit_code == 1


# a new protocol of which not everything holds


def test_a_new_protocol_that_fails_is_compared_and_what_fails_is_named(tmp_path: Path) -> None:
    result = run(*folders(tmp_path, *BROKEN))
    assert result.exit_code == 0
    lines = [line.strip() for line in result.stdout.splitlines()]
    changes = next(n for n, line in enumerate(lines) if line.startswith("Changed, with"))
    start = lines.index("Does not hold in new:")
    assert changes < start
    failing = lines[start : lines.index("", start)]
    assert any(line.startswith(f"{BOTH} strong_pain: “Very strong pain") for line in failing)
    assert "case-fails nothing: “Nothing at all”: expected emergency, got self_care." in failing
    assert "because of rule worst_pain. For example:" in lines
    assert any("urgent_medical -> self_care" in line for line in lines)


def test_what_fails_is_told_to_machines_too(tmp_path: Path) -> None:
    found = json.loads(run(*folders(tmp_path, *BROKEN), "--json").stdout)
    codes = {(one["code"], one["subject"]) for one in found["fails"]}
    assert codes >= {("promise-broken", "strong_pain"), ("case-fails", "nothing")}
    assert found["moves"]


def test_nothing_is_said_of_a_new_protocol_that_holds(tmp_path: Path) -> None:
    result = run(*folders(tmp_path, OTHER_WORDS))
    assert "Does not hold" not in result.stdout
    assert json.loads(run(tmp_path / "old", tmp_path / "new", "--json").stdout)["fails"] == []


def test_each_promise_that_fails_has_one_line_and_only_the_first_few_have_answers(
    tmp_path: Path,
) -> None:
    strong = "  when: {pain: {at_least: 10}}\n"
    more = "".join(
        f"- {{id: more_{n}, promise: Also., when: {{pain: {{at_least: 10}}}}, "
        "then: {urgency_at_least: urgent_medical}}\n"
        for n in range(6)
    )
    result = run(*folders(tmp_path, *BROKEN, ("safety", "", more)))
    assert strong in (tmp_path / "new" / "safety.yaml").read_text("utf-8")
    lines = [line.strip() for line in result.stdout.splitlines()]
    failing = lines[lines.index("Does not hold in new:") :]
    failing = failing[: failing.index("")]
    promises = [line for line in failing if line.startswith("promise-")]
    assert len({line.split(":")[0].split()[-1] for line in promises}) == len(promises) == 7
    assert sum(line.startswith("With ") for line in failing) == SHOWN
    left = "The answers that show it for {} more: `assessment diff OLD NEW --json`."
    assert any(line == left.format(n) for line in failing for n in range(1, 20))


# what the safety texts must say

DEMANDS = """
must_say:
  - {id: call, texts: [text.emergency_lead], says: [call, now], never: [weeks]}
  - {id: say, texts: [text.emergency_say], says: [say]}
reviewed:
  - {date: 2026-01-01, by: nobody yet, wording: "1"}
"""


def told(old: Path, new: Path, before: str, after: str) -> list[str]:
    """What diff says of two files of demands; an empty one is none at all."""
    loaded = load_kept(old)
    sides = []
    for folder, text in ((old, before), (new, after)):
        if text:
            (folder / "safety_texts.yaml").write_text(text, encoding="utf-8")
        sides.append(other_files(folder))
    found = difference(Engine(loaded), Engine(loaded))
    changes = changed_files(*sides)
    return [line.strip() for line in difference_in_words(loaded, loaded, changes, found, ())]


def test_demands_that_are_gone_are_told_once_and_one_by_one(tmp_path: Path) -> None:
    lines = told(*folders(tmp_path), DEMANDS, "")
    start = lines.index("safety_texts.yaml: removed")
    assert lines[start + 1 : start + 3] == [
        "must_say.call: texts text.emergency_lead; says call, now; never weeks",
        "must_say.say: texts text.emergency_say; says say",
    ]


def test_words_that_no_line_of_review_covers_yet_are_compared_and_named(tmp_path: Path) -> None:
    old, new = folders(tmp_path, OTHER_WORDS)
    lacking = DEMANDS.replace("[call, now]", "[tomorrow]")
    (new / "safety_texts.yaml").write_text(lacking, encoding="utf-8")

    result = run(old, new)

    lines = [line.strip() for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert any("{+There is+} no sign." in line for line in lines)
    named = lines[lines.index("Does not hold in new:") + 1 :]
    assert any(": unreviewed-wording: " in line for line in named)
    assert any(": safety-text: " in line and "(`call`" in line for line in named)
    assert "left out" not in result.stderr
    assert json.loads(run(old, new, "--json").stdout)["wording"] == [
        line for line in named if ": unreviewed-wording: " in line or ": safety-text: " in line
    ]


def test_any_other_fault_still_stops_it(tmp_path: Path) -> None:
    old, new = folders(tmp_path)
    (new / "safety_texts.yaml").write_text(DEMANDS.replace("says", "say"), encoding="utf-8")

    assert run(old, new).exit_code == 2


def test_a_line_of_review_that_is_written_over_is_told_as_that(tmp_path: Path) -> None:
    altered = "safety_texts.yaml: reviewed.1: line altered, not added"
    old, new = folders(tmp_path)
    assert altered in told(old, new, DEMANDS, DEMANDS.replace('"1"', '"2"'))
    added = DEMANDS + '  - {date: 2026-01-02, by: nobody yet, wording: "2"}\n'
    assert not any("line altered" in line for line in told(old, new, DEMANDS, added))
