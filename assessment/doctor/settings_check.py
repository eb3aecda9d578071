"""Settings: misspelt or unknown ones, and whether these are those of the service at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from assessment.doctor.findings import Finding, cannot_tell, to_do, well
from assessment.doctor.here import Here
from assessment.web.server.settings import is_known, misspelt

ABOUT = "settings"
_AS_SERVICE = (
    "run this command as root, with the service's settings: `assessment doctor` if you installed "
    "the package, otherwise /srv/clinic/deploy/as-clinic assessment doctor"
)
NOT_OURS = (
    "if you meant a setting in docs/deploy.md, correct the name; otherwise remove the line, unless "
    "something else on this server reads it"
)


def check(here: Here) -> Iterator[Finding]:
    """Look at the names in the environment, and at those in the file of the service."""
    file = here.places.env_file
    names = _names_in(_readable(here))
    if names and here.environment.keys().isdisjoint(names):
        yield to_do(ABOUT, f"this command is not using the settings in {file}", _AS_SERVICE)
        return
    near = misspelt({*here.environment, *(names or ())})
    told = {line.partition(":")[0] for line in near}
    strange = sorted(name for name in names or () if not is_known(name) and name not in told)
    wrong = [to_do(ABOUT, line, "correct the name") for line in near]
    wrong += [to_do(ABOUT, f"{name}: no such setting", NOT_OURS) for name in strange]
    wrong += [to_do(ABOUT, advice, "then restart the product") for advice in here.settings.advice]
    yield from wrong
    if names is None:
        yield cannot_tell(ABOUT, f"{file} cannot be read by this user", _AS_SERVICE)
    elif not wrong:
        yield well(ABOUT, "no names are misspelt")


def _readable(here: Here) -> Path:
    """Return the file of settings: only root can read it, and systemd hands us a copy."""
    file = here.places.env_file
    handed = here.environment.get("CREDENTIALS_DIRECTORY")
    if handed is not None and (Path(handed) / file.name).is_file():
        return Path(handed) / file.name
    return file


def _names_in(file: Path) -> set[str] | None:
    """Return the names that a file for systemd sets; None where it cannot be read.

    Its values are not looked at.
    """
    try:
        lines = [line.strip() for line in file.read_text("utf-8").splitlines()]
    except FileNotFoundError:
        return set()
    except (OSError, ValueError):
        return None
    return {line.partition("=")[0].strip() for line in lines if "=" in line and line[0] not in "#;"}
