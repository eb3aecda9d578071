"""`assessment check` runs the cases, names those that fail, and offers what they would say."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assessment.cli import main
from assessment.engine.decision import Engine
from assessment.proof.cases import failed_cases
from assessment.protocols.load import load_protocol
from tests import tiny

CASES = """\
# Who was made up by whom
- id: a_case
  title: Somebody   with blanks
  answers: {flag: absent, signs: [none], pain: 3, duration: days}
  expected: self_care  # as the therapist said
  rule: rest

- {id: other, title: Other, expected: 'self_care', answers: {flag: red}}
"""
PASSING = CASES.replace("'self_care'", "emergency")


def run(*arguments: str, types: str = "") -> Result:
    return CliRunner().invoke(main, ["check", *arguments], input=types)


def failing_lines(folder: Path, **files: str) -> list[str]:
    """What is said before the summary."""
    said = run(str(tiny.write(folder, **files))).stdout.splitlines()
    return said[: next(n for n, line in enumerate(said) if line.startswith("tiny 1: "))]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("expected: self_care", "expected: self_care", None),
        ("expected: self_care", "expected: emergency\n  acceptable: [self_care]", None),
        (
            "rule: rest",
            "rule: therapist",
            "got self_care by rest; expected the rule therapist.",
        ),
        (
            "expected: self_care  # as the therapist said\n  rule: rest",
            "expected: emergency\n  acceptable: [self_care]\n  rule: therapist",
            "got self_care by rest, which is acceptable; expected the rule therapist.",
        ),
        (
            "expected: self_care",
            "never: [self_care]\n  acceptable: [emergency, regular_plan]\n"
            "  expected: urgent_medical",
            "got self_care by rest; expected urgent_medical or acceptable emergency or "
            "regular_plan. It must never be that.",
        ),
        (
            "expected: self_care  # as the therapist said\n  rule: rest",
            "expected: emergency\n  rule: therapist",
            "got self_care by rest; expected emergency by the rule therapist.",
        ),
    ],
)
def test_a_failing_case_is_named_with_its_line_and_all_that_was_acceptable(
    tmp_path: Path, old: str, new: str, says: str | None
) -> None:
    assert old in PASSING
    lines = failing_lines(tmp_path, cases=PASSING.replace(old, new))

    assert lines == ([] if says is None else [f"cases.yaml:2:7: a_case: {says}"])


def test_what_fails_ends_with_one_and_points_to_what_helps(tmp_path: Path) -> None:
    folder = str(tiny.write(tmp_path, cases=CASES))

    result = run(folder)

    assert result.exit_code == 1
    assert result.stdout.splitlines()[-2:] == [
        f"`assessment check {folder} --update-cases` shows what these cases would say instead, "
        "and asks before it writes.",
        f"`assessment prove {folder}` says whether every promise still holds.",
    ]


MANY = "".join(
    f"- {{id: case_{n}, title: N, expected: self_care, "
    "answers: {signs: [none], pain: 3, duration: days}}\n"
    for n in range(40)
)


def test_a_question_that_no_case_answers_is_told_once(tmp_path: Path) -> None:
    assert failing_lines(tmp_path, cases=MANY) == [
        "cases.yaml:1:8: flag: no answer in the cases case_0 and 39 more; expected an answer "
        "to `flag` there or under `usual`: red, amber, absent, not_sure."
    ]


def test_what_cannot_be_updated_is_not_offered(tmp_path: Path) -> None:
    said = run(str(tiny.write(tmp_path, cases=MANY))).stdout

    assert "--update-cases" not in said
    assert "40 of them failed" in said


def test_what_is_usual_answers_it_for_every_case(tmp_path: Path) -> None:
    usual = f"usual: {{flag: absent}}\ncases:\n{MANY}"

    assert failing_lines(tmp_path, cases=usual) == []
    assert {case.answers["flag"] for case in load_protocol(tmp_path).cases} == {"absent"}


def test_the_proof_tells_such_a_question_once_too(tmp_path: Path) -> None:
    protocol = tiny.load(tmp_path, cases=MANY)

    [failure] = failed_cases(Engine(protocol))

    assert failure.subject == "flag"
    assert failure.says == "no answer in the cases case_0 and 39 more; give its `usual` answer."


def test_a_case_keeps_its_own_answer(tmp_path: Path) -> None:
    protocol = tiny.load(tmp_path, cases=f"usual: {{pain: 9}}\ncases:\n{PASSING}")

    assert [case.answers["pain"] for case in protocol.cases] == [3, 9]


# --update-cases


def test_what_would_be_written_is_shown_first(tmp_path: Path) -> None:
    folder = tiny.write(tmp_path, cases=CASES)

    result = run(str(folder), "--update-cases", types="n\n")

    assert result.exit_code == 1
    assert "\n-- {id: other, title: Other, expected: 'self_care', answers" in result.stdout
    assert "\n+- {id: other, title: Other, expected: emergency, answers" in result.stdout
    assert (folder / "cases.yaml").read_text() == CASES


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("before", ["", "usual: {pain: 5}\ncases:\n"])
def test_only_what_changes_is_written(tmp_path: Path, before: str, mark: str, end: str) -> None:
    file = tiny.write(tmp_path, cases="[]") / "cases.yaml"
    file.write_bytes((mark + before + CASES).replace("\n", end).encode())
    file.chmod(0o640)

    result = run(str(tmp_path), "--update-cases", types="y\n")

    assert result.exit_code == 0
    assert file.read_bytes() == (mark + before + PASSING).replace("\n", end).encode()
    assert file.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_rule_is_corrected_where_the_recommendation_was_acceptable(tmp_path: Path) -> None:
    cases = PASSING.replace("rule: rest", "rule: therapist  # why")
    folder = tiny.write(tmp_path, cases=cases)

    assert run(str(folder), "--update-cases", "--yes").exit_code == 0
    assert (folder / "cases.yaml").read_text() == PASSING.replace("rest\n", "rest  # why\n")


@pytest.mark.parametrize(
    "cases",
    [
        PASSING.replace("rule: rest", "never: [self_care]").replace(
            "expected: self_care", "expected: emergency"
        ),
        PASSING.replace("flag: absent, ", ""),
    ],
    ids=["it must never be that", "not answered in full"],
)
def test_what_only_its_author_can_say_is_never_written(tmp_path: Path, cases: str) -> None:
    folder = tiny.write(tmp_path, cases=cases)

    result = run(str(folder), "--update-cases", "--yes")

    assert result.exit_code == 1
    assert (
        "No cases can be updated automatically: their author has to change these." in result.stdout
    )
    assert (folder / "cases.yaml").read_text() == cases


def test_a_file_that_cannot_be_written_is_told_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    folder = tiny.write(tmp_path, cases=CASES)
    monkeypatch.setattr("os.fsync", refuse)

    result = run(str(folder), "--update-cases", "--yes")

    assert result.exit_code == 2
    assert result.stderr == "assessment: cases.yaml cannot be written: No space left on device\n"
    assert (folder / "cases.yaml").read_text() == CASES
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_answers_that_the_cookie_does_not_hold_are_told_before_anybody_serves(
    tmp_path: Path,
) -> None:
    many = "".join(
        f"- {{id: q{number}, type: choices, ask: Which?, short: Which, none: true, options: ["
        + ", ".join(
            f"{{id: o{sha256(f'{number} {place}'.encode()).hexdigest()[:50]}, label: L{place}}}"
            for place in range(7)
        )
        + "]}\n"
        for number in range(20)
    )
    folder = str(tiny.write(tmp_path, questions=tiny.QUESTIONS + many))

    done = run(folder)

    assert "It cannot be served: with every option ticked" in done.stdout
    assert "use fewer or shorter ids" in done.stdout
    assert done.exit_code == 1
    assert "cannot be served" not in run(str(tiny.write(tmp_path))).stdout
