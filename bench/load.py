"""Loads a server from this machine: with `wrk` where it is installed, else from Python.

Neither keeps a connection open: a sync worker closes it after each answer.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

CONNECTIONS = 8
THREADS = 2
HAS_WRK = shutil.which("wrk") is not None

_SCRIPT = """
wrk.method = {method}
wrk.body = {body}
{headers}
function done(summary)
  local errors = summary.errors
  print(string.format('{{"requests": %d, "bytes": %d, "microseconds": %d, "errors": %d}}',
    summary.requests, summary.bytes, summary.duration,
    errors.connect + errors.read + errors.write + errors.timeout + errors.status))
end
"""


class WrongAnswer(Exception):
    """The server gave something else than it should."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, sent again and again."""

    url: str
    method: str
    headers: Mapping[str, str]
    body: str = ""

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or 80

    @property
    def raw(self) -> bytes:
        """The request as it goes over the wire."""
        host, port = self.address
        headers = {"Host": f"{host}:{port}", **self.headers}
        if self.body:
            headers["Content-Length"] = str(len(self.body))
        lines = [f"{self.method} {urlsplit(self.url).path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", self.body]).encode()


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, head and body of one answer."""

    status: int
    head: str
    body: bytes
    size: int

    def header(self, name: str) -> str:
        for line in self.head.split("\r\n"):
            found, _, value = line.partition(": ")
            if found.lower() == name.lower():
                return value
        return ""


def send(request: Request) -> Answer:
    """Send it once, on a connection of its own."""
    return _answer(_exchange(request.address, request.raw))


def load(request: Request, expected: Answer, seconds: float) -> tuple[int, float]:
    """Send it for so long; return how many were answered, and the seconds that it took.

    Every answer must be as `expected`: in status and, on average, in size.
    """
    by_tool = _by_wrk if HAS_WRK else _by_sockets
    answered, size, took = by_tool(request, expected.status, seconds)
    if answered == 0 or abs(size / answered / expected.size - 1) > 0.02:
        raise WrongAnswer(f"{request.method} {request.url}: {size} bytes in {answered} answers")
    if send(request).status != expected.status:
        raise WrongAnswer(f"{request.method} {request.url}: no longer {expected.status}")
    return answered, took


def _by_wrk(request: Request, status: int, seconds: float) -> tuple[int, int, float]:
    quoted = json.dumps  # of plain ASCII, a JSON string is a Lua string
    headers = [f"wrk.headers[{quoted(name)}] = {quoted(request.headers[name])}"
               for name in request.headers]  # fmt: skip
    script = _SCRIPT.format(
        method=quoted(request.method), body=quoted(request.body), headers="\n".join(headers)
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "request.lua"
        path.write_text(script, encoding="ascii")
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s", "-s", str(path)]
        done = subprocess.run([*command, request.url], check=True, capture_output=True, text=True)
    summary = json.loads(done.stdout.splitlines()[-1])
    if summary["errors"]:
        raise WrongAnswer(f"{request.method} {request.url}: {summary['errors']} failed")
    return summary["requests"], summary["bytes"], summary["microseconds"] / 1e6


def _by_sockets(request: Request, status: int, seconds: float) -> tuple[int, int, float]:
    sizes: list[int] = []
    wrong: list[int] = []
    start = time.perf_counter()

    def work() -> None:
        while time.perf_counter() - start < seconds:
            answer = send(request)
            (sizes if answer.status == status else wrong).append(answer.size)

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise WrongAnswer(f"{request.method} {request.url}: {len(wrong)} failed")
    return len(sizes), sum(sizes), time.perf_counter() - start


def _exchange(address: tuple[str, int], raw: bytes) -> bytes:
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(raw)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    return b"".join(parts)


def _answer(data: bytes) -> Answer:
    head, _, body = data.partition(b"\r\n\r\n")
    text = head.decode("latin-1")
    return Answer(int(text.split(" ", 2)[1]), text, body, len(data))
