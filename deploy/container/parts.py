"""The list of an image's parts (SBOM, CycloneDX 1.6): what is in it, and not what was asked for."""

from __future__ import annotations

import datetime
import json
import re
from email.parser import HeaderParser
from importlib.metadata import distributions
from pathlib import Path
from typing import Any
from urllib.parse import quote

SUITE = "debian-13"
PRODUCT = "muscle-pain-assessment"


def listed(image: str, version: str, root: Path, built: int) -> str:
    """Return the list for the image whose files are below `root`; `built` is its Unix time."""
    components = sorted([*_debian(root), *_python(root)], key=lambda one: str(one["bom-ref"]))
    made = datetime.datetime.fromtimestamp(built, datetime.UTC)
    told = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": made.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {
                "type": "container",
                "bom-ref": image,
                "name": f"{PRODUCT}/{image}",
                "version": version,
            },
        },
        "components": components,
        "dependencies": [{"ref": image, "dependsOn": [one["bom-ref"] for one in components]}],
    }
    return json.dumps(told, indent=1) + "\n"


def _debian(root: Path) -> list[dict[str, Any]]:
    found = []
    for status in sorted((root / "var/lib/dpkg/status.d").iterdir()):
        fields = HeaderParser().parsestr(status.read_text("utf-8"))
        name, version = fields["Package"], fields["Version"]
        source, _, other = fields.get("Source", name).partition(" ")
        origin = f"{source}@{other.strip('()') or version}"
        purl = (
            f"pkg:deb/debian/{name}@{quote(version, safe='')}"
            f"?arch={fields['Architecture']}&distro={SUITE}"
        )
        found.append(
            _part("library", name, version, purl)
            | {"properties": [{"name": "debian:source", "value": origin}]}
        )
    return found


def _python(root: Path) -> list[dict[str, Any]]:
    found = []
    for folder in root.glob("srv/clinic/.venv/lib/python3*/site-packages"):
        for one in distributions(path=[str(folder)]):
            name = re.sub("[._-]+", "-", one.name).lower()
            kind = "application" if name == PRODUCT else "library"
            found.append(_part(kind, one.name, one.version, f"pkg:pypi/{name}@{one.version}"))
    return found


def _part(kind: str, name: str, version: str, purl: str) -> dict[str, Any]:
    return {"type": kind, "bom-ref": purl, "name": name, "version": version, "purl": purl}
