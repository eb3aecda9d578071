"""The shipped dashboard and alerts ask only for what is told; each alert fires when it should."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from prometheus_client import CollectorRegistry, generate_latest

from assessment.web.monitoring.restore_test import RestoreTest
from assessment.web.server.settings import ROOT
from tests.web.client import LOCAL, Client
from tests.web.clinic.staff import Staff
from tests.web.monitoring.conftest import Watched

SHIPPED = ROOT / "deploy" / "monitoring"
ALERTS = SHIPPED / "alerts.yml"
RULES: list[dict[str, Any]] = yaml.safe_load(ALERTS.read_text("utf-8"))["groups"][0]["rules"]
BOARD: dict[str, Any] = json.loads((SHIPPED / "dashboard.json").read_text("utf-8"))
OF_OTHERS = {"up", "node_systemd_timer_last_trigger_seconds", "node_systemd_unit_state"}
"""What Prometheus and node_exporter tell."""
ADDED = {"job", "instance", "name", "state"}
"""Labels that they add."""
LABELS = re.compile(r"(\w+) ?=~?\s?\"|by \(([^)]*)\)")
NAME = re.compile(r"\b(?:assessment|node)_[a-z_]+|\bup\b")


def expressions() -> Iterator[str]:
    yield from (rule["expr"] for rule in RULES)
    yield from (target["expr"] for panel in BOARD["panels"] for target in panel["targets"])
    yield from (one["query"]["query"] for one in BOARD["templating"]["list"])


def tried(folder: Path, **told: object) -> str:
    """What is told of the try to restore a backup."""
    status = folder / "restore-test.json"
    if told:
        status.write_text(json.dumps(told))
    registry = CollectorRegistry()
    registry.register(RestoreTest(status))
    return generate_latest(registry).decode()


def test_only_what_is_told_is_asked_for(
    watched: Watched, clinic_app: Flask, staff: Staff, tmp_path: Path
) -> None:
    staff.post("/clinic/sign-out")
    for _ in range(6):
        staff.sign_in(password="wrong kettle drifts")
    Client(clinic_app)._client.get("/", base_url=LOCAL)
    restored = tried(tmp_path, well=True, at="2026-11-27T03:00:00+00:00")
    told = watched.names | set(re.findall(r"^(\w+) ", restored, re.MULTILINE)) | OF_OTHERS
    asked = {name for expression in expressions() for name in NAME.findall(expression)}
    assert asked <= told
    assert len(asked) > 12

    grouped = {name for expression in expressions() for name in LABELS.findall(expression)}
    labels = {part.strip() for one in grouped for group in one for part in group.split(",")} - {""}
    assert labels <= watched.label_names | ADDED
    assert {"route", "kind", "queue"} <= labels


def test_what_came_of_the_try_to_restore_a_backup_is_told(tmp_path: Path) -> None:
    assert tried(tmp_path) == ""
    well = tried(tmp_path, well=True, at="2026-11-27T03:00:00+00:00", copy="zebrafinch")
    assert "assessment_restore_test_well 1.0" in well
    assert "assessment_restore_test_time_seconds 1.7957484e+09" in well
    assert "zebrafinch" not in well
    assert "assessment_restore_test_well 0.0" in tried(
        tmp_path, well=False, at="2026-11-27T03:00:00+00:00"
    )
    assert tried(tmp_path, well=True) == ""


def test_every_alert_says_what_happened_and_what_to_do() -> None:
    for rule in RULES:
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert set(rule["annotations"]) == {"summary", "what_to_do"}
        assert rule["annotations"]["what_to_do"].strip().endswith(".")


def test_the_dashboard_is_one_that_grafana_imports() -> None:
    assert {"title", "uid", "schemaVersion", "panels", "__inputs", "__requires"} <= set(BOARD)
    assert BOARD["id"] is None
    source = f"${{{BOARD['__inputs'][0]['name']}}}"
    taken: set[tuple[int, int]] = set()
    for panel in BOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells
        assert panel["datasource"] == {"type": "prometheus", "uid": source}
        assert panel["type"] in {one["id"] for one in BOARD["__requires"]}
    ids = [panel["id"] for panel in BOARD["panels"]]
    assert len(ids) == len(set(ids))


def test_every_panel_asks_in_a_way_that_grafana_understands() -> None:
    """As its model of a dashboard has it, where an unknown word is passed over in silence."""
    assert 8 <= len(BOARD["uid"]) <= 40
    variables = {one["name"]: one for one in BOARD["templating"]["list"]}
    assert all((one["type"], one["refresh"]) == ("query", 2) for one in variables.values())
    for panel in BOARD["panels"]:
        names = [target["refId"] for target in panel["targets"]]
        assert names, panel["title"]
        assert len(names) == len(set(names)), panel["title"]
        for target in panel["targets"]:
            assert target["datasource"] == panel["datasource"]
            marks = set(re.findall(r"\$\{?(\w+)", target["expr"] + target["legendFormat"]))
            assert marks <= {*variables, "__rate_interval", "__range", "__interval"}
        told = panel["fieldConfig"]["defaults"]
        assert told.get("unit", "short") in {"short", "s", "reqps"}
        steps = [one["value"] for one in told.get("thresholds", {}).get("steps", [])]
        assert not steps or steps[0] is None, "the first has no end below"
        assert steps[1:] == sorted(steps[1:]), panel["title"]


Series = Mapping[str, str]
CALM: Series = {
    'up{job="clinic", instance="a"}': "1x200",
    'assessment_database_up{job="clinic"}': "1x200",
    'assessment_errors_total{job="clinic", kind="fault"}': "0x200",
    'assessment_request_seconds_count{job="clinic"}': "0+100x200",
    'assessment_request_seconds_bucket{job="clinic", route="walk.question", le="1.0"}': "0+99x200",
    'assessment_request_seconds_bucket{job="clinic", route="walk.question", le="5.0"}': "0+99x200",
    'assessment_request_seconds_bucket{job="clinic", route="walk.question", le="+Inf"}': "0+99x200",
    'assessment_requests_at_hand{job="clinic"}': "2x200",
    'assessment_queue_late_seconds{job="clinic", queue="client_mails"}': "15x200",
    'assessment_audit_entries{job="clinic"}': "100+1x200",
    'assessment_refusals_total{job="clinic", why="sign_in_slowed"}': "0x200",
    'assessment_protocol_info{job="clinic", rules="r", wording="w", instance="a"}': "1x200",
    'assessment_restore_test_well{job="clinic"}': "1x200",
    'assessment_restore_test_time_seconds{job="clinic"}': "0x200",
    'node_systemd_timer_last_trigger_seconds{name="clinic-backup.timer"}': "0x200",
    'node_systemd_unit_state{name="clinic-backup.service", state="failed"}': "0x200",
}
"""A good day: one sample a minute."""
SLOW = 'assessment_request_seconds_bucket{job="clinic", route="walk.question", le="1.0"}'
TROUBLE: Mapping[str, Series] = {
    "ClinicDown": {'up{job="clinic", instance="a"}': "1x10 0x190"},
    "ClinicDatabaseAway": {'assessment_database_up{job="clinic"}': "0x200"},
    "ClinicErrors": {'assessment_errors_total{job="clinic", kind="away"}': "0+6x200"},
    "ClinicFault": {'assessment_errors_total{job="clinic", kind="fault"}': "0x190 1x10"},
    "ClinicSlow": {SLOW: "0+90x200"},
    "ClinicBusy": {'assessment_requests_at_hand{job="clinic"}': "22x200"},
    "ClinicQueueLate": {
        'assessment_queue_late_seconds{job="clinic", queue="client_mails"}': "0+60x200"
    },
    "ClinicAuditLogShorter": {'assessment_audit_entries{job="clinic"}': "100x100 90x100"},
    "ClinicGuessing": {'assessment_refusals_total{job="clinic", why="sign_in_slowed"}': "0+2x200"},
    "ClinicTwoProtocols": {
        'assessment_protocol_info{job="clinic", rules="other", wording="w", instance="b"}': "1x200"
    },
    "ClinicRestoreFailed": {'assessment_restore_test_well{job="clinic"}': "0x200"},
    "ClinicRestoreUntried": {'assessment_restore_test_time_seconds{job="clinic"}': "-777600x200"},
    "ClinicBackupOld": {
        'node_systemd_timer_last_trigger_seconds{name="clinic-backup.timer"}': "-129600x200"
    },
    "ClinicBackupFailed": {
        'node_systemd_unit_state{name="clinic-backup.service", state="failed"}': "1x200"
    },
}
"""What differs from a good day when each of them shall fire."""
FIRING = 'count by (alertname) (ALERTS{alertstate="firing"})'


def day(trouble: Series, *fires: str) -> dict[str, object]:
    samples = [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in fires]
    return {
        "interval": "1m",
        "input_series": [
            {"series": name, "values": values} for name, values in {**CALM, **trouble}.items()
        ],
        "promql_expr_test": [{"expr": FIRING, "eval_time": "195m", "exp_samples": samples}],
    }


def test_every_alert_has_its_trouble() -> None:
    assert [rule["alert"] for rule in RULES] == list(TROUBLE)


def promtool(*words: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not here: apt install prometheus")
    return subprocess.run([program, *words], capture_output=True, text=True, timeout=120)


@pytest.mark.slow
def test_prometheus_can_read_what_the_dashboard_asks(tmp_path: Path) -> None:
    asked = [target["expr"] for panel in BOARD["panels"] for target in panel["targets"]]
    for mark in ("$__rate_interval", "$__range", "$__interval"):
        asked = [one.replace(mark, "5m") for one in asked]
    rules = [{"record": f"panel:{number}", "expr": one} for number, one in enumerate(asked)]
    file = tmp_path / "dashboard.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    ended = promtool("check", "rules", str(file))
    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.slow
def test_on_a_good_day_none_fires_and_each_trouble_has_its_own_alert(tmp_path: Path) -> None:
    days = [day({}), *(day(trouble, name) for name, trouble in TROUBLE.items())]
    file = tmp_path / "alerts_test.yml"
    file.write_text(
        yaml.safe_dump({"rule_files": [str(ALERTS)], "evaluation_interval": "1m", "tests": days})
    )
    ended = promtool("test", "rules", str(file))
    assert ended.returncode == 0, ended.stdout + ended.stderr
