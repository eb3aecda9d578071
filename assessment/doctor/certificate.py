"""The certificate of the site: whether browsers take it, and for how long."""

from __future__ import annotations

import datetime
import socket
import ssl
from collections.abc import Callable, Mapping
from typing import Any

from assessment.doctor.findings import Finding, cannot_tell, many, to_do, well
from assessment.doctor.here import DAY, Here

ABOUT = "certificate"
_RENEW = "renew it with your ACME client, then: systemctl reload nginx"
_NO_ISSUER = (
    "comes without its chain, or from an authority that this machine does not trust",
    "have nginx send fullchain.pem, not cert.pem; if it already does, get one with an ACME client",
)
"""OpenSSL finds the same in both: the certificate of an authority itself is hardly ever sent."""
_LEFT = 0.25
"""Less of its time than this is left only where renewing has failed: clients renew at a third."""
_FAULTS = {
    9: ("is not valid yet", "check the clock of this machine"),
    10: ("has expired, so browsers warn every visitor", _RENEW),
    18: ("is self-signed, so no browser trusts it", "get one with an ACME client"),
    19: ("comes from an authority that this machine does not trust", "get one with an ACME client"),
    20: _NO_ISSUER,
    21: _NO_ISSUER,
    62: ("is not for this name", "get one for this name with an ACME client"),
}
"""What OpenSSL found (X509_V_ERR_...), in words, and what to do."""


def look(here: Here, host: str, port: int) -> Finding:
    """Return what a browser would make of the certificate."""
    trust = ssl.create_default_context()
    try:
        with (
            socket.create_connection((host, port), here.seconds) as raw,
            trust.wrap_socket(raw, server_hostname=host) as line,
        ):
            shown = line.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        says, do = _FAULTS.get(error.verify_code, (f"is refused: {error.verify_message}", _RENEW))
        return to_do(ABOUT, f"the one for {host} {says}", do)
    except ssl.SSLError:
        return to_do(
            ABOUT,
            f"a secure connection to {host} could not be made",
            "check that nginx has a server block with this name and its certificate: nginx -t",
        )
    except OSError:
        return cannot_tell(ABOUT, f"{host} does not answer")
    return _time_left(host, shown, here.clock)


def _time_left(host: str, shown: Mapping[str, Any], clock: Callable[[], float]) -> Finding:
    begin = ssl.cert_time_to_seconds(str(shown["notBefore"]))
    end = ssl.cert_time_to_seconds(str(shown["notAfter"]))
    days = int((end - clock()) // DAY)
    until = datetime.datetime.fromtimestamp(end, datetime.UTC).date().isoformat()
    says = f"the one for {host} is valid until {until}, {many(days, 'day')} from now"
    if (end - clock()) < _LEFT * (end - begin):
        return to_do(ABOUT, f"{says}; it should have been renewed by now", _RENEW)
    return well(ABOUT, says)
