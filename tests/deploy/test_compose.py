"""The compose file, started by Docker as docs/container.md says: `make test-slow`.

IMAGES names a folder in which `make image` has built the images.
"""

from __future__ import annotations

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.deploy.docker import THERE, Docker, Missing, running
from tests.deploy.machine import wait_for
from tests.deploy.people import People
from tests.deploy.test_image import built
from tests.nginx import NAME, certify
from tests.stress.phone import Cut, Phone

__all__ = ("built",)

pytestmark = pytest.mark.slow

SHIPPED = ROOT / "deploy" / "container"
CLINIC, PROXY = 10001, 10003
GUIDE = (ROOT / "docs" / "container.md").read_text("utf-8")
NIGHTLY = ("exec", "-T", "backup", "python", "deploy/container/nightly.py")


class Browser(Phone):
    """A phone that reaches the site over TLS."""

    trust: ssl.SSLContext

    @property
    def site(self) -> str:
        return f"https://{NAME}"

    def line(self) -> http.client.HTTPConnection:
        line = http.client.HTTPSConnection(NAME, self.port, timeout=60)
        raw = socket.create_connection((THERE, self.port), 60)
        line.sock = self.trust.wrap_socket(raw, server_hostname=NAME)
        return line


def laid_out(folder: Path) -> None:
    """Put everything there, as the guide has an operator do."""
    shutil.copy(SHIPPED / "compose.yaml", folder)
    site = subprocess.run(
        ["sed", "-f", SHIPPED / "site.sed", ROOT / "deploy" / "nginx.conf"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    (folder / "site.conf").write_text(site, "utf-8")
    for name, owner in {"secrets": 0, "backups": CLINIC, "tls": PROXY, "acme": 0}.items():
        (folder / name).mkdir(mode=0o700)
        os.chown(folder / name, owner, owner)
    (folder / "secrets" / "smtp_password").touch(mode=0o400)
    os.chown(folder / "secrets" / "smtp_password", CLINIC, CLINIC)
    certify(folder / "tls")
    for file in (folder / "tls").iterdir():
        os.chown(file, PROXY, PROXY)
    for name, command in {"backup.key": [], "backup.pub": ["-y", "backup.key"]}.items():
        made = subprocess.run(["age-keygen", *command], cwd=folder, capture_output=True, check=True)
        (folder / name).write_bytes(made.stdout)
    os.chown(folder / "backup.key", CLINIC, CLINIC)
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    places = {"CERTIFICATES": "tls", "ACME": "acme", "BACKUPS": "backups"}
    lines = [f"{name}={folder / place}\n" for name, place in places.items()]
    (folder / ".env").write_text(f"NAME={NAME}\nVERSION={version}\n{''.join(lines)}", "utf-8")


@pytest.fixture
def docker(tmp_path: Path, built: Path) -> Iterator[Docker]:
    folder = tmp_path / "clinic"
    folder.mkdir()
    try:
        with running(folder) as one:
            for archive in built.glob("*.tar"):
                one.run("load", "--input", archive)
            laid_out(folder)
            yield one
            one.compose("down", "--volumes", "--timeout", "1")
    except Missing as missing:
        pytest.skip(str(missing))


def in_the_guide(docker: Docker, marks: str, **told: str) -> None:
    """Run the one command of the guide that has these words in it, with some of them changed."""
    lines = re.findall(r"^(?:docker|install) .*$", GUIDE, re.MULTILINE)
    [line] = {line for line in lines if marks in line}
    for there, here in told.items():
        line = re.sub(there, here, line)
    subprocess.run(
        ["sh", "-euc", line], cwd=docker.folder, check=True, stdin=subprocess.DEVNULL,
        env={**os.environ, "DOCKER_HOST": f"unix://{docker.socket}"},
    )  # fmt: skip


def newest_copy(docker: Docker) -> str:
    docker.compose(*NIGHTLY, "--once")
    return max(one.name for one in (docker.folder / "backups").glob("*.dump.age"))


def until_healthy(browser: type[Browser]) -> None:
    def answers() -> bool:
        try:
            return browser(443).get("/healthz").status == 200
        except (Cut, OSError):
            return False

    # A new server waits ten minutes for the one in the copy, whose cookies it could not read.
    wait_for(answers, "the site does not answer", 900)


def restore(docker: Docker, copy: str) -> None:
    docker.compose("stop", "clinic")
    in_the_guide(docker, "deploy/container/restore.py", **{r"clinic-\d+T\d+Z\.dump\.age": copy})
    docker.compose("start", "clinic")


def test_what_was_sent_through_the_proxy_outlives_a_new_start_and_the_loss_of_every_volume(
    docker: Docker,
) -> None:
    trust = ssl.create_default_context(cafile=str(docker.folder / "tls" / "fullchain.pem"))
    browser = type("Trusting", (Browser,), {"trust": trust})
    people = People(lambda: browser(443))

    def sent() -> int:
        until_healthy(browser)
        return people.inbox().count("Zoe Fischer")

    in_the_guide(docker, "compose up --detach")
    until_healthy(browser)
    people.set_up(docker.compose("logs", "clinic"))
    people.answer_and_send(people.invite())
    before = sent()
    assert before > 0
    docker.compose("down")
    docker.compose("up", "--detach")
    assert sent() == before

    copy = newest_copy(docker)
    people.answer_and_send(people.invite())
    assert sent() > before
    restore(docker, copy)
    assert sent() == before, "what came after the copy is gone"

    docker.compose("cp", "clinic:/var/lib/clinic/records.key", ".")
    docker.compose("down", "--volumes")
    for marks in ("700 -o 10001 put-back", "10001 records.key put-back", "copytree"):
        in_the_guide(docker, marks)
    docker.compose("up", "--detach")
    until_healthy(browser)
    restore(docker, copy)
    assert sent() == before, "from the copy and the key alone"
