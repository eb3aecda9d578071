"""docs/asvs.md names tests that exist, and every item that is done has one of its own."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
DONE = PAGE[PAGE.index("\n## Done") : PAGE.index("\n## Deviations")]
WAITING = PAGE[PAGE.index("\n## Waiting") :]
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


def test_an_item_stands_on_the_page_once_or_says_what_of_it_waits() -> None:
    listed = [number for number, *_ in ROW.findall(DONE)]

    assert len(listed) == len(set(listed))
    assert len(listed) >= 40


def test_everything_that_waits_has_its_reason() -> None:
    waiting = ROW.findall(WAITING)

    assert {"15.1.2", "15.2.1"} <= {number for number, *_ in waiting}
    assert [number for number, _, reason, _ in waiting if len(reason) < 20] == []


def test_numbers_are_read_from_names() -> None:
    assert numbers_of("test_asvs_3_4_4_and_3_4_5_on_every_route") == {"3.4.4", "3.4.5"}
    assert numbers_of("test_asvs_7_4_1_a_copy_is_dead") == {"7.4.1"}
    assert numbers_of("test_7_4_1_14_3_1_signing_out") == {"7.4.1", "14.3.1"}
    assert numbers_of("test_asvs_9_2_a_whole_section") == set()
    assert numbers_of("test_something_1_2_3_else") == set()
