"""docs/commands.md and the `assessment` command name the same commands and options."""

from __future__ import annotations

import re
import shlex

import click
import pytest

from assessment.cli import main
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([a-z-]+)([^`]*)` \| (.+?) \| `assessment (.+?)` \|$", TEXT, re.MULTILINE)
PAGES = sorted(path.name for path in (ROOT / "docs").glob("*.md"))


def options_of(command: click.Command) -> set[str]:
    """The options of a command, or of all commands of a group."""
    own = {option for each in command.params for option in each.opts}
    if isinstance(command, click.Group):
        return own.union(*(options_of(each) for each in command.commands.values()))
    return own


def test_the_page_has_one_line_for_each_command() -> None:
    assert sorted(name for name, *_ in ROWS) == sorted(main.commands)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row[0]))
def test_each_line_has_the_arguments_of_its_command(row: tuple[str, ...]) -> None:
    command = main.commands[row[0]]
    arguments = [each for each in command.params if isinstance(each, click.Argument)]
    written = [
        each.human_readable_name if each.required else f"[{each.human_readable_name}]"
        for each in arguments
    ]
    assert row[1].split() == written


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row[0]))
def test_each_example_is_one_of_its_command(row: tuple[str, ...]) -> None:
    name, *words = shlex.split(row[3])
    assert name == row[0]
    options = options_of(main.commands[name])
    assert {word for word in words if word.startswith("--")} <= options


@pytest.mark.parametrize("page", PAGES)
def test_options_of_commands_in_the_documents_exist(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    for name, rest in re.findall(r"assessment ([a-z][a-z-]*)([^`\n#]*)", text):
        command = main.commands.get(name)
        if command is not None:
            options = options_of(command) | {"--help"}
            assert set(re.findall(r"--[a-z-]+", rest)) <= options


def test_every_command_says_what_it_does() -> None:
    assert [name for name, command in main.commands.items() if not command.help] == []
