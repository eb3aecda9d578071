"""What is kept under a hash loads again, whichever file was changed since."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from assessment.engine.text import Text
from assessment.protocols.diagnostics import BrokenProtocol
from assessment.protocols.load import RULES_FOLDER, load_protocol
from assessment.protocols.versions import (
    CASES,
    WrongVersion,
    load_files,
    read_files,
    version_of,
)
from tests import tiny

SHIPPED = sorted(path.parent for path in RULES_FOLDER.glob("*/protocol.yaml"))
VERSION_1 = Path(__file__).parents[1] / "content" / "muscle_pain_1_0_0"
VERSION_1_HASHES = (
    "3b0eb94c3e252597e93b651eabbfe5e6de9eec42420966a4bb0752f56c2a118a"
    "68f8055ca219b02aa4c5d18a9edc7d4ae79a49965b9326684af112674fb72a9e"
)
"""Of the files above, as the program of that day made it."""

VERSION_2_HASHES = (
    "28d630dcbc4d53fc06cc227000c31e95d6f7b7e8163dfadb40c2edf5ecc962b7"
    "7d371d922d385f31c5b779c14eb0d493f3842d5d93850aad8efeb3e06b7dcec2"
)
"""Of a tiny protocol with `audience`, `therapist`, `carer_when` and a section, as the program of
version 2.1 made it."""

Change = Callable[[str], str]


def words(key: str) -> Change:
    """Return a change that puts a word in front of the first text with this key."""
    return lambda text: re.sub(rf"(\b{key}: (?:>-\n *)?[\"']?)", r"\1Changed ", text, count=1)


CHANGES: dict[str, Change] = {
    "protocol.yaml": words("title"),
    "questions.yaml": words("ask"),
    "rules.yaml": words("because"),
    "recommendations.yaml": words("short"),
    "safety.yaml": words("promise"),
    "texts.yaml": words(r"section_\w+"),
    "evidence.yaml": words("claim"),
    "guide": lambda text: text + "\nOne more sentence.\n",
}


def loads_again(folder: Path) -> str:
    """Load a protocol from what would be kept of it; return its version."""
    protocol = load_protocol(folder)
    kept = load_files(read_files(folder), version_of(protocol))
    assert kept.questions == protocol.questions
    return version_of(kept)


@pytest.fixture(scope="module", params=SHIPPED, ids=lambda path: path.name)
def shipped(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of each shipped protocol, without cases: they take long to read."""
    copy = tmp_path_factory.mktemp("shipped") / "protocol"
    source: Path = request.param
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns(CASES, "population*"))
    return copy


@pytest.fixture(scope="module")
def unchanged(shipped: Path) -> str:
    return loads_again(shipped)


@pytest.mark.parametrize(
    ("shipped", "name"),
    [(path, name) for path in SHIPPED for name in CHANGES if (path / name).exists()],
    indirect=["shipped"],
    ids=lambda value: getattr(value, "name", value),
    scope="module",
)
def test_a_shipped_protocol_loads_again_before_and_after_a_change_to_any_file(
    shipped: Path, unchanged: str, name: str, tmp_path: Path
) -> None:
    folder = tmp_path / "protocol"
    shutil.copytree(shipped, folder)
    path = sorted((folder / name).glob("*.md"))[0] if name == "guide" else folder / name
    text = path.read_text(encoding="utf-8")
    path.write_text(CHANGES[name](text), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != text
    try:
        now = loads_again(folder)
    except BrokenProtocol as report:
        review(folder, report)
        now = loads_again(folder)
    assert now != unchanged


def review(folder: Path, report: BrokenProtocol) -> None:
    """Add the line of review that words need which were changed."""
    [line] = re.findall(r"- \{date: .+, wording: \"[0-9a-f]{16}\"\}", str(report))
    with (folder / "safety_texts.yaml").open("a", encoding="utf-8") as file:
        file.write(f"  {line}\n")


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_protocol_loads_again_with_its_cases_and_they_change_no_version(
    folder: Path,
) -> None:
    files = read_files(folder)
    protocol = load_protocol(folder)
    assert CASES in files
    assert load_files(files, version_of(protocol)) == protocol
    del files[CASES]
    assert load_files(files, version_of(protocol)).cases == ()


def test_a_protocol_in_two_languages_loads_again_after_a_change_to_one(tmp_path: Path) -> None:
    head = f"{tiny.PROTOCOL}languages: [en, de]\n"
    before = loads_again(tiny.write(tmp_path, protocol=head, de=tiny.GERMAN))
    german = tiny.GERMAN.replace("eine rote", "eine ganz rote")
    assert loads_again(tiny.write(tmp_path, protocol=head, de=german)) != before


def test_what_was_kept_by_the_program_of_version_1_loads_again() -> None:
    protocol = load_files(read_files(VERSION_1), VERSION_1_HASHES)
    assert protocol.version == "1.0.0"


def test_what_was_kept_before_the_hash_knew_audience_and_therapist_loads_again(
    tmp_path: Path,
) -> None:
    folder = tiny.write(
        tmp_path,
        protocol=tiny.PROTOCOL + "audience: Anyone\ntherapist: masseur\ncarer_when: {flag: red}\n",
        questions=tiny.QUESTIONS.replace("short: Flag\n", "short: Flag\n  section: first\n"),
        texts=f"{tiny.TEXTS}section_first: First\n",
    )
    assert version_of(load_protocol(folder)) != VERSION_2_HASHES

    protocol = load_files(read_files(folder), VERSION_2_HASHES)

    assert version_of(protocol) == VERSION_2_HASHES
    assert protocol.therapist == Text("masseur")


def test_a_file_that_is_missing_or_was_changed_is_not_overlooked(tmp_path: Path) -> None:
    promise = (
        "[{id: p, promise: A promise., when: {flag: red}, then: {urgency_at_least: emergency}}]"
    )
    folder = tiny.write(tmp_path, safety=promise)
    files, version = read_files(folder), version_of(load_protocol(folder))
    del files["safety.yaml"]
    with pytest.raises(WrongVersion):
        load_files(files, version)
