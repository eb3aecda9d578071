"""A sign-off covers everything that decides or is shown, and anything else is listed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from assessment.engine.conditions import Operator
from assessment.engine.protocol import Review
from assessment.protocols import conditions
from assessment.protocols.diagnostics import Report
from assessment.protocols.folder import BESIDE, NOT_COVERED, Folder
from assessment.protocols.hashes import content_hash
from assessment.protocols.load import RULES_FOLDER, load_protocol
from assessment.protocols.sign_off import sign_off
from tests import tiny

SHIPPED = RULES_FOLDER / "muscle_pain"
WORDS = {*conditions.WORDS, *(each.value for each in Operator), "says", "therapist", "person"}
YAML_FILES = sorted(path.name for path in SHIPPED.glob("*.yaml"))
REVIEW = Review("Ada Smith", "Physiotherapist", "2026-01-02")
NAMES_BELOW = {
    "findings", "when", "requires", "enable_when", "answers", "usual", "not_sure",
    "misses_the_way_out",
}  # fmt: skip
"""Below these a key is the name of a question or the like, and no kind of its own."""

Where = tuple[str | int, ...]


def hash_of(folder: Path) -> str:
    return content_hash(Folder(folder, Report()).covered())


def leaves(value: object, where: Where = ()) -> Iterator[Where]:
    """Every leaf of a file, by the keys and numbers that lead to it."""
    match value:
        case dict():
            for key, inner in value.items():
                yield from leaves(inner, (*where, key))
        case list():
            for number, inner in enumerate(value):
                yield from leaves(inner, (*where, number))
        case _:
            yield where


def kind_of(where: Where) -> tuple[str, ...]:
    """What sort of leaf it is: its keys, without numbers and without what is a name."""
    keys = [str(key) for key in where if not isinstance(key, int)]
    begun = next((place for place, key in enumerate(keys) if key in NAMES_BELOW), len(keys))
    return (*keys[: begun + 1], *(key for key in keys[begun + 1 :] if key in WORDS))


def shortened(tree: object) -> object:
    """The same file with fewer items in its long lists, so that no kind of leaf is lost."""
    if isinstance(tree, dict):
        return {key: shortened(inner) for key, inner in tree.items()}
    if not isinstance(tree, list):
        return tree
    kinds: set[tuple[str, ...]] = set()
    kept = []
    for item in tree:
        found = {kind_of(where) for where in leaves(item)}
        if not found <= kinds:
            kinds |= found
            kept.append(item)
    return kept


def changed(value: object) -> object:
    return value + 1 if type(value) in (int, float) else f"{value}x"  # type: ignore[operator]


def put(tree: object, where: Where, change: Callable[[object], object]) -> None:
    for key in where[:-1]:
        tree = tree[key]  # type: ignore[index]
    tree[where[-1]] = change(tree[where[-1]])  # type: ignore[index]


@pytest.mark.parametrize("name", YAML_FILES)
def test_a_change_to_any_kind_of_leaf_of_any_file_makes_the_sign_off_void(
    name: str, tmp_path: Path
) -> None:
    def hashed(tree: object) -> str:
        (tmp_path / name).write_text(json.dumps(tree, default=str), encoding="utf-8")
        return hash_of(tmp_path)

    text = (SHIPPED / name).read_text(encoding="utf-8")
    tree = shortened(yaml.load(text, yaml.CSafeLoader))
    reviewed = hashed(tree)
    first = {kind_of(where): where for where in reversed(list(leaves(tree)))}
    assert first
    for kind, where in first.items():
        there: list[object] = []

        def change(value: object, there: list[object] = there) -> object:
            there.append(value)
            return changed(value)

        put(tree, where, change)
        assert hashed(tree) != reviewed, kind
        put(tree, where, lambda _, there=there: there[0])  # type: ignore[misc]
    assert hashed(tree) == reviewed


@pytest.mark.parametrize("path", sorted((SHIPPED / "guide").glob("*")), ids=lambda path: path.name)
def test_a_change_to_any_guide_page_makes_the_sign_off_void(path: Path, tmp_path: Path) -> None:
    (tmp_path / "guide").mkdir()
    copy = tmp_path / "guide" / path.name
    shutil.copy(path, copy)
    reviewed = hash_of(tmp_path)
    copy.write_text(path.read_text(encoding="utf-8") + "One more word.\n", encoding="utf-8")

    assert hash_of(tmp_path) != reviewed


def test_every_file_of_the_shipped_protocol_is_covered_or_listed_with_a_reason() -> None:
    covered = {name for name, _ in Folder(SHIPPED, Report()).covered()}
    there = {path.relative_to(SHIPPED).as_posix() for path in SHIPPED.rglob("*") if path.is_file()}

    assert there - covered <= NOT_COVERED.keys()
    assert covered >= set(BESIDE)
    assert all(NOT_COVERED.values())


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped protocol with a sign-off, without its cases: they take long to read."""
    folder = tmp_path_factory.mktemp("signed") / "protocol"
    shutil.copytree(SHIPPED, folder, ignore=shutil.ignore_patterns("cases.yaml"))
    sign_off(folder, load_protocol(folder), REVIEW)
    assert load_protocol(folder).review == REVIEW
    return folder


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("protocol.yaml", "author: The", "author: Another"),
        ("protocol.yaml", "audience: Anyone", "audience: Everybody"),
        ("protocol.yaml", "therapist: trigger point", "therapist: massage"),
        ("protocol.yaml", "carer_when: {who: someone}", "carer_when: {who: me}"),
        ("protocol.yaml", 'version: "', 'withdraws: "0.9"\nversion: "'),
        ("questions.yaml", "section: private", "section: about"),
        ("questions.yaml", "carer: ", "carer: Not "),
        ("recommendations.yaml", "invited: Your visit", "invited: No visit"),
        ("safety.yaml", "urgency_at_least: urgent_medical", "urgency_at_least: emergency"),
        ("evidence.yaml", 'source: "', 'source: "Not '),
        ("population.yaml", "seed: 2", "seed: 3"),
    ],
)
def test_a_sign_off_of_the_shipped_protocol_survives_no_change(
    signed: Path, tmp_path: Path, name: str, old: str, new: str
) -> None:
    folder = tmp_path / "protocol"
    shutil.copytree(signed, folder)
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    assert load_protocol(folder).review is None


def test_a_guide_page_that_is_taken_away_makes_the_sign_off_void(tmp_path: Path) -> None:
    (tmp_path / "guide").mkdir()
    (tmp_path / "guide" / "heat.md").write_text("# Heat")
    sign_off(tmp_path, tiny.load(tmp_path), REVIEW)
    (tmp_path / "guide" / "heat.md").unlink()

    assert load_protocol(tmp_path).review is None


def test_what_nothing_reads_leaves_a_sign_off_as_it_is(tmp_path: Path) -> None:
    sign_off(tmp_path, tiny.load(tmp_path), REVIEW)
    (tmp_path / "texts.yaml").write_text(f"# a note\n{tiny.TEXTS}", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("A note.")
    (tmp_path / ".rules.yaml.swp").write_bytes(b"\xff")

    assert load_protocol(tmp_path).review == REVIEW


def test_a_sign_off_from_before_everything_was_covered_counts_no_more(tmp_path: Path) -> None:
    path = sign_off(tmp_path, tiny.load(tmp_path), REVIEW)
    old = yaml.safe_load(path.read_text(encoding="utf-8"))
    del old["content_hash"]
    path.write_text(yaml.safe_dump(old), encoding="utf-8")

    assert load_protocol(tmp_path).review is None


def test_a_file_beside_that_is_no_text_is_covered_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "population.yaml").write_bytes(b"\xff: [")
    sign_off(tmp_path, tiny.load(tmp_path), REVIEW)
    assert load_protocol(tmp_path).review == REVIEW

    (tmp_path / "population.yaml").write_bytes(b"\xfe: [")
    assert load_protocol(tmp_path).review is None
