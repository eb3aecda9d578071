"""A case that cannot be read stops nothing that is said about all answers."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from assessment.cli import main
from tests.proof.proven import Change, load

FAULT = "pain: 1, duration: days"
FAULTY = "pain: 11, duration: days"
"""No pain is 11: the first case cannot be read."""
BROKEN_RULE: Change = ("rules", "when: {flag: amber}", "when: {flag: amber, pain: {at_least: 5}}")


def run(*arguments: str | Path) -> Result:
    result = CliRunner(env={"COLUMNS": "120"}).invoke(main, list(map(str, arguments)))
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result


def faulty(folder: Path, *changes: Change) -> Path:
    load(folder, *changes)
    cases = folder / "cases.yaml"
    text = cases.read_text("utf-8")
    assert FAULT in text
    cases.write_text(text.replace(FAULT, FAULTY, 1), "utf-8")
    return folder


def test_prove_names_the_fault_and_proves_the_rest(tmp_path: Path) -> None:
    result = run("prove", faulty(tmp_path))
    assert result.exit_code == 1
    assert "cases.yaml:4:" in result.stderr
    assert "`11` (out of range)" in result.stderr
    assert "tiny 1: proven" in result.stdout


def test_prove_still_finds_a_broken_floor(tmp_path: Path) -> None:
    result = run("prove", "--json", faulty(tmp_path, BROKEN_RULE))
    assert result.exit_code == 1
    found = json.loads(result.stdout)
    assert "flag.amber" in {one["subject"] for one in found["failures"]}
    assert [one["count"] for one in found["checks"] if one["kind"] == "cases"] == [1]


def test_check_runs_the_other_cases(tmp_path: Path) -> None:
    change = ("rules", "recommend: emergency", "recommend: urgent_medical")
    result = run("check", faulty(tmp_path, change))
    assert result.exit_code == 1
    assert "cases.yaml:4:" in result.stderr
    assert "dev_red: got urgent_medical" in result.stdout
    assert "1 cases, 1 of them failed" in result.stdout


def test_check_does_not_write_into_a_file_with_faults(tmp_path: Path) -> None:
    change = ("rules", "recommend: emergency", "recommend: urgent_medical")
    before = (faulty(tmp_path, change) / "cases.yaml").read_text("utf-8")
    result = run("check", "--update-cases", "--yes", tmp_path)
    assert result.exit_code == 1
    assert "No cases are updated while cases.yaml has faults." in result.stderr
    assert (tmp_path / "cases.yaml").read_text("utf-8") == before


def test_cases_that_are_no_yaml_at_all_stop_nothing_either(tmp_path: Path) -> None:
    load(tmp_path)
    (tmp_path / "cases.yaml").write_text("- {id: [", "utf-8")
    result = run("prove", tmp_path)
    assert result.exit_code == 1
    assert "cases.yaml:2:" in result.stderr
    assert "tiny 1: proven" in result.stdout


def test_a_fault_anywhere_else_still_stops_everything(tmp_path: Path) -> None:
    (faulty(tmp_path) / "rules.yaml").write_text("rules: [", "utf-8")
    for command in ("prove", "check"):
        result = run(command, tmp_path)
        assert result.exit_code == 1
        assert "rules.yaml:2:" in result.stderr
        assert result.stdout == ""


def test_diff_names_the_fault_of_new_and_compares_the_rest(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    load(tmp_path / "old")
    result = run("diff", tmp_path / "old", faulty(tmp_path / "new", BROKEN_RULE))
    assert result.exit_code == 0
    assert "cases.yaml:4:" in result.stderr
    assert "Cases of NEW with these faults are left out." in result.stderr
    assert "because of rule amber_flag." in result.stdout
    assert "case nothing: removed" not in result.stdout


def test_a_case_that_became_faulty_is_a_change(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    load(tmp_path / "old")
    faulty(tmp_path / "new")
    assert run("diff", "--exit-code", tmp_path / "old", tmp_path / "new").exit_code == 1
    assert run("diff", "--exit-code", tmp_path / "new", tmp_path / "new").exit_code == 0
