"""What is done beside the requests: it goes on whatever happens, and ends when told to."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import pytest

from assessment.practice.background import Background, Job, Task
from assessment.practice.jobs import sending
from assessment.records.database import Database
from assessment.records.refusals import Unavailable

PATIENCE = 20.0
OFTEN = 0.001
SELDOM = 3600.0


def often(*tasks: Task, first: float = OFTEN, every: float = OFTEN) -> Job:
    return Job("mails wait", tasks, first, every)


class Outbox:
    """Does what it is told to on each look."""

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


def running() -> int:
    return sum(one.name == "background" for one in threading.enumerate())


def test_it_looks_again_and_again_whatever_goes_wrong(caplog: pytest.LogCaptureFixture) -> None:
    outbox = Outbox(None, Unavailable("away"), ValueError("anna@example.org"), None)
    background = Background(often(outbox.send_due))
    with caplog.at_level(logging.WARNING, logger="assessment"):
        background.start()
        background.start()  # a second one begins nothing
        assert running() == 1
        assert outbox.done.wait(PATIENCE)
        background.stop()
    assert outbox.threads == {"background"}
    assert caplog.messages == [
        "mails wait: the database did not answer",
        "mails wait: ValueError",
    ]
    assert running() == 0


def test_of_several_tasks_one_that_fails_keeps_no_other_from_its_turn() -> None:
    after = Outbox()
    background = Background(often(Outbox(*[ValueError()] * 9).send_due, after.send_due, first=0))
    background.start()
    assert after.done.wait(PATIENCE)
    background.stop()


def test_a_job_that_is_seldom_done_is_done_at_the_start_where_it_says_so() -> None:
    outbox = Outbox()
    background = Background(often(outbox.send_due, first=0, every=SELDOM))
    background.start()
    assert outbox.done.wait(PATIENCE)
    background.stop()
    assert running() == 0, "nobody waits for the hour to pass"


def test_a_job_that_is_slow_keeps_no_other_waiting() -> None:
    quick, done = Outbox(), threading.Event()

    def slow(_: Callable[[], bool]) -> None:
        assert quick.done.wait(PATIENCE), "the other one came first"
        done.set()

    background = Background(often(slow), often(quick.send_due))
    background.start()
    assert done.wait(PATIENCE)
    background.stop()


def test_what_was_begun_for_a_job_is_given_back_at_the_end() -> None:
    outbox, ended = Outbox(), threading.Event()
    job = Job("mails wait", (outbox.send_due,), 0, SELDOM, ended.set)
    background = Background(job)
    background.start()
    assert outbox.done.wait(PATIENCE)
    assert not ended.is_set()
    background.stop()
    assert ended.is_set()


def test_without_a_mail_server_no_mail_is_looked_for(database: Database) -> None:
    clients, staff = Outbox(), Outbox(can_send=False)
    [job] = sending(database, clients, staff)
    [task] = job.tasks
    task(lambda: False)

    assert clients.done.is_set()
    assert not staff.done.is_set()
