"""Three hosts behind nginx, over a database with its replica and a Redis: docs/machines.md."""

from __future__ import annotations

import http.client
import os
import shutil
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from assessment.practice.staff.enrolment import Enrolment
from assessment.practice.staff.passwords import Cost, Passwords
from assessment.records import responses
from assessment.records.database import Database
from assessment.records.tables import responses as table
from assessment.web.server.secret import KEY_FILE, RECORDS_KEY_FILE, read_or_create_key
from assessment.web.server.settings import read_settings
from assessment.web.server.storage import open_database
from tests.conftest import ROOT
from tests.machines.databases import Pair
from tests.machines.network import ADDRESSES, Machine
from tests.stress.clinic import EMAIL, PASSWORD
from tests.stress.phone import TIMEOUT, Phone, Reply

HOSTS = ("one", "two", "three")
CLINIC = "https://clinic.example"
NGINX = """
daemon off;
worker_processes 2;
pid {folder}/nginx.pid;
error_log {folder}/nginx-error.log crit;
user root root;
events {{}}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    log_format hosts '$upstream_addr $status $request_time $request_method $uri';
    access_log {folder}/hosts.log hosts;
    include {deploy}/machines-upstream.conf;
    server {{
        listen {address}:80;
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-Host $http_host;
        proxy_set_header X-Forwarded-For $remote_addr;
        proxy_set_header X-Forwarded-Proto https;
        error_page 502 504 =503 /away.html;
        include {deploy}/machines-locations.conf;
        location = /away.html {{ internal; root {deploy}; }}
    }}
}}
"""
_LONGEST = 120


class Site:
    """Everything that runs; `database` is that which the people of the clinic would see."""

    def __init__(self, folder: Path, machines: dict[str, Machine], protocol: Path) -> None:
        self.folder = folder
        self.machines = machines
        self._protocol = protocol
        self.databases = Pair(folder / "postgresql", machines["first"], machines["second"])

    def start(self) -> None:
        """Start all of it, with a clinic."""
        self.databases.start()
        self._open_clinic()
        self.start_cache()
        for name in HOSTS:
            self.start_host(name)
        for name in HOSTS:
            self.wait_for(name)
        self._start_nginx()

    def start_cache(self) -> None:
        """Start Redis or Valkey."""
        program = shutil.which("valkey-server") or shutil.which("redis-server")
        assert program is not None
        self.machines["cache"].start(
            program, "--bind", ADDRESSES["cache"], "--protected-mode", "no", "--save", "",
            log=self.folder / "redis.log",
        )  # fmt: skip

    def start_host(self, name: str) -> None:
        """Start a host of the product, as an operator does."""
        self._log(name).unlink(missing_ok=True)
        self.machines[name].start(
            sys.executable, "-m", "assessment.cli", "serve", log=self._log(name),
            HOST=ADDRESSES[name], PORT="8000", PUBLIC_URL=CLINIC, PROXY_HOPS="1",
            REPORT_TO="wrong@clinic.example", PROTOCOL=str(self._protocol),
            INSTANCE=str(self.folder / name), DATABASE_URL=self.databases.address,
            REDIS_URL=f"redis://{ADDRESSES['cache']}:6379/0", HOME=str(self.folder),
            STARTS_PER_HOUR="1000000", SENDS_PER_HOUR="1000000", PYTHONPATH=str(ROOT),
        )  # fmt: skip

    def wait_for(self, name: str) -> None:
        """Wait until a host is ready."""
        end = time.monotonic() + _LONGEST
        while "Ready at" not in (said := self._log(name).read_text(errors="replace")):
            assert time.monotonic() < end, said
            time.sleep(0.1)

    def served_by(self, since: int) -> set[str]:
        """Return the names of hosts that answered what was asked after so many lines of the log."""
        lines = self.asked()[since:]
        return {name for name in HOSTS if any(f"{ADDRESSES[name]}:8000 2" in one for one in lines)}

    def asked(self) -> list[str]:
        """Return what nginx was asked, a line each."""
        return (self.folder / "hosts.log").read_text().splitlines()

    def said(self, name: str) -> str:
        """Return what a host said in its log."""
        return self._log(name).read_text(errors="replace")

    def arrived(self, database: str) -> list[str]:
        """Return the names in all responses that are stored, in one of the two databases."""
        opened = self._open(database)
        with opened.reading() as tx:
            rows = tx.connection.execute(select(table.c.clinic, table.c.id)).all()
            found = [responses.get(tx, row.clinic, row.id) for row in rows]
        opened.close()
        return [one.content.name for one in found if one is not None]

    def _open(self, database: str) -> Database:
        url = self.databases.local(database)
        return open_database(read_settings(instance=self.folder / "one", database_url=url))

    def _open_clinic(self) -> None:
        """Make a clinic, and give every host the keys of the first one."""
        database = self._open("first")
        enrolment = Enrolment(database, time.time, Passwords(Cost(memory=8, rounds=1, lanes=1)))
        enrolment.set_up(enrolment.new_setup_code(), "The Clinic", "Otto Owner", EMAIL, PASSWORD)
        database.close()
        read_or_create_key(self.folder / "one")
        for name in HOSTS[1:]:
            (self.folder / name).mkdir(mode=0o700)
            for file in (KEY_FILE, RECORDS_KEY_FILE):
                shutil.copy2(self.folder / "one" / file, self.folder / name / file)

    def _start_nginx(self) -> None:
        front, config = self.machines["front"], self.folder / "nginx.conf"
        text = NGINX.format(folder=self.folder, deploy=ROOT / "deploy", address=front.address)
        config.write_text(text)
        program = shutil.which("nginx") or "/usr/sbin/nginx"
        front.start(program, "-c", str(config), log=self.folder / "nginx.log")
        end = time.monotonic() + _LONGEST
        while not (self.folder / "nginx.pid").exists():
            assert time.monotonic() < end, (self.folder / "nginx.log").read_text()
            time.sleep(0.05)

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}.log"


@dataclass(frozen=True)
class Urgent:
    """A page that somebody may need at once, and how long it took, in seconds."""

    path: str
    status: int
    took: float


class FrontPhone(Phone):
    """A phone with an address of its own, which asks nginx; `urgent` has its pages of a walk."""

    def __init__(self, address: str) -> None:
        super().__init__(80)
        self._address = address
        self.urgent: list[Urgent] = []

    @property
    def site(self) -> str:
        return CLINIC

    def line(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(
            ADDRESSES["front"], 80, timeout=TIMEOUT, source_address=(self._address, 0)
        )

    def _request(self, method: str, path: str, body: str | None) -> Reply:
        reply = super()._request(method, path, body)
        if path.startswith(("/questions/", "/result")):
            self.urgent.append(Urgent(path, reply.status, reply.took))
        return reply


def lacking() -> str | None:
    """Return what is not installed here; None when all is."""
    if not (shutil.which("nginx") or os.path.exists("/usr/sbin/nginx")):  # noqa: PTH110
        return "they need nginx; get it with: apt install nginx-light"
    if not (shutil.which("redis-server") or shutil.which("valkey-server")):
        return "they need Redis or Valkey; get one with: apt install redis-server"
    return None
