"""nginx with the shipped configuration, in front of a stand-in for the product."""

from __future__ import annotations

import datetime
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from assessment.web.server.security import CONTENT_POLICY, NOTHING_ALLOWED, TWO_YEARS
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
SHIPPED = (DEPLOY / "nginx.conf").read_text("utf-8")
NAME = "clinic.example"
HSTS = TWO_YEARS
HEADERS = {
    "Strict-Transport-Security": HSTS,
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": NOTHING_ALLOWED,
    "Cache-Control": "no-store",
}
"""What the product sends with everything, and nginx with what it answers alone."""
WORDS = b"<p>words</p>"
LONG = 1_000_000
"""So many words do not fit into the buffers of nginx and of two sockets."""
DEBIAN = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/log/error.log;
{user}
events {{}}
http {{
    client_body_temp_path {folder}/temporary/body;
    proxy_temp_path {folder}/temporary/proxy;
    fastcgi_temp_path {folder}/temporary/fastcgi;
    uwsgi_temp_path {folder}/temporary/uwsgi;
    scgi_temp_path {folder}/temporary/scgi;
    types {{ text/html html; }}
    {tls}
    gzip on;
    access_log {folder}/log/access.log;
    include {folder}/site.conf;
}}
"""
"""What Debian's own file says, as far as it matters: a log of everything, and pages packed."""
OLD_TLS = "ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_ciphers ALL:@SECLEVEL=0;"
"""What Debian's own file says of TLS, on a machine that allows all of it."""


class Missing(Exception):
    """There is no nginx here; `str()` says how to get it."""


class Host(ThreadingHTTPServer):
    """A host with the stand-in: what it answers with, and how often it was asked."""

    status = 200
    asked = 0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Product)
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()


class Product(BaseHTTPRequestHandler):
    """Stands for the product: keeps what it was sent, and answers with a page."""

    seen: Message
    received = 0

    def do_GET(self) -> None:
        type(self).seen = self.headers
        self._answer(WORDS * (LONG if self.path == "/long" else 100))

    def do_POST(self) -> None:
        type(self).received = len(self.rfile.read(int(self.headers["Content-Length"])))
        self.do_GET()

    def _answer(self, body: bytes) -> None:
        assert isinstance(self.server, Host)
        self.server.asked += 1
        self.send_response(self.server.status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@dataclass
class Site:
    """nginx with the shipped files, in front of stand-ins that can be stopped."""

    folder: Path
    tls: int
    plain: int
    hosts: tuple[Host, ...]
    trust: ssl.SSLContext = field(init=False)

    def __post_init__(self) -> None:
        self.trust = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))

    def ask(
        self, path: str, body: bytes | None = None, host: str = NAME, **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Ask over TLS, for the name of the certificate whatever `host` says."""
        line = http.client.HTTPSConnection("127.0.0.1", self.tls, timeout=20)
        raw = socket.create_connection(("127.0.0.1", self.tls), timeout=20)
        line.sock = self.trust.wrap_socket(raw, server_hostname=NAME)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            line.request("GET" if body is None else "POST", path, body, {"Host": host, **sent})
            response = line.getresponse()
            return response, response.read()
        finally:
            line.close()

    def send(self, request: bytes) -> http.client.HTTPResponse:
        """Send these bytes over TLS, whatever they are; return the answer without its body."""
        with (
            socket.create_connection(("127.0.0.1", self.tls), timeout=20) as raw,
            self.trust.wrap_socket(raw, server_hostname=NAME) as line,
        ):
            line.sendall(request)
            response = http.client.HTTPResponse(line)
            response.begin()
            return response

    def speaks(self, version: ssl.TLSVersion) -> bool:
        """Whether somebody who knows this version of TLS alone is let in."""
        trust = ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))
        trust.set_ciphers("DEFAULT@SECLEVEL=0")  # without it our own side would refuse old ones
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            trust.minimum_version = trust.maximum_version = version
        with socket.create_connection(("127.0.0.1", self.tls), timeout=20) as raw:
            try:
                trust.wrap_socket(raw, server_hostname=NAME).close()
            except (ssl.SSLError, ConnectionError):
                return False
        return True

    def crowd(self, count: int, path: str = "/") -> list[tuple[http.client.HTTPResponse, bytes]]:
        """Ask for a page so many times, one straight after the other."""
        line = http.client.HTTPSConnection("127.0.0.1", self.tls, timeout=20)
        answers = []
        for _ in range(count):
            if line.sock is None:
                raw = socket.create_connection(("127.0.0.1", self.tls), timeout=20)
                line.sock = self.trust.wrap_socket(raw, server_hostname=NAME)
            line.request("GET", path, headers={"Host": NAME})
            response = line.getresponse()
            answers.append((response, response.read()))
        line.close()
        return answers

    def read_slowly(self, path: str) -> int:
        """Return how many bytes a page has, read by somebody who looks away in between."""
        with (
            socket.create_connection(("127.0.0.1", self.tls), timeout=20) as raw,
            self.trust.wrap_socket(raw, server_hostname=NAME) as line,
        ):
            line.sendall(f"GET {path} HTTP/1.1\r\nHost: {NAME}\r\n\r\n".encode())
            time.sleep(0.5)  # long enough for nginx to fill what it has
            response = http.client.HTTPResponse(line)
            response.begin()
            with suppress(http.client.IncompleteRead):
                return len(response.read())
        return -1

    def logged(self) -> str:
        """Everything in every log.

        A line is written after the answer is sent. There is one worker, so once it has turned
        somebody away who came later, which it does not log, all lines before are there.
        """
        with (
            socket.create_connection(("127.0.0.1", self.tls), timeout=20) as raw,
            suppress(ssl.SSLError),
        ):
            self.trust.wrap_socket(raw, server_hostname="nobody.example").close()
        return "".join(path.read_text("utf-8") for path in (self.folder / "log").iterdir())

    def stop_product(self) -> None:
        for host in self.hosts:
            host.shutdown()
            host.server_close()


@contextmanager
def running(folder: Path, tls: str = "", *, hosts: int = 1) -> Iterator[Site]:
    """Give nginx in front of so many stand-ins; `tls` stands beside the shipped file.

    Several are reached as docs/machines.md says, so there are three of them then.

    Raises Missing when there is no nginx.
    """
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None:
        raise Missing("they need nginx; get it with: apt install nginx-light")
    for name in ("log", "temporary"):
        (folder / name).mkdir()
    certify(folder)
    made = Site(folder, free_port(), free_port(), tuple(Host() for _ in range(hosts)))
    (folder / "site.conf").write_text(adapted(made), "utf-8")
    user = "user root root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(DEBIAN.format(folder=folder, user=user, tls=tls), "utf-8")
    process = subprocess.Popen(
        [nginx, "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "log" / "error.log"]
    )
    try:
        wait_for(made.tls, process)
        yield made
    finally:
        process.terminate()
        process.wait(20)
        made.stop_product()


def adapted(site: Site) -> str:
    """The shipped files with other ports and folders, and nothing else changed."""
    several = len(site.hosts) > 1
    hosts = [f"10.77.0.1{one}:8000" for one in (1, 2, 3)] if several else ["127.0.0.1:8000"]
    shipped = for_several() if several else SHIPPED
    text = re.sub(r"^ *listen \[::\].*\n", "", shipped, flags=re.MULTILINE)
    for there, here in {
        "listen 443 ": f"listen 127.0.0.1:{site.tls} ",
        "listen 80": f"listen 127.0.0.1:{site.plain}",
        **{one: f"127.0.0.1:{by.server_port}" for one, by in zip(hosts, site.hosts, strict=True)},
        "/etc/ssl/clinic": str(site.folder),
        "/var/log/nginx": str(site.folder / "log"),
        "/srv/clinic": str(ROOT),
    }.items():
        assert there in text, there
        text = text.replace(there, here)
    return text


def for_several() -> str:
    """The shipped site, changed as docs/machines.md says."""
    one_host = "    location / {\n        proxy_pass http://127.0.0.1:8000;\n    }\n"
    assert one_host in SHIPPED
    upstream = (DEPLOY / "machines-upstream.conf").read_text("utf-8")
    locations = "    include /srv/clinic/deploy/machines-locations.conf;\n"
    return upstream + SHIPPED.replace(one_host, locations)


def certify(folder: Path) -> None:
    """Write a key and a certificate for the name of the example."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + datetime.timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("nginx did not start")
