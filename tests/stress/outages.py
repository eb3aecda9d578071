"""Ways in which a database goes away while the server runs, each undone at the end."""

from __future__ import annotations

import os
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import psycopg

from tests.stress.server import Server

Outage = Callable[[], AbstractContextManager[None]]

_HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=30)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


class NoDisk(Exception):
    """No disk of its own can be had here."""


@contextmanager
def file_locked(file: Path) -> Iterator[None]:
    """Let another process hold the write lock of a SQLite file."""
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == b"held\n"
        yield
    finally:
        holder.stdin.close()
        holder.wait(30)
        holder.stdout.close()


@contextmanager
def disk_full(server: Server) -> Iterator[None]:
    """Let no process of the server write one more byte to any file."""
    pids = _processes(server.pid)
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, hard))
    try:
        yield
    finally:
        for pid, limits in before.items():
            if Path(f"/proc/{pid}").exists():
                resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)


@contextmanager
def folder_full(folder: Path) -> Iterator[None]:
    """Fill the disk on which a folder lies to the last byte; meant for a tiny one."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    try:
        yield
    finally:
        ballast.unlink()


@contextmanager
def tiny_disk(folder: Path, size: str = "4m") -> Iterator[Path]:
    """Give a folder on a disk of its own. Raises NoDisk where that is not allowed."""
    folder.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "tmpfs", str(folder)],
        capture_output=True,
    )
    if mounted.returncode:
        raise NoDisk("they fill a disk of their own, which only root can have")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def tables_locked(url: str) -> Iterator[None]:
    """Let somebody else hold every table of a PostgreSQL database."""
    with psycopg.connect(url) as held:
        names = held.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = psycopg.sql.SQL(", ").join(psycopg.sql.Identifier(name) for [name] in names)
        held.execute(psycopg.sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(tables))
        yield
        held.rollback()


def is_sound(file: Path) -> bool:
    """Whether SQLite finds nothing wrong with a file, nor with its references."""
    with sqlite3.connect(file) as connection:
        [[verdict]] = connection.execute("PRAGMA integrity_check").fetchall()
        loose = connection.execute("PRAGMA foreign_key_check").fetchall()
    connection.close()
    return verdict == "ok" and not loose


def _processes(leader: int) -> list[int]:
    """Return the processes of a session."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if os.getsid(int(entry.name)) == leader:
                    found.append(int(entry.name))
            except ProcessLookupError:
                continue
    return found
