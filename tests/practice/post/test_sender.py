"""The thread that sends what is due: it goes on whatever happens, and ends when told to."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import pytest

from assessment.practice.post.sender import Sender
from assessment.records.refusals import Unavailable

PATIENCE = 20.0
OFTEN = 0.001


class Outbox:
    """In place of the real one: does what it is told to on each look."""

    is_about = "mails to clients"

    def __init__(self, *acts: BaseException | None, can_send: bool = True) -> None:
        self.can_send = can_send
        self.left = list(acts)
        self.done = threading.Event()
        self.threads: set[str] = set()

    def send_due(self, stop: Callable[[], bool]) -> None:
        self.threads.add(threading.current_thread().name)
        if not self.left:
            self.done.set()
            return
        act = self.left.pop(0)
        if act is not None:
            raise act


def test_it_looks_again_and_again_whatever_goes_wrong(caplog: pytest.LogCaptureFixture) -> None:
    outbox = Outbox(None, Unavailable("away"), ValueError("anna@example.org"), None)
    sender = Sender(outbox, every=OFTEN)
    with caplog.at_level(logging.WARNING, logger="assessment"):
        sender.start()
        sender.start()  # a second one begins nothing
        assert outbox.done.wait(PATIENCE)
        sender.stop()
    assert outbox.threads == {"outbox"}
    assert caplog.messages == [
        "mails to clients wait: the database did not answer",
        "mails to clients wait: ValueError",
    ]
    assert [one.name for one in threading.enumerate() if one.name == "outbox"] == []


def test_without_a_mail_server_nothing_runs() -> None:
    outbox = Outbox(can_send=False)
    sender = Sender(outbox, every=OFTEN)
    sender.start()
    assert [one.name for one in threading.enumerate() if one.name == "outbox"] == []
    sender.stop()
    assert outbox.threads == set()


def test_a_queue_that_is_slow_keeps_no_other_waiting() -> None:
    class Slow(Outbox):
        def send_due(self, stop: Callable[[], bool]) -> None:
            assert quick.done.wait(PATIENCE), "the other one came first"
            self.done.set()

    quick, slow = Outbox(), Slow()
    sender = Sender(slow, quick, every=OFTEN)
    sender.start()
    assert slow.done.wait(PATIENCE)
    sender.stop()
