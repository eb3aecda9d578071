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
PATIENCE = 60


@pytest.fixture
def blocked(tmp_path: Path) -> Path:
    """An instance folder whose key nobody writes: who loads it waits for ever."""
    instance = tmp_path / "instance"
    instance.mkdir(mode=0o700)
    os.mkfifo(instance / "secret.key", 0o600)
    return instance


@contextmanager
def first_process(instance: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Give `assessment serve` while it waits for its key, and the number of its process."""
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    module, _, function = scripts["assessment"].partition(":")
    installed = f"from {module} import {function}; {function}()"
    outside = subprocess.Popen(
        [*ALONE, sys.executable, "-c", installed, "serve"],
        cwd=ROOT, env={**os.environ, "INSTANCE": str(instance), "PROTOCOL": str(SMALL)},
    )  # fmt: skip
    try:
        key = opened_by_another(instance / "secret.key", outside)
        [child] = Path(f"/proc/{outside.pid}/task/{outside.pid}/children").read_text().split()
        yield outside, int(child)
        os.close(key)
    finally:
        outside.kill()
        outside.wait(PATIENCE)


def opened_by_another(pipe: Path, reader: subprocess.Popen[bytes]) -> int:
    """Wait until it is being read; return what writes to it."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and reader.poll() is None:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody reads yet
            time.sleep(0.02)
    raise AssertionError("the key was not read")


def test_a_container_that_is_stopped_while_it_starts_ends_at_once(blocked: Path) -> None:
    if not shutil.which(ALONE[0]) or subprocess.run([*ALONE, "true"]).returncode:
        pytest.skip("it needs namespaces of processes; where they are forbidden, run it as root")
    with first_process(blocked) as (outside, first):
        os.kill(first, signal.SIGTERM)
        assert outside.wait(PATIENCE) == 128 + signal.SIGTERM


def test_it_can_be_ended_before_anything_slow_is_loaded() -> None:
    loaded = subprocess.run(
        [sys.executable, "-c", "import sys; import assessment.start; print(*sys.modules)"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    ours = {name for name in loaded if name.partition(".")[0] == "assessment"}
    assert ours == {"assessment", "assessment.start"}


def test_any_other_process_ends_as_the_kernel_has_it() -> None:
    asked = "import signal; from assessment.start import end_when_told; end_when_told()"
    told = f"{asked}; print(signal.getsignal(signal.SIGTERM) is signal.SIG_DFL)"
    said = subprocess.run([sys.executable, "-c", told], cwd=ROOT, capture_output=True, text=True)
    assert said.stdout == "True\n"
