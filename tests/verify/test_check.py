"""A certificate is believed when every claim of the protocol is shown, and in no other case."""

from __future__ import annotations

import ast
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from assessment.cli import main
from assessment.proof.report import Code
from assessment.protocols.folder import hashes
from tests.proof.proven import load
from tests.verify.spoilt import SPOILT, Spoil
from tests.verify.verifier import VERIFY, run

ASKED = (
    "safety",
    "",
    "- {id: asked, promise: It is asked., when: {signs: a},"
    " asked: [more.lots, signs.c, signs.not_sure, signs.a]}\n",
)


TOLD = (
    "safety",
    "",
    "- {id: told, promise: It is told., when: {more: lots}, then: {limits: note}}\n",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a protocol and its certificate."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "protocol").mkdir()
    load(folder / "protocol", ASKED, TOLD)
    certify(folder)
    return folder


def certify(folder: Path) -> None:
    arguments = ["prove", str(folder / "protocol"), "--certificate", str(folder / "certificate")]
    ended = CliRunner().invoke(main, arguments)
    assert ended.exit_code == 0, ended.output


@pytest.fixture
def copied(made: Path, tmp_path: Path) -> Path:
    """One of which a test may spoil what it likes."""
    return Path(shutil.copytree(made, tmp_path / "copy"))


def hash_anew(folder: Path) -> None:
    """Let a certificate say that it is of the protocol beside it."""
    about = folder / "certificate/certificate.json"
    found = json.loads(about.read_text())
    about.write_text(json.dumps({**found, "files": hashes(folder / "protocol")}))


def checked(folder: Path) -> tuple[int, str]:
    return run(folder / "protocol", folder / "certificate")


def test_every_claim_is_checked_without_the_program(made: Path) -> None:
    code, said = checked(made)

    assert code == 0
    assert "Every claim is shown.\nNot checked: the cases, the words, what" in said
    lines = said.splitlines()
    for number, what in ((2, "below-floor"), (4, "sign-not-asked"), (5, "short-walk-differs")):
        assert f"{number:6} {what}" in lines


def test_everything_that_prove_counts_is_a_claim_of_the_certificate(made: Path) -> None:
    about = json.loads((made / "certificate/certificate.json").read_text())
    ended = CliRunner().invoke(main, ["prove", str(made / "protocol"), "--json"])
    counted = {one["kind"]: one["count"] for one in json.loads(ended.stdout)["checks"]}
    codes = [code for code, _ in about["claims"]]

    assert codes.count("no-rule-decides") == counted["total"]
    assert codes.count("below-floor") + codes.count("not-sure-below-floor") == counted["floors"]
    assert sum(code.startswith("worse-") for code in codes) == counted["monotone"]
    assert codes.count("promise-broken") + codes.count("promise-not-sure") == counted["promises"]
    assert codes.count("sign-not-asked") == counted["asked"]
    interrupts = codes.count("interrupt-taken-back") + codes.count("sign-does-not-interrupt")
    assert interrupts == counted["interrupts"]
    assert sum("-never-" in code for code in codes) == counted["nothing dead"]


def test_every_way_to_fail_is_a_claim_of_the_verifier_or_named_as_none() -> None:
    """So that a new kind of claim cannot be left out of certificates without a word."""
    demanded = "".join((VERIFY / f"{name}.py").read_text() for name in ("check", "encode"))
    about_no_protocol = {Code.CASE_FAILS, Code.NOT_PROVEN, Code.SOLVER_DISAGREES}
    left_out = {Code.RESTS_ON_CONFIRMED}  # verify/README.md says so

    assert {code for code in Code if f'"{code}"' not in demanded} == about_no_protocol | left_out


def test_long_counts_are_checked_though_the_prover_has_more_clauses(tmp_path: Path) -> None:
    (tmp_path / "protocol").mkdir()
    pains = "".join(f", {{pain: {{at_least: {pain}}}}}" for pain in range(1, 9))
    count = f"{{count: {{at_least: 6, of: [{{signs: a}}, {{signs: b}}, {{signs: c}}{pains}]}}}}"
    gives = "medical_clearance_first"
    rule = f"{{id: many, when: {count}, recommend: {gives}, if_unsure: {gives}, because: You said"
    load(
        tmp_path / "protocol",
        ("rules", "precautions:\n", f"  - {rule} much., evidence: [T1]}}\nprecautions:\n"),
    )

    certify(tmp_path)
    assert checked(tmp_path)[0] == 0

    for shared in (tmp_path / "certificate").glob("*.shared"):
        shared.write_text("")
    assert checked(tmp_path)[0] == 1  # they were needed


def test_it_ends_with_what_is_wrong_on_the_command_line(made: Path, tmp_path: Path) -> None:
    assert run() == (2, "usage: python verify/check.py PROTOCOL CERTIFICATE\n")
    for arguments in ((tmp_path, made / "certificate"), (made / "protocol", tmp_path)):
        code, said = run(*arguments)
        assert code == 2
        assert "cannot be read as a" in said
        assert len(said.splitlines()) == 1


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda spoil: spoil.__name__)
def test_a_certificate_with_a_fault_is_not_believed(spoil: Spoil, copied: Path) -> None:
    expected = spoil(copied / "certificate")

    code, said = checked(copied)

    assert code == 1, said
    assert expected in said
    assert "Every claim is shown" not in said


def test_what_the_prover_wrote_as_clauses_is_never_read(copied: Path) -> None:
    for file in (copied / "certificate").glob("*.cnf"):
        file.write_text("p cnf 1 2\n1 0\n-1 0\n")

    assert checked(copied)[0] == 0


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("rules.yaml", "when: {flag: red}", "when: {flag: red, pain: {at_least: 1}}"),
        ("questions.yaml", "safety: clearance", "safety: urgent"),
        ("safety.yaml", "at_least: 10", "at_least: 5"),
    ],
)
def test_a_certificate_of_another_protocol_is_not_believed(
    file: str, old: str, new: str, copied: Path
) -> None:
    path = copied / "protocol" / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))

    code, said = checked(copied)

    assert (code, said) == (1, f"This certificate is of another protocol: its {file} differs.\n")


@pytest.mark.parametrize(
    ("file", "old", "new", "claim"),
    [
        ("rules", "when: {flag: red}", "when: {flag: red, signs: a}", "below-floor flag.red"),
        ("questions", "safety: clearance", "safety: urgent", "below-floor flag.amber"),
        ("safety", "at_least: 10", "at_least: 5", "promise-broken strong_pain"),
        ("rules", "when: {pain: {at_least: 9}}", "when: {pain: {between: [9, 9]}}", "worse-"),
        ("rules", "when: {signs: none}", "when: {signs: none, more: lots}", "no-rule-"),
        ("rules", "limits: [note]", "limits: [ask_first]", "promise-broken told"),
        ("questions", "label: Lots}", "label: Lots, safety: emergency}", "asked: signs.a"),
        ("questions", "ask: More?", "ask: More?\n  private: true", "promise-broken told"),
        ("rules", "flag: red}", "flag: red, duration: [days, weeks, months]}", "sign-does-not-"),
    ],
)  # fmt: skip
def test_a_protocol_that_breaks_a_claim_is_not_shown_by_its_old_certificate(
    file: str, old: str, new: str, claim: str, copied: Path
) -> None:
    """Even where somebody writes its new hash into the certificate."""
    load(copied / "protocol", ASKED, TOLD, (file, old, new))
    hash_anew(copied)

    code, said = checked(copied)

    assert code == 1
    assert claim in said


def test_a_key_that_it_does_not_know_stops_it(copied: Path) -> None:
    path = copied / "protocol/rules.yaml"
    path.write_text(path.read_text().replace("if_unsure:", "if_certain:", 1))

    code, said = checked(copied)

    assert code == 2
    assert "a rule has the key `if_certain`, which this verifier does not know" in said


def test_a_promise_of_another_kind_is_not_passed_over(copied: Path) -> None:
    path = copied / "protocol/safety.yaml"
    path.write_text(path.read_text().replace("then: {", "then: {within_days: 3, ", 1))
    hash_anew(copied)

    code, said = checked(copied)

    assert code == 1
    assert "a then has the key `within_days`, which this verifier does not know" in said


def test_line_ends_make_no_other_protocol(copied: Path) -> None:
    for path in (copied / "protocol").glob("*.yaml"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))

    assert checked(copied)[0] == 0


def test_the_verifier_shares_nothing_with_the_program() -> None:
    for name in ("check", "encode", "rup"):
        tree = ast.parse((VERIFY / f"{name}.py").read_text())
        used = {
            alias.name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import)
            for alias in node.names
        }
        used |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        outside = {"rup", "encode", "yaml"} & used
        assert "assessment" not in {module.split(".")[0] for module in used}
        assert (
            outside == {"check": {"rup", "encode", "yaml"}, "encode": {"yaml"}, "rup": set()}[name]
        )
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
        read = {n.attr for n in calls if isinstance(n.value, ast.Name) and n.value.id == "yaml"}
        assert read <= {"safe_load", "YAMLError"}


@pytest.mark.parametrize(("name", "most"), [("encode", 600), ("check", 300)])
def test_what_has_to_be_trusted_can_be_read_in_one_sitting(name: str, most: int) -> None:
    assert len((VERIFY / f"{name}.py").read_text().splitlines()) <= most


def test_the_file_between_the_two_makes_no_clause_and_accepts_none() -> None:
    """So that whatever is shown is shown by the encoder and the checker of refutations."""
    tree = ast.parse((VERIFY / "check.py").read_text())
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not called & {"require", "variable"}
    assert {"refutes", "clauses"} <= called


def test_a_folder_that_is_not_empty_is_left_alone(made: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("mine")
    for folder, why in ((tmp_path, "is not empty"), (tmp_path / "kept", "is a file")):
        arguments = ["prove", str(made / "protocol"), "--certificate", str(folder)]
        ended = CliRunner().invoke(main, arguments)
        assert ended.exit_code == 2
        assert (
            ended.stderr == f"assessment: --certificate `{folder}` {why}; expected a new folder\n"
        )
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_what_is_not_proven_gets_no_certificate(tmp_path: Path) -> None:
    (tmp_path / "protocol").mkdir()
    load(tmp_path / "protocol", ("rules", "when: {flag: red}", "when: {flag: red, signs: a}"))
    arguments = ["prove", str(tmp_path / "protocol"), "--certificate", str(tmp_path / "new")]

    ended = CliRunner().invoke(main, arguments)

    assert ended.exit_code == 1
    assert "no certificate is written, because not everything is proven" in ended.stderr
    assert not (tmp_path / "new").exists()
