"""A full disk behind the log or the temporary folder keeps nobody from their advice.

That of the database is in tests/records/test_outages.py and tests/stress.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from assessment.web.server import lines
from tests.conftest import ROOT
from tests.stress.leaks import SMALL
from tests.stress.outages import NoDisk, folder_full, tiny_disk
from tests.stress.person import Person
from tests.stress.phone import Phone
from tests.stress.server import Server


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_line_that_cannot_be_written_is_left_out(
    stream: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, stream, full)
        for _ in range(2):
            if stream == "stdout":
                lines.announce("Ready")
            else:
                lines.tell(["one", "two"])
        assert getattr(sys, stream) is not full
        monkeypatch.undo()
        with pytest.raises(OSError, match="No space left"):
            full.close()


@pytest.mark.slow
def test_a_full_disk_behind_the_log_keeps_nobody_from_an_answer(tmp_path: Path) -> None:
    server = Server(tmp_path, PROTOCOL=str(SMALL), ACCESS_LOG="true")
    server.out = server.err = Path("/dev/full")
    server.start()
    try:
        page = Phone(server.port).get("/")
        assert page.status == 200
        assert Phone(server.port).get("/nothing").status == 404
    finally:
        os.killpg(server.pid, signal.SIGINT)
        assert server._process is not None
        server._process.wait(60)


@pytest.mark.slow
def test_a_full_temporary_folder_keeps_nobody_from_an_answer_or_its_pdf(tmp_path: Path) -> None:
    server = Server(tmp_path, PROTOCOL=str(SMALL))
    try:
        disk = tiny_disk(server.temporary, "64k")
        with disk as folder, folder_full(folder), server.running():
            phone = Phone(server.port)
            person = Person(phone, random.Random(20))
            end = person.walk(person.begin())
            if end != "/result":
                phone.get("/result")
            assert phone.get("/result").status == 200
            assert phone.get("/result.pdf").status == 200
            assert server.run("clinic", "list").returncode == 0
    except NoDisk as error:
        pytest.skip(str(error))


@pytest.mark.slow
def test_the_doctor_says_which_disk_is_full(tmp_path: Path) -> None:
    server = Server(tmp_path, PROTOCOL=str(SMALL))
    try:
        with tiny_disk(server.temporary, "64k") as folder, folder_full(folder):
            ended = subprocess.run(
                [sys.executable, "-m", "assessment.cli", "doctor"],
                cwd=ROOT, env=server.environment, capture_output=True, text=True, timeout=60,
            )  # fmt: skip
    except NoDisk as error:
        pytest.skip(str(error))
    assert ended.returncode == 1
    assert "disk: 0.0 of 0.0 GB free for the temporary folder -> free some space" in ended.stdout
