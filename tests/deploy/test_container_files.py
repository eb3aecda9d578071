"""What is said about containers is safe and holds together, where none can be built as well."""

from __future__ import annotations

import datetime
import gzip
import json
import re
import shlex
import signal
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from assessment.web.server.settings import Settings
from tests.conftest import ROOT
from tests.nginx import SHIPPED, free_port

FOLDER = ROOT / "deploy" / "container"
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
CONTAINERFILE = (FOLDER / "Containerfile").read_text("utf-8")
GUIDE = (ROOT / "docs" / "container.md").read_text("utf-8")
sys.path.append(str(FOLDER))

import archive  # noqa: E402  they lie beside what they are started with
import nightly  # noqa: E402
import parts  # noqa: E402

NIGHT = datetime.datetime(2026, 11, 23, 3, 20, tzinfo=datetime.UTC)


@pytest.mark.parametrize("name", SERVICES)
def test_no_service_is_root_or_has_a_right_or_a_place_to_write_that_it_does_not_need(
    name: str,
) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"cap_add", "privileged", "devices", "pid", "ipc", "userns_mode"} & service.keys()
    assert not re.match(r"(0|root)\b", service["user"])
    assert service["pids_limit"] > 0
    assert service["memswap_limit"] == service["mem_limit"], "nothing is swapped to a disk"
    assert all("noexec" in one and "size=" in one for one in service["tmpfs"])
    assert service["healthcheck"]["test"][0] == "CMD", "there is no shell to run it"
    assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", SERVICES)
def test_each_service_runs_as_the_user_of_its_image_in_a_version_that_is_named(name: str) -> None:
    service = SERVICES[name]
    assert service["image"].startswith(f"localhost/{name}:${{VERSION:?")
    [stage] = re.findall(rf"^FROM scratch AS {name}\n(.*?)(?=^FROM|\Z)", CONTAINERFILE, re.M | re.S)
    assert f"USER {service['user']}" in stage
    assert service.get("stop_signal", "SIGTERM") in stage


def test_no_image_is_the_latest_of_anything() -> None:
    for text in (CONTAINERFILE, (FOLDER / "compose.yaml").read_text("utf-8")):
        assert "latest" not in text


def test_only_the_proxy_can_be_reached_and_the_database_has_no_network() -> None:
    assert [name for name, one in SERVICES.items() if "ports" in one] == ["proxy"]
    assert {name for name, one in SERVICES.items() if one.get("network_mode") == "none"} == {
        "database", "backup",
    }  # fmt: skip
    assert COMPOSE["networks"]["inside"]["internal"] is True


def test_no_secret_is_written_where_the_environment_or_a_command_shows_it() -> None:
    secret = re.compile(r"PASSWORD|TOKEN|_KEY\b", re.IGNORECASE)
    for name, service in SERVICES.items():
        assert not [one for one in service.get("environment", {}) if secret.search(one)], name
    assert all(
        set(told) == {"file"} and name in Settings.model_fields
        for name, told in COMPOSE["secrets"].items()
    )


def test_what_compose_sets_are_settings() -> None:
    known = {name.upper() for name in Settings.model_fields} | {"SECRETS"}
    assert set(SERVICES["clinic"]["environment"]) <= known


def test_the_proxy_serves_our_site_on_ports_that_nobody_needs_root_for() -> None:
    site = subprocess.run(
        ["sed", "-f", FOLDER / "site.sed"], input=SHIPPED, capture_output=True, text=True
    ).stdout
    listened = re.findall(r"^ *listen (.*?);", site, re.MULTILINE)
    assert {one.removeprefix("[::]:").split()[0] for one in listened} == {"8080", "8443"}
    assert len(listened) == len(re.findall(r"^ *listen ", SHIPPED, re.MULTILINE))
    address = SERVICES["clinic"]["networks"]["inside"]["ipv4_address"]
    assert re.findall(r"proxy_pass (.*);", site) == [f"http://{address}:8000"]
    logs = set(re.findall(r"^ *(?:access|error)_log (\S+)", site, re.MULTILINE))
    assert logs == {"/dev/stdout", "/dev/null", "stderr", "off;"}


def pushed(folder: Path, name: str) -> Path:
    """An archive of one image as buildah pushes it from a container of this name."""
    draft = folder / name
    (draft / name).mkdir(parents=True)  # what only old Docker reads
    (draft / "0a.tar").write_text("a layer")
    config: dict[str, Any] = {"Hostname": name, "Healthcheck": {"Test": ["CMD", "x"]}}
    told = {"container": name, "config": config, "container_config": config}
    (draft / f"{name}.json").write_text(json.dumps(told))
    found = {"Config": f"{name}.json", "RepoTags": ["a:1"], "Layers": ["0a.tar"]}
    (draft / "manifest.json").write_text(json.dumps([found]))
    with tarfile.open(folder / f"{name}-pushed.tar", "w") as packed:
        packed.add(draft, ".")
    return folder / f"{name}-pushed.tar"


def test_an_archive_keeps_the_health_check_and_no_name_of_where_it_was_built(
    tmp_path: Path,
) -> None:
    made = [tmp_path / "one.tar", tmp_path / "other.tar"]
    for target in made:
        archive.pack(pushed(tmp_path, target.stem), target, 1_800_000_000)
    assert made[0].read_bytes() == made[1].read_bytes()
    with tarfile.open(made[0]) as packed:
        held = {name: member.read() for name in packed.getnames()
                if (member := packed.extractfile(name))}  # fmt: skip
    [told] = json.loads(held["manifest.json"])
    assert set(held) == {"manifest.json", told["Config"], *told["Layers"]}
    assert json.loads(held[told["Config"]])["config"]["Healthcheck"] == {"Test": ["CMD", "x"]}
    assert gzip.decompress(held["0a.tar"]) == b"a layer"


def test_the_list_of_parts_of_an_image_says_which_version_it_is(tmp_path: Path) -> None:
    (tmp_path / "var/lib/dpkg/status.d").mkdir(parents=True)
    listed = json.loads(parts.listed("clinic", "1.2.3", tmp_path, 1_800_000_000))
    assert listed["metadata"]["component"]["version"] == "1.2.3"


def test_a_copy_is_made_each_night_and_is_old_when_one_was_missed() -> None:
    at = datetime.time(3, 20)
    minute, day = datetime.timedelta(minutes=1), datetime.timedelta(days=1)
    assert nightly.following(NIGHT - minute, at) == NIGHT
    assert nightly.following(NIGHT, at) == NIGHT + day
    assert nightly.is_young(NIGHT, NIGHT + day)
    assert not nightly.is_young(NIGHT, NIGHT + 2 * day)
    assert not nightly.is_young(None, NIGHT)


def test_a_half_made_copy_or_one_in_the_clear_is_not_taken_for_a_backup(tmp_path: Path) -> None:
    for name in ("clinic-20261123T032000Z.age.part", "clinic-20261123T032000Z.dump", "erasures"):
        (tmp_path / name).touch()
    assert nightly.newest(tmp_path) is None
    (tmp_path / "clinic-20261123T032000Z.dump.age").touch()
    assert nightly.newest(tmp_path) is not None


@pytest.mark.parametrize("stop", ["INT", "TERM"])
def test_a_database_that_is_stopped_at_its_first_start_is_made_whole_and_not_started(
    stop: str, tmp_path: Path
) -> None:
    data, programs = tmp_path / "data", tmp_path / "programs"
    programs.mkdir()
    for name, does in {
        "initdb": f'mkdir "$PGDATA"; echo 17 >"$PGDATA/PG_VERSION"; kill -{stop} $PPID',
        "postgres": f'case $1 in --single) cat >/dev/null;; *) : >"{tmp_path}/started";; esac',
    }.items():
        (programs / name).write_text(f"#!/bin/sh\n{does}\n")
        (programs / name).chmod(0o755)
    environ = {"PATH": f"{programs}:/usr/bin:/bin", "PGDATA": str(data)}
    start = ["sh", str(FOLDER / "database")]
    # Where these tests run in the background, their own INT is ignored, and handed on as that.
    taken = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        assert subprocess.run(start, env=environ).returncode == 0
    finally:
        signal.signal(signal.SIGINT, taken)
    assert (data / "made").exists()
    assert not (tmp_path / "started").exists()
    assert subprocess.run(start, env=environ).returncode == 0
    assert (tmp_path / "started").exists()


def test_the_health_check_says_no_where_nothing_listens() -> None:
    ended = subprocess.run(
        [sys.executable, FOLDER / "healthy.py"], env={"PORT": str(free_port())}, capture_output=True
    )
    assert ended.returncode == 1
    assert ended.stderr == b""


def test_the_guide_names_files_and_services_that_there_are() -> None:
    for name in re.findall(r"\]\(\.\./(deploy/[^)#]+)\)", GUIDE):
        assert (ROOT / name).exists(), name
    for line in re.findall(r"^docker compose (.+)$", GUIDE, re.MULTILINE):
        words = [one for one in shlex.split(line, comments=True) if not one.startswith("-")]
        assert set(words) & {*SERVICES, "up", "down", "ps", "config"}, line
