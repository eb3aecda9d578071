"""nginx: whether its file still has the lines on which privacy and uploads hang."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assessment.doctor.findings import Finding, cannot_tell, to_do, well
from assessment.doctor.here import Here

ABOUT = "nginx"
_ACCESS = "its access log may contain links, and whoever has a link can open it"
_ERROR = "its error log quotes whole requests, including links"
_NEEDED = {
    r"^\s*access_log\s": _ACCESS,
    r"^\s*error_log\s": _ERROR,
    r"^\s*client_max_body_size\s+[1-9]": "it may refuse uploads of logos and client lists",
    r"^\s*proxy_max_temp_file_size\s+0\b": "it writes long pages and exports to disk, unencrypted",
    r"^\s*gzip\s+off\b": "it compresses pages that must not be compressed",
}
"""Lines, and what happens without one."""
_HARMFUL = {
    r"^\s*access_log\s+(?!off\b|\S+\s+clinic\b)": _ACCESS,
    r"^\s*error_log\s+(?!\S+\s+emerg\b)": _ERROR,
}
"""Lines, and what happens with one."""


def check(here: Here) -> Iterator[Finding]:
    """Read the file of the site, where a proxy stands in front."""
    if not here.settings.proxy_hops:
        return
    file = here.places.nginx
    try:
        text = file.read_text("utf-8")
    except FileNotFoundError:
        yield cannot_tell(
            ABOUT,
            f"there is no {file}",
            "if you use nginx, give the file of your site with --nginx",
        )
        return
    except (OSError, ValueError):
        yield cannot_tell(ABOUT, f"{file} cannot be read by this user", "run this as root")
        return
    wrong = {why for line, why in _NEEDED.items() if not re.search(line, text, re.MULTILINE)}
    wrong |= {why for line, why in _HARMFUL.items() if re.search(line, text, re.MULTILINE)}
    advice = "copy the line from deploy/nginx.conf, then: systemctl reload nginx"
    yield from [to_do(ABOUT, f"{why} ({file})", advice) for why in sorted(wrong)] or [
        well(ABOUT, "its configuration has the lines that matter")
    ]
