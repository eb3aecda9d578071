"""A backup that is encrypted is in its folder in no other form, also when it is stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from assessment.web.server.settings import read_settings
from assessment.web.server.storage import open_database
from tests.conftest import ROOT

LONGEST = 30
SECRET = "zebrafinch"
DUMP = f"""#!/bin/sh
for word; do case $word in --file=*) exec >"${{word#--file=}}";; esac; done
echo {SECRET}
echo begun >"$BEGUN"
exec sleep {LONGEST}
"""
"""A pg_dump that begins, and then waits for the database."""
SEAL = """#!/bin/sh
for last; do :; done
while [ "$1" != --output ]; do shift; done
cat >/dev/null
ls "${2%/*}" >"$SEEN"
: >"$2"
"""
"""An age that notes what is in the folder meanwhile."""
SEALING = """#!/bin/sh
while [ "$1" != --output ]; do shift; done
echo sealed >"$2"
echo begun >"$SEALING"
exec cat >/dev/null
"""
"""An age that has written something when it says so."""
NIGHTLY = """
import pathlib, sys
sys.path.append("deploy/container")
import nightly
nightly.FOLDER, nightly.BACKUP = map(pathlib.Path, sys.argv[1:3])
sys.argv = ["nightly"]
nightly.main()
"""
MAKING = """
import os, pathlib, signal, sys, time
def stop(*_):
    pathlib.Path(os.environ["STOPPED"]).touch()
    sys.exit(1)
signal.signal(signal.SIGTERM, stop)
signal.alarm(60)
pathlib.Path(os.environ["BEGUN"]).write_text("begun")
signal.pause()
"""


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder whose programs are found before others."""
    folder = tmp_path / "programs"
    folder.mkdir()
    return folder


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    folder = tmp_path / "copies"
    folder.mkdir()
    return folder


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """A pipe: whoever reads from it waits until a program has begun."""
    pipe = tmp_path / "begun"
    os.mkfifo(pipe)
    return pipe


def program(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


@contextmanager
def started(
    tmp_path: Path, *command: str | Path, **settings: str | Path
) -> Iterator[subprocess.Popen[str]]:
    path = f"{tmp_path / 'programs'}{os.pathsep}{os.environ['PATH']}"
    given = {"PATH": path, "INSTANCE": str(tmp_path / "instance"), "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, *command], cwd=ROOT, stderr=subprocess.PIPE, text=True,
        env=given | {name: str(value) for name, value in settings.items()},
    ) as running:  # fmt: skip
        try:
            yield running
        finally:
            running.kill()


def backing_up(
    tmp_path: Path, **settings: str | Path
) -> AbstractContextManager[subprocess.Popen[str]]:
    key = tmp_path / "backup.pub"
    key.touch()
    command = ("deploy/backup.py", "--encrypt-to", key, tmp_path / "copies")
    return started(tmp_path, *command, **settings)


def test_a_dump_is_never_in_the_folder_in_the_clear_and_nothing_stays_when_it_is_stopped(
    tmp_path: Path, programs: Path, copies: Path, begun: Path
) -> None:
    program(programs, "pg_dump", DUMP)
    program(programs, "age", SEALING)
    sealing = tmp_path / "sealing"
    os.mkfifo(sealing)
    address = "postgresql://x@y/z"
    with backing_up(tmp_path, DATABASE_URL=address, BEGUN=begun, SEALING=sealing) as making:
        assert begun.read_text() == "begun\n"
        assert not [one for one in copies.iterdir() if SECRET in one.read_text()]
        assert sealing.read_text() == "begun\n"
        making.terminate()
        _, said = making.communicate(timeout=LONGEST)
    assert making.returncode == 1
    assert said == "no copy was made: it was stopped\n"
    assert list(copies.iterdir()) == []


def test_where_a_dump_fails_there_is_no_copy_of_what_came_before(
    tmp_path: Path, programs: Path, copies: Path
) -> None:
    program(programs, "pg_dump", "#!/bin/sh\necho half\necho 'it went away' >&2\nexit 1\n")
    program(programs, "age", SEAL)
    with backing_up(tmp_path, DATABASE_URL="postgresql://x@y/z", SEEN="/dev/null") as making:
        _, said = making.communicate(timeout=LONGEST)
    assert (making.returncode, said) == (1, "no copy was made: it went away\n")
    assert list(copies.iterdir()) == []


def test_a_copy_of_a_file_is_made_elsewhere_before_it_is_encrypted(
    tmp_path: Path, programs: Path, copies: Path
) -> None:
    program(programs, "age", SEAL)
    open_database(read_settings(instance=tmp_path / "instance")).close()
    seen, private = tmp_path / "seen", tmp_path / "private"
    private.mkdir()
    with backing_up(tmp_path, SEEN=seen, TMPDIR=private) as making:
        _, said = making.communicate(timeout=LONGEST)
    assert making.returncode == 0, said
    assert seen.read_text() == ""
    assert [one.suffix for one in copies.iterdir()] == [".age"]
    assert list(private.iterdir()) == []


def test_what_a_copy_that_was_killed_left_goes_with_the_next_one(
    tmp_path: Path, programs: Path, copies: Path
) -> None:
    program(programs, "age", SEAL)
    open_database(read_settings(instance=tmp_path / "instance")).close()
    left, going_on = copies / "clinic-20200101T000000Z.part", copies / "clinic-2.dump.age.part"
    for one in (left, going_on):
        one.touch()
    hours_ago = time.time() - 2 * 60 * 60
    os.utime(left, (hours_ago, hours_ago))
    with backing_up(tmp_path, SEEN="/dev/null") as making:
        making.communicate(timeout=LONGEST)
    assert not left.exists()
    assert going_on.exists()


def test_a_stop_of_the_nightly_service_reaches_the_copy_that_is_being_made(
    tmp_path: Path, copies: Path, begun: Path
) -> None:
    making, stopped = tmp_path / "making.py", tmp_path / "stopped"
    making.write_text(MAKING)
    with started(tmp_path, "-c", NIGHTLY, copies, making, BEGUN=begun, STOPPED=stopped) as service:
        assert begun.read_text() == "begun"
        service.send_signal(signal.SIGTERM)
        service.communicate(timeout=LONGEST)
    assert service.returncode == 0
    assert stopped.exists()
