"""A Docker daemon of its own, in a network of its own, that knows no registry."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.deploy.machine import wait_for

HERE, THERE = "198.51.100.1", "198.51.100.2"
"""Both ends of the line to its network; from a range that is nobody's."""


class Missing(Exception):
    """There can be none here; `str()` says what is missing."""


@dataclass(frozen=True, slots=True)
class Docker:
    """A daemon that runs, and the folder of a compose file."""

    socket: Path
    folder: Path

    def run(self, *words: str | Path, check: bool = True) -> str:
        """Run the command docker in that folder; return what it said."""
        ended = subprocess.run(
            ["docker", *words], cwd=self.folder, stdin=subprocess.DEVNULL,
            env={**os.environ, "DOCKER_HOST": f"unix://{self.socket}", "PWD": str(self.folder)},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=600,
        )  # fmt: skip
        assert not check or ended.returncode == 0, f"{words}\n{ended.stdout}"
        return ended.stdout

    def compose(self, *words: str) -> str:
        """Run docker compose."""
        return self.run("compose", *words)


def check() -> None:
    """Raise Missing unless a daemon can be started here."""
    if os.geteuid() != 0:
        raise Missing("a daemon of Docker is started by root")
    for program in ("dockerd", "docker", "ip", "iptables", "age-keygen"):
        if shutil.which(program) is None:
            raise Missing(f"they need {program}: apt install docker.io iproute2 iptables age")
    if subprocess.run(["docker", "compose", "version"], capture_output=True).returncode:
        raise Missing("they need docker compose, which is docker-compose from Debian 13 on")


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Docker]:
    """Give a daemon; `folder` is where its commands run. Raises Missing."""
    check()
    name = f"docker-{os.getpid()}"
    with contextlib.ExitStack() as stack:
        # A path in the folder of a test would be too long for its sockets.
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="docker-", dir="/tmp")))
        _ip("netns", "add", name)
        stack.callback(_ip, "netns", "delete", name)
        # Not `ip netns exec`, which would hide the groups of processes of the machine.
        inside = ["nsenter", f"--net=/run/netns/{name}"]
        _ip(
            "link", "add", f"d{os.getpid()}", "type", "veth", "peer", "name", "host0", "netns", name
        )
        _ip("address", "add", f"{HERE}/30", "dev", f"d{os.getpid()}")
        _ip("link", "set", f"d{os.getpid()}", "up")
        for words in (
            ["address", "add", f"{THERE}/30", "dev", "host0"],
            ["link", "set", "host0", "up"],
            ["link", "set", "lo", "up"],
        ):
            subprocess.run([*inside, "ip", *words], check=True)
        log = stack.enter_context((home / "log").open("wb"))
        daemon = subprocess.Popen(
            [*inside, "dockerd", "--host", f"unix://{home}/sock", "--data-root", home / "data",
             "--exec-root", home / "exec", "--pidfile", home / "pid"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
        stack.callback(daemon.wait, 60)
        stack.callback(daemon.terminate)
        docker = Docker(home / "sock", folder)
        wait_for(lambda: "Server Version" in docker.run("info", check=False), "no daemon", 60)
        yield docker


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
