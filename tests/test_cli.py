"""The `assessment` command: what it prints, where, and how it ends."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest
from click.testing import CliRunner, Result

from assessment import cli
from assessment.protocols.schema import all_schemas
from tests import tiny

ROOT = Path(__file__).resolve().parents[1]
COMPLETE = {"flag": "absent", "signs": ["none"], "pain": 3, "duration": "days"}
DECISION = {
    "recommendation",
    "urgency",
    "pressure",
    "complete",
    "fail_safe",
    "interrupted",
    "rules",
    "missing",
    "skipped",
    "ended_early",
    "ignored",
    "precautions",
    "would_change",
    "protocol",
}
WORDS = {"headline", "do_now", "sooner", "emergency_numbers", "disclaimer"}


@pytest.fixture
def protocol(tmp_path: Path) -> str:
    return str(tiny.write(tmp_path))


def run(*arguments: str, given: str | bytes = "") -> Result:
    result = CliRunner().invoke(cli.main, arguments, input=given)
    assert isinstance(result.exception, SystemExit | None), result.exception
    assert "Traceback" not in result.output
    return result


def process(
    *arguments: str, stdout: int | IO[bytes] = subprocess.PIPE, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a terminal does."""
    return subprocess.run(
        [sys.executable, "-m", "assessment.cli", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=stdout,
        stderr=subprocess.PIPE,
        check=False,
    )


def decide(protocol: str, given: str | bytes) -> Result:
    return run("decide", protocol, "--answers", "-", "--json", given=given)


def lines_of(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.strip("\n").split("\n")]


# check


def test_check_speaks_of_a_sound_protocol_in_two_lines(protocol: str) -> None:
    result = run("check", protocol)

    assert result.exit_code == 0
    assert result.stdout == (
        "tiny 1: 5 questions, 4 rules, 0 promises, 0 cases, 0 of them failed. "
        "Not yet reviewed by a clinician.\n"
        "Safety texts: not checked, because there is no safety_texts.yaml to say what they must "
        "contain. Without it, this protocol is not served when PUBLIC_URL is set.\n"
        "9 of 11 options have no safety tag, and no promise reads them.\n"
    )


def test_check_reports_every_fault_on_standard_error(tmp_path: Path) -> None:
    questions = tiny.QUESTIONS.replace("type: scale", "type: scael")
    broken = tiny.write(tmp_path, questions=questions, texts=None)

    result = run("check", str(broken))

    assert result.exit_code == 1
    assert result.stdout == ""
    assert [line.split(": ")[:2] for line in result.stderr.splitlines()[:-1]] == [
        ["questions.yaml:22:9", "bad-value"],
        ["texts.yaml:1:1", "missing-file"],
    ]
    assert result.stderr.splitlines()[-1] == "2 faults; docs/diagnostics.md explains each"


CASE = """
- id: a_case
  title: Somebody
  answers: {flag: absent, signs: [none], pain: 3, duration: days}
  expected: self_care
"""


def test_an_acceptable_recommendation_is_enough(tmp_path: Path) -> None:
    case = CASE.replace("expected: self_care", "expected: emergency\n  acceptable: [self_care]")

    assert run("check", str(tiny.write(tmp_path, cases=case))).exit_code == 0


@pytest.mark.parametrize(
    "name", ["nothing", "no/such/folder", "x" * 5000, "../..", "a\nb", "\N{PILE OF POO}"]
)
def test_a_protocol_that_is_not_there_is_said_in_one_line(name: str) -> None:
    result = run("check", name)

    assert result.exit_code == 2 if name != "../.." else result.exit_code == 1
    assert result.stdout == ""
    if name != "../..":
        assert result.stderr.startswith("assessment: no protocol `")


# questions


def test_questions_are_printed_for_people(protocol: str) -> None:
    result = run("questions", protocol)

    assert result.exit_code == 0
    assert "Is there a flag?" in result.stdout
    assert "always" in result.stdout


def test_words_in_brackets_are_printed_as_they_are(tmp_path: Path) -> None:
    questions = tiny.QUESTIONS.replace("Is there a flag?", "'A [/flag] in [bold]?'")

    result = run("questions", str(tiny.write(tmp_path, questions=questions)))

    assert "[/flag]" in result.stdout
    assert "[bold]" in result.stdout


def test_questions_are_printed_for_machines(protocol: str) -> None:
    result = run("questions", protocol, "--json")
    listed = json.loads(result.stdout)

    assert result.exit_code == 0
    assert [one["id"] for one in listed] == ["flag", "signs", "pain", "duration", "more"]
    for one in listed:
        assert one.keys() >= {
            "id",
            "ask",
            "hint",
            "why",
            "type",
            "options",
            "bounds",
            "not_sure",
            "enable_when",
        }
    flag, signs, pain, _, more = listed
    assert flag["enable_when"] is None
    assert flag["bounds"] is None
    assert flag["options"][0] == {"id": "red", "label": "Yes, a red one", "hint": None}
    assert [option["id"] for option in signs["options"]] == ["a", "b", "c", "none"]
    assert pain["bounds"] == {"minimum": 0, "maximum": 10}
    assert pain["not_sure"] is True
    assert more["enable_when"] == {"data": {"signs": "a"}, "words": "“Signs” is “A”"}


CONDITIONS = (
    "{signs: a}",
    "{signs: [a, b]}",
    "{signs: {all_of: [a, b]}}",
    "{signs: {none_of: [a]}}",
    "{pain: {at_least: 7}}",
    "{pain: {at_most: 7}}",
    "{pain: {between: [4, 6]}}",
    "{not: {flag: red}}",
    "{all: [{flag: red}, {signs: a}]}",
    "{any: [{flag: red}, {not: {signs: a}}]}",
    "{count: {at_least: 2, of: [{flag: red}, {signs: a}]}}",
    "{finding: any_sign}",
)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_as_data_is_the_condition_that_was_written(
    tmp_path: Path, condition: str
) -> None:
    def with_condition(text: str) -> str:
        return tiny.QUESTIONS.replace("enable_when: {signs: a}", f"enable_when: {text}")

    (tmp_path / "again").mkdir()
    first = run(
        "questions", str(tiny.write(tmp_path, questions=with_condition(condition))), "--json"
    )
    data = json.loads(first.stdout)[-1]["enable_when"]["data"]
    again = tiny.write(tmp_path / "again", questions=with_condition(json.dumps(data)))

    assert json.loads(run("questions", str(again), "--json").stdout) == json.loads(first.stdout)


# decide


def test_a_decision_keeps_the_machine_contract(protocol: str) -> None:
    result = decide(protocol, json.dumps({"flag": "red"}))
    [decision] = lines_of(result)

    assert result.exit_code == 0
    assert decision.keys() == DECISION | WORDS
    assert decision["recommendation"] == "emergency"
    assert decision["urgency"] == 3
    assert decision["pressure"] == 0
    assert decision["complete"] is False
    assert decision["interrupted"] is True
    assert decision["fail_safe"] is False
    assert decision["missing"] == []
    assert decision["skipped"] == ["signs", "pain", "duration", "more"]
    assert decision["ended_early"] is False
    assert decision["would_change"] == []
    assert decision["rules"] == [
        {
            "id": "red_flag",
            "recommend": "emergency",
            "because": "You told us about a red flag.",
            "evidence": ["T1"],
            "answers": {"flag": "red"},
            "unsure": False,
        }
    ]
    about = decision["protocol"]
    assert isinstance(about, dict)
    assert about.keys() == {"id", "version", "author", "review", "rules", "wording"}
    assert about["id"] == "tiny"


def test_answers_to_questions_that_are_not_asked_are_ignored_and_listed(protocol: str) -> None:
    [decision] = lines_of(decide(protocol, json.dumps({**COMPLETE, "more": "lots"})))

    assert decision["recommendation"] == "self_care"
    assert decision["ignored"] == ["more"]
    assert decision["missing"] == []


def test_not_sure_is_spoken_of(protocol: str) -> None:
    [decision] = lines_of(decide(protocol, json.dumps({**COMPLETE, "flag": "not_sure"})))
    rules = decision["rules"]
    assert isinstance(rules, list)

    assert decision["recommendation"] == "urgent_medical"
    assert [(rule["id"], rule["unsure"]) for rule in rules] == [
        ("red_flag", True),
        ("amber_flag", True),
        ("rest", False),
    ]
    assert rules[0]["answers"] == {"flag": "not_sure"}


def test_what_would_change_the_advice_is_listed(protocol: str) -> None:
    [decision] = lines_of(decide(protocol, json.dumps(COMPLETE)))

    assert decision["would_change"] == [
        {
            "question": "flag",
            "answer": "red",
            "says": "a red flag",
            "recommendation": "emergency",
        },
        {
            "question": "flag",
            "answer": "amber",
            "says": "Flag: Yes, an amber one",
            "recommendation": "medical_clearance_first",
        },
    ]


def test_a_decision_for_people_has_the_disclaimer_and_the_review(protocol: str) -> None:
    result = run("decide", protocol, "--answers", "-", given=json.dumps(COMPLETE))

    assert result.exit_code == 0
    assert result.stdout.startswith("self_care: Look after it.")
    assert "This is not a diagnosis." in result.stdout
    assert "Not yet reviewed by a clinician." in result.stdout


def test_an_emergency_for_people_starts_with_the_number(protocol: str) -> None:
    result = run("decide", protocol, "--answers", "-", given='{"flag": "red"}')

    assert result.stdout.startswith("Emergency: ")


def test_answers_come_from_a_file_too(protocol: str, tmp_path: Path) -> None:
    file = tmp_path / "answers.json"
    file.write_text(json.dumps(COMPLETE, indent=2), encoding="utf-8-sig")

    [decision] = lines_of(run("decide", protocol, "--answers", str(file), "--json"))

    assert decision["recommendation"] == "self_care"


def test_each_line_gets_a_decision_and_a_bad_line_an_error(protocol: str) -> None:
    given = "\n".join(
        [json.dumps(COMPLETE), "", '{"flag": "blue"}', "{", json.dumps({"flag": "red"}), ""]
    )

    result = decide(protocol, given)

    assert result.exit_code == 1
    assert [line.get("recommendation") or line for line in lines_of(result)] == [
        "self_care",
        {
            "error": "`flag`: unknown `blue`; expected red, amber, absent, not_sure",
            "line": 3,
        },
        {
            "error": "no JSON: Expecting property name enclosed in double quotes at column 2",
            "line": 4,
        },
        "emergency",
    ]


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ('{"flag": "red", "flag": "absent"}', "`flag` twice; expected each key once"),
        ('{"pain": NaN}', "no JSON: NaN"),
        ('{"pain": -Infinity}', "no JSON: -Infinity"),
        (
            '{"pain": true}',
            "`pain`: not a number `true`; expected a whole number from 0 to 10, not_sure",
        ),
        (
            '{"pain": 3.0}',
            "`pain`: not a number `3.0`; expected a whole number from 0 to 10, not_sure",
        ),
        (
            '{"pain": 11}',
            "`pain`: out of range `11`; expected a whole number from 0 to 10, not_sure",
        ),
        ('{"pain": ' + "9" * 5000 + "}", "a number with too many digits"),
        (
            '{"flag": true}',
            "`flag`: wrong type `true`; expected red, amber, absent, not_sure",
        ),
        ('{"flag": null}', "`flag`: missing `null`; expected red, amber, absent, not_sure"),
        (
            '{"flag": {"a": 1}}',
            "`flag`: wrong type an object; expected red, amber, absent, not_sure",
        ),
        (
            '{"flag": "\\ud800"}',
            "`flag`: unknown `\ud800`; expected red, amber, absent, not_sure",
        ),
        ('{"signs": ["z"]}', "`signs`: unknown `z`; expected a, b, c, none, not_sure"),
        (
            '{"signs": ["a", "none"]}',
            "`signs`: exclusive a list; expected a, b, c, none, not_sure",
        ),
        ('{"signs": []}', "`signs`: missing a list; expected a, b, c, none, not_sure"),
        ('{"signs": [["a"]]}', "`signs`: wrong type a list; expected a, b, c, none, not_sure"),
        ('{"unheard_of": 1}', "no question `unheard_of`"),
        ('{"' + "x" * 99 + '": 1}', f"no question `{'x' * 37}...`"),
        ("[]", "found a list; expected an object of question ids to answers"),
        ("3", "found `3`; expected an object of question ids to answers"),
        ("null", "found `null`; expected an object of question ids to answers"),
        ("[" * 100_000, "nested too deeply"),
        ('{"flag":' * 100_000, "nested too deeply"),
        ("<html>", "no JSON: Expecting value at column 1"),
        ("\0", "no JSON: Expecting value at column 1"),
    ],
    ids=lambda value: value[:20],
)
def test_answers_that_are_none_are_an_error_in_one_line(
    protocol: str, given: str, error: str
) -> None:
    result = decide(protocol, given)

    assert result.exit_code == 1
    assert lines_of(result) == [{"error": error, "line": 1}]


def test_a_line_may_hold_every_character_but_a_line_break(protocol: str) -> None:
    given = '{"flag": "\u2028"}\n' + json.dumps(COMPLETE)

    result = decide(protocol, given)

    assert [line.get("line") for line in lines_of(result)] == [1, None]


def test_many_lines_are_decided_one_by_one(protocol: str) -> None:
    result = decide(protocol, "\n".join([json.dumps(COMPLETE)] * 500))

    assert result.exit_code == 0
    assert len(lines_of(result)) == 500


@pytest.mark.parametrize("given", ["", "\n \n"])
def test_no_answers_at_all_are_said_in_one_line(protocol: str, given: str) -> None:
    result = decide(protocol, given)

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == (
        "assessment: --answers is empty; expected a JSON object of question ids to answers\n"
    )


def test_bytes_that_are_no_text_are_said_in_one_line(protocol: str, tmp_path: Path) -> None:
    file = tmp_path / "answers"
    file.write_bytes(b"\xff\xfe\x00{")

    result = run("decide", protocol, "--answers", str(file))

    assert result.exit_code == 2
    assert result.stderr == "assessment: --answers is not text in UTF-8\n"


def test_a_file_that_is_not_there_is_wrong_use(protocol: str) -> None:
    result = run("decide", protocol, "--answers", "/no/such/file")

    assert result.exit_code == 2
    assert "No such file" in result.stderr


# schema


def test_schemas_are_printed_and_written(tmp_path: Path) -> None:
    printed = json.loads(run("schema").stdout)
    result = run("schema", "--out", str(tmp_path / "made" / "here"))

    assert result.exit_code == 0
    assert printed == all_schemas()
    assert {path.name for path in (tmp_path / "made" / "here").iterdir()} == set(printed)


def test_schemas_that_cannot_be_written_are_said_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    result = run("schema", "--out", str(tmp_path / "file" / "inside"))

    assert result.exit_code == 2
    assert result.stderr.startswith("assessment: --out ")
    assert result.stderr.count("\n") == 1


def test_the_schemas_beside_the_rules_are_fresh() -> None:
    assert run("schema", "--check").exit_code == 0


def test_a_stale_schema_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "RULES_FOLDER", tmp_path)
    run("schema", "--out", str(tmp_path / "schema"))
    assert run("schema", "--check").exit_code == 0
    (tmp_path / "schema" / "rules.schema.json").write_text("{")

    result = run("schema", "--check")

    assert result.exit_code == 1
    assert result.stderr.startswith("out of date: rules.schema.json;")


# sign-off


def test_a_review_is_recorded_and_a_change_makes_it_void(protocol: str) -> None:
    result = run("sign-off", protocol, given="Ada Smith\nPhysiotherapist\n")

    assert result.exit_code == 0
    assert re.search(
        r"Reviewed by Ada Smith, Physiotherapist, on \d{4}-\d\d-\d\d\.$", result.output
    )
    assert "Reviewed by Ada Smith" in run("check", protocol).stdout

    tiny.write(Path(protocol), texts=tiny.TEXTS.replace("examine", "touch"))

    assert "Not yet reviewed by a clinician." in run("check", protocol).stdout


def signed(
    protocol: str, *, reviewer: str = "A", role: str = "B", date: str = "2026-01-02"
) -> Result:
    return run("sign-off", protocol, "--reviewer", reviewer, "--role", role, "--date", date)


def test_a_review_takes_a_date(protocol: str) -> None:
    assert "on 2026-01-02." in signed(protocol).stdout


@pytest.mark.parametrize(
    "result", [{"date": "yesterday"}, {"date": "2026-02-30"}, {"reviewer": " "}, {"role": " "}]
)
def test_a_review_needs_who_in_which_role_and_when(protocol: str, result: dict[str, str]) -> None:
    refused = signed(protocol, **result)

    assert refused.exit_code == 2
    assert refused.stderr.startswith("assessment: --")
    assert refused.stderr.count("\n") == 1
    assert not (Path(protocol) / "review.yaml").exists()


def test_a_broken_protocol_cannot_be_signed(tmp_path: Path) -> None:
    assert signed(str(tiny.write(tmp_path, rules="[]"))).exit_code == 1


def test_a_review_that_cannot_be_written_is_said_in_one_line(
    protocol: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cli, "sign_off", full)

    result = signed(protocol)

    assert result.exit_code == 2
    assert result.stderr.endswith("cannot be written: No space left on device\n")


# serve, and the program itself


def test_serve_ends_as_the_server_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assessment.web.serve.main", lambda *_: 7)

    assert run("serve").exit_code == 7


@pytest.mark.parametrize("command", sorted(cli.main.commands))
def test_every_command_explains_itself(command: str) -> None:
    result = run(command, "--help")

    assert result.exit_code == 0
    assert result.stdout.startswith("Usage: ")


def test_wrong_use_ends_with_two() -> None:
    assert run("dance").exit_code == 2
    assert run("decide").exit_code == 2


def test_the_program_reads_standard_input(protocol: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assessment.cli", "decide", protocol, "--answers", "-", "--json"],
        input=json.dumps(COMPLETE).encode() + b'\n{"flag": "\\ud800"}\n',
        capture_output=True,
        cwd=ROOT,
        check=False,
    )

    first, second = done.stdout.splitlines()
    assert done.returncode == 1
    assert done.stderr == b""
    assert json.loads(first)["recommendation"] == "self_care"
    assert json.loads(second)["line"] == 2


def test_the_program_refuses_bytes_in_one_line(protocol: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assessment.cli", "decide", protocol, "--answers", "-"],
        input=b"\xff\xfe",
        capture_output=True,
        cwd=ROOT,
        check=False,
    )

    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr == b"assessment: --answers is not text in UTF-8\n"


def test_the_command_of_a_copied_environment_does_not_use_the_rules_of_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("p", "p2"):
        (tmp_path / name / ".venv" / "bin").mkdir(parents=True)
        (tmp_path / name / ".venv" / "pyvenv.cfg").touch()
    copied, own = tmp_path / "p2" / ".venv", tmp_path / "p" / ".venv"
    (tmp_path / "link").symlink_to(own)
    monkeypatch.setattr(sys, "prefix", str(own))

    monkeypatch.setattr(sys, "argv", [str(copied / "bin" / "assessment"), "check"])
    result = CliRunner().invoke(cli.main, ["schema", "--check"])
    assert result.exit_code == 2
    assert result.output == (
        f"assessment: {copied} was copied from {own}, and would use the files there; "
        f"run `make setup` in {tmp_path / 'p2'}\n"
    )

    for used in (own, tmp_path / "link"):
        monkeypatch.setattr(sys, "argv", [str(used / "bin" / "assessment"), "check"])
        assert CliRunner().invoke(cli.main, ["schema", "--check"]).exit_code == 0


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_a_terminal_without_our_letters_shows_escapes(tmp_path: Path, encoding: str) -> None:
    questions = tiny.QUESTIONS.replace("ask: More?", 'ask: "“More”, or ☂ 𝄞?"')
    folder = tiny.write(tmp_path, questions=questions)

    printed = process("questions", str(folder), PYTHONIOENCODING=encoding)
    data = process("questions", str(folder), "--json", PYTHONIOENCODING=encoding)

    assert (printed.returncode, printed.stderr) == (0, b"")
    assert rb"\u201cMore\u201d, or" in printed.stdout
    assert json.loads(data.stdout)[-1]["ask"] == "“More”, or ☂ 𝄞?"


@pytest.mark.parametrize("command", ["check", "questions", "graph", "schema"])
def test_a_full_disk_is_one_line(protocol: str, command: str) -> None:
    arguments = [command] if command == "schema" else [command, protocol]
    with Path("/dev/full").open("wb") as full:
        done = process(*arguments, stdout=full)

    assert done.returncode == 1
    assert done.stderr == b"assessment: cannot write: No space left on device\n"
