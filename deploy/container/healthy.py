"""Ends with status 0 if the server beside it answers: `python deploy/container/healthy.py`.

It asks as the proxy does, and reads nothing but the environment, so that it is quick.
"""

from __future__ import annotations

import http.client
import os
import sys
from urllib.parse import urlsplit


def main() -> int:
    """Ask for /healthz, and return the exit status."""
    port = int(os.environ.get("PORT") or 8000)
    public = os.environ.get("PUBLIC_URL", "").strip()
    host = urlsplit(public).netloc if public else f"127.0.0.1:{port}"
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=4)
    try:
        line.request("GET", "/healthz", headers={"Host": host})
        return 0 if line.getresponse().status == http.client.OK else 1
    except (OSError, http.client.HTTPException):
        return 1
    finally:
        line.close()


if __name__ == "__main__":
    sys.exit(main())
