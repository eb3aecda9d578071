"""What an operator is told: settings, files, commands, and what is stored."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import click

from assessment.cli import main
from assessment.proof.versions import FOLDER
from assessment.records import upgrade  # noqa: F401  which knows all tables
from assessment.records.tables import metadata
from assessment.web.serve import AFTER_FOLDER
from assessment.web.server.secret import KEY_FILE, RECORDS_KEY_FILE
from assessment.web.server.settings import Settings
from tests.conftest import ROOT

DEPLOY = ROOT / "deploy"
GUIDE = (ROOT / "docs" / "deploy.md").read_text("utf-8")
PRIVACY = (ROOT / "docs" / "privacy.md").read_text("utf-8")
THREATS = (ROOT / "docs" / "threat-model.md").read_text("utf-8")


def table(text: str, heading: str) -> list[list[str]]:
    """Return the cells of the rows below this heading row."""
    _, _, rest = text.partition(f"\n{heading}\n|")
    assert rest, f"there is no table {heading}"
    rows = rest.split("\n\n", 1)[0].splitlines()[1:]
    return [
        [cell.strip() for cell in row.strip("| ").split(" | ")] for row in rows if row[0] == "|"
    ]


def test_every_setting_is_listed_with_its_default_and_no_other_is() -> None:
    listed = {row[0].strip("`"): row[1] for row in table(GUIDE, "| setting | default | |")}
    assert listed.keys() == {name.upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        if isinstance(field.default, int | str) and field.default:
            assert str(field.default).lower() in listed[name.upper()].lower(), name


def test_the_example_of_settings_names_settings_only() -> None:
    example = (DEPLOY / "clinic.env").read_text("utf-8")
    named = re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE)
    assert {name.lower() for name in named} <= Settings.model_fields.keys()
    assert {"PUBLIC_URL", "PROXY_HOPS", "INSTANCE"} <= set(named)


def test_the_guide_speaks_of_every_file_for_a_server_and_of_both_keys() -> None:
    for path in DEPLOY.iterdir():
        if path.is_file():
            assert f"deploy/{path.name}" in GUIDE, path.name
    assert f"`{RECORDS_KEY_FILE}`" in GUIDE
    assert f"`{KEY_FILE}`" in GUIDE


def test_the_guides_name_both_folders_of_versions() -> None:
    several = (ROOT / "docs" / "machines.md").read_text("utf-8")
    for folder in (FOLDER, AFTER_FOLDER):
        assert f"`{folder}/`" in GUIDE, folder
        assert f"`{folder}/`" in several, folder


def test_the_units_start_programs_that_are_there() -> None:
    for name in ("clinic.service", "clinic-backup.service"):
        unit = (DEPLOY / name).read_text("utf-8")
        [start] = re.findall(r"^ExecStart=(.+)$", unit, re.MULTILINE)
        program, *words = start.replace(
            "/srv/clinic/.venv/bin", str(Path(sys.executable).parent)
        ).split()
        assert os.access(program, os.X_OK)
        assert [
            word for word in words if word.endswith(".py") and not (ROOT / word).is_file()
        ] == []
        assert "EnvironmentFile=/etc/clinic.env" in unit
        for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes", "UMask=0077"):
            assert line in unit.splitlines(), line


def test_the_script_that_runs_commands_as_the_service_can_be_read_by_the_shell() -> None:
    script = DEPLOY / "as-clinic"
    assert os.access(script, os.X_OK)
    subprocess.run(["sh", "-n", script], check=True, timeout=10)


HOSTILE = """\
PUBLIC_URL=https://clinic.example
SMTP_PASSWORD="$(touch ran) `touch ran` ${HOME}"
touch ran
CLINIC_NAME=a; touch ran
"""
STUB = """#!/bin/sh
printf '%s\\n' "$@" > given
"""


def as_clinic(folder: Path, *command: str) -> list[str]:
    """Run the script over hostile settings; return what it has systemd do."""
    for name in ("systemd-run", "runuser"):
        (folder / name).write_text(STUB)
        (folder / name).chmod(0o755)
    (folder / "clinic.env").write_text(HOSTILE)
    script = (DEPLOY / "as-clinic").read_text("utf-8")
    here = script.replace("/etc/clinic.env", str(folder / "clinic.env"))
    (folder / "as-clinic").write_text(here.replace("/srv/clinic", str(folder)))
    subprocess.run(
        ["sh", "as-clinic", *command], cwd=folder, check=True, timeout=10,
        env={"PATH": f"{folder}:{os.environ['PATH']}"},
    )  # fmt: skip
    return (folder / "given").read_text().splitlines()


def test_the_settings_are_read_by_systemd_alone_and_never_run(tmp_path: Path) -> None:
    given = as_clinic(tmp_path, "assessment", "clinic", "list")
    assert not (tmp_path / "ran").exists()
    assert f"--property=EnvironmentFile={tmp_path / 'clinic.env'}" in given
    assert "--uid=clinic" in given
    assert given[given.index("--") :] == ["--", "assessment", "clinic", "list"]
    for name in ("clinic.service", "clinic-backup.service"):
        unit = (DEPLOY / name).read_text("utf-8").splitlines()
        assert "EnvironmentFile=/etc/clinic.env" in unit


def test_words_of_a_command_reach_it_as_they_were_typed(tmp_path: Path) -> None:
    odd = ["assessment", "--name", "Zoë  O'Neill $HOME ${X} `id` *", ""]
    given = as_clinic(tmp_path, *odd)
    assert [word.replace("$$", "$") for word in given[given.index("--") + 1 :]] == odd
    assert "$$HOME $${X}" in given[-2]


def test_the_service_sees_neither_the_history_nor_the_backups() -> None:
    for name, hidden in (
        ("clinic.service", "-/srv/clinic/.git -/var/backups/clinic"),
        ("clinic-backup.service", "-/srv/clinic/.git"),
    ):
        unit = (DEPLOY / name).read_text("utf-8").splitlines()
        assert f"InaccessiblePaths={hidden}" in unit
    assert "InaccessiblePaths=-/srv/clinic/.git -/var/backups/clinic" in (
        DEPLOY / "as-clinic"
    ).read_text("utf-8")
    clone, close = GUIDE.index("git clone"), GUIDE.index("chmod 700 /srv/clinic/.git")
    assert clone < close < GUIDE.index("systemctl enable --now clinic")


def test_only_the_doctor_sees_the_backups_and_it_cannot_write_to_them(tmp_path: Path) -> None:
    hidden = "--property=InaccessiblePaths=-/srv/clinic/.git"
    others = as_clinic(tmp_path, "assessment", "clinic", "list")
    doctor = as_clinic(tmp_path, "assessment", "doctor", "--json")
    assert f"{hidden} -/var/backups/clinic".replace("/srv/clinic", str(tmp_path)) in others
    assert hidden.replace("/srv/clinic", str(tmp_path)) in doctor
    assert "--property=ReadWritePaths=/var/lib/clinic" in doctor


def test_only_the_doctor_is_handed_the_settings_as_a_file(tmp_path: Path) -> None:
    handed = f"--property=LoadCredential=clinic.env:{tmp_path / 'clinic.env'}"
    assert handed in as_clinic(tmp_path, "assessment", "doctor")
    assert handed not in as_clinic(tmp_path, "assessment", "clinic", "list")


def test_the_commands_for_clinics_are_written_as_they_are_used() -> None:
    clinic = main.commands["clinic"]
    assert isinstance(clinic, click.Group)
    written = re.findall(r"as-clinic assessment clinic (.+)", GUIDE)
    named = set()
    for line in written:
        name, *words = shlex.split(line)
        clinic.commands[name].make_context(name, words)
        named.add(name)
    assert named == clinic.commands.keys()


def test_every_file_that_the_threat_model_points_to_is_there() -> None:
    rows = table(THREATS, "| | threat | control | held by |")
    for row in rows:
        held_by = re.findall(r"`([^`]+)`", row[-1])
        assert held_by, row
        assert [name for name in held_by if not (ROOT / name).is_file()] == []
    assert {row[0] for row in rows} == set("STRIDE")


def test_every_stored_column_is_listed_with_how_it_is_kept() -> None:
    listed: dict[tuple[str, str], str] = {}
    for name, columns, how, why in table(PRIVACY, "| table | columns | how | why |"):
        for column in columns.split(", "):
            assert (name, column) not in listed
            listed[name, column] = how
            assert why
    stored = {(one.name, column.name) for one in metadata.sorted_tables for column in one.columns}
    assert listed.keys() == stored
    for (name, column), how in listed.items():
        assert (how == "sealed") == (column == "sealed"), (name, column)
        if column.endswith("_hash") or column == "word":
            assert how != "plain", (name, column)
