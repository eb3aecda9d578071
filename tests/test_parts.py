"""The parts of others: all are listed, and an audit tells which have to be renewed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from locks import audit, parts
from locks.parts import Part

MADE = date(2026, 11, 1)
WEAK = Part("Some.Part", "1.0")
SOUND = Part("another", "2.0")


@contextmanager
def advisories(known: dict[str, list[str]], status: int = 200) -> Iterator[str]:
    """Stand in for the public list; `known` has ids of advisories by the name of a part."""

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
            results = [
                {"vulns": [{"id": id} for id in ids]} if ids else {}
                for ids in (known.get(one["package"]["purl"], []) for one in asked)
            ]
            body = json.dumps({"results": results}).encode()
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


PROBED = {audit.PROBE.purl: ["GHSA-old"]}


def test_asvs_15_1_2_the_list_of_parts_names_exactly_what_the_lock_installs() -> None:
    locked = parts.locked(parts.LOCK.read_text(encoding="utf-8"))
    listed = parts.SBOM.read_text(encoding="utf-8")

    assert {"Flask", "flask"} & {one.name for one in locked}
    assert parts.LOCK.read_text(encoding="utf-8").count("==") == len(locked)
    assert listed == parts.sbom(locked, parts.made_on(listed)), "run python -m locks.parts"


def test_asvs_15_1_2_every_part_has_the_name_that_lists_of_weaknesses_use() -> None:
    assert WEAK.purl == "pkg:pypi/some-part@1.0"
    told = json.loads(parts.sbom((WEAK,), MADE))
    assert [one["purl"] for one in told["components"]] == [WEAK.purl]
    assert parts.made_on(parts.sbom((WEAK,), MADE)) == MADE


def test_asvs_15_2_1_a_part_with_a_known_weakness_fails_the_audit(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with advisories(PROBED | {WEAK.purl: ["GHSA-1", "PYSEC-2"]}) as address:
        assert audit.report((SOUND, WEAK), MADE, MADE, address) == 1
    told = capsys.readouterr().out
    assert "Some.Part 1.0: GHSA-1, PYSEC-2" in told
    assert "another" not in told


def test_asvs_15_2_1_parts_without_a_known_weakness_pass_for_90_days(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with advisories(PROBED) as address:
        assert audit.report((SOUND, WEAK), MADE, date(2027, 1, 30), address) == 0
        assert audit.report((SOUND, WEAK), MADE, date(2027, 1, 31), address) == 1
    assert "chosen on 2026-11-01, more than 90 days ago" in capsys.readouterr().out


def test_asvs_15_2_1_an_audit_that_sees_nothing_fails(capsys: pytest.CaptureFixture[str]) -> None:
    with advisories({}) as address:
        assert audit.report((SOUND,), MADE, MADE, address) == 2
    assert audit.report((SOUND,), MADE, MADE, address) == 2, "nobody is there any more"
    with advisories(PROBED, status=503) as address:
        assert audit.report((SOUND,), MADE, MADE, address) == 2
    assert capsys.readouterr().out.count("The audit saw nothing") == 3
