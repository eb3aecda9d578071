"""The pages under gunicorn beside a bare Flask application that returns a string.

    .venv/bin/python -m bench.web

Both run with as many workers and threads as the product on this machine, and so does what loads
them: they share the cores in the same way. They take turns of a second, so that what else the
machine is doing slows all alike; the CPU time that the workers spend on a request is printed beside
the requests per second. Without `wrk` the bars are held against that CPU time: Python is too slow a
client to keep workers busy.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from assessment.web.gunicorn_server import THREADS as SERVER_THREADS
from assessment.web.gunicorn_server import WORKERS
from bench import counting
from bench.load import CONNECTIONS, HAS_WRK, THREADS, Request, WrongAnswer, load, send
from bench.measure import REPEATS, Bar, Spread, ratios, table
from bench.walker import BROWSER, middle

SLICES = 3
SLICE_SECONDS = 1
START_SECONDS = 30
BARE = "bare Flask, GET of a string"
PAGE = "GET of a question page"
ANSWERED = "GET of a page with its answer"
ANSWER = "POST of an answer"


@dataclass(frozen=True, slots=True)
class Server:
    """A running server: its address, and its process."""

    url: str
    pid: int

    def cpu_seconds(self) -> float:
        """CPU time of its workers so far."""
        ticks = os.sysconf("SC_CLK_TCK")
        total = 0
        for worker in self._workers():
            fields = (worker / "stat").read_text(encoding="utf-8").rpartition(")")[2]
            user, system = fields.split()[11:13]
            total += int(user) + int(system)
        return total / ticks

    def megabytes(self) -> float:
        """Memory of its workers now (RSS); what they share is counted in each."""
        pages = (int((one / "statm").read_text("ascii").split()[1]) for one in self._workers())
        return sum(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6

    def _workers(self) -> list[Path]:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii")
        return [Path("/proc", child) for child in children.split()]


@dataclass(slots=True)
class Figures:
    """Of one request: requests per second and CPU milliseconds of the server, by round."""

    per_second: list[float]
    cpu: list[float]

    def share_of(self, bare: Figures) -> Spread:
        return ratios(self.per_second, bare.per_second)

    def cpu_share_of(self, bare: Figures) -> Spread:
        return ratios(bare.cpu, self.cpu)


def run() -> list[Bar]:
    """Measure, print the figures and return the bars."""
    with (
        tempfile.TemporaryDirectory() as folder,
        _bare(Path(folder)) as bare,
        product(Path(folder)) as served,
    ):
        walked = middle(served.url)
        requests = {
            BARE: (bare, Request(bare.url, "GET", BROWSER)),
            PAGE: (served, walked.page),
            ANSWERED: (served, walked.answered_page),
            ANSWER: (served, walked.answer),
        }
        figures = _measure(requests)
    _print(figures, urlsplit(walked.page.url).path)
    shares = {
        name: one.share_of(figures[BARE]) if HAS_WRK else one.cpu_share_of(figures[BARE])
        for name, one in figures.items()
    }
    return [
        Bar(f"{PAGE} / bare", shares[PAGE], at_least=0.5),
        Bar(f"{ANSWER} / bare", shares[ANSWER], at_least=0.4),
        Bar(
            f"counting a request for the metrics / CPU of {PAGE}",
            ratios(counting.milliseconds(), figures[PAGE].cpu),
            at_most=0.02,
        ),
    ]


def _measure(requests: dict[str, tuple[Server, Request]]) -> dict[str, Figures]:
    statuses = {BARE: 200, PAGE: 200, ANSWERED: 200, ANSWER: 303}
    expected = {name: send(request) for name, (_, request) in requests.items()}
    for name, answer in expected.items():
        if answer.status != statuses[name]:
            raise WrongAnswer(f"{name}: {answer.status}, not {statuses[name]}")
    figures = {name: Figures([], []) for name in requests}
    for name, (_, request) in requests.items():
        load(request, expected[name], SLICE_SECONDS)  # to warm up
    for _ in range(REPEATS):
        answered = dict.fromkeys(requests, 0)
        took = dict.fromkeys(requests, 0.0)
        cpu = dict.fromkeys(requests, 0.0)
        for _ in range(SLICES):
            for name, (server, request) in requests.items():
                before = server.cpu_seconds()
                number, seconds = load(request, expected[name], SLICE_SECONDS)
                answered[name] += number
                took[name] += seconds
                cpu[name] += server.cpu_seconds() - before
        for name, one in figures.items():
            one.per_second.append(answered[name] / took[name])
            one.cpu.append(cpu[name] / answered[name] * 1e3)
    return figures


def _print(figures: dict[str, Figures], path: str) -> None:
    client = f"wrk, {CONNECTIONS} connections" if HAS_WRK else f"Python, {THREADS} threads"
    print(f"\nPages: gunicorn with {WORKERS} workers of {SERVER_THREADS} threads, and {client},")
    print(
        f"on the same cores; median of {REPEATS} rounds of {SLICES} times {SLICE_SECONDS} s in turn"
    )
    print("(lowest to highest).")
    print(f"The page is {path}, half-way through the questions.\n")
    rows = [("", "requests a second", "of bare", "ms of server CPU", "of bare")]
    bare = figures[BARE]
    for name, one in figures.items():
        rows.append(
            (
                name,
                f"{Spread.of(one.per_second):.0f}",
                f"{one.share_of(bare)}",
                f"{Spread.of(one.cpu):.3f}",
                f"{one.cpu_share_of(bare)}",
            )
        )
    print(table(rows))


@contextmanager
def _bare(folder: Path) -> Iterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as listener:  # a free port, handed over
        descriptor = listener.fileno()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        options = ["--workers", str(WORKERS), "--threads", str(SERVER_THREADS), "--preload"]
        private = ["--log-level", "warning", "--control-socket", str(folder / "control")]
        process = subprocess.Popen(
            [
                *[sys.executable, "-m", "gunicorn", *options, *private],
                *["--bind", f"fd://{descriptor}", "bench.bare:app"],
            ],
            pass_fds=[descriptor],
        )
    with _stopping(process):
        _wait_for(url)
        yield Server(url, process.pid)


@contextmanager
def product(folder: Path) -> Iterator[Server]:
    """Serve the product as `make run` does, on a port of its own."""
    environment = {"PATH": os.environ["PATH"], "PORT": "0", "INSTANCE": str(folder / "instance")}
    process = subprocess.Popen(
        [sys.executable, "-m", "assessment.cli", "serve"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    with _stopping(process):
        assert process.stdout is not None
        words = process.stdout.readline().split()
        url = next((word for word in words if word.startswith("http://")), "")
        if not url:
            raise WrongAnswer("the product does not start")
        _wait_for(url)
        yield Server(url, process.pid)


@contextmanager
def _stopping(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> Iterator[None]:
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=START_SECONDS)


def _wait_for(url: str) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            send(Request(url, "GET", BROWSER))
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return


if __name__ == "__main__":
    print(*run(), sep="\n")
