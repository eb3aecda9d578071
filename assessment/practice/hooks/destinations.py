"""Where a webhook may lead: to a public address, over https, and nowhere near this machine.

A name is looked up when it is saved, and again whenever something is sent; the connection goes to
the very address that was looked at. A name that leads elsewhere the second time gains nothing.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import idna

PORT = 443
LONGEST_URL = 500

Resolver = Callable[[str], tuple[str, ...]]
"""Gives the IP addresses of a name; raises OSError when it has none."""

_REFUSED = tuple(
    map(
        ipaddress.ip_network,
        (
            "192.0.0.0/24", "192.88.99.0/24",
            "168.63.129.16/32",  # the metadata of Azure's machines, though a public address
            "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20",  # tunnels and examples
        ),
    )
)  # fmt: skip
_PUBLIC_6 = ipaddress.ip_network("2000::/3")


class NotAllowed(Exception):
    """Nothing may be sent there: `str()` says what an address has to be like."""


@dataclass(frozen=True, slots=True)
class Destination:
    """The parts of an address that may be called; `path` has the query with it."""

    host: str
    path: str


def destination(url: str) -> Destination:
    """Return the parts of an address; raises NotAllowed for what is no plain https address."""
    try:
        parts = urlsplit(url)
        port, name = parts.port, parts.hostname or ""
        host = name if _is_ip(name) else idna.encode(name, uts46=True).decode()
    except (ValueError, UnicodeError):
        raise NotAllowed("Enter a full address, such as https://example.org/hook") from None
    if parts.scheme != "https" or port not in (None, PORT):
        raise NotAllowed("Enter an address that starts with https:// and has no port number")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise NotAllowed("Enter an address without a user name, a password or a # in it")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if len(url) > LONGEST_URL or not path.isascii() or not path.isprintable() or " " in path:
        raise NotAllowed(
            f"Enter an address of at most {LONGEST_URL} plain characters, without spaces"
        )
    return Destination(host, path)


def addresses_of(host: str) -> tuple[str, ...]:
    """Return the addresses of a name, as the machine looks them up."""
    found = socket.getaddrinfo(host, PORT, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


def allowed_address(host: str, resolve: Resolver) -> str:
    """Return the address to connect to.

    Raises NotAllowed when any of its addresses is not a public one, OSError when it has none.
    """
    found = resolve(host)
    if not found:
        raise OSError("no address")
    if not all(map(is_public, found)):
        raise NotAllowed("This address is in a private network. Enter a public one")
    return found[0]


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, and of no special purpose."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False  # one with a scope, such as fe80::1%eth0
    if isinstance(ip, ipaddress.IPv6Address) and ip not in _PUBLIC_6:
        return False  # mapped and translated ones of IPv4 among them
    if any(ip in network for network in _REFUSED if network.version == ip.version):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _is_ip(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
