from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assessment.cli import main
from tests.proof.proven import Change, load
from tests.proof.test_witness import AMBER_IS_NOTHING, NO_REST, PAIN_ONLY_TO_NINE


def run(folder: Path, command: str, *options: str, changes: tuple[Change, ...] = ()) -> Result:
    load(folder, *changes)
    return CliRunner(env={"COLUMNS": "120"}).invoke(main, [command, str(folder), *options])


def test_prove_says_what_holds_and_how_long_it_took(tmp_path: Path) -> None:
    result = run(tmp_path, "prove")
    assert result.exit_code == 0
    assert result.stdout.count("holds") == 10
    assert "tiny 1: proven, in " in result.stdout
    assert "A full walk asks 4 to 5 questions." in result.stdout


def test_prove_shows_what_fails_and_ends_with_one(tmp_path: Path) -> None:
    result = run(tmp_path, "prove", changes=tuple(AMBER_IS_NOTHING))
    assert result.exit_code == 1
    assert "1 failed" in result.stdout
    assert "below-floor flag.amber: Whoever answers “Flag: Yes, an amber one” must" in result.stdout
    assert "    Flag: Yes, an amber one" in result.stdout
    assert "docs/proof.md explains each code." in result.stdout
    assert "tiny 1: not proven, 1 failure, in " in result.stdout


def test_prove_for_machines(tmp_path: Path) -> None:
    result = run(tmp_path, "prove", "--json", changes=tuple(PAIN_ONLY_TO_NINE))
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert report["proven"] is False
    assert (report["fewest_questions"], report["most_questions"]) == (4, 5)
    assert [check["failed"] for check in report["checks"]] == [0, 0, 1, 0, 0, 0, 0, 0, 0, 0]
    (failure,) = report["failures"]
    assert failure["code"] == "worse-is-less-urgent"
    assert failure["witness"]["answers"]["pain"] == 8
    assert failure["witness"]["rules"] == ["worst_pain", "rest"]
    assert failure["worse"]["recommendation"] == "self_care"


def test_prove_keeps_counterexamples(tmp_path: Path) -> None:
    file = tmp_path / "found.yaml"
    result = run(tmp_path, "prove", "--save-case", str(file), changes=(NO_REST,))
    assert result.exit_code == 1
    assert f"wrote {file}" in result.stderr
    answers = tmp_path / "found-found_no_rule_decides_rules.json"
    decided = CliRunner().invoke(
        main, ["decide", str(tmp_path), "--answers", str(answers), "--json"]
    )
    assert json.loads(decided.stdout)["fail_safe"] is True


def test_prove_says_where_it_cannot_keep_them(tmp_path: Path) -> None:
    file = tmp_path / "no" / "found.yaml"
    result = run(tmp_path, "prove", "--save-case", str(file), changes=(NO_REST,))
    assert result.exit_code == 2
    assert "--save-case" in result.stderr


def test_test_prints_coverage_and_figures(tmp_path: Path) -> None:
    result = run(tmp_path, "test")
    assert result.exit_code == 0
    assert "2 of 2 cases pass." in result.stdout
    assert "4 of 7" in result.stdout
    assert "amber_flag, worst_pain, deep" in result.stdout
    assert "20.7 to 100.0" in result.stdout
    assert "97.8 %" in result.stdout
    assert "not an independent test" in result.stdout


def test_test_names_an_unsafe_case(tmp_path: Path) -> None:
    result = run(tmp_path, "test", changes=(("cases", "flag: red", "flag: absent"),))
    assert result.exit_code == 1
    assert "dev_red: expected emergency, got regular_plan" in result.stdout
    assert "1 of 2 cases pass." in result.stdout


def test_an_unsafe_case_fails_even_where_it_is_expected(tmp_path: Path) -> None:
    result = run(tmp_path, "test", changes=(("cases", "never: [self_care]", "never: [emergency]"),))
    assert result.exit_code == 1
    assert "dev_red: unsafe: emergency must never be the result" in result.stdout


@pytest.mark.parametrize(("percent", "code"), [("50", 1), ("30", 0)])
def test_test_fails_when_the_cases_cover_too_little(
    tmp_path: Path, percent: str, code: int
) -> None:
    result = run(tmp_path, "test", "--coverage", percent)
    assert result.exit_code == code
    assert ("coverage of not sure is under 50 %" in result.stdout) is (code == 1)


def test_test_for_machines(tmp_path: Path) -> None:
    result = run(tmp_path, "test", "--json")
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert [case["id"] for case in report["cases"]] == ["nothing", "dev_red"]
    assert report["coverage"]["rules"]["not_used"] == ["amber_flag", "worst_pain", "deep"]
    assert report["vignettes"]["safe"] == {
        "part": 1,
        "whole": 1,
        "share": 1.0,
        "interval": [0.2065, 1.0],
    }
