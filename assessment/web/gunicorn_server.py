"""The product under gunicorn: two workers of several threads each."""

from __future__ import annotations

import gc
import os
import signal
import socket

from gunicorn.app.base import BaseApplication

from assessment.practice.background import Background
from assessment.web.listening import address_of
from assessment.web.monitoring.switched_on import Watcher
from assessment.web.server.lines import announce
from assessment.web.server.log_lines import said
from assessment.web.server.logs import QuietFlask, QuietJsonLogger, QuietLogger
from assessment.web.server.settings import Settings
from assessment.web.worker import GRACE, Worker, hold_signals, take_signals

WORKERS = 2
THREADS = 11
"""Requests that a worker has in hand: six may wait for the database and three for a PDF, and two
are left for pages that need neither."""


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Serves an application, with what is done beside it in each worker."""

    def __init__(
        self,
        app: QuietFlask,
        settings: Settings,
        listener: socket.socket,
        code: str | None,
        beside: tuple[Watcher | Background, ...],
    ) -> None:
        self._app = app
        self._beside = beside
        self._code = code
        self._settings = settings
        self._in_json = settings.log_format == "json"
        self._address = settings.public_url or address_of(listener)
        self._descriptor = listener.detach()  # gunicorn takes it over
        os.register_at_fork(after_in_parent=take_signals)
        super().__init__()

    def load_config(self) -> None:
        """Set what gunicorn does; see decisions 0008 and 0015."""
        options: dict[str, object] = {
            "bind": f"fd://{self._descriptor}",
            "workers": WORKERS,
            "worker_class": Worker,
            "threads": THREADS,
            "preload_app": True,
            "control_socket_disable": True,  # nothing listens but the product itself
            "logger_class": QuietJsonLogger if self._in_json else QuietLogger,
            "accesslog": "-" if self._settings.access_log else None,
            "loglevel": "warning",
            "graceful_timeout": GRACE,
            "proc_name": "assessment",
            "forwarded_allow_ips": "",  # we read forwarded headers ourselves, by hop count
            "when_ready": self._tell,
            "pre_fork": lambda _, __: hold_signals(),
            "worker_int": _stop_once,
            "post_worker_init": lambda _: self._start(),
            "worker_exit": lambda _, __: self._stop(),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> QuietFlask:
        """Return the application, which is loaded already.

        What is there by now stays until the end. To look through all of it for what could be thrown
        away would keep a page waiting now and then, and copy it into each worker.
        """
        gc.collect()
        gc.freeze()
        return self._app

    def _start(self) -> None:
        """Begin in a worker what a fork does not take along."""
        for one in self._beside:
            one.start()

    def _stop(self) -> None:
        for one in reversed(self._beside):
            one.stop()

    def _tell(self, _: object) -> None:
        lines = [f"Ready at {self._address} (Ctrl-C stops it)"]
        if self._code is not None:
            setup = f"{self._address.rstrip('/')}/clinic/setup"
            lines.append(f"To open the clinic area, go to {setup} and enter the code {self._code}")
        announce("\n".join(said(line, self._settings.log_format) for line in lines))


def _stop_once(_: object) -> None:
    # Ctrl-C reaches a worker twice, from the terminal and from gunicorn's main process: the
    # second one would break into what the worker does at its end.
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
        # Not SIG_IGN: of a signal that waits for its handler already, Python would complain.
        signal.signal(number, lambda *_: None)
