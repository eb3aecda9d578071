"""A protocol as it stood in a revision of git: `REVISION:PATH`."""

from __future__ import annotations

import io
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from assessment.protocols.load import RULES_FOLDER, find_protocol


def named_folder(name: str) -> Path:
    """Return the folder that a name means; raises ValueError when there is none."""
    try:
        folder = find_protocol(name)
        if folder.is_dir():
            return folder
    except OSError:
        pass  # a name that is too long to be one
    known = ", ".join(sorted(path.parent.name for path in RULES_FOLDER.glob("*/protocol.yaml")))
    raise ValueError(f"no protocol `{name}`; expected a folder, or one of: {known}")


@contextmanager
def protocol_folder(name: str) -> Iterator[Path]:
    """Give the folder that a name means: a folder, one of `rules/`, or `REVISION:` and either.

    What comes from git stands in a temporary folder, which is gone afterwards. Raises ValueError
    when there is no such folder.
    """
    if ":" not in name or Path(name).is_dir():
        yield named_folder(name)
        return
    revision, _, path = name.partition(":")
    with TemporaryDirectory(prefix="protocol-") as temporary:
        _extract(_archive(revision, path.rstrip("/")), Path(temporary))
        yield Path(temporary)


def _archive(revision: str, path: str) -> bytes:
    """Return a folder of a revision as a tar archive."""
    by_name = "/" not in path
    where = RULES_FOLDER if by_name else Path.cwd()
    wanted = f"{revision}:./{path}" if by_name else f"{revision}:{path}"
    # The folder is looked up first, so that nothing which is typed can be read as an option.
    tree = _git(where, "rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
    top = _git(where, "rev-parse", "--show-toplevel")  # from below, it would pack that part only
    archive = _git(_line(top), "archive", "--format=tar", _line(tree)) if tree else b""
    if not archive:
        raise ValueError(f"git knows no folder `{path}` in the revision `{revision}`")
    return archive


def _line(output: bytes) -> str:
    return output.decode().rstrip("\n")


def _git(where: Path | str, *arguments: str) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603  our own arguments, and no shell
            ["git", "-C", str(where), *arguments],  # noqa: S607  the user's own git
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        raise ValueError("REVISION:PATH needs git, which is not installed") from None
    return done.stdout if done.returncode == 0 else b""


def _extract(archive: bytes, folder: Path) -> None:
    """Write the plain files of an archive; links and other things are left out."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        for member in tar:
            parts = PurePosixPath(member.name).parts
            content = tar.extractfile(member) if member.isreg() else None
            if content is not None and ".." not in parts:
                target = folder.joinpath(*parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content.read())
