"""What came of the weekly try to restore a backup, as far as it was written down."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily

STATUS = Path("/var/lib/clinic-backup/restore-test.json")
"""Written by the try itself; the product can see it, and no backup."""


class RestoreTest:
    """Tells whether the last try was well and when it was; nothing where none was written down."""

    def __init__(self, status: Path = STATUS) -> None:
        self._status = status

    def collect(self) -> Iterator[Metric]:
        """Return what is known now."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            told = json.loads(self._status.read_text("utf-8"))
            well, at = told["well"] is True, datetime.datetime.fromisoformat(told["at"])
            yield GaugeMetricFamily(
                "assessment_restore_test_well",
                "Whether the newest backup could be restored when that was tried.",
                value=well,
            )
            yield GaugeMetricFamily(
                "assessment_restore_test_time_seconds", "When that was, in Unix time.",
                value=at.timestamp(),
            )  # fmt: skip
