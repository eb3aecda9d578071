"""The address: whether its name leads here, and whether this program answers at it."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

from assessment.doctor.certificate import look as look_at_certificate
from assessment.doctor.findings import Finding, cannot_tell, to_do, well
from assessment.doctor.here import Here
from assessment.protocols.diagnostics import BrokenProtocol
from assessment.protocols.load import find_protocol, load_protocol

ABOUT = "address"
_LARGEST = 10_000
_START = (
    "find out why it stopped (journalctl -u clinic -n 50), then start it: systemctl start clinic"
)


def check(here: Here) -> Iterator[Finding]:
    """Look up the name of the site, ask it for /healthz, and look at its certificate."""
    settings = here.settings
    if settings.public_url is None:
        yield _local(here)
        return
    host = urlsplit(settings.public_url).hostname or ""
    port = urlsplit(settings.public_url).port or 443
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        yield _no_name(host, error)
        yield cannot_tell("certificate", f"{host} was not found")
        return
    addresses = sorted({str(one[4][0]) for one in found})
    yield from _reached(here, host, port, ", ".join(addresses))


def _local(here: Here) -> Finding:
    settings = here.settings
    plain = http.client.HTTPConnection(settings.host, settings.port, timeout=here.seconds)
    where = settings.site_address()
    try:
        return _answered(here, where, plain)
    except (OSError, http.client.HTTPException):
        return to_do(ABOUT, f"nothing answers at {where}", "start it: make run")


def _reached(here: Here, host: str, port: int, addresses: str) -> Iterator[Finding]:
    """Ask the site; whatever its certificate is like, somebody may answer there."""
    yield look_at_certificate(here, host, port)
    trusting = ssl._create_unverified_context()  # noqa: S323  nothing secret is told to it
    line = http.client.HTTPSConnection(host, port, timeout=here.seconds, context=trusting)
    try:
        yield _answered(here, f"{here.settings.public_url} ({addresses})", line)
    except (OSError, http.client.HTTPException):
        yield _silent(here, addresses)


def _answered(here: Here, where: str, line: http.client.HTTPConnection) -> Finding:
    """Return what /healthz says there. Raises OSError, HTTPException."""
    with closing(line):
        line.request("GET", "/healthz")
        answer = line.getresponse()
        body = answer.read(_LARGEST)
    if answer.status in (502, 503, 504):
        return to_do(ABOUT, f"{where} answers that the product is not available", _START)
    try:
        [told] = json.loads(body)["protocols"]
        theirs = told["id"], told["rules"], told["wording"]
    except (ValueError, KeyError, TypeError):
        return to_do(
            ABOUT,
            f"something other than this product answers at {where} (status {answer.status})",
            "make sure the name points to this server, and nginx passes requests to the product",
        )
    try:
        protocol = load_protocol(find_protocol(here.settings.protocol))
    except BrokenProtocol:
        return cannot_tell(
            ABOUT, f"{where} answers, but the protocol on this machine cannot be read"
        )
    if theirs != (protocol.id, protocol.rules_hash, protocol.wording_hash):
        return to_do(
            ABOUT,
            f"{where} uses a different protocol from the one on this machine",
            "restart the product, or point the name at this server",
        )
    return well(ABOUT, f"this product answers at {where}")


def _no_name(host: str, error: OSError) -> Finding:
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return cannot_tell(
            ABOUT,
            f"no name server answered, so {host} could not be looked up",
            "check /etc/resolv.conf",
        )
    return to_do(
        ABOUT,
        f"the name {host} does not resolve",
        "add an A or AAAA record to the DNS settings of your domain",
    )


def _silent(here: Here, addresses: str) -> Finding:
    """Return where it stops: in front of the product, or at it."""
    settings = here.settings
    where = f"{settings.public_url} ({addresses})"
    try:
        with socket.create_connection((settings.host.strip("[]"), settings.port), here.seconds):
            pass
    except OSError:
        return to_do(
            ABOUT, f"nothing answers at {where}, and neither does the product itself", _START
        )
    return to_do(
        ABOUT,
        f"nothing answers at {where}, although the product itself does",
        "check nginx (nginx -t; systemctl status nginx), and that ports 80 and 443 are open",
    )
