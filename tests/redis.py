"""A Redis or Valkey for tests, private, in a folder; without a port unless one is asked for."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

HOW_TO_GET_IT = "they need Redis or Valkey; get one with: apt install redis-server"
_LONGEST = 20


class Missing(Exception):
    """There is none here; `str()` says how to get it."""


class Redis:
    """A server that can be stopped and started; it keeps nothing."""

    def __init__(self, folder: Path, program: str) -> None:
        self._socket = folder / "redis.sock"
        self._folder = folder
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address, as an operator would write it."""
        return f"unix://{self._socket}"

    def client(self) -> redis.Redis:
        """Return somebody who looks into it."""
        return redis.Redis.from_url(self.url, decode_responses=True)

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = ["--port", "0", "--save", "", "--appendonly", "no", "--daemonize", "no"]
        command = [self._program, *options, "--unixsocket", str(self._socket)]
        self._process = subprocess.Popen(
            command, cwd=self._folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + _LONGEST
        while time.monotonic() < end:
            try:
                with self.client() as client:
                    client.ping()
            except redis.ConnectionError:
                time.sleep(0.01)
            else:
                return
        raise RuntimeError("Redis does not answer")

    def stop(self) -> None:
        """Stop it as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(_LONGEST)
            self._process = None


@contextmanager
def running() -> Iterator[Redis]:
    """Give a server that runs. Raises Missing when there is none."""
    program = shutil.which("valkey-server") or shutil.which("redis-server")
    if program is None:
        raise Missing(HOW_TO_GET_IT)
    with tempfile.TemporaryDirectory(prefix="clinic-redis-") as folder:
        server = Redis(Path(folder), program)
        server.start()
        try:
            yield server
        finally:
            server.stop()
