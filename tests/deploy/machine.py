"""A Debian of its own that boots beside this one: systemd-nspawn over a debootstrapped folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

NEEDED = "adduser debconf python3 nginx certbot age openssl logrotate pebble ca-certificates curl"
WITH_SYSTEMD = "systemd,systemd-sysv,dbus,ca-certificates,apt-utils,procps,iproute2"
ROOTS = Path(os.environ.get("DEB_ROOTS", "build/roots"))
"""Where bare systems are kept, because making one takes minutes; one has deb- before its name."""
CLEAN = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive"}  # fmt: skip


def skip_unless_it_can_boot() -> None:
    """Skip the test where no Debian can be booted."""
    if os.geteuid() or not shutil.which("systemd-nspawn") or not shutil.which("debootstrap"):
        pytest.skip("they boot a Debian; as root: apt install systemd-container debootstrap")


def bare_system(suite: str) -> Path:
    """Return a folder with a bare Debian, and with the packages of Debian that ours needs."""
    ready = ROOTS / f"deb-{suite}"
    if ready.exists():
        return ready
    ROOTS.mkdir(parents=True, exist_ok=True)
    draft = ROOTS / f"draft-{suite}"
    shutil.rmtree(draft, ignore_errors=True)
    try:
        _run("debootstrap", "--variant=minbase", f"--include={WITH_SYSTEMD}", suite, draft)
    except subprocess.CalledProcessError:
        pytest.skip("they need a mirror of Debian, or bare systems in DEB_ROOTS")
    no_starting = draft / "usr/sbin/policy-rc.d"
    no_starting.write_text("#!/bin/sh\nexit 101\n")
    no_starting.chmod(0o755)
    install = "apt-get update -qq && apt-get install -y -qq --no-install-recommends"
    _run("chroot", draft, "sh", "-c", f"{install} {NEEDED} postgresql postgresql-client")
    _run("chroot", draft, "systemctl", "disable", "postgresql.service")
    no_starting.unlink()
    return draft.rename(ready)


class Machine:
    """A system that runs in a folder, with a network of its own that leads nowhere."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._nspawn: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Boot it, and wait until it is up."""
        self._nspawn = subprocess.Popen(
            ["systemd-nspawn", "--register=no", "--keep-unit", "--quiet", "--private-network",
             "--console=pipe", "--boot", "--directory", self.root],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env={**os.environ, "UNIFIED_CGROUP_HIERARCHY": "1"},
        )  # fmt: skip
        wait_for(lambda: self._leader() is not None, "it did not boot")
        wait_for(
            lambda: self.run("systemctl is-system-running", check=False).strip() == "running",
            "not everything started",
        )

    def stop(self) -> None:
        """Turn it off as an operator would."""
        if self._nspawn is not None:
            self.run("systemctl --no-block poweroff", check=False)
            try:
                self._nspawn.wait(120)
            finally:
                self._nspawn.kill()
                self._nspawn.wait(30)

    def run(self, script: str, *, check: bool = True, **settings: str) -> str:
        """Run a script in it as root; return what it said."""
        ended = subprocess.run(
            ["nsenter", "-t", str(self._leader()), "-a", "sh", "-euc", script],
            env={**CLEAN, **settings}, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=900, check=False,
        )  # fmt: skip
        assert not check or ended.returncode == 0, f"{script}\n{ended.stdout}"
        return ended.stdout

    def _leader(self) -> int | None:
        assert self._nspawn is not None
        children = Path(f"/proc/{self._nspawn.pid}/task/{self._nspawn.pid}/children").read_text()
        pids = [
            int(pid) for pid in children.split()
            if os.path.realpath(f"/proc/{pid}/exe").endswith("systemd")
        ]  # fmt: skip
        return pids[0] if pids else None


def wait_for(holds: Callable[[], bool], what: str, seconds: int = 300) -> None:
    """Ask again and again until something holds."""
    for _ in range(seconds):
        if holds():
            return
        time.sleep(1)
    raise AssertionError(what)


def _run(*words: str | Path) -> None:
    # A folder of this machine that TMPDIR names is none of a system in another root.
    outside = {name: value for name, value in os.environ.items() if name != "TMPDIR"}
    subprocess.run(
        words, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        env=outside | {"DEBIAN_FRONTEND": "noninteractive"},
    )  # fmt: skip
