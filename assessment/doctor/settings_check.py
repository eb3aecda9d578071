"""Settings: misspelt or unknown ones, and whether these are those of the service at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assessment.doctor.findings import Finding, to_do, well
from assessment.doctor.here import Here
from assessment.web.server.settings import is_known, misspelt

ABOUT = "settings"
NOT_OURS = (
    "if it is meant as one of docs/deploy.md, correct the name; if nothing else on this server "
    "reads it, take the line out"
)


def check(here: Here) -> Iterator[Finding]:
    """Look at the names in the environment, and at those in the file where it can be read."""
    names = _names_in(here.places.env_file)
    if names and here.environment.keys().isdisjoint(names):
        yield to_do(
            ABOUT,
            f"those of {here.places.env_file} are not the ones that are used here",
            "run it as root, with the settings of the service: `assessment doctor` of the package, "
            "or /srv/clinic/deploy/as-clinic assessment doctor",
        )
        return
    near = misspelt({*here.environment, *names})
    told = {line.partition(":")[0] for line in near}
    strange = sorted(name for name in names if not is_known(name) and name not in told)
    wrong = [to_do(ABOUT, line, "correct the name") for line in near]
    wrong += [to_do(ABOUT, f"{name}: no such setting", NOT_OURS) for name in strange]
    wrong += [to_do(ABOUT, advice, "then restart") for advice in here.settings.advice]
    yield from wrong or [well(ABOUT, "none is misspelt")]


def _names_in(file: Path) -> set[str]:
    """Return the names that a file for systemd sets; none where it is away or only for root.

    Its values are not looked at.
    """
    try:
        lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
    except (OSError, ValueError):
        return set()
    return {line.partition("=")[0].strip() for line in lines if "=" in line and line[0] not in "#;"}
