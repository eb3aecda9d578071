"""docs/asvs.md names tests that exist, and every item that is done has one of its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
DONE = PAGE[PAGE.index("\n## Done") : PAGE.index("\n## Deviations")]
FORTY = (
    "1.2.1", "1.2.4", "1.2.10", "1.3.6", "1.3.11", "2.2.1 2.2.2", "2.2.3", "2.3.1", "2.3.4",
    "2.4.1", "3.3.1 3.3.2 3.3.3 3.3.4", "3.4.1", "3.4.3 3.4.6", "3.4.4 3.4.5", "3.4.8",
    "3.5.1 3.5.3", "3.7.2", "5.4.1", "6.2.1 6.2.2 6.2.3 6.2.5 6.2.6 6.2.7 6.2.8 6.2.9",
    "6.2.4 6.2.12", "6.3.1", "6.3.2", "6.3.3", "6.4.3", "6.5.1", "6.5.5", "7.2.3 7.2.4",
    "7.3.1 7.3.2", "7.4.1", "7.4.2 7.4.5", "7.5.1 7.5.2", "8.2.1 8.2.2", "8.4.1",
    "9.2.1 9.2.2 9.2.3", "11.3.2 11.3.3", "11.4.2", "11.5.1", "13.4.2 13.4.5", "14.2.1",
    "14.3.1 14.3.2 14.3.3", "15.1.2 15.2.1", "15.3.3 15.3.4 15.3.7", "16.2.5 16.3.1 16.3.2 16.4.1",
    "16.5.1 16.5.3",
)  # fmt: skip
"""What was chosen of the standard for this product; a line is one subject."""
ROW = re.compile(r"^\| ([0-9]+\.[0-9]+\.[0-9]+) \| (.+?) \| (.+?) \|(?: (.+?) \|)?$", re.MULTILINE)
HEAD = re.compile(r"test_(?:asvs_)?((?:[0-9]+_[0-9]+_[0-9]+_(?:and_)?)+)")


def defined() -> Iterator[str]:
    """The name of every test function."""
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield node.name


TESTS = frozenset(defined())
ROWS = {number: re.findall(r"`(test_\w+)`", tests or "") for number, *_, tests in ROW.findall(DONE)}


def numbers_of(test: str) -> set[str]:
    """The numbers that a test carries: 7.4.1 for test_asvs_7_4_1_a_copied_cookie_is_dead."""
    head = HEAD.match(test)
    return set() if head is None else {
        f"{one}.{two}.{three}"
        for one, two, three in re.findall(r"([0-9]+)_([0-9]+)_([0-9]+)_", head[1])
    }  # fmt: skip


@pytest.mark.parametrize("number", ROWS)
def test_every_item_that_is_done_has_a_test_of_its_number(number: str) -> None:
    assert [test for test in ROWS[number] if test not in TESTS] == []
    assert [test for test in ROWS[number] if number in numbers_of(test)] != []


def test_every_number_that_a_test_carries_is_on_the_page() -> None:
    carried = {number for test in TESTS for number in numbers_of(test)}

    assert sorted(number for number in carried if f"| {number} |" not in PAGE) == []


def test_an_item_stands_on_the_page_once() -> None:
    listed = [number for number, *_ in ROW.findall(DONE)]

    assert len(listed) == len(set(listed))


@pytest.mark.parametrize("subject", FORTY)
def test_all_that_was_chosen_of_the_standard_is_done(subject: str) -> None:
    assert [number for number in subject.split() if number not in ROWS] == []


def test_numbers_are_read_from_names() -> None:
    assert numbers_of("test_asvs_3_4_4_and_3_4_5_on_every_route") == {"3.4.4", "3.4.5"}
    assert numbers_of("test_asvs_7_4_1_a_copy_is_dead") == {"7.4.1"}
    assert numbers_of("test_7_4_1_14_3_1_signing_out") == {"7.4.1", "14.3.1"}
    assert numbers_of("test_asvs_9_2_a_whole_section") == set()
    assert numbers_of("test_something_1_2_3_else") == set()
