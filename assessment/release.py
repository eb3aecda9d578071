"""Which release this is. The only place that says so is `pyproject.toml`."""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path

NAME = "muscle-pain-assessment"
_PROJECT = Path(__file__).parents[1] / "pyproject.toml"


def version() -> str:
    """Return the version of this program; of a folder of its own that of the folder.

    What was installed from a folder keeps the version of that day, so the folder is asked first.
    """
    try:
        project = tomllib.loads(_PROJECT.read_text("utf-8"))["project"]
        if project["name"] == NAME:
            return str(project["version"])
    except (OSError, ValueError, KeyError):
        pass
    try:
        return installed(NAME)
    except PackageNotFoundError:
        return "unknown"
