"""An environment belongs to one folder and one interpreter, and `make` notices."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

PYTHON = """#!/bin/sh
# Stands in for python3: what it makes only says whose it is.
case "$1" in
  -c)
    case "$2" in
      *exit*) [ VERSION != 3.10.13 ] ;;
      *version_info*) echo VERSION ;;
      *) echo "$0 VERSION" ;;
    esac ;;
  -m)
    [ "$2" = venv ] || exit 0
    mkdir -p "$3/bin"
    cp "$0" "$3/bin/python"
    printf '#!/bin/sh\\necho "serves %s with VERSION"\\n' "$PWD" > "$3/bin/assessment"
    chmod +x "$3/bin/assessment" ;;
esac
"""
SETTING_UP = "Setting up (once; about a minute) ..."


class Project:
    """A folder with the Makefile, and a python3 beside it."""

    def __init__(self, folder: Path, tools: Path) -> None:
        self.folder = folder
        self._tools = tools

    @classmethod
    def new(cls, place: Path, name: str = "p") -> Project:
        folder = place / name
        (folder / "locks").mkdir(parents=True)
        shutil.copy(ROOT / "Makefile", folder)
        shutil.copy(ROOT / "locks" / "install.sh", folder / "locks")
        for file in ("pyproject.toml", "locks/runtime.txt", "locks/dev.txt"):
            (folder / file).touch()
        made = cls(folder, place / "tools")
        made.has_python("3.11.2")
        return made

    def has_python(self, version: str) -> None:
        self._tools.mkdir(exist_ok=True)
        python = self._tools / "python3"
        python.write_text(PYTHON.replace("VERSION", version))
        python.chmod(0o755)

    def at(self, folder: Path) -> Project:
        return Project(folder, self._tools)

    def run(self) -> list[str]:
        """Run `make run`; return the lines that it prints."""
        ended = self.make()
        assert (ended.stderr, ended.returncode) == ("", 0)
        return ended.stdout.splitlines()

    def make(self, *more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["make", "run", *more], cwd=self.folder, capture_output=True, text=True, check=False,
            env={"PATH": f"{self._tools}:/usr/bin:/bin"},
        )  # fmt: skip


@pytest.fixture(params=["p", "two words"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    project = Project.new(tmp_path, request.param)
    assert project.run() == [SETTING_UP, f"serves {project.folder} with 3.11.2"]
    return project


def test_it_is_set_up_once(project: Project) -> None:
    assert project.run() == [f"serves {project.folder} with 3.11.2"]


def test_a_copy_serves_its_own_rules(project: Project) -> None:
    copy = project.at(project.folder.with_name("p2"))
    subprocess.run(["cp", "-r", project.folder, copy.folder], check=True)
    assert copy.run() == [SETTING_UP, f"serves {copy.folder} with 3.11.2"]
    assert copy.run() == [f"serves {copy.folder} with 3.11.2"]
    assert project.run() == [f"serves {project.folder} with 3.11.2"]


def test_a_folder_that_was_moved_is_set_up_anew(project: Project) -> None:
    moved = project.at(project.folder.rename(project.folder.with_name("moved")))
    assert moved.run() == [SETTING_UP, f"serves {moved.folder} with 3.11.2"]


def test_a_new_python_is_set_up_anew(project: Project) -> None:
    project.has_python("3.12.1")
    assert project.run() == [SETTING_UP, f"serves {project.folder} with 3.12.1"]
    assert project.run() == [f"serves {project.folder} with 3.12.1"]


def test_nothing_of_another_environment_is_left(project: Project) -> None:
    left = project.folder / ".venv" / "lib"
    left.mkdir()
    project.has_python("3.12.1")
    project.run()
    assert not left.exists()


def test_a_link_to_the_environment_of_another_folder_leaves_that_alone(project: Project) -> None:
    other = Project.new(project.folder.parent, "other")
    (other.folder / ".venv").symlink_to(project.folder / ".venv")
    assert other.run() == [SETTING_UP, f"serves {other.folder} with 3.11.2"]
    assert project.run() == [f"serves {project.folder} with 3.11.2"]


def test_an_environment_of_before_this_was_noted_is_made_anew(project: Project) -> None:
    (project.folder / ".venv" / "owner").unlink()
    assert project.run() == [SETTING_UP, f"serves {project.folder} with 3.11.2"]


@pytest.mark.parametrize("more", [(), ("VENV=.venv",)], ids=["own", "same environment"])
def test_a_python_that_is_not_there_costs_no_environment(
    project: Project, more: tuple[str, ...]
) -> None:
    ended = project.make("PYTHON=python3.99", *more)
    told, of_make = ended.stderr.splitlines()
    assert told == "This needs Python 3.11 or newer; there is no python3.99"
    assert of_make.startswith("make: ***")
    assert (ended.stdout, ended.returncode) == ("", 2)
    assert project.run() == [f"serves {project.folder} with 3.11.2"]


def test_a_python_that_is_too_old_costs_no_environment(project: Project) -> None:
    project.has_python("3.10.13")
    ended = project.make()
    told, _ = ended.stderr.splitlines()
    assert told == "This needs Python 3.11 or newer; python3 is 3.10.13"
    assert ended.stdout == ""
    project.has_python("3.11.2")
    assert project.run() == [f"serves {project.folder} with 3.11.2"]
