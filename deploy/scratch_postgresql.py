"""A PostgreSQL of its own, in a scratch folder and reached by a socket in it alone."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Failed(Exception):
    """It could not be set up; `str()` says why."""


@contextmanager
def restored(dump: Path, folder: Path) -> Iterator[str]:
    """Yield the address of a database with what a dump holds; it ends with this. Raises Failed."""
    data, socket = folder / "data", folder / "socket"
    socket.mkdir(mode=0o700)
    server = f"-c listen_addresses='' -c unix_socket_directories='{socket}' -c fsync=off"
    pg_ctl = _program("pg_ctl")
    _run(_program("initdb"), "-D", data, "--auth=trust", "--username=clinic", "--encoding=UTF8")
    _run(pg_ctl, "-D", data, "-o", server, "-l", folder / "log", "--wait", "start")
    try:
        _run(_program("createdb"), "-h", socket, "-U", "clinic", "clinic")
        address = f"postgresql://clinic@/clinic?host={socket}"
        _run(_program("pg_restore"), "--no-owner", "--exit-on-error", f"--dbname={address}", dump)
        yield address
    finally:
        _run(pg_ctl, "-D", data, "-m", "immediate", "--wait", "stop")


def _program(name: str) -> str:
    newest_first = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = str(newest_first[0]) if newest_first else shutil.which(name)
    if found is None:
        raise Failed(f"{name} is missing: apt install postgresql")
    return found


def _run(*words: str | Path) -> None:
    ended = subprocess.run(
        [str(word) for word in words], check=False, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE if "start" not in words else None,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    if ended.returncode:
        raise Failed(f"{Path(words[0]).name}: {(ended.stderr or '').strip() or ended.returncode}")
