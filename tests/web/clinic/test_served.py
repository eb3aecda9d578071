"""The clinic area of a running server: its first start, its keys, its database, its log."""

from __future__ import annotations

import re
import stat
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from assessment.records import clients, clinics
from assessment.records.ids import ClientId, new_id
from assessment.records.model import Client
from assessment.web.server.secret import RECORDS_KEY_FILE
from assessment.web.server.settings import read_settings
from assessment.web.server.storage import open_database
from tests.web.clinic.staff import PASSWORD
from tests.web.test_serve import run, serving

SETUP = re.compile(r"go to (\S+/clinic/setup) and enter the code ([0-9A-Z-]{23})\n")


def token_in(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


class Browser:
    """Opens pages and sends forms."""

    def __init__(self) -> None:
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())

    def fill_in(self, address: str, **fields: str) -> tuple[int, str]:
        """Send the first form of a page; return status and page."""
        with self._opener.open(address) as response:
            fields["csrf_token"] = token_in(response.read().decode())
        body = urllib.parse.urlencode(fields).encode()
        try:
            with self._opener.open(address, data=body) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()


def set_up(address: str, code: str) -> tuple[int, str]:
    return Browser().fill_in(
        address, code=code, clinic_name="Riverside Massage", country="GB", name="Ana Ruiz",
        email="ana@example.org", password=PASSWORD,
    )  # fmt: skip


def first_start(folder: Path, **settings: str) -> str:
    """Start, set up a clinic, stop; return what was logged."""
    with serving(folder, **settings) as (process, _):
        assert process.stdout is not None
        found = SETUP.search(process.stdout.readline())
        assert found is not None
        status, page = set_up(*found.groups())
        assert (status, "Your clinic is set up" in page) == (200, True)
        process.terminate()
        process.wait(15)
        assert process.stderr is not None
        return process.stdout.read() + process.stderr.read()


def test_6_3_2_the_first_start_prints_a_code_and_later_ones_do_not(tmp_path: Path) -> None:
    first_start(tmp_path)
    with serving(tmp_path) as (process, address):
        browser = Browser()
        status, page = browser.fill_in(
            f"{address}/clinic/sign-in", email="ana@example.org", password=PASSWORD
        )
        assert (status, "Riverside Massage" in page) == (200, True)
        process.terminate()
        process.wait(15)
        assert process.stdout is not None
        assert "code" not in process.stdout.read()


def test_each_start_without_a_clinic_makes_a_new_code(tmp_path: Path) -> None:
    codes = []
    for _ in range(2):
        with serving(tmp_path) as (process, _):
            assert process.stdout is not None
            found = SETUP.search(process.stdout.readline())
            assert found is not None
            codes.append(found[2])
            if len(codes) == 2:
                assert set_up(found[1], codes[0])[0] == 422
                assert set_up(found[1], codes[1])[0] == 200
    assert codes[0] != codes[1]


def test_16_2_1_16_3_1_the_log_says_when_and_what_and_nothing_of_whom(tmp_path: Path) -> None:
    with serving(tmp_path, ACCESS_LOG="true") as (process, address):
        status, _ = Browser().fill_in(
            f"{address}/clinic/sign-in", email="zebrafinch@example.org", password="zebrafinch"
        )
        assert status == 422
        process.terminate()
        process.wait(15)
        assert process.stdout is not None
        assert process.stderr is not None
        _, *lines = process.stdout.read().splitlines()
        logged = process.stderr.read()
    assert re.search(
        r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\S* clinic: sign-in refused \[[0-9a-f]{32}\]$",
        logged,
        re.M,
    )
    assert "POST /clinic/sign-in 422" in "\n".join(lines)
    for text in (logged, *lines):
        assert "zebrafinch" not in text
        assert "127.0.0.1" not in text


def test_the_files_are_for_their_owner_only(tmp_path: Path) -> None:
    with serving(tmp_path):
        pass
    files = [path for path in (tmp_path / "instance").iterdir() if path.is_file()]
    assert {path.name for path in files} >= {"clinic.db", RECORDS_KEY_FILE, "secret.key"}
    for path in files:
        if path.suffix in (".key", ".db"):
            assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


@pytest.mark.parametrize(
    "url",
    ["sqlite:////nowhere/at/all/clinic.db", "postgresql://nobody@127.0.0.1:1/none"],
)
def test_a_database_that_cannot_be_opened_is_one_line(tmp_path: Path, url: str) -> None:
    ended = run(tmp_path, DATABASE_URL=url)
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.startswith("DATABASE_URL: the database cannot be opened")


def test_a_file_that_is_no_database_is_one_line(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_text("no database at all, " * 100)
    ended = run(tmp_path, DATABASE_URL=f"sqlite:///{file}")
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)


def test_a_lost_key_is_never_replaced_where_clinics_are_stored(tmp_path: Path) -> None:
    first_start(tmp_path)
    key = tmp_path / "instance" / RECORDS_KEY_FILE
    kept = key.read_bytes()
    key.unlink()
    ended = run(tmp_path)
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert f"{key} is missing" in ended.stderr
    assert not key.exists()
    key.write_bytes(kept)
    key.chmod(0o600)
    with serving(tmp_path):
        pass


def test_a_key_of_records_that_is_broken_is_not_thrown_away(tmp_path: Path) -> None:
    with serving(tmp_path):
        pass
    (tmp_path / "instance" / RECORDS_KEY_FILE).write_bytes(b"short")
    ended = run(tmp_path)
    assert ended.returncode == 2
    assert "put the right one back" in ended.stderr
    assert "remove it" not in ended.stderr


def test_another_key_than_that_of_the_records_is_refused(tmp_path: Path) -> None:
    first_start(tmp_path)
    database = open_database(read_settings(instance=tmp_path / "instance"))
    with database.writing() as tx:
        [clinic] = clinics.every(tx)
        clients.add(tx, Client(ClientId(new_id()), clinic.id, "Jo", "", 1))
    database.close()
    key = tmp_path / "instance" / RECORDS_KEY_FILE
    key.write_bytes(bytes(32))
    ended = run(tmp_path)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert "not the key that sealed the records in the database" in ended.stderr


def test_a_database_that_is_away_at_a_start_keeps_nobody_from_the_questions(
    tmp_path: Path,
) -> None:
    first_start(tmp_path)
    away = "postgresql://nobody@127.0.0.1:1/none"
    with serving(tmp_path, DATABASE_URL=away) as (process, address):
        with urllib.request.urlopen(address + "/") as response:
            assert b"This is not a diagnosis." in response.read()
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(address + "/c/riverside-massage")
        with refused.value as page:
            assert (page.code, page.headers["Retry-After"]) == (503, "30")
        process.terminate()
        process.wait(15)
        assert process.stdout is not None
        assert process.stderr is not None
        assert "enter the code" not in process.stdout.read()
        assert process.stderr.read().count("the database cannot be opened") == 1
