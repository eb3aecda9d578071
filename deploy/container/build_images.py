"""Builds the images into a folder: `python deploy/container/build_images.py [--only NAME] FOLDER`.

It needs root, debootstrap and buildah, and no daemon and no registry of images: the base is made
with debootstrap. Each image becomes NAME.tar, an archive that docker and podman load, and
NAME.cdx.json, the list of its parts. Two builds of one commit on one day are equal, byte for byte.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import archive
import click
import parts

ROOT = Path(__file__).resolve().parents[2]
CONTAINERFILE = "deploy/container/Containerfile"
IMAGES = ("clinic", "backup", "database", "proxy")
SUITE, PYTHON = "trixie", "313"
BASE = f"localhost/debian:{SUITE}"
NEEDED = {"debootstrap": "debootstrap", "buildah": "buildah", "git": "git"}
GLIBC = 41
"""That of the suite is 2.41; a wheel may ask for that or less."""


@click.command(help=(__doc__ or "").split("\n\n")[0])
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--only", type=click.Choice(IMAGES), multiple=True, help="Build this one alone.")
@click.option(
    "--base", type=click.Path(path_type=Path, exists=True), help="A root made with debootstrap."
)
def main(folder: Path, only: Sequence[str], base: Path | None) -> None:
    """Build, and say what was made."""
    for program, package in NEEDED.items():
        if shutil.which(program) is None:
            sys.exit(f"{program} is missing: apt install {package}")
    if os.geteuid() != 0:
        sys.exit("debootstrap needs root: sudo make image")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="image-", dir=folder) as name:
        try:
            work = Work(Path(name), _version(), _built())
            work.begin(base)
            for image in only or IMAGES:
                for made in work.build(image, folder):
                    click.echo(f"{made} ({made.stat().st_size / 1e6:.1f} MB)")
        except subprocess.CalledProcessError as error:
            sys.exit(f"no image was built: {Path(error.cmd[0]).name} ended with {error.returncode}")


@dataclass(frozen=True, slots=True)
class Work:
    """A folder with everything that building needs; `built` is the Unix time of what is built."""

    folder: Path
    version: str
    built: int

    @property
    def _context(self) -> Path:
        return self.folder / "context"

    def begin(self, base: Path | None) -> None:
        """Lay out the files of this project, its libraries, and the base."""
        listed = _said(["git", "-C", str(ROOT), "ls-files", "-z"]).split("\0")
        for file in listed:
            if file and (ROOT / file).is_file():
                _copy(ROOT / file, self._context / file)
        _run([sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check",
              "--require-hashes", "--no-deps", "--only-binary=:all:", f"--python-version={PYTHON}",
              f"--abi=cp{PYTHON}", "--abi=abi3", "--abi=none", "--implementation=cp",
              *(f"--platform={tag}" for tag in _platforms()),
              f"--requirement={ROOT / 'locks' / 'runtime.txt'}",
              f"--dest={self._context / 'wheels'}"])  # fmt: skip
        for wheel in (self._context / "wheels").iterdir():
            wheel.chmod(0o644)
        base = base or self._debootstrapped()
        name = self._buildah("from", "scratch")
        packed = self.folder / "base.tar"
        _run(["tar", "-C", str(base), "--one-file-system", "-cf", str(packed), "."])
        self._buildah("add", "--quiet", name, str(packed), "/")
        self._buildah("commit", "--quiet", "--rm", name, BASE)
        packed.unlink()

    def build(self, image: str, folder: Path) -> tuple[Path, Path]:
        """Build one image; return its archive and the list of its parts."""
        tag = f"localhost/{image}:{self.version}"
        # The history would name what each step was built on, which differs from build to build.
        self._buildah(
            "build", "--quiet", "--isolation=chroot", "--layers", "--format=docker",
            "--omit-history", "--identity-label=false", f"--timestamp={self.built}",
            f"--target={image}", f"--tag={tag}", f"--build-arg=BASE={BASE}",
            f"--label=org.opencontainers.image.version={self.version}",
            "--build-arg=PIP_NO_INDEX=1", f"--file={self._context / CONTAINERFILE}",
            str(self._context),
        )  # fmt: skip
        pushed = self.folder / f"{image}.tar"
        self._buildah("push", "--quiet", tag, f"docker-archive:{pushed}:{tag}")
        made, listed = folder / f"{image}.tar", folder / f"{image}.cdx.json"
        archive.pack(pushed, made, self.built)
        container = self._buildah("from", tag)
        mounted = Path(self._buildah("mount", container))
        listed.write_text(parts.listed(image, self.version, mounted, self.built), encoding="utf-8")
        self._buildah("rm", container)
        return made, listed

    def _debootstrapped(self) -> Path:
        root = self.folder / "base"
        mirror, security = _mirrors()
        _run(["debootstrap", "--variant=minbase", SUITE, str(root), mirror])
        sources = f"deb {mirror} {SUITE} main\ndeb {security} {SUITE}-security main\n"
        (root / "etc/apt/sources.list").write_text(sources, encoding="utf-8")
        return root

    def _buildah(self, *words: str) -> str:
        stores = ["--root", str(self.folder / "store"), "--runroot", str(self.folder / "run")]
        return _said(["buildah", *stores, *words]).strip()


def _mirrors() -> tuple[str, str]:
    """Return where this Debian gets its packages, and where its security updates."""
    told = _said(["apt-get", "indextargets", "--format", "$(ORIGIN) $(CODENAME) $(REPO_URI)"])
    lines = [words for words in map(str.split, told.splitlines()) if words[:1] == ["Debian"]]
    plain = {uri for _, name, uri in lines if "-" not in name}
    security = {uri for _, name, uri in lines if name.endswith("-security")}
    if not plain or not security:
        sys.exit(
            "apt knows no mirror of Debian, or none of its security updates: see apt's sources"
        )
    return min(plain), min(security)


def _platforms() -> list[str]:
    machine = os.uname().machine
    tags = [f"manylinux_2_{minor}_{machine}" for minor in range(5, GLIBC + 1)]
    return [*tags, f"manylinux2014_{machine}", f"manylinux1_{machine}", f"linux_{machine}"]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    shutil.copyfile(source, target)
    target.chmod(0o755 if os.access(source, os.X_OK) else 0o644)


def _version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return str(project["version"])


def _built() -> int:
    set_by_hand = os.environ.get("SOURCE_DATE_EPOCH")
    return int(set_by_hand or _said(["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]))


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, stdout=sys.stderr)


def _said(command: Sequence[str]) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main()
