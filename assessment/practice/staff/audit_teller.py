"""Tells the security log every hour how far the audit logs go, on a thread beside the requests."""

from __future__ import annotations

import logging
import threading

from assessment.practice.staff.audit_log import AuditLog
from assessment.records.refusals import Unavailable

log = logging.getLogger("assessment")

EVERY = 60 * 60.0
"""Seconds between two lines."""


class AuditTeller:
    """A thread that tells: once when it begins, then every hour. Each process has its own."""

    def __init__(self, audit_log: AuditLog, every: float = EVERY) -> None:
        self._audit_log = audit_log
        self._every = every
        self._over = threading.Event()

    def start(self) -> None:
        """Begin; call it in the process that shall tell, after it was forked."""
        threading.Thread(target=self._run, name="audit", daemon=True).start()

    def stop(self) -> None:
        """Tell nothing more."""
        self._over.set()

    def _run(self) -> None:
        while True:
            try:
                self._audit_log.tell()
            except Unavailable:
                log.warning("the length of audit logs is not known: the database did not answer")
            except Exception as error:  # whatever it is, it is tried again in an hour
                log.error("the length of audit logs is not known: %s", type(error).__qualname__)
            if self._over.wait(self._every):
                return
