"""A connection on which requests come, with as few calls of the system as it can do with.

Each such call lets go of Python's lock, and another thread takes it: with several at work, that
costs more than the call.
"""

from __future__ import annotations

import select
import socket
import struct
from contextlib import suppress
from typing import Self

SLOW = 15.0
"""Seconds in which a request has to be here once it is read, and in which some of an answer has to
be taken. nginx in front waits as long, and keeps whoever is slow away from our threads."""
SOON = 0.003
"""Seconds for which a thread waits for what is asked next: a browser that is led on asks at once,
and to hand its connection on and take it back costs more than to find a page."""


class Connection(socket.socket):
    """One end of it: ours. The other is a browser, or a proxy in front.

    `hears`: what comes is still read.
    """

    hears = True

    @classmethod
    def accepted(cls, listener: socket.socket) -> tuple[Self, tuple[str, int]]:
        """Take a new one, and say who is at its other end. Raises OSError as `accept` does.

        `accept` would make an object of it first, only to be thrown away.
        """
        descriptor, client = listener._accept()  # type: ignore[attr-defined]  # the stubs lack it
        return cls(fileno=descriptor), client

    def setblocking(self, flag: bool) -> None:
        """Have calls wait or not; where they do already, nothing is called."""
        if (self.gettimeout() is None) is not flag:
            super().setblocking(flag)

    def comes_soon(self) -> bool:
        """Whether something is asked, or nothing ever will be, within a moment."""
        waiting = select.poll()
        waiting.register(self, select.POLLIN)
        return bool(waiting.poll(SOON * 1000))

    def give_up_on_slow_readers(self, seconds: float = SLOW) -> None:
        """Have a write fail when nothing of it is taken for so long."""
        limit = struct.pack("ll", int(seconds), int(seconds % 1 * 1e6))
        self.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)

    def hear_no_more(self) -> None:
        """Read no more than has come, which can still be answered."""
        self.hears = False
        with suppress(OSError):  # it is closed already
            self.shutdown(socket.SHUT_RD)
