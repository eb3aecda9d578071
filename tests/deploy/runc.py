"""Containers of the images that `make image` builds, started with runc as compose.yaml would."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.stress.server import PATIENCE

NEEDED = {"runc": "runc", "buildah": "buildah", "debootstrap": "debootstrap", "age-keygen": "age"}
"""The programs, and the package of Debian that has each."""


class Missing(Exception):
    """Containers cannot be started here; `str()` says what is missing."""


def check() -> None:
    """Raise Missing unless images can be built and started here."""
    if os.geteuid() != 0:
        raise Missing("they build images and start containers, which only root can")
    lacking = [package for program, package in NEEDED.items() if shutil.which(program) is None]
    if lacking:
        raise Missing(
            f"they start containers; get what is missing: apt install {' '.join(lacking)}"
        )


@dataclass(frozen=True, slots=True)
class Image:
    """An image, unpacked; `config` is what it says about how it is to be started."""

    root: Path
    config: Mapping[str, Any]

    @classmethod
    def unpacked(cls, archive: Path, folder: Path) -> Image:
        """Unpack an archive as `docker save` writes it into a folder."""
        layout, root = folder / "layout", folder / "rootfs"
        for made in (layout, root):
            made.mkdir(parents=True)
        subprocess.run(["tar", "-C", layout, "-xf", archive], check=True)
        [told] = json.loads((layout / "manifest.json").read_text("utf-8"))
        for layer in told["Layers"]:
            subprocess.run(
                ["tar", "-C", root, "--numeric-owner", "-xpzf", layout / layer], check=True
            )
        config = json.loads((layout / told["Config"]).read_text("utf-8"))["config"]
        shutil.rmtree(layout)
        return cls(root, config)


@dataclass
class Container:
    """One container: nobody's user, no capability, nothing to write to but `volumes` and /tmp."""

    name: str
    image: Image
    folder: Path
    volumes: Mapping[Path, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] | None = None
    _process: subprocess.Popen[bytes] | None = None

    @property
    def out(self) -> Path:
        """What it said on standard output."""
        return self.folder / "stdout"

    @property
    def err(self) -> Path:
        """What it said on standard error."""
        return self.folder / "stderr"

    def said(self) -> str:
        """Return everything that it said."""
        return self.out.read_text("utf-8") + self.err.read_text("utf-8")

    def start(self) -> None:
        """Start it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "config.json").write_text(json.dumps(self._spec()), "utf-8")
        with self.out.open("ab") as out, self.err.open("ab") as err:
            self._process = subprocess.Popen(
                ["runc", "run", "--bundle", self.folder, self.name], stdout=out, stderr=err
            )

    def exec(self, *command: str) -> int:
        """Run a command in it; return its exit status."""
        return subprocess.run(["runc", "exec", self.name, *command], capture_output=True).returncode

    def processes(self) -> list[int]:
        """Return the processes in it, as this machine numbers them; the first one is first."""
        told = subprocess.run(
            ["runc", "ps", "--format", "json", self.name], capture_output=True, check=True
        )
        return sorted(json.loads(told.stdout))

    def signal(self, name: str) -> None:
        """Send a signal to its first process, as `docker kill --signal` does."""
        subprocess.run(["runc", "kill", self.name, name], check=True)

    def wait(self) -> int:
        """Wait until it has ended; return its exit status."""
        assert self._process is not None
        return self._process.wait(PATIENCE)

    @property
    def ended(self) -> bool:
        """Whether it has ended."""
        return self._process is None or self._process.poll() is not None

    def until(self, command: tuple[str, ...]) -> None:
        """Wait until a command in it succeeds, as a health check does."""
        end = time.monotonic() + PATIENCE
        while self.exec(*command) != 0:
            assert not self.ended, self.said()
            assert time.monotonic() < end, self.said()
            time.sleep(0.2)

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Start it, and end it whatever happens."""
        self.start()
        try:
            yield
        finally:
            self.end()

    def end(self) -> None:
        """End it at once."""
        subprocess.run(["runc", "delete", "--force", self.name], capture_output=True)
        if self._process is not None:
            self._process.wait(PATIENCE)

    def _spec(self) -> dict[str, Any]:
        told = self.image.config
        user, _, group = told["User"].partition(":")
        given = dict(one.split("=", 1) for one in told["Env"]) | dict(self.environment)
        command = [*told["Entrypoint"], *(self.arguments or told.get("Cmd") or ())]
        return {
            "ociVersion": "1.0.2",
            "root": {"path": str(self.image.root), "readonly": True},
            "process": {
                "terminal": False,
                "user": {"uid": int(user), "gid": int(group), "umask": 0o77},
                "args": command,
                "env": [f"{name}={value}" for name, value in given.items()],
                "cwd": told["WorkingDir"],
                "capabilities": {},
                "noNewPrivileges": True,
            },
            "mounts": [
                _mount("/proc", "proc"),
                _mount("/dev", "tmpfs", "nosuid", "mode=755", "size=64k"),
                _mount("/dev/shm", "tmpfs", "nosuid", "nodev", "noexec", "mode=1777"),  # noqa: S108
                _mount("/tmp", "tmpfs", "nosuid", "nodev", "noexec", "mode=1777", "size=64m"),  # noqa: S108
                *(
                    {"destination": target, "type": "bind", "source": str(source),
                     "options": ["rbind", "nosuid", "nodev", "noexec"]}
                    for source, target in self.volumes.items()
                ),
            ],
            "linux": {
                # The network stays that of this machine: what listens does so on 127.0.0.1.
                "namespaces": [{"type": one} for one in ("pid", "ipc", "uts", "mount")],
                "resources": {"memory": {"limit": 1 << 30}, "pids": {"limit": 200}},
                "maskedPaths": ["/proc/kcore", "/proc/keys", "/proc/timer_list"],
                "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys"],
            },
        }  # fmt: skip


def _mount(where: str, kind: str, *options: str) -> dict[str, Any]:
    return {"destination": where, "type": kind, "source": kind, "options": [*options]}
