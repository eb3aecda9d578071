"""A release is what its tag says, built twice and the same, with what a clinic must do for it."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

import assessment.release
from assessment.cli import main
from assessment.records import oldest_code
from assessment.records.migrations.releases import RELEASES
from tests.conftest import ROOT

sys.path.append(str(ROOT / "deploy"))

from release import (
    CannotRelease,
    build,
    checked,
    must_do,
    sections,
)

CHANGELOG = """# Changelog

## [Unreleased]

### What you must do

Nothing.

## [1.2.0] - 2026-12-01

### What you must do

Nothing.

## Before the first release
"""
MAKEFILE = "deb:\n\t@mkdir -p dist && date -u -d @$$SOURCE_DATE_EPOCH > dist/one.deb\n"
A_PACKAGE = """deb:
\t@mkdir -p dist one/DEBIAN
\t@printf 'Package: one\\nVersion: 1\\nArchitecture: all\\nMaintainer: A <a@b.example>\\n'\\
\t'Description: one\\n' > one/DEBIAN/control
\t@dpkg-deb --root-owner-group --build one dist
"""
STEPS = "assessment/records/migrations"


def git(folder: Path, *arguments: str) -> None:
    who = ["-c", "user.name=A", "-c", "user.email=a@b.example", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project of which 1.2.0 can be released."""
    folder = tmp_path / "project"
    for name, text in {
        "pyproject.toml": '[project]\nname = "small"\nversion = "1.2.0"\n',
        "CHANGELOG.md": CHANGELOG,
        "Makefile": MAKEFILE,
        "locks/sbom.json": "{}\n",
        ".gitignore": "/dist/\n",
        f"{STEPS}/versions/v0031_one.py": "",
        f"{STEPS}/releases.py": 'RELEASES = {"1.1.0": "0030", "1.2.0": "0031"}\n',
    }.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    git(tmp_path, "init", "-q", str(folder))
    committed(folder)
    return folder


def committed(folder: Path, tag: str = "v1.2.0") -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "One")
    git(folder, "tag", "-f", tag)


def test_a_release_has_everything_with_sums_and_leaves_nothing_of_before(project: Path) -> None:
    (project / "dist").mkdir()
    (project / "dist" / "old.deb").touch()
    made = build(project, checked(project), {"PATH": "/usr/bin:/bin"})
    names = ["SHA256SUMS", "one.deb", "small-1.2.0.cdx.json", "small-1.2.0.tar.gz"]
    assert [one.name for one in made] == names
    said = dict(line.split("  ")[::-1] for line in made[0].read_text().splitlines())
    assert said == {
        one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in made if one is not made[0]
    }
    with tarfile.open(made[-1]) as packed:
        assert "small-1.2.0/CHANGELOG.md" in packed.getnames()


def test_the_version_is_that_of_the_tag_whatever_the_caller_has_set(project: Path) -> None:
    (project / "Makefile").write_text("deb:\n\t@mkdir -p dist && echo '[$(VERSION)]' > dist/one\n")
    committed(project)
    for chosen in ({"VERSION": "9.9.9"}, {"MAKEFLAGS": " -- VERSION=9.9.9"}):
        build(project, checked(project), {"PATH": "/usr/bin:/bin", **chosen})
        assert (project / "dist" / "one").read_text() == "[]\n"


def test_what_comes_out_otherwise_the_second_time_is_no_release(project: Path) -> None:
    (project / "Makefile").write_text("deb:\n\t@mkdir -p dist && pwd > dist/one.deb\n")
    committed(project)
    with pytest.raises(CannotRelease, match="not the same: one"):
        build(project, checked(project), {"PATH": "/usr/bin:/bin"})
    assert not (project / "dist").exists()


def test_a_part_that_cannot_be_built_is_no_release(project: Path) -> None:
    (project / "Makefile").write_text("image:\n\t@exit 3\n")
    committed(project)
    with pytest.raises(CannotRelease, match="`make image` failed"):
        build(project, checked(project), {"PATH": "/usr/bin:/bin"})


@pytest.mark.parametrize(
    ("file", "text", "why"),
    [
        (
            "pyproject.toml",
            '[project]\nname = "s"\nversion = "1.2.0.dev0"\n',
            "not a release version",
        ),
        ("pyproject.toml", '[project]\nname = "s"\nversion = "1.3.0"\n', "no tag v1.3.0"),
        ("CHANGELOG.md", CHANGELOG.replace(" - 2026-12-01", ""), "no section"),
        ("CHANGELOG.md", CHANGELOG.replace("1.2.0", "1.1.0"), "no section"),
        ("CHANGELOG.md", CHANGELOG.replace("What you must do", "Fixed"), "What you must do"),
        (f"{STEPS}/releases.py", "RELEASES = {}\n", '"1.2.0": "0031"'),
    ],
)
def test_what_is_not_ready_is_not_released(project: Path, file: str, text: str, why: str) -> None:
    (project / file).write_text(text, "utf-8")
    committed(project)
    with pytest.raises(CannotRelease, match=re.escape(why)):
        checked(project)


def test_only_what_is_committed_and_tagged_is_released(project: Path) -> None:
    (project / "new.txt").touch()
    with pytest.raises(CannotRelease, match="not committed"):
        checked(project)
    committed(project, "v1.1.0")
    with pytest.raises(CannotRelease, match=r"no tag v1\.2\.0"):
        checked(project)


def test_sums_are_signed_where_somebody_has_a_key(project: Path, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, does in {
        "gpg": 'echo "$*" > "${7:-/dev/stdout}"',
        "minisign": 'echo "$*" > "$5.minisig"',
        "apt-ftparchive": 'echo "Filename: $(ls *.deb)"',
    }.items():
        (tools / name).write_text(f"#!/bin/sh\n{does}\n")
        (tools / name).chmod(0o755)
    path = {"PATH": f"{tools}:/usr/bin:/bin"}
    signing = {**path, "GPG_KEY": "who@clinic.example", "MINISIGN_KEY": "/key"}
    names = {one.name for one in build(project, checked(project), signing)}
    assert {"SHA256SUMS.asc", "SHA256SUMS.minisig", "apt"} <= names
    offered = project / "dist" / "apt"
    assert {one.name for one in offered.iterdir()} == {
        "InRelease", "Packages", "clinic.asc", "one.deb",
    }  # fmt: skip
    assert "who@clinic.example --clearsign" in (offered / "InRelease").read_text()
    (tools / "apt-ftparchive").write_text("#!/bin/sh\nexit 2\n")
    with pytest.raises(CannotRelease, match="no apt source"):
        build(project, checked(project), signing)
    (tools / "gpg").write_text("#!/bin/sh\nexit 2\n")
    with pytest.raises(CannotRelease, match="gpg could not sign"):
        build(project, checked(project), signing)


@pytest.mark.parametrize("lacks", ["gpg", "minisign", "apt-ftparchive"])
def test_nothing_is_built_where_it_could_not_be_signed(
    project: Path, tmp_path: Path, lacks: str
) -> None:
    (project / "Makefile").write_text(f"deb:\n\t@touch {tmp_path}/built\n")
    committed(project)
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in {"gpg", "minisign", "apt-ftparchive"} - {lacks}:
        (tools / name).write_text("#!/bin/sh\n")
        (tools / name).chmod(0o755)
    for name in ("git", "make", "touch"):
        (tools / name).symlink_to(str(shutil.which(name)))
    signing = {"PATH": str(tools), "GPG_KEY": "who@clinic.example", "MINISIGN_KEY": "/key"}
    with pytest.raises(CannotRelease, match=lacks if lacks != "apt-ftparchive" else "apt source"):
        build(project, checked(project), signing)
    assert not (tmp_path / "built").exists()


@pytest.mark.skipif(
    not (shutil.which("gpg") and shutil.which("apt-ftparchive")),
    reason="it signs an apt source; get what does it with: apt install gpg apt-utils",
)
@pytest.mark.slow
def test_signatures_of_gpg_hold(project: Path, tmp_path: Path) -> None:
    (project / "Makefile").write_text(A_PACKAGE)
    committed(project)
    home = tmp_path / "keys"
    home.mkdir(mode=0o700)
    environ = {"PATH": "/usr/bin:/bin", "GNUPGHOME": str(home), "GPG_KEY": "a@b.example"}
    new = ["gpg", "--batch", "--passphrase", "", "--quick-gen-key", "a@b.example"]
    subprocess.run(new, env=environ, check=True, capture_output=True)
    build(project, checked(project), environ)
    verify = ["gpg", "--verify", "SHA256SUMS.asc", "SHA256SUMS"]
    subprocess.run(verify, env=environ, cwd=project / "dist", check=True, capture_output=True)
    subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=project / "dist", check=True)
    offered = project / "dist" / "apt"
    key = tmp_path / "key"
    subprocess.run(["gpg", "--dearmor", "-o", key, "clinic.asc"], cwd=offered, check=True)
    sums = subprocess.run(
        ["gpgv", "--keyring", key, "-o", "-", "InRelease"],
        cwd=offered, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    packages = (offered / "Packages").read_bytes()
    assert f" {hashlib.sha256(packages).hexdigest()} " in sums
    assert b"Filename: ./one_1_all.deb\n" in packages


def test_every_release_says_what_a_clinic_must_do() -> None:
    found = sections((ROOT / "CHANGELOG.md").read_text("utf-8"))
    assert "Unreleased" in found
    for version, (day, section) in found.items():
        assert must_do(section), f"{version}: “What you must do” is missing, if only “Nothing.”"
        assert (day is None) == (version == "Unreleased"), version
    released = [version for version in found if version != "Unreleased"]
    assert [*RELEASES] == released[::-1], "migrations/releases.py names the same releases"
    assert [*RELEASES.values()] == sorted(RELEASES.values())
    assert all(step <= oldest_code.NEWEST for step in RELEASES.values())


def test_one_place_says_which_version_this_is(monkeypatch: pytest.MonkeyPatch) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = CliRunner().invoke(main, ["--version"], standalone_mode=False)
    assert asked.output == f"assessment {project['version']}\n"
    assert project["name"] == assessment.release.NAME
    monkeypatch.setattr(assessment.release, "_PROJECT", ROOT / "locks" / "nothing.toml")
    assert re.match(r"\d+\.\d+\.\d+", assessment.release.version()), "what was installed"


def test_every_part_of_the_program_asks_that_place() -> None:
    """What was installed may be older than what runs."""
    package = ROOT / "assessment"
    names = {
        path for path in package.rglob("*.py") if f'"{assessment.release.NAME}"' in path.read_text()
    }
    assert names == {package / "release.py"}


def test_the_version_is_known_without_a_protocol_or_a_database() -> None:
    asked = subprocess.run(
        [sys.executable, "-m", "assessment.cli", "--version"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert (asked.returncode, asked.stderr) == (0, "")
    assert asked.stdout.startswith("assessment ")
