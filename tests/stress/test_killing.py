"""However busy the machine is, the server is not killed so often that nobody gets through."""

from __future__ import annotations

import threading
from pathlib import Path

from tests.stress.killing import IN_VAIN, Killer
from tests.stress.server import Server


class Slow(Server):
    """A server with which nobody gets through in its first lives."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.lives = 0
        self.last_chance, self.killed_again = threading.Event(), threading.Event()

    def start(self) -> None:
        self.lives += 1
        if self.lives == IN_VAIN:
            self.last_chance.set()

    def kill(self) -> None:
        if self.last_chance.is_set():
            self.killed_again.set()


def test_after_lives_that_served_nobody_one_lasts_until_somebody_was(tmp_path: Path) -> None:
    server = Slow(tmp_path)
    killer = Killer(server, seed=1, most=1)

    with killer.at_work():
        assert server.last_chance.wait(30)
        assert not server.killed_again.wait(1)
        killer.tell()
        assert server.killed_again.wait(30)
        killer.tell()
    assert killer.kills > IN_VAIN
