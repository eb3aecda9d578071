"""`python -m tests.stress.faster`: the product, in a hurry with what it does by itself.

What it looks at every few seconds or minutes is looked at all the time, in steps so small that a
kill finds it in the middle, and webhooks lead to a stand-in on this machine that HOOKS names: its
port, a space, and the file of its certificate.
"""

from __future__ import annotations

import os
import socket
import ssl
from functools import partialmethod

from assessment.cli import main
from assessment.practice import jobs, turns
from assessment.practice.hooks import sending
from assessment.practice.hooks.http_client import HttpClient
from assessment.practice.keeping import purging, resealing
from assessment.practice.post import mail_quota
from tests.practice.hooks.stand_in import PUBLIC

HOOKS = "HOOKS"


def hurry(hooks: str) -> None:
    """Have everything that is made from now on be in a hurry."""
    port, certificate = hooks.split(" ", 1)

    def connect(_: str, seconds: float) -> socket.socket:
        return socket.create_connection(("127.0.0.1", int(port)), seconds)

    trust = ssl.create_default_context(cafile=certificate)
    to_us = partialmethod(
        HttpClient.__init__, resolve=lambda _: (PUBLIC,), connect=connect, trust=trust
    )
    setattr(HttpClient, "__init__", to_us)  # noqa: B010  mypy would not have it
    jobs.SENDING, jobs.KEEPING_HOUSE, jobs.SOON = 0.5, 1.0, 0.5
    turns.HOLD = 1.0
    sending.PAUSES = (1,) * 99  # seconds; never given up
    purging.AT_ONCE = 1
    resealing.AT_ONCE = 3
    mail_quota.MOST_A_DAY = 1_000_000


if __name__ == "__main__":
    hurry(os.environ[HOOKS])
    main()
