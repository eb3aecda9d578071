"""Only a protocol that is proven is served, and the about page says what that means."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from assessment.engine.protocol import Protocol
from assessment.proof import kept as kept_module
from assessment.proof.kept import KEPT, Proof, proof_key, proof_of
from assessment.proof.report import Kind
from assessment.web.factory import make_app
from assessment.web.parts import Offered
from assessment.web.reading import PROVEN
from assessment.web.serve import load_app
from assessment.web.settings import read_settings
from tests.web.client import Client
from tests.web.conftest import KEY, SMALL
from tests.web.test_serve import run

NOW = "2026-11-23 10:00 UTC"
LATER = "2026-11-24 10:00 UTC"


@pytest.fixture
def unproven(tmp_path: Path) -> Path:
    """A protocol that loads, and sends chest pain home."""
    folder = tmp_path / "unproven"
    shutil.copytree(SMALL, folder)
    rules = (folder / "rules.yaml").read_text("utf-8")
    start = rules.index("  - {id: chest_pain")
    end = rules.index("  - {id: numb")
    (folder / "rules.yaml").write_text(rules[:start] + rules[end:], "utf-8")
    return folder


def test_a_protocol_that_is_not_proven_is_not_served(tmp_path: Path, unproven: Path) -> None:
    ended = run(tmp_path, PROTOCOL=str(unproven))
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith("web_small 0.1 is not proven, so it is not served.\n")
    assert "below-floor signs.chest" in ended.stderr
    assert "    Signs that matter now: Pain in the chest" in ended.stderr
    assert "docs/proof.md explains each code." in ended.stderr
    assert "Traceback" not in ended.stderr
    assert not (tmp_path / "instance" / KEPT).exists()


def test_a_proof_is_kept_for_the_next_start(
    tmp_path: Path, small: Protocol, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = proof_of(small, tmp_path, NOW)
    assert first.when == NOW
    assert dict(first.checked).keys() == set(Kind)

    def never(*_: object) -> None:
        raise AssertionError("proven again")

    monkeypatch.setattr(kept_module, "prove", never)
    assert proof_of(small, tmp_path, LATER) == first
    assert [path.name for path in tmp_path.iterdir()] == [KEPT]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("rules", "at_least: 9", "at_least: 10"),
        ("questions", "label: Left calf,", "label: The left calf,"),
        ("safety", "Chest pain is an emergency.", "Chest pain always is one."),
        ("cases", "age: 40", "age: 41"),
        ("questions", "informs: therapist", "informs: therapist, hint: None"),
    ],
)
def test_a_proof_of_anything_else_does_not_count(
    tmp_path: Path, small: Protocol, file: str, old: str, new: str
) -> None:
    proof_of(small, tmp_path, NOW)
    folder = tmp_path / "changed"
    shutil.copytree(SMALL, folder)
    path = folder / f"{file}.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    settings = read_settings(instance=tmp_path, protocol=str(folder))
    load_app(settings)
    kept = json.loads((tmp_path / KEPT).read_text("utf-8"))
    assert kept["key"] != proof_key(small)
    assert kept["when"] != NOW


def test_a_proof_by_another_program_does_not_count(
    tmp_path: Path, small: Protocol, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof_of(small, tmp_path, NOW)
    monkeypatch.setattr(kept_module, "version", lambda _: "another solver")
    assert proof_of(small, tmp_path, LATER).when == LATER


def test_the_program_is_known_by_its_content(
    tmp_path: Path, small: Protocol, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = Path(kept_module.__file__).parents[1]
    for part in ("engine", "proof"):
        shutil.copytree(package / part, tmp_path / part)
    monkeypatch.setattr(kept_module, "__file__", str(tmp_path / "proof" / "kept.py"))
    assert proof_key(small) == (same := proof_key(small))
    with (tmp_path / "engine" / "lowering.py").open("a") as file:
        file.write("# changed\n")
    assert proof_key(small) != same


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", "{}", '{"key": 1, "when": 2, "checked": {"nope": 1}}']
)
def test_a_damaged_proof_counts_as_none(tmp_path: Path, small: Protocol, content: str) -> None:
    (tmp_path / KEPT).write_text(content, encoding="utf-8")
    assert proof_of(small, tmp_path, LATER).when == LATER
    assert proof_of(small, tmp_path, NOW).when == LATER


def test_a_proof_that_cannot_be_kept_still_counts(tmp_path: Path, small: Protocol) -> None:
    assert proof_of(small, tmp_path / "no" / "folder", NOW).when == NOW


def test_about_says_what_is_proven_when_and_how_to_repeat_it(small: Protocol) -> None:
    proof = Proof("key", NOW, tuple((kind, 17) for kind in Kind))
    settings = read_settings()
    client = Client(make_app(settings, small, KEY, offered=Offered(proof)))
    text = client.get("/about").text
    assert f"checked version 0.1 on {NOW}" in text
    assert "assessment prove muscle_pain" in text
    for kind in Kind:
        assert PROVEN[kind].format(count=17) in text
    assert "that the evidence is right" in text


def test_about_claims_nothing_that_was_not_checked(small: Protocol, client: Client) -> None:
    proof = Proof("key", NOW, ((Kind.TOTAL, 1), (Kind.PROMISES, 0)))
    shown = Client(make_app(read_settings(), small, KEY, offered=Offered(proof))).get("/about").text
    assert PROVEN[Kind.TOTAL] in shown
    assert "safety promise is kept" not in shown
    assert "What is proven" not in client.get("/about").text


def test_about_tells_nobody_where_the_folder_is(tmp_path: Path) -> None:
    settings = read_settings(instance=tmp_path, protocol=str(SMALL))
    page = Client(load_app(settings)).get("/about")
    assert "assessment prove FOLDER" in page.text
    assert str(SMALL) not in page.html


def test_every_kind_of_proof_has_words_for_everybody() -> None:
    assert set(PROVEN) == set(Kind)
