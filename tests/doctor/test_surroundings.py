"""What the doctor says of settings, clock, disk, files, backups, release and nginx."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from assessment.doctor import backup, clock, disk, modes, nginx, release, settings_check
from assessment.doctor.doctor import Check
from assessment.doctor.findings import State
from assessment.doctor.here import DAY, HOUR
from assessment.release import NAME
from tests.conftest import ROOT
from tests.doctor.conftest import MakeHere

WELL, TO_DO, UNKNOWN = State.WELL, State.TO_DO, State.UNKNOWN


def test_settings_that_are_known_are_well(here: MakeHere) -> None:
    place = here(environment={"PORT": "8000", "PATH": "/bin"})
    place.places.env_file.write_text("# a note\nPORT=8000\n\n")

    [found] = settings_check.check(place)
    assert found.state is WELL


def test_misspelt_and_unknown_settings_are_named_without_their_values(here: MakeHere) -> None:
    names = {"SMTP_PASWORD": "canary", "WEATHER": "canary", "PORT": "8000"}
    place = here(environment=names)
    place.places.env_file.write_text("".join(f"{name}={names[name]}\n" for name in names))

    found = list(settings_check.check(place))
    assert [one.state for one in found] == [TO_DO, TO_DO]
    assert "did you mean SMTP_PASSWORD" in found[0].says
    assert found[1].says == "WEATHER: no such setting"
    assert "canary" not in "".join(map(str, found))


def test_nobody_is_told_to_take_out_what_something_reads(here: MakeHere) -> None:
    """Without SECRETS the database would be another one."""
    names = ["PORT", "SECRETS", "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_TRACES_SAMPLER"]
    place = here(environment=dict.fromkeys(names, "canary"))
    place.places.env_file.write_text("".join(f"{name}=canary\n" for name in names))

    [found] = settings_check.check(place)
    assert found.state is WELL


def test_without_the_settings_of_the_service_it_says_how_to_have_them(here: MakeHere) -> None:
    place = here(environment={"PATH": "/bin"})
    place.places.env_file.write_text("PUBLIC_URL=https://clinic.example\n")

    [found] = settings_check.check(place)
    assert found.state is TO_DO
    assert "as-clinic" in found.do


def test_settings_that_only_root_can_read_are_looked_at_as_systemd_hands_them_over(
    here: MakeHere, tmp_path: Path
) -> None:
    handed = tmp_path / "handed"
    handed.mkdir()
    (handed / "clinic.env").write_text("PORT=8000\nWEATHER=canary\n")
    place = here(environment={"CREDENTIALS_DIRECTORY": str(handed), "PORT": "8000"})

    [found] = settings_check.check(place)
    assert (found.state, found.says) == (TO_DO, "WEATHER: no such setting")


def test_settings_that_cannot_be_read_are_not_called_well(here: MakeHere) -> None:
    place = here(environment={"PORT": "8000"})
    place.places.env_file.mkdir()  # as root, who can read every file

    [found] = settings_check.check(place)
    assert found.state is UNKNOWN
    assert "as-clinic" in found.do


def test_a_public_site_that_takes_no_reports_is_told_so(here: MakeHere) -> None:
    [found] = settings_check.check(here(public_url="https://clinic.example", proxy_hops=1))
    assert (found.state, found.says[:9]) == (TO_DO, "REPORT_TO")


@pytest.mark.parametrize(("kernel", "state"), [(0, WELL), (5, TO_DO), (None, UNKNOWN)])
def test_the_clock(here: MakeHere, kernel: int | None, state: State) -> None:
    [found] = clock.check(here(), lambda: kernel)
    assert found.state is state


def test_the_kernel_of_this_machine_says_something_or_nothing(here: MakeHere) -> None:
    [found] = clock.check(here())
    assert found.about == "clock"


def of_disk(monkeypatch: pytest.MonkeyPatch, free: float, files: int = 900) -> None:
    """Let every disk have 10 GB and 1000 files, of which so much is left."""
    room = SimpleNamespace(
        f_bavail=int(free), f_frsize=1, f_blocks=10_000_000_000, f_files=1000, f_favail=files
    )
    monkeypatch.setattr(os, "statvfs", lambda _: room)


def test_a_disk_with_room_is_well(here: MakeHere, monkeypatch: pytest.MonkeyPatch) -> None:
    place = here()
    place.settings.instance.mkdir()
    of_disk(monkeypatch, 5e9)

    assert {one.state for one in disk.check(place)} == {WELL}


@pytest.mark.parametrize(("free", "files"), [(1e8, 900), (5e9, 3)])
def test_a_disk_that_is_almost_full_is_something_to_do(
    here: MakeHere, monkeypatch: pytest.MonkeyPatch, free: float, files: int
) -> None:
    place = here()
    place.settings.instance.mkdir()
    of_disk(monkeypatch, free, files)

    assert {one.state for one in disk.check(place)} == {TO_DO}


def test_a_disk_that_is_not_there_is_not_well(here: MakeHere) -> None:
    found = [one for one in disk.check(here()) if "the instance folder:" in one.says]
    assert [one.state for one in found] == [UNKNOWN]


def test_a_database_on_a_disk_of_its_own_is_looked_at_there(here: MakeHere, tmp_path: Path) -> None:
    found = list(disk.check(here(database_url=f"sqlite:///{tmp_path}/away/clinic.db")))
    assert [one.state for one in found if "the database" in one.says] == [UNKNOWN]


def test_keys_that_only_we_may_read_are_well(here: MakeHere) -> None:
    place = here()
    place.settings.instance.mkdir(mode=0o700)
    for name in ("secret.key", "records.key", "clinic.db"):
        (place.settings.instance / name).touch(mode=0o600)

    [found] = modes.check(place)
    assert found.state is WELL


def test_keys_that_others_may_read_are_named_with_what_to_run(here: MakeHere) -> None:
    place = here()
    place.settings.instance.mkdir(mode=0o700)
    place.settings.instance.chmod(0o755)
    for name in ("records.key", "clinic.db-wal"):
        (place.settings.instance / name).touch(mode=0o600)
        (place.settings.instance / name).chmod(0o640)
    for file in (place.places.env_file, place.places.backup_key):
        file.touch()
        file.chmod(0o644)

    found = list(modes.check(place))
    instance = place.settings.instance
    assert [one.do for one in found] == [
        f"chmod 700 {instance}",
        f"chmod 600 {instance / 'records.key'}",
        f"chmod 600 {instance / 'clinic.db-wal'}",
        f"chmod 600 {place.places.env_file}",
        f"chmod 600 {place.places.backup_key}",
    ]
    assert {one.state for one in found} == {TO_DO}


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing can be seen, as by somebody who is not the service."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    for name in ("stat", "iterdir", "read_text", "read_bytes"):
        monkeypatch.setattr(Path, name, refuse)


@pytest.mark.usefixtures("closed")
@pytest.mark.parametrize(
    "check", [disk.check, modes.check, backup.check, release.check, settings_check.check]
)
def test_what_cannot_be_seen_from_here_is_not_well(here: MakeHere, check: Check) -> None:
    found = list(check(here()))
    assert found
    assert {one.state for one in found} == {UNKNOWN}


def copy(folder: Path, hours: float, size: int = 5000) -> None:
    folder.mkdir(exist_ok=True)
    file = folder / f"clinic-{hours}.db"
    file.write_bytes(bytes(size))
    os.utime(file, (time.time() - hours * HOUR,) * 2)


def test_a_copy_of_last_night_is_well(here: MakeHere) -> None:
    place = here()
    copy(place.places.backups, 300)
    copy(place.places.backups, 8)

    [found] = backup.check(place)
    assert (found.state, found.says) == (WELL, "the newest of 2 copies is 8 hours old")


def test_one_is_counted_as_one(here: MakeHere) -> None:
    place = here()
    copy(place.places.backups, 1)

    [found] = backup.check(place)
    assert (found.state, found.says) == (WELL, "the only copy is 1 hour old")


@pytest.mark.parametrize(("hours", "size"), [(50, 5000), (1, 0)])
def test_an_old_or_an_empty_copy_is_something_to_do(here: MakeHere, hours: int, size: int) -> None:
    place = here()
    copy(place.places.backups, hours, size)

    [found] = backup.check(place)
    assert found.state is TO_DO
    assert "journalctl" in found.do


def test_no_copy_and_no_folder_are_something_to_do(here: MakeHere) -> None:
    place = here()
    [found] = backup.check(place)
    assert found.state is TO_DO
    place.places.backups.mkdir()
    (place.places.backups / "clinic-1.part").touch()  # one that is being made
    [found] = backup.check(place)
    assert (found.state, found.says[:19]) == (TO_DO, "there are no copies")


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ({"well": True, "days": 2}, WELL),
        ({"well": False, "days": 2}, TO_DO),
        ({"well": True, "days": 20}, TO_DO),
        ({"days": 1}, UNKNOWN),
    ],
)
def test_the_weekly_try_to_restore(here: MakeHere, told: dict[str, object], state: State) -> None:
    place = here()
    copy(place.places.backups, 8)
    at = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=int(str(told.pop("days"))))
    place.places.restore_test.write_text(json.dumps({**told, "at": at.isoformat()}))

    _, found = backup.check(place)
    assert (found.about, found.state) == ("restore", state)


@pytest.mark.parametrize(("days", "state"), [(3, WELL), (120, TO_DO)])
def test_a_release_says_how_old_it_is(here: MakeHere, days: int, state: State) -> None:
    place = here()
    made = datetime.datetime.fromtimestamp(time.time() - days * DAY, datetime.UTC)
    place.places.release.write_text(f"version=1.2.0\ndate={made.date().isoformat()}\n")

    [found] = release.check(place)
    assert found.state is state
    assert "1.2.0" in found.says


@pytest.mark.parametrize(("days", "state"), [(3, WELL), (120, TO_DO)])
def test_a_program_that_came_by_git_is_as_old_as_its_last_update(
    here: MakeHere, days: int, state: State
) -> None:
    place = here()
    place.places.program.mkdir()
    file = place.places.program / "cli.py"
    file.touch()
    os.utime(file, (time.time() - days * DAY - HOUR,) * 2)

    [found] = release.check(place)
    assert found.state is state
    assert f"{days} days ago" in found.says


POLICY = """muscle-pain-assessment:
  Installed: 1.2.0
  Candidate: {offered}
  Version table:
"""


@pytest.mark.skipif(not shutil.which("dpkg"), reason="Debian's dpkg says which version is newer")
@pytest.mark.parametrize(
    ("offered", "state"),
    [
        ("1.2.1", TO_DO), ("1.10.0", TO_DO), ("1.2.0", WELL), ("1.1.9", WELL), ("1.2.0~rc1", WELL),
        ("(none)", WELL), (None, WELL),
    ],
)  # fmt: skip
def test_a_newer_release_that_apt_has_is_told_at_once_and_an_older_one_is_not(
    here: MakeHere, offered: str | None, state: State
) -> None:
    place = here()
    made = datetime.datetime.fromtimestamp(time.time() - 3 * DAY, datetime.UTC)
    place.places.release.write_text(f"version=1.2.0\ndate={made.date().isoformat()}\n")
    says = "exit 100" if offered is None else f"cat <<END\n{POLICY.format(offered=offered)}END"
    place.places.apt.write_text(f'#!/bin/sh\n[ "$*" = "policy {NAME}" ] || exit 2\n{says}\n')
    place.places.apt.chmod(0o755)

    [found] = release.check(place)
    assert found.state is state
    assert (f"and apt has {offered}" in found.says) is (state is TO_DO)


def test_an_unreadable_release_is_not_well(here: MakeHere) -> None:
    place = here()
    place.places.release.write_text("nothing of that kind")
    [found] = release.check(place)
    assert found.state is UNKNOWN


def test_the_shipped_file_of_nginx_is_well(here: MakeHere) -> None:
    place = here(public_url="https://clinic.example", proxy_hops=1)
    shutil.copy(ROOT / "deploy" / "nginx.conf", place.places.nginx)

    [found] = nginx.check(place)
    assert found.state is WELL


@pytest.mark.parametrize(
    "line",
    ["access_log", "error_log", "client_max_body_size", "proxy_max_temp_file_size", "gzip off"],
)
def test_a_file_of_nginx_without_a_line_that_counts_is_something_to_do(
    here: MakeHere, line: str
) -> None:
    place = here(public_url="https://clinic.example", proxy_hops=1)
    shipped = (ROOT / "deploy" / "nginx.conf").read_text("utf-8").splitlines()
    place.places.nginx.write_text("\n".join(one for one in shipped if line not in one))

    [found] = nginx.check(place)
    assert found.state is TO_DO


@pytest.mark.parametrize(
    "line", ["access_log /var/log/other.log;", "  error_log /var/log/nginx/other.log;"]
)
def test_one_more_log_of_nginx_that_holds_links_is_something_to_do(
    here: MakeHere, line: str
) -> None:
    place = here(public_url="https://clinic.example", proxy_hops=1)
    shipped = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    place.places.nginx.write_text(f"{shipped}\n{line}\n")

    [found] = nginx.check(place)
    assert found.state is TO_DO


def test_another_proxy_cannot_be_told_and_none_is_no_matter(here: MakeHere) -> None:
    public = {"public_url": "https://clinic.example"}
    [found] = nginx.check(here(**public, proxy_hops=1))
    assert found.state is UNKNOWN
    assert list(nginx.check(here(**public, proxy_hops=0))) == []
    assert list(nginx.check(here())) == []
