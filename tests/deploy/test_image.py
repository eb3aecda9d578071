"""The images, built here and started with runc, do what docs/container.md says.

IMAGES names a folder in which `make image` has built them already; else they are built first.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.deploy.people import People
from tests.deploy.runc import Container, Image, Missing, check
from tests.nginx import NAME, certify
from tests.stress.phone import Phone
from tests.stress.server import PATIENCE, free_port

pytestmark = pytest.mark.slow

CLINIC, POSTGRES, PROXY = 10001, 10002, 10003
OVER_SOCKET = "postgresql://clinic@/clinic?host=/run/postgresql"
HEALTHY = ("python", "deploy/container/healthy.py")
CHECKED = ("clinic", "backup", "database")
"""What tells its health by itself; compose.yaml has the check of nginx."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        check()
    except Missing as error:
        pytest.skip(str(error))
    if made := os.environ.get("IMAGES"):
        return Path(made)
    folder = tmp_path_factory.mktemp("images")
    build(folder)
    return folder


def build(folder: Path) -> None:
    subprocess.run(
        [sys.executable, "deploy/container/build_images.py", folder], check=True, cwd=ROOT
    )


@pytest.fixture(scope="module")
def images(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Image]:
    return {
        archive.stem: Image.unpacked(archive, tmp_path_factory.mktemp(archive.stem))
        for archive in built.glob("*.tar")
    }


class Clinic:
    """The product in a container, and the people who use it."""

    def __init__(
        self, image: Image, folder: Path, socket: Path | None = None, **settings: str
    ) -> None:
        self.port = free_port()
        instance = owned(folder / "instance", CLINIC)
        self.container = Container(
            f"clinic-{os.getpid()}-{self.port}",
            image,
            folder / "clinic",
            {instance: "/var/lib/clinic"} | ({socket: "/run/postgresql"} if socket else {}),
            {"HOST": "127.0.0.1", "PORT": str(self.port), **settings},
        )
        self.people = People(lambda: Phone(self.port))

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        with self.container.running():
            self.container.until(HEALTHY)
            yield

    def stop(self) -> int:
        """Stop it as compose does; return its exit status."""
        self.container.signal("TERM")
        return self.container.wait()


def owned(folder: Path, user: int) -> Path:
    folder.mkdir(parents=True)
    folder.chmod(0o700)
    os.chown(folder, user, user)
    return folder


def test_what_was_sent_is_there_after_a_restart_and_nothing_else_was_written(
    images: Mapping[str, Image], tmp_path: Path
) -> None:
    clinic = Clinic(images["clinic"], tmp_path)
    with clinic.running():
        clinic.people.set_up(clinic.container.said())
        clinic.people.answer_and_send(clinic.people.invite())
        assert clinic.container.exec("sh", "-c", "true") != 0, "there is no shell"
        write = "open('/srv/clinic/app.py', 'a')"
        assert clinic.container.exec("python", "-c", write) != 0, "its files cannot be changed"
        status = Path(f"/proc/{clinic.container.processes()[0]}/status").read_text("ascii")
        assert re.search(r"^Uid:\s+10001\s+10001\s", status, re.MULTILINE)
        assert re.search(r"^CapBnd:\s+0+$", status, re.MULTILINE)
        assert re.search(r"^NoNewPrivs:\s+1$", status, re.MULTILINE)
        assert clinic.stop() == 0
    with clinic.running():
        assert "Zoe Fischer" in clinic.people.inbox()
    said = clinic.container.said()
    assert "Zoe" not in said
    assert "Sender" not in said


def test_each_image_says_its_version_and_how_its_health_is_seen(
    built: Path, images: Mapping[str, Image]
) -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    for name, image in images.items():
        assert image.config["Labels"]["org.opencontainers.image.version"] == version
        assert ("Healthcheck" in image.config) == (name in CHECKED), name
        listed = json.loads((built / f"{name}.cdx.json").read_text("utf-8"))
        assert listed["metadata"]["component"]["version"] == version
    assert images["clinic"].config["Healthcheck"]["Test"] == ["CMD", *HEALTHY]


def test_the_health_check_fails_while_the_server_does_not_answer(
    images: Mapping[str, Image], tmp_path: Path
) -> None:
    clinic = Clinic(images["clinic"], tmp_path)
    with clinic.running():
        processes = clinic.container.processes()
        for process in processes:
            os.kill(process, signal.SIGSTOP)
        assert clinic.container.exec(*HEALTHY) == 1
        for process in processes:
            os.kill(process, signal.SIGCONT)
        clinic.container.until(HEALTHY)


def test_the_nightly_copy_of_postgresql_is_encrypted_and_can_be_put_back(
    images: Mapping[str, Image], tmp_path: Path
) -> None:
    socket, data = owned(tmp_path / "socket", POSTGRES), owned(tmp_path / "data", POSTGRES)
    socket.chmod(0o755)
    database = Container(
        f"database-{os.getpid()}", images["database"], tmp_path / "database",
        {socket: "/run/postgresql", data: "/var/lib/postgresql"}, {"SHARED_BUFFERS": "32MB"},
    )  # fmt: skip
    clinic = Clinic(images["clinic"], tmp_path, socket, DATABASE_URL=OVER_SOCKET)
    with database.running():
        database.until(("pg_isready", "--quiet", "--host=/run/postgresql", "--dbname=clinic"))
        with clinic.running():
            clinic.people.set_up(clinic.container.said())
            clinic.people.answer_and_send(clinic.people.invite())
            copy = nightly(images["backup"], tmp_path, socket)
            assert b"Riverside" not in copy.read_bytes()
            assert copy.read_bytes().startswith(b"age-encryption.org/")
            before = clinic.people.inbox().count("Zoe Fischer")
            assert before
            clinic.people.answer_and_send(clinic.people.invite())
            assert clinic.stop() == 0
        restored = saver(
            images["backup"], tmp_path, socket, "deploy/container/restore.py", copy.name
        )
        with restored.running():
            assert restored.wait() == 0, restored.said()
        with clinic.running():
            assert clinic.people.inbox().count("Zoe Fischer") == before, "what came later is gone"
        database.signal("INT")
        assert database.wait() == 0


def nightly(image: Image, folder: Path, socket: Path) -> Path:
    """Have a copy made at once, since there is none yet; return it."""
    backups = owned(folder / "backups", CLINIC)
    for name, made in (
        ("backup.key", ["age-keygen"]),
        ("backup.pub", ["age-keygen", "-y", str(folder / "backup.key")]),
    ):
        (folder / name).write_bytes(subprocess.run(made, capture_output=True, check=True).stdout)
        os.chown(folder / name, CLINIC, CLINIC)
    container = saver(image, folder, socket, "deploy/container/nightly.py")
    with container.running():
        container.until(("python", "deploy/container/nightly.py", "--healthy"))
        container.signal("TERM")
        assert container.wait() == 0, container.said()
    [copy] = backups.glob("clinic-*.dump.age")
    return copy


def saver(image: Image, folder: Path, socket: Path, *arguments: str) -> Container:
    return Container(
        f"backup-{os.getpid()}", image, folder / Path(arguments[0]).stem,
        {
            folder / "instance": "/var/lib/clinic", socket: "/run/postgresql",
            folder / "backups": "/var/backups/clinic", folder / "backup.pub": "/run/backup.pub",
            folder / "backup.key": "/run/backup.key",
        },
        {"DATABASE_URL": OVER_SOCKET}, arguments,
    )  # fmt: skip


def test_the_proxy_shows_its_own_page_until_the_product_answers(
    images: Mapping[str, Image], tmp_path: Path
) -> None:
    clinic = Clinic(images["clinic"], tmp_path, PUBLIC_URL=f"https://{NAME}", PROXY_HOPS="1")
    tls, plain = free_port(), free_port()
    owned(tmp_path / "tls", PROXY)
    certify(tmp_path / "tls")
    for file in (tmp_path / "tls").iterdir():
        os.chown(file, PROXY, PROXY)
    site = subprocess.run(
        ["sed", "-f", "deploy/container/site.sed", "deploy/nginx.conf"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    for there, here in {
        "8443": str(tls),
        "8080": str(plain),
        "10.89.44.2:8000": f"127.0.0.1:{clinic.port}",
    }.items():
        site = site.replace(there, here)
    (tmp_path / "site.conf").write_text(site, "utf-8")
    proxy = Container(
        f"proxy-{os.getpid()}", images["proxy"], tmp_path / "proxy",
        {tmp_path / "site.conf": "/etc/nginx/site.conf", tmp_path / "tls": "/etc/ssl/clinic"},
    )  # fmt: skip
    with proxy.running():
        proxy.until(("nginx", "-e", "stderr", "-t", "-q"))
        status, page = over_tls(tls, tmp_path / "tls" / "fullchain.pem")
        assert (status, "emergency" in page) == (503, True), page
        with clinic.running():
            status, page = over_tls(tls, tmp_path / "tls" / "fullchain.pem")
            assert status == 200, page
        proxy.signal("QUIT")
        assert proxy.wait() == 0
    assert "127.0.0.1" not in proxy.said(), "no address of a person is logged"


def over_tls(port: int, authority: Path) -> tuple[int, str]:
    """Open the first page through the proxy; return its status and its words."""
    trust = ssl.create_default_context(cafile=str(authority))
    end = time.monotonic() + PATIENCE
    while True:
        try:
            raw = socket.create_connection(("127.0.0.1", port), timeout=20)
            break
        except ConnectionRefusedError:
            assert time.monotonic() < end
            time.sleep(0.1)
    line = http.client.HTTPSConnection(NAME, port, timeout=20)
    line.sock = trust.wrap_socket(raw, server_hostname=NAME)
    try:
        line.request("GET", "/", headers={"Host": NAME})
        response = line.getresponse()
        return response.status, response.read().decode("utf-8", "replace")
    finally:
        line.close()


def test_the_list_of_parts_names_what_is_in_the_image(
    built: Path, images: Mapping[str, Image]
) -> None:
    listed = json.loads((built / "clinic.cdx.json").read_text("utf-8"))["components"]
    purls = {one["purl"].partition("@")[0] for one in listed}
    assert {"pkg:deb/debian/libc6", "pkg:deb/debian/python3.13-minimal", "pkg:pypi/flask"} <= purls
    unneeded = {"pkg:pypi/pip", "pkg:pypi/hatchling", "pkg:deb/debian/dash", "pkg:deb/debian/dpkg"}
    assert not unneeded & purls
    root = images["clinic"].root
    folders = [
        *root.glob("srv/clinic/.venv/lib/*/site-packages/*.dist-info"),
        *root.glob("var/lib/dpkg/status.d/*"),
    ]
    assert len(listed) == len(folders)


def test_no_image_holds_a_key_an_instance_or_history(built: Path, tmp_path: Path) -> None:
    for archive in built.glob("*.tar"):
        # Unpacked anew: in what was started, runc has made a file for each that is mounted.
        name, image = archive.stem, Image.unpacked(archive, tmp_path / archive.stem)
        found = {
            str(path.relative_to(image.root))
            for pattern in (
                "**/.git",
                "**/*.key",
                "**/*.db",
                "**/instance",
                "**/.env",
                "srv/clinic/tests",
            )
            for path in image.root.glob(pattern)
        }
        assert not found, name


@pytest.mark.skipif("IMAGES" in os.environ, reason="these were built already")
def test_two_builds_are_equal(built: Path, tmp_path: Path) -> None:
    build(tmp_path)
    assert sums(built) == sums(tmp_path)


def sums(folder: Path) -> dict[str, str]:
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file()
    }
