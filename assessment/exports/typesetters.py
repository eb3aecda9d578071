"""The processes that make PDFs: few, with a short queue and a time limit.

typst can break down over a text, and tells its error output about it, which is one for the whole
process. So it never runs in a process that answers pages, and nothing of such a process is changed
for it. Whoever asks while all places are taken hears so at once: threads that wait for a PDF are
threads that answer nobody else.
"""

from __future__ import annotations

import atexit
import logging
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

log = logging.getLogger("assessment")

COMMAND = (sys.executable, "-I", str(Path(__file__).with_name("typesetter.py")))
PROCESSES = 1
"""In each process that answers pages."""
WAITING = 2
"""Jobs that wait beside those in hand, in each process that answers pages."""
SECONDS = 10.0
"""How long a job may wait, and again how long it may take."""


class Busy(Exception):
    """No PDF can be made now; `str()` says why, and holds nothing of the texts."""


class Typesetters:
    """Some processes that are started when they are needed. Safe to share between threads.

    `command` starts one; `seconds` bounds the wait in the queue, and the work.
    """

    def __init__(
        self,
        processes: int = PROCESSES,
        waiting: int = WAITING,
        seconds: float = SECONDS,
        command: Sequence[str] = COMMAND,
    ) -> None:
        self._processes = processes
        self._waiting = waiting
        self._seconds = seconds
        self._command = command
        self.forget()

    def forget(self) -> None:
        """Start with no process: those there are belong to whoever this process was forked from."""
        self._lock = threading.Lock()
        self._taken = 0
        self._idle: queue.LifoQueue[_Process | None] = queue.LifoQueue()
        for _ in range(self._processes):
            self._idle.put(None)

    def make(self, job: bytes) -> bytes:
        """Return the file that a job asks for.

        Raises Busy when all places are taken or it takes too long, and RuntimeError with the type
        of what went wrong when no attempt of it gives a file.
        """
        with self._lock:
            if self.is_full:
                raise Busy("all places are taken")
            self._taken += 1
        try:
            return self._made(job)
        finally:
            with self._lock:
                self._taken -= 1

    @property
    def is_full(self) -> bool:
        """Whether the next job is refused."""
        return self._taken >= self._processes + self._waiting

    def _made(self, job: bytes) -> bytes:
        try:
            process = self._idle.get(timeout=self._seconds)
        except queue.Empty:
            raise _told("nobody was free in time") from None
        try:
            process, answer = self._asked(process, job)
        except BaseException:
            process = None
            raise
        finally:
            self._idle.put(process)
        if not answer.startswith(b"+"):
            raise RuntimeError(answer[1:].decode())
        return answer[1:]

    def close(self) -> None:
        """End the processes that have nothing in hand; there are none afterwards."""
        while not self._idle.empty():
            process = self._idle.get_nowait()
            if process is not None:
                process.end()

    def _asked(self, process: _Process | None, job: bytes) -> tuple[_Process, bytes]:
        """Return the answer, and who gave it: one that died over its work is replaced once."""
        for _ in range(2):
            process = process or self._started()
            answer = process.ask(job, self._seconds)
            if answer is not None:
                return process, answer
            too_slow = process.end()
            if too_slow:
                raise _told("it took too long")
            process = None
        raise RuntimeError("typst broke down")

    def _started(self) -> _Process:
        try:
            return _Process(self._command)
        except OSError as error:
            raise _told(f"no process can be started: {error.strerror}") from None


def _told(why: str) -> Busy:
    """Return why there is no PDF, logged. That places are taken is not: anybody can fill a log."""
    log.warning("no PDF was made: %s", why)
    return Busy(why)


class _Process:
    def __init__(self, command: Sequence[str]) -> None:
        # A session of its own, so that Ctrl-C does not reach it; no setting and no secret of ours.
        self._process = subprocess.Popen(  # noqa: S603  our own command
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
        self._too_slow = False

    def ask(self, job: bytes, seconds: float) -> bytes | None:
        """Return the answer with its mark in front; None when the process died or was too slow."""
        limit = threading.Timer(seconds, self._stop)
        limit.start()
        try:
            jobs, answers = self._process.stdin, self._process.stdout
            if jobs is None or answers is None:
                return None
            jobs.write(len(job).to_bytes(4) + job)
            jobs.flush()
            head = answers.read(5)
            size = int.from_bytes(head[1:])
            answer = answers.read(size)
        except OSError:
            return None
        finally:
            limit.cancel()
        is_whole = len(head) == 5 and len(answer) == size
        return head[:1] + answer if is_whole else None

    def end(self) -> bool:
        """End the process; return whether it was stopped because it took too long."""
        self._process.kill()
        self._process.communicate()
        return self._too_slow

    def _stop(self) -> None:
        self._too_slow = True
        self._process.kill()


TYPESETTERS = Typesetters()
"""Those of this process."""
atexit.register(TYPESETTERS.close)
os.register_at_fork(after_in_child=TYPESETTERS.forget)
