"""Versions that were served are kept with their proofs, and nothing forged or stale is believed."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assessment.engine.protocol import Protocol, Review
from assessment.proof import kept as kept_module
from assessment.proof.kept import NotProven, Proof, proof_key, proof_of
from assessment.proof.report import Kind, Report
from assessment.proof.versions import FOLDER, KEPT_FOR, MOST_OLDER, Older, StoredVersions
from assessment.protocols.load import load_protocol
from assessment.protocols.sign_off import sign_off
from assessment.protocols.versions import load_files, read_files, version_of

SMALL = Path(__file__).parents[1] / "protocols" / "web_small"
KEY, OTHER_KEY = bytes(range(32)), bytes(32)
NOW = 1_800_000_000
TODAY, TOMORROW = "2027-01-15 08:00 UTC", "2027-01-16 08:00 UTC"
DAY = 24 * 60 * 60
CALLED_BY_2_1 = (
    "928495744abbde1cdf0a85cb51ac2c67103e9eef10115c0bd29feaec39919c22"
    "787599d063e83aea18a1d76572924e2bb1602e0850a60479632bb6d6d19a4fc9"
)
"""The small protocol, by the hashes of the program of version 2.1."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small protocol, in a folder of its own."""
    place = tmp_path / "protocol"
    shutil.copytree(SMALL, place)
    return place


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    place = tmp_path / "instance"
    place.mkdir()
    return place


@pytest.fixture
def nothing_is_proven_again(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    def never(*_: object) -> None:
        raise AssertionError("proven again")

    return lambda: monkeypatch.setattr(kept_module, "prove", never)


def start(
    instance: Path, folder: Path, now: int = NOW, key: bytes = KEY
) -> tuple[Proof, tuple[Older, ...]]:
    """Start a server on what stands in the folder."""
    protocol = load_protocol(folder)
    stored = StoredVersions(instance, key, now)
    return stored.serve(protocol, read_files(folder)), stored.older(protocol)


def change(folder: Path, file: str, old: str, new: str) -> Protocol:
    """Change a file; return what stood there before."""
    before = load_protocol(folder)
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return before


def say(folder: Path, words: str, version: str = "0.1") -> Protocol:
    """Give the protocol another title and version; return what it was before."""
    before = load_protocol(folder)
    head = f'title: {before.title.text}\nversion: "{before.version}"'
    return change(folder, "protocol.yaml", head, f'title: {words}\nversion: "{version}"')


def withdraw(folder: Path, version: str) -> None:
    with (folder / "protocol.yaml").open("a") as file:
        file.write(f'withdraws: "{version}"\n')


def kept(instance: Path) -> list[Path]:
    return sorted((instance / FOLDER).iterdir())


def test_a_proof_is_kept_for_the_next_start(
    instance: Path, folder: Path, nothing_is_proven_again: Callable[[], None]
) -> None:
    first, _ = start(instance, folder)
    assert first.when == TODAY
    assert dict(first.checked).keys() == set(Kind)
    nothing_is_proven_again()
    assert start(instance, folder, NOW + DAY)[0] == first
    assert [path.name for path in kept(instance)] == [f"{version_of(load_protocol(folder))}.json"]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("rules.yaml", "at_least: 9", "at_least: 10"),
        ("questions.yaml", "label: Left calf,", "label: The left calf,"),
        ("safety.yaml", "Chest pain is an emergency.", "Chest pain always is one."),
        ("cases.yaml", "age: 40", "age: 41"),
        ("questions.yaml", "informs: therapist", "informs: therapist, hint: None"),
    ],
)
def test_a_proof_of_anything_else_does_not_count(
    instance: Path, folder: Path, file: str, old: str, new: str
) -> None:
    start(instance, folder)
    change(folder, file, old, new)
    assert start(instance, folder, NOW + DAY)[0].when == TOMORROW


@pytest.mark.parametrize(
    ("where", "what"), [(kept_module, "version"), (sys, "version")], ids=["solver", "python"]
)
def test_a_proof_by_another_program_does_not_count(
    instance: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, where: object, what: str
) -> None:
    start(instance, folder)
    another = "another" if where is sys else (lambda _: "another solver")
    monkeypatch.setattr(where, what, another)
    assert start(instance, folder, NOW + DAY)[0].when == TOMORROW


def test_the_program_is_known_by_its_content(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    protocol = load_protocol(folder)
    package = Path(kept_module.__file__).parents[1]
    for part in ("engine", "proof"):
        shutil.copytree(package / part, tmp_path / part)
    monkeypatch.setattr(kept_module, "__file__", str(tmp_path / "proof" / "kept.py"))
    assert proof_key(protocol) == (same := proof_key(protocol))
    with (tmp_path / "engine" / "lowering.py").open("a") as file:
        file.write("# changed\n")
    assert proof_key(protocol) != same


@pytest.mark.parametrize("content", ["", "{", "[]", "\n", "é\n{}", "0\n{}"])
def test_a_damaged_file_counts_as_none(instance: Path, folder: Path, content: str) -> None:
    start(instance, folder)
    kept(instance)[0].write_text(content, encoding="utf-8")
    assert start(instance, folder, NOW + DAY)[0].when == TOMORROW
    assert start(instance, folder)[0].when == TOMORROW


def test_a_proof_that_was_made_with_another_key_is_not_believed(
    instance: Path, folder: Path
) -> None:
    start(instance, folder, key=OTHER_KEY)
    assert start(instance, folder, NOW + DAY)[0].when == TOMORROW


def test_a_forged_proof_serves_nothing(instance: Path, folder: Path) -> None:
    """Whoever can write the file, but has not the key, knows all that the proof is named by."""
    start(instance, folder)
    [path] = kept(instance)
    seal, _, body = path.read_text().partition("\n")
    rules = (folder / "rules.yaml").read_text("utf-8")
    without = rules[: rules.index("  - {id: chest_pain")] + rules[rules.index("  - {id: numb") :]
    (folder / "rules.yaml").write_text(without, "utf-8")
    unproven = load_protocol(folder)
    record = json.loads(body)
    record["version"], record["files"] = version_of(unproven), read_files(folder)
    record["proof"]["key"] = proof_key(unproven)
    forged = path.with_name(f"{version_of(unproven)}.json")
    forged.write_text(f"{seal}\n{json.dumps(record)}")
    with pytest.raises(NotProven):
        start(instance, folder)


def test_a_proof_that_cannot_be_kept_still_counts(tmp_path: Path, folder: Path) -> None:
    assert start(tmp_path / "no" / "folder", folder)[0].when == TODAY


def test_a_folder_that_cannot_be_changed_stops_no_start(instance: Path, folder: Path) -> None:
    start(instance, folder)
    say(folder, "Another check")
    there = instance / FOLDER
    shutil.rmtree(there)
    there.touch()  # no folder: nothing can be written there, nor read
    assert start(instance, folder, NOW + DAY)[1] == ()


def test_what_was_served_before_is_there_with_its_review_and_needs_no_new_proof(
    instance: Path, folder: Path, nothing_is_proven_again: Callable[[], None]
) -> None:
    sign_off(folder, load_protocol(folder), Review("A. Name", "physiotherapist", "2026-11-23"))
    start(instance, folder)
    before = say(folder, "Another check")
    _, older = start(instance, folder)
    nothing_is_proven_again()
    assert start(instance, folder)[1] == older
    [one] = older
    assert one.goes_on
    assert one.protocol == before
    assert one.protocol.review is not None
    assert version_of(one.protocol) != version_of(load_protocol(folder))
    assert one.files == {name: text for name, text in one.files.items() if name != "review.yaml"}


def test_walks_go_on_under_what_an_earlier_program_called_by_another_hash(
    instance: Path, folder: Path
) -> None:
    files = read_files(folder)
    then = load_files(files, CALLED_BY_2_1)
    StoredVersions(instance, KEY, NOW).serve(then, files)

    _, [older] = start(instance, folder)

    assert older.goes_on
    assert version_of(older.protocol) == CALLED_BY_2_1
    assert version_of(load_protocol(folder)) != CALLED_BY_2_1


def test_a_version_is_kept_for_three_days_after_its_last_one_and_not_after_its_first(
    instance: Path, folder: Path
) -> None:
    start(instance, folder)
    before = say(folder, "Another check")
    changed_at = NOW + 100 * DAY
    for now, there in (
        (changed_at, True),
        (changed_at + KEPT_FOR, True),
        (changed_at + KEPT_FOR + 1, False),
    ):
        _, older = start(instance, folder, now)
        assert [version_of(one.protocol) for one in older] == [version_of(before)] * there
    assert len(kept(instance)) == 1


def test_what_is_served_again_is_no_older_version(instance: Path, folder: Path) -> None:
    start(instance, folder)
    first = say(folder, "Another check")
    start(instance, folder)
    second = say(folder, first.title.text)
    [older] = start(instance, folder, NOW + DAY)[1]
    assert version_of(older.protocol) == version_of(second)
    assert version_of(load_protocol(folder)) == version_of(first)


def test_only_the_newest_are_kept(instance: Path, folder: Path) -> None:
    said = []
    for number in range(MOST_OLDER + 2):
        start(instance, folder, NOW + number)
        said.append(version_of(say(folder, f"Check {number}")))
    _, older = start(instance, folder, NOW + MOST_OLDER + 2)
    assert [version_of(one.protocol) for one in older] == said[: -MOST_OLDER - 1 : -1]
    assert len(kept(instance)) == MOST_OLDER + 1


def test_a_version_that_is_withdrawn_does_not_go_on_and_never_does_again(
    instance: Path, folder: Path
) -> None:
    start(instance, folder)
    say(folder, "Another check", "0.2")
    withdraw(folder, "0.1")
    assert [one.goes_on for one in start(instance, folder)[1]] == [False]
    say(folder, "A third check", "0.3")
    change(folder, "protocol.yaml", 'withdraws: "0.1"\n', "")
    older = start(instance, folder)[1]
    assert {one.protocol.version: one.goes_on for one in older} == {"0.1": False, "0.2": True}


def test_only_the_versions_that_are_named_are_withdrawn(instance: Path, folder: Path) -> None:
    start(instance, folder)
    say(folder, "Another check", "0.3")
    withdraw(folder, "0.2")
    assert [one.goes_on for one in start(instance, folder)[1]] == [True]


def test_a_version_that_is_not_proven_any_more_does_not_go_on(
    instance: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    start(instance, folder)
    before = say(folder, "Another check")
    start(instance, folder)

    def proven_by_a_stricter_program(protocol: Protocol, kept: Proof | None, now: str) -> Proof:
        if protocol.title == before.title:
            raise NotProven(protocol, Report((), 0.0, None))
        return proof_of(protocol, kept, now)

    monkeypatch.setattr("assessment.proof.versions.proof_of", proven_by_a_stricter_program)
    assert [one.goes_on for one in start(instance, folder)[1]] == [False]
    assert "0.1 is not proven" in caplog.text


def test_a_version_that_does_not_load_any_more_is_left_out_and_the_log_says_so(
    instance: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    start(instance, folder)
    say(folder, "Another check")
    start(instance, folder)

    def broken(*_: object) -> None:
        raise KeyError("gone from the language")

    monkeypatch.setattr("assessment.proof.versions.load_files", broken)
    assert start(instance, folder)[1] == ()
    assert "gone from the language" in caplog.text
    start(instance, folder, NOW + KEPT_FOR + 1)
    assert len(kept(instance)) == 1


def test_a_clock_that_was_ahead_keeps_nothing_for_longer(instance: Path, folder: Path) -> None:
    start(instance, folder)
    say(folder, "Another check")
    start(instance, folder, NOW + 1000 * DAY)
    assert len(start(instance, folder, NOW)[1]) == 1
    assert start(instance, folder, NOW + KEPT_FOR + 1)[1] == ()
