"""Machines of our own in network namespaces, joined by a bridge: nothing outside is touched."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

ADDRESSES = {
    "people": "10.77.0.2", "front": "10.77.0.10",
    "one": "10.77.0.11", "two": "10.77.0.12", "three": "10.77.0.13",
    "first": "10.77.0.21", "second": "10.77.0.22", "cache": "10.77.0.31",
}  # fmt: skip
"""The machines; the hosts have the addresses of deploy/machines-upstream.conf."""
PHONES = tuple(f"10.77.0.{100 + number}" for number in range(60))
"""More addresses of `people`, so that nginx gives them to different hosts."""
_LONGEST = 30


class Missing(Exception):
    """No networks can be made here; `str()` says what is lacking."""


class Machine:
    """A network namespace, with the processes that were started in it."""

    def __init__(self, name: str, address: str) -> None:
        self.name = name
        self.address = address
        self._running: list[subprocess.Popen[bytes]] = []

    def start(
        self, *command: str, user: str | None = None, log: Path, **more: str
    ) -> subprocess.Popen[bytes]:
        """Start a program there, which ends with this one; `more` is its whole environment."""
        as_user = [] if user is None else ["--reuid", user, "--regid", user, "--clear-groups"]
        with log.open("ab") as out:
            process = subprocess.Popen(
                ["ip", "netns", "exec", self.name,
                 "setpriv", *as_user, "--pdeathsig", "KILL", *command],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/",
                env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **more},
                start_new_session=True,
            )  # fmt: skip
        self._running.append(process)
        return process

    def signal(self, number: int) -> None:
        """Send a signal to all that runs there."""
        for process in self._running:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, number)

    def die(self) -> None:
        """Be gone, as without power: no process is left, and nobody answers at the address."""
        run("ip", "-n", self.name, "link", "set", "eth0", "down")
        self.stop()

    def stop(self) -> None:
        """End all that runs there, at once."""
        self.signal(signal.SIGKILL)
        for process in self._running:
            process.wait(_LONGEST)
        self._running.clear()

    def enter(self) -> None:
        """Have this thread, and no other, open its connections there."""
        libc = ctypes.CDLL(None, use_errno=True)
        with Path(f"/var/run/netns/{self.name}").open() as namespace:
            if libc.setns(namespace.fileno(), 0):
                raise OSError(ctypes.get_errno(), "setns")


def run(*command: str) -> None:
    """Run a command, which has to succeed."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")


@contextmanager
def network() -> Iterator[dict[str, Machine]]:
    """Give the machines by their names, and remove them. Raises Missing."""
    if os.geteuid() != 0 or shutil.which("ip") is None or shutil.which("setpriv") is None:
        raise Missing("they make networks, which only root can")
    mark = f"clinic{os.getpid()}"
    switch = f"{mark}-switch"
    machines = {name: Machine(f"{mark}-{name}", at) for name, at in ADDRESSES.items()}
    try:
        run("ip", "netns", "add", switch)
        run("ip", "-n", switch, "link", "add", "br0", "type", "bridge")
        run("ip", "-n", switch, "link", "set", "br0", "up")
        for number, machine in enumerate(machines.values()):
            _join(switch, f"port{number}", machine)
        for address in PHONES:
            _give(machines["people"], address)
        yield machines
    finally:
        for machine in machines.values():
            machine.stop()
        for name in (*(one.name for one in machines.values()), switch):
            with suppress(RuntimeError):
                run("ip", "netns", "delete", name)


def _join(switch: str, port: str, machine: Machine) -> None:
    run("ip", "netns", "add", machine.name)
    pair: Sequence[str] = ("type", "veth", "peer", "name", "eth0", "netns", machine.name)
    run("ip", "link", "add", port, "netns", switch, *pair)
    run("ip", "-n", switch, "link", "set", port, "master", "br0", "up")
    run("ip", "-n", machine.name, "link", "set", "lo", "up")
    run("ip", "-n", machine.name, "link", "set", "eth0", "up")
    _give(machine, machine.address)


def _give(machine: Machine, address: str) -> None:
    run("ip", "-n", machine.name, "address", "add", f"{address}/24", "dev", "eth0")
