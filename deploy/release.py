"""Builds a release into dist/: `make release`, on the commit of its tag. docs/releases.md says how.

Everything is built twice, in two clones in different places, and has to come out the same.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

PARTS = ("deb", "image")
"""Targets of the Makefile that leave something in dist/; one that there is not is passed over."""
CHOSEN = ("VERSION", "MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES")
"""By these whoever calls could choose another version than that of the tag."""
SUMS = "SHA256SUMS"
SOURCE = Path(__file__).parent / "debian" / "source.py"
MUST_DO = "### What you must do"
_SECTION = re.compile(r"^## \[(?P<version>[^\]]+)\](?: - (?P<day>\d{4}-\d\d-\d\d))?$", re.MULTILINE)


class CannotRelease(Exception):
    """There is no release; `str()` says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Release:
    """What is released. `made` is the time of its commit (Unix seconds)."""

    name: str
    version: str
    commit: str
    made: int


def sections(changelog: str) -> Mapping[str, tuple[str | None, str]]:
    """Return the day and the text of every release in a changelog, by version."""
    found = list(_SECTION.finditer(changelog))
    ends = [one.start() for one in found[1:]]
    last = re.compile(r"^## (?!\[)", re.MULTILINE).search(
        changelog, found[-1].end() if found else 0
    )
    ends.append(len(changelog) if last is None else last.start())
    return {
        one["version"]: (one["day"], changelog[one.end() : end])
        for one, end in zip(found, ends, strict=False)
    }


def must_do(section: str) -> str:
    """Return what a clinic must do for a release; empty where its section does not say."""
    _, _, after = section.partition(f"\n{MUST_DO}\n")
    return re.split(r"^##", after, maxsplit=1, flags=re.MULTILINE)[0].strip()


def main() -> int:
    """Release what lies here; return the exit status."""
    root = Path(__file__).resolve().parents[1]
    try:
        release = checked(root)
        for file in build(root, release, os.environ):
            print(file)
    except CannotRelease as error:
        print(f"not released: {error}", file=sys.stderr)
        return 1
    return 0


def checked(root: Path) -> Release:
    """Return what is to be released. Raises CannotRelease where anything speaks against it."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    name, version = project["name"], project["version"]
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        raise CannotRelease(f"{version} in pyproject.toml is not a release version such as 1.2.3")
    if _git(root, "status", "--porcelain"):
        raise CannotRelease("some changes are not committed; `git status` lists them")
    tag, commit = f"v{version}", _git(root, "rev-parse", "HEAD")
    if tag not in _git(root, "tag", "--points-at", "HEAD").split():
        raise CannotRelease(f"this commit has no tag {tag}; make it with: git tag -a {tag}")
    day, section = sections((root / "CHANGELOG.md").read_text("utf-8")).get(version, (None, ""))
    if day is None or not must_do(section):
        raise CannotRelease(
            f"CHANGELOG.md has no section [{version}] with a day and “{MUST_DO.lstrip('# ')}”"
        )
    _check_steps(root, version)
    return Release(name, version, commit, int(_git(root, "log", "-1", "--format=%ct")))


def build(root: Path, release: Release, environ: Mapping[str, str]) -> list[Path]:
    """Build everything twice, compare, and put it into dist/; return what lies there.

    Raises CannotRelease; dist/ is as it was then.
    """
    with tempfile.TemporaryDirectory(prefix="release-") as name:
        _rehearse(Path(name) / "rehearsal", environ)
        one, other = (_built(root, Path(name) / place, release, environ) for place in ("a", "b/c"))
        sums = _sums(one)
        differs = sorted(dict(sums.items() ^ _sums(other).items()))
        if differs:
            raise CannotRelease(f"the two builds are not the same: {', '.join(differs)}")
        _write_sums(one, sums)
        _sign(one / SUMS, environ)
        _offer(one, environ)
        target = root / "dist"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(one, target)
    return sorted(target.iterdir())


def _check_steps(root: Path, version: str) -> None:
    migrations = root / "assessment" / "records" / "migrations"
    newest = max(path.name[1:5] for path in (migrations / "versions").glob("v*_*.py"))
    line = f'"{version}": "{newest}"'
    if line not in (migrations / "releases.py").read_text("utf-8"):
        raise CannotRelease(f"{migrations.name}/releases.py does not say {line}")


def _built(root: Path, place: Path, release: Release, environ: Mapping[str, str]) -> Path:
    """Build in a new clone; return the folder of what came out."""
    place.parent.mkdir(parents=True, exist_ok=True)
    _git(root, "clone", "--quiet", "--no-hardlinks", str(root), str(place))
    _git(place, "checkout", "--quiet", "--detach", release.commit)
    made = {name: value for name, value in environ.items() if name not in CHOSEN}
    made |= {"SOURCE_DATE_EPOCH": str(release.made), "TZ": "UTC", "LC_ALL": "C.UTF-8"}
    targets = (place / "Makefile").read_text("utf-8")
    out = place / "dist"
    out.mkdir(exist_ok=True)
    for part in PARTS:
        if not re.search(rf"^{part}:", targets, re.MULTILINE):
            continue
        done = subprocess.run(["make", part], cwd=place, env=made, check=False)  # noqa: S607  our own
        if done.returncode:
            raise CannotRelease(f"`make {part}` failed")
    stem = f"{release.name}-{release.version}"
    _archive(place, out / f"{stem}.tar.gz", stem)
    shutil.copyfile(place / "locks" / "sbom.json", out / f"{stem}.cdx.json")
    return out


def _archive(place: Path, target: Path, stem: str) -> None:
    packed = subprocess.run(
        ["git", "-C", str(place), "archive", f"--prefix={stem}/", "HEAD"],  # noqa: S607
        capture_output=True,
        check=True,
    ).stdout
    target.write_bytes(gzip.compress(packed, 9, mtime=0))


def _sums(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _write_sums(folder: Path, sums: Mapping[str, str]) -> None:
    lines = [f"{found}  {name}\n" for name, found in sums.items()]
    (folder / SUMS).write_text("".join(lines), "utf-8")


def _rehearse(folder: Path, environ: Mapping[str, str]) -> None:
    """Sign nothing: a key or a program that is not there shows before everything is built."""
    folder.mkdir()
    _write_sums(folder, {})
    _sign(folder / SUMS, environ)
    if environ.get("GPG_KEY"):
        _make_source(folder, environ)


def _sign(sums: Path, environ: Mapping[str, str]) -> None:
    """Sign the sums with the keys that are named, if any."""
    commands = []
    if key := environ.get("GPG_KEY"):
        signed = f"{sums}.asc"
        commands.append(
            ["gpg", "--batch", "--yes", "-u", key, "--armor", "-o", signed, "-b", str(sums)]
        )
    if key := environ.get("MINISIGN_KEY"):
        commands.append(["minisign", "-S", "-s", key, "-m", str(sums)])
    for command in commands:
        try:
            done = subprocess.run(command, env=dict(environ), check=False)
        except FileNotFoundError:
            raise CannotRelease(f"{command[0]} is missing: apt install {command[0]}") from None
        if done.returncode:
            raise CannotRelease(f"{command[0]} could not sign")


def _offer(folder: Path, environ: Mapping[str, str]) -> None:
    """Make an apt source of the packages, where somebody signs it."""
    packages = [*folder.glob("*.deb")]
    if not packages or not environ.get("GPG_KEY"):
        return
    (folder / "apt").mkdir()
    for package in packages:
        shutil.copy(package, folder / "apt")
    _make_source(folder / "apt", environ)


def _make_source(folder: Path, environ: Mapping[str, str]) -> None:
    command = [sys.executable, str(SOURCE), str(folder)]
    if subprocess.run(command, env=dict(environ), check=False).returncode:
        raise CannotRelease("no apt source was made; the lines above say why")


def _git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *arguments],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CannotRelease(f"git {arguments[0]}: {done.stderr.strip()}")
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
