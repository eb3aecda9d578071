"""What the application is told of a plain request: as gunicorn does, less what none of ours reads.

Left out are the socket, and the means to send hints before an answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from gunicorn.http.wsgi import base_environ

from assessment.web.server.http_messages import PlainRequest, Settled

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

_KEYS = {
    name: f"HTTP_{name.replace('-', '_')}"
    for name in (
        *("HOST", "USER-AGENT", "ACCEPT", "ACCEPT-LANGUAGE", "ACCEPT-ENCODING", "COOKIE"),
        *("REFERER", "ORIGIN", "CONNECTION", "CACHE-CONTROL", "IF-NONE-MATCH", "DNT", "PRIORITY"),
        *("SEC-FETCH-SITE", "SEC-FETCH-MODE", "SEC-FETCH-DEST", "SEC-FETCH-USER"),
        *("UPGRADE-INSECURE-REQUESTS", "X-FORWARDED-FOR", "X-FORWARDED-PROTO", "X-REQUEST-ID"),
    )
} | {"CONTENT-TYPE": "CONTENT_TYPE", "CONTENT-LENGTH": "CONTENT_LENGTH"}
"""What browsers and proxies send: not to be worked out for each request."""


class Environments:
    """Makes the environment of each plain request of a worker."""

    def __init__(self, config: Settled) -> None:
        self._same: WSGIEnvironment = {
            **base_environ(config),
            "wsgi.multithread": True,
            "SCRIPT_NAME": "",
        }

    def of(
        self, request: PlainRequest, client: tuple[str, int], server: tuple[str, int]
    ) -> WSGIEnvironment:
        """Return that of a plain request. `client` and `server` are its two ends."""
        path: str = request.path
        environ: WSGIEnvironment = {
            **self._same,
            "wsgi.input": request.body,
            "wsgi.url_scheme": request.scheme,
            "REQUEST_METHOD": request.method,
            "QUERY_STRING": request.query,
            "RAW_URI": request.uri,
            "SERVER_PROTOCOL": "HTTP/{}.{}".format(*request.version),
            "REMOTE_ADDR": client[0],
            "REMOTE_PORT": str(client[1]),
            "SERVER_NAME": server[0],
            "SERVER_PORT": str(server[1]),
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1") if "%" in path else path,
        }
        for name, value in request.headers:
            environ[_KEYS.get(name) or f"HTTP_{name.replace('-', '_')}"] = value
        return environ
