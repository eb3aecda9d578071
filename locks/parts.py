"""The list of all parts (SBOM, CycloneDX 1.6), made from the lock of what serving installs.

    python -m locks.parts

Writes `locks/sbom.json`; `make lock` calls it. It names no registry, as the lock does not.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

HERE = Path(__file__).parent
LOCK, SBOM, PROJECT = HERE / "runtime.txt", HERE / "sbom.json", HERE.parent / "pyproject.toml"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """A package in exactly one version."""

    name: str
    version: str

    @property
    def purl(self) -> str:
        """How lists of parts and of weaknesses name it."""
        return f"pkg:pypi/{re.sub('[._-]+', '-', self.name).lower()}@{self.version}"


def locked(lock: str) -> tuple[Part, ...]:
    """Return what the text of a lock installs."""
    return tuple(Part(*found) for found in _PINNED.findall(lock))


def sbom(parts: tuple[Part, ...], made: date) -> str:
    """Return the list of parts; `made` is the day on which their versions were chosen."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    product = f"pkg:pypi/{project['name']}@{project['version']}"
    told = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": f"{made}T00:00:00Z",
            "component": {
                "type": "application",
                "bom-ref": product,
                "name": project["name"],
                "version": project["version"],
                "licenses": [{"license": {"id": project["license"]}}],
            },
        },
        "components": [
            {"type": "library", "bom-ref": part.purl, "name": part.name,
             "version": part.version, "purl": part.purl}
            for part in parts
        ],
        "dependencies": [{"ref": product, "dependsOn": [part.purl for part in parts]}],
    }  # fmt: skip
    return json.dumps(told, indent=1) + "\n"


def made_on(listed: str) -> date:
    """Return the day on which the versions of a list were chosen."""
    return date.fromisoformat(json.loads(listed)["metadata"]["timestamp"][:10])


if __name__ == "__main__":
    text = sbom(locked(LOCK.read_text(encoding="utf-8")), datetime.now(UTC).date())
    SBOM.write_text(text, encoding="utf-8")
