"""Builds the Debian package into a folder: `python deploy/debian/build.py [--version V] FOLDER`.

It holds every library, for the Pythons of Debian 12 and 13 at once: what is built for one of them
has its version in its file name, all else is the same. dpkg knows each file. Two builds of one
commit are equal, byte for byte.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import platform
import shutil
import stat
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import click
import libraries

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NAME = "muscle-pain-assessment"
LIB = f"usr/lib/{NAME}"
SHARE = "usr/share/clinic"
UNITS = "usr/lib/systemd/system"
SITE = "etc/nginx/sites-available/clinic"
PROGRAM = ("app.py", "assessment", "rules", "static", "templates")
DEPLOYED = ("as-clinic", "away.html", "backup.py", "refused.html",
    "scratch_postgresql.py", "try_restore.py")  # fmt: skip
SCRIPTS = ("config", "postinst", "postrm", "preinst", "prerm")
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}

BY_HAND = (
    ("-/srv/clinic/.git ", ""),
    ("InaccessiblePaths=-/srv/clinic/.git\n", ""),
    (
        "ExecStart=/srv/clinic/.venv/bin/python deploy/backup.py",
        f"ExecStartPre=+/{LIB}/public-key\nExecStart=/{LIB}/bin/python deploy/backup.py",
    ),
    ("/srv/clinic/.venv/bin", f"/{LIB}/bin"),
    (
        " /var/backups/clinic\n\nUMask",
        " --encrypt-to /etc/clinic/backup.pub /var/backups/clinic\n\nUMask",
    ),
    ("/srv/clinic/deploy/monitoring", f"/{SHARE}/monitoring"),
    ("/srv/clinic", f"/{LIB}/app"),
    ("    server_name clinic.example;\n", "    include /etc/clinic/server_name;\n"),
    ("https://clinic.example$request_uri", "https://$server_name$request_uri"),
)
"""Where files for a server that is set up by hand say something else than those of the package."""


@click.command(help=(__doc__ or "").split("\n\n")[0])
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--version", help="Another version than that of the project.")
@click.option("--level", type=click.IntRange(1, 19), default=12, help="How hard to compress.")
@click.option("--without-libraries", is_flag=True, help="Only to look at the rest of it.")
def main(folder: Path, version: str | None, level: int, without_libraries: bool) -> None:
    """Build one package and say where it is."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    built = int(os.environ.get("SOURCE_DATE_EPOCH") or _git("log", "-1", "--format=%ct"))
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as drafts:
        stage = Path(drafts) / "stage"
        lay_out(stage, version or project["version"], built)
        if not without_libraries:
            try:
                libraries.install(project, stage / LIB / "parts", Path(drafts))
            except libraries.CannotBuild as error:
                sys.exit(f"no package was built: {error}")
        control(stage, version or project["version"])
        click.echo(pack(stage, folder, built, level))


def lay_out(stage: Path, version: str, built: int) -> None:
    """Put every file but the libraries in its place below `stage`."""
    app = stage / LIB / "app"
    for name in _git("ls-files", "-z", "--", *PROGRAM).split("\0"):
        if name:
            _copy(ROOT / name, app / name)
    for name in DEPLOYED:
        _adapt(ROOT / "deploy" / name, app / "deploy" / name)
    _environment(stage / LIB, version)
    for unit in [*(ROOT / "deploy").glob("clinic*.service"), *(ROOT / "deploy").glob("*.timer")]:
        _adapt(unit, stage / UNITS / unit.name)
    for unit in HERE.glob("clinic-*"):
        _copy(unit, stage / UNITS / unit.name)
    _adapt(ROOT / "deploy" / "nginx.conf", stage / SITE)
    _copy(HERE / "assessment", stage / "usr/bin/assessment")
    for name in ("certificate", "keys", "public-key"):
        _copy(HERE / name, stage / LIB / name)
    _copy(ROOT / "deploy" / "clinic.env", stage / SHARE / "clinic.env")
    for file in (ROOT / "deploy" / "monitoring").iterdir():
        _adapt(file, stage / SHARE / "monitoring" / file.name)
    day = datetime.datetime.fromtimestamp(built, datetime.UTC).date()
    _write(stage / SHARE / "release", f"version={version}\ndate={day}\n")
    for name in ("CHANGELOG.md", "docs/deploy.md", "locks/sbom.json"):
        _copy(ROOT / name, stage / f"usr/share/doc/{NAME}" / Path(name).name)
    _write(stage / f"usr/share/doc/{NAME}/copyright", _copyright())


def _environment(lib: Path, version: str) -> None:
    """Make a virtual environment that each of the Pythons takes for its own."""
    _write(lib / "pyvenv.cfg", "home = /usr/bin\ninclude-system-site-packages = false\n")
    (lib / "bin").mkdir()
    (lib / "bin" / "python").symlink_to("/usr/bin/python3")
    _copy(HERE / "program", lib / "bin" / "assessment")
    _write(lib / "parts" / "app.pth", f"/{LIB}/app\n")
    told = f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {version}\n"
    _write(lib / "parts" / f"{NAME.replace('-', '_')}-{version}.dist-info" / "METADATA", told)
    for python in libraries.PYTHONS:
        (lib / "lib" / f"python{python}").mkdir(parents=True)
        (lib / "lib" / f"python{python}" / "site-packages").symlink_to("../../parts")


def control(stage: Path, version: str) -> None:
    """Write what dpkg reads."""
    files = [path for path in sorted(stage.rglob("*")) if path.is_file() and not path.is_symlink()]
    size = sum(-(-path.stat().st_size // 1024) for path in files)
    told = {
        "@VERSION@": version,
        "@ARCHITECTURE@": ARCHITECTURES[platform.machine()],
        "@SIZE@": str(size),
    }
    text = (HERE / "control").read_text("utf-8")
    for mark, value in told.items():
        text = text.replace(mark, value)
    debian = stage / "DEBIAN"
    _write(debian / "control", text)
    _write(debian / "conffiles", f"/{SITE}\n")
    sums = [f"{_md5(path)}  {path.relative_to(stage)}\n" for path in files if path != stage / SITE]
    _write(debian / "md5sums", "".join(sums))
    for name in (*SCRIPTS, "templates", "triggers"):
        _copy(HERE / name, debian / name)
    for name in SCRIPTS:
        (debian / name).chmod(0o755)


def pack(stage: Path, folder: Path, built: int, level: int) -> Path:
    """Make the package of what is laid out; `built` is its Unix time."""
    for path in [stage, *stage.rglob("*")]:
        if not path.is_symlink():
            runs = path.is_dir() or bool(path.stat().st_mode & stat.S_IXUSR)
            path.chmod(0o755 if runs else 0o644)
        os.utime(path, (built, built), follow_symlinks=False)
    subprocess.run(
        ["dpkg-deb", "--root-owner-group", "--threads-max=1", "-Zzstd", f"-z{level}",  # noqa: S607
         "--build", str(stage), str(folder)],
        check=True, stdout=subprocess.DEVNULL, env={**os.environ, "SOURCE_DATE_EPOCH": str(built)},
    )  # fmt: skip
    fields = dict(
        line.split(": ", 1)
        for line in (stage / "DEBIAN/control").read_text("utf-8").splitlines()
        if ": " in line
    )
    return folder / f"{NAME}_{fields['Version']}_{fields['Architecture']}.deb"


def _adapt(source: Path, target: Path) -> None:
    text = source.read_text("utf-8")
    for ours, theirs in BY_HAND:
        text = text.replace(ours, theirs)
    _write(target, text)
    shutil.copymode(source, target)


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)


def _write(target: Path, text: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")


def _md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest()


def _copyright() -> str:
    parts = f"The libraries in /{LIB}/parts have licences of their own, beside each of them."
    return f"{(ROOT / 'LICENSE').read_text('utf-8')}\n{parts}\n"


def _git(*arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(ROOT), *arguments],  # noqa: S607
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
