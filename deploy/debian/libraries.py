"""Installs the locked libraries into one folder, for each Python that the package works with."""

from __future__ import annotations

import filecmp
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

PYTHONS = ("3.11", "3.13")
"""Those of Debian 12 and 13."""
EXTRAS = ("postgresql", "machines", "traces")
LOCK = Path(__file__).resolve().parents[2] / "locks" / "runtime.txt"
GLIBC = 36
"""Debian 12 has 2.36; a wheel may ask for that or less."""
ABOUT = {"RECORD", "WHEEL", "sboms"}
"""What differs between two builds of one version, and is read by nothing."""


class CannotBuild(Exception):
    """The package cannot be built; `str()` says why."""


def install(project: dict[str, Any], parts: Path, drafts: Path) -> None:
    """Download what the lock names, check each hash, and merge it into the folder `parts`.

    Raises CannotBuild when two Pythons need different files of one name, or when one of them
    lacks something that the project needs.
    """
    for python in PYTHONS:
        folder = drafts / python
        _download(python, folder)
        keep(project, folder, python)
        merge(folder, parts)


def keep(project: dict[str, Any], folder: Path, python: str) -> None:
    """Leave only what the project needs to run: the lock holds what builds it, too.

    The commands of libraries go, and the lines about them: they name the folder they were built in.
    """
    found = {canonicalize_name(one.name): one for one in distributions(path=[str(folder)])}
    wanted = [*project["dependencies"]]
    for extra in EXTRAS:
        wanted += project["optional-dependencies"][extra]
    needed: set[NormalizedName] = set()
    _follow(wanted, python, found, needed)
    for name, one in found.items():
        if name not in needed:
            _remove(one, folder)
    shutil.rmtree(folder / "bin", ignore_errors=True)
    for record in folder.glob("*.dist-info/RECORD"):
        lines = record.read_text("utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not line.startswith("../../bin/")]
        record.write_text("".join(kept), "utf-8", newline="")


def merge(folder: Path, parts: Path) -> None:
    """Add the files of a folder to those of another Python. Raises CannotBuild."""
    parts.mkdir(parents=True, exist_ok=True)
    for source in sorted(folder.rglob("*")):
        where = source.relative_to(folder)
        target = parts / where
        if source.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        elif not target.exists():
            shutil.copy(source, target)
        elif not filecmp.cmp(source, target, shallow=False) and not _is_about(where):
            raise CannotBuild(f"{where} differs between {' and '.join(PYTHONS)}")


def _download(python: str, folder: Path) -> None:
    machine = platform.machine()
    tags = [f"manylinux_2_{minor}_{machine}" for minor in range(5, GLIBC + 1)]
    tags += [f"manylinux2014_{machine}", f"manylinux1_{machine}", f"linux_{machine}"]
    short = python.replace(".", "")
    ended = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input",
         "--quiet", "--require-hashes", "--no-deps", "--no-compile", "--only-binary=:all:",
         "--implementation=cp", f"--python-version={short}", f"--abi=cp{short}", "--abi=abi3",
         "--abi=none", *(f"--platform={tag}" for tag in tags), f"--target={folder}",
         f"--requirement={LOCK}"],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    if ended.returncode:
        raise CannotBuild(f"Python {python}: {ended.stderr.strip().splitlines()[-1]}")


def _follow(
    wanted: list[str],
    python: str,
    found: Mapping[NormalizedName, Distribution],
    needed: set[NormalizedName],
    extras: Iterable[str] = (),
) -> None:
    """Add what these requirements name, and what that requires in turn, to what is needed."""
    place = {"python_version": python, "python_full_version": f"{python}.2"}
    for line in wanted:
        requirement = Requirement(line)
        marker = requirement.marker
        if marker and not any(marker.evaluate({**place, "extra": one}) for one in ("", *extras)):
            continue
        name = canonicalize_name(requirement.name)
        if name not in found:
            raise CannotBuild(f"{LOCK.name} lacks {name}, which Python {python} needs")
        if name not in needed or requirement.extras:
            needed.add(name)
            _follow(found[name].requires or [], python, found, needed, requirement.extras)


def _remove(one: Distribution, folder: Path) -> None:
    for file in one.files or ():
        (folder / file).unlink(missing_ok=True)
    for left in sorted((path for path in folder.rglob("*") if path.is_dir()), reverse=True):
        if not any(left.iterdir()):
            left.rmdir()


def _is_about(where: Path) -> bool:
    return where.parts[0].endswith(".dist-info") and where.parts[1] in ABOUT
