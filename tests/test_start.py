"""The first process of a container ends when it is told to, from the first moment on."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.web.conftest import SMALL

ALONE = ("unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child")
"""Runs a program as the first process of a container."""
PATIENCE = 120
SCRIPTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
MODULE, _, FUNCTION = SCRIPTS["assessment"].partition(":")
COMMAND = f"from {MODULE} import {FUNCTION}; {FUNCTION}()"
"""What the installed `assessment` does."""
STOPPED_WHILE_IT_LOADS = """
import os, signal, sys, types
myself, os.getpid = os.getpid(), lambda: FIRST
slow = sys.modules["assessment.cli"] = types.ModuleType("assessment.cli")
slow.main = lambda: os.kill(myself, signal.SIGTERM)
"""
STOPPED_AT_THE_FIRST_IMPORT = """
import os, pathlib, signal, sys
myself, os.getpid = os.getpid(), lambda: FIRST
class Slow:
    def find_spec(name, *_):
        if name.partition(".")[0] not in ("__future__", "assessment"):
            os.kill(myself, signal.SIGTERM)
sys.meta_path.insert(0, Slow)
exec(compile(pathlib.Path("PROGRAM").read_text("utf-8"), "PROGRAM", "exec"))
"""


@pytest.mark.parametrize(
    ("first", "status"), [("1", 128 + signal.SIGTERM), ("myself", -signal.SIGTERM)]
)
def test_it_ends_while_it_loads_and_says_so_where_the_kernel_would_not_end_it(
    first: str, status: int
) -> None:
    stopped = STOPPED_WHILE_IT_LOADS.replace("FIRST", first) + COMMAND
    assert subprocess.run([sys.executable, "-c", stopped], cwd=ROOT).returncode == status


@pytest.mark.parametrize("program", ["nightly.py", "restore.py"])
@pytest.mark.parametrize(
    ("first", "status"), [("1", 128 + signal.SIGTERM), ("myself", -signal.SIGTERM)]
)
def test_so_do_the_programs_of_the_backup_container(program: str, first: str, status: int) -> None:
    stopped = STOPPED_AT_THE_FIRST_IMPORT.replace("FIRST", first)
    stopped = stopped.replace("PROGRAM", f"deploy/container/{program}")
    assert subprocess.run([sys.executable, "-c", stopped], cwd=ROOT).returncode == status


def test_it_can_be_ended_before_anything_slow_is_loaded() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", f"import sys, {MODULE}; print(*sys.modules)"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    ours = {name for name in loaded if name.partition(".")[0] == "assessment"}
    assert ours == {"assessment", MODULE}


@pytest.mark.slow  # some systems that run tests forbid such namespaces
def test_a_container_that_is_stopped_while_it_starts_ends_at_once(tmp_path: Path) -> None:
    if not shutil.which(ALONE[0]) or subprocess.run([*ALONE, "true"]).returncode:
        pytest.skip("they need namespaces of processes; where these are forbidden, be root")
    with starting(tmp_path) as outside:
        [first] = Path(f"/proc/{outside.pid}/task/{outside.pid}/children").read_text().split()
        os.kill(int(first), signal.SIGTERM)
        assert outside.wait(PATIENCE) == 128 + signal.SIGTERM


@contextmanager
def starting(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Give `assessment serve` in a container, while it waits for its key, which nobody writes."""
    instance = folder / "instance"
    instance.mkdir(mode=0o700)
    os.mkfifo(instance / "secret.key", 0o600)
    process = subprocess.Popen(
        [*ALONE, sys.executable, "-c", COMMAND, "serve"],
        cwd=ROOT, env={**os.environ, "INSTANCE": str(instance), "PROTOCOL": str(SMALL)},
    )  # fmt: skip
    try:
        key = opened_by_another(instance / "secret.key", process)
        yield process
        os.close(key)
    finally:
        process.kill()
        process.wait(PATIENCE)


def opened_by_another(pipe: Path, reader: subprocess.Popen[bytes]) -> int:
    """Wait until it is being read; return what writes to it."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and reader.poll() is None:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody reads yet
            time.sleep(0.02)
    raise AssertionError("the key was not read")
