"""The real server in a process of its own, that can be killed at any moment."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

PATIENCE = 120.0
"""Seconds after which a server that does not answer counts as broken."""


class DidNotStart(Exception):
    """The server ended or stayed silent; `str()` is what it said."""


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Server:
    """`assessment serve` with an instance folder below `folder`, always on the same port.

    `program` is the module that is started, out of the tree `root`.
    """

    def __init__(self, folder: Path, *, program: str = "assessment.cli", **settings: str) -> None:
        self.folder = folder
        self.program = program
        self.root = ROOT
        self.instance = folder / "instance"
        self.temporary = folder / "tmp"
        self.temporary.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.out = folder / "stdout"
        self.err = folder / "stderr"
        self._settings = settings
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """What the server, and a command beside it, are started with."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "TMPDIR": str(self.temporary),
            "PORT": str(self.port),
            "INSTANCE": str(self.instance),
            "STARTS_PER_HOUR": "1000000",  # everybody comes from one address here
            "SENDS_PER_HOUR": "1000000",
            **self._settings,
        }

    @property
    def pid(self) -> int:
        """The main process."""
        assert self._process is not None
        return self._process.pid

    @property
    def workers(self) -> set[str]:
        """The processes that answer; a new one among them means that another one broke."""
        found = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text("ascii")
        return set(found.split())

    def start(self) -> None:
        """Start it and wait until it answers; raises DidNotStart."""
        with self.out.open("ab") as out, self.err.open("ab") as err:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self.program, "serve"],
                cwd=self.root, env=self.environment, stdout=out, stderr=err,
                start_new_session=True,
            )  # fmt: skip
        end = time.monotonic() + PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                self.kill()
                raise DidNotStart(self.said())
            time.sleep(0.02)

    def kill(self) -> None:
        """End every process of it at once, as a power cut does."""
        assert self._process is not None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(PATIENCE)

    def stop(self) -> None:
        """Stop it as Ctrl-C does."""
        assert self._process is not None
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGINT)
            try:
                self._process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.kill()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the product with the same settings."""
        return subprocess.run(
            [sys.executable, "-m", self.program, *arguments],
            cwd=self.root, env=self.environment, capture_output=True, text=True, timeout=60,
        )  # fmt: skip

    def said(self) -> str:
        """Return everything that it printed since the first start."""
        return "".join(
            path.read_text("utf-8", "replace") for path in (self.out, self.err) if path.exists()
        )

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Start it, and stop it whatever happens."""
        self.start()
        try:
            yield
        finally:
            self.stop()

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as one:
                one.sendall(b"GET /healthz HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n")
                return b" 200 " in one.recv(15)
        except OSError:
            return False
