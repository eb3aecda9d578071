"""What the checks look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assessment.web.server.settings import Settings

DAY = 24 * 60 * 60
HOUR = 60 * 60
AS_SERVICE = "run this command as the service's user, with its settings"


@dataclass(frozen=True, slots=True)
class Places:
    """Where things lie on a server that was set up as docs/deploy.md says."""

    env_file: Path = Path("/etc/clinic.env")
    backups: Path = Path("/var/backups/clinic")
    backup_key: Path = Path("/etc/clinic/backup.key")
    restore_test: Path = Path("/var/lib/clinic-backup/restore-test.json")
    nginx: Path = Path("/etc/nginx/sites-enabled/clinic")
    logs: Path = Path("/var/log")
    release: Path = Path("/usr/share/clinic/release")
    apt: Path = Path("/usr/bin/apt-cache")
    dpkg: Path = Path("/usr/bin/dpkg")
    program: Path = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Here:
    """An installation, as its settings describe it. `clock` gives Unix time."""

    settings: Settings
    environment: Mapping[str, str]
    clock: Callable[[], float]
    places: Places = field(default_factory=Places)
    mail_to: str | None = None
    seconds: float = 5.0
    """How long anything on a network is waited for."""
