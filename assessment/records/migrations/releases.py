"""The last step that each release knows, the oldest release first; docs/releases.md says why."""

from __future__ import annotations

from collections.abc import Mapping

RELEASES: Mapping[str, str] = {
    "1.0.0": "0022",
}
"""By version. A release adds its line; none is ever changed."""
