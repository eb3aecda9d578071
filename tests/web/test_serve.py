"""The running server."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import signal
import socket
import stat
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from assessment.protocols.load import RULES_FOLDER
from assessment.screening import AFTER_VISIT
from assessment.web import serve
from assessment.web.listening import CannotStart
from assessment.web.serve import main, wsgi_app
from assessment.web.server.security import TWO_YEARS
from assessment.web.server.settings import read_settings
from assessment.web.walk.services import Offered
from tests.conftest import ROOT
from tests.web.client import EVERY_PAGE
from tests.web.conftest import SMALL, waived


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def environment(folder: Path, **settings: str) -> dict[str, str]:
    measured = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE")}
    return {
        **measured,
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "INSTANCE": str(folder / "instance"),
        "PROTOCOL": str(SMALL),
        **settings,
    }


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Give the running server and its address."""
    process = subprocess.Popen(
        [sys.executable, "app.py"],
        cwd=ROOT, env=environment(folder, **{"PORT": "0", **settings}), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        ready = re.search(r"Ready at (\S+)", line)
        assert ready, line + (process.stderr.read() if process.stderr else "")
        yield process, ready[1].rstrip("/")
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
            process.wait(15)
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


def run(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run it where it cannot start."""
    return subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment(folder, **settings),
        capture_output=True, text=True, timeout=30,
    )  # fmt: skip


def test_a_worker_takes_what_ended_it_before_it_could_take_anything() -> None:
    asked = """
import os, signal
from assessment.web.worker import hold_signals, take_signals
hold_signals()
os.kill(os.getpid(), signal.SIGTERM)
signal.signal(signal.SIGTERM, lambda *_: os._exit(7))
take_signals()
"""
    assert subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=False).returncode == 7


def test_it_tells_its_address_answers_and_stops_cleanly(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, address):
        with urllib.request.urlopen(address + "/") as response:
            assert b"This is not a diagnosis." in response.read()
            assert "/" not in response.headers.get("Server", "")
            assert response.headers["Cache-Control"] == "no-store"
        os.killpg(process.pid, signal.SIGINT)  # what Ctrl-C does
        assert process.wait(15) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""
    key = tmp_path / "instance" / "secret.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["instance"]


def test_one_connection_serves_what_is_asked_at_once_and_what_is_asked_later(
    tmp_path: Path,
) -> None:
    with serving(tmp_path) as (_, address):
        line = http.client.HTTPConnection(address.removeprefix("http://"), timeout=15)
        for pause in (0, 0, 0.2, 0):
            time.sleep(pause)  # longer than a thread waits for more
            line.request("GET", "/about")
            answer = line.getresponse()
            assert (answer.status, answer.headers["Connection"]) == (200, "keep-alive")
            assert b"This is not a diagnosis." in answer.read()
        line.close()


def test_a_phone_that_is_gone_before_its_form_is_here_is_no_fault(tmp_path: Path) -> None:
    with serving(tmp_path) as (process, address):
        place = address.removeprefix("http://")
        host, _, port = place.partition(":")
        for _ in range(9):
            with socket.create_connection((host, int(port)), timeout=15) as line:
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                line.sendall(
                    f"POST / HTTP/1.1\r\nHost: {place}\r\nContent-Length: 30\r\n"
                    "Content-Type: application/x-www-form-urlencoded\r\n\r\nhalf".encode()
                )
        with urllib.request.urlopen(address + "/") as response:
            assert response.status == 200
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(15) == 0
        assert process.stderr is not None
        assert process.stderr.read() == ""


def test_what_cannot_even_be_read_is_answered_by_a_page_of_ours(tmp_path: Path) -> None:
    unreadable = {
        b"GET /" + b"canary" * 900 + b" HTTP/1.1\r\nHost: x\r\n\r\n": 414,
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"canary" * 1500 + b"\r\n\r\n": 431,
        b"GET / HTTP/1.1\r\n" + b"X: canary\r\n" * 200 + b"\r\n": 431,
        b"GET / HTTP/1.1\r\nX canary\r\n\r\n": 400,
        b"GET / HTTP/1.1\r\nTransfer-Encoding: canary\r\n\r\n": 501,
    }
    wanted = {**EVERY_PAGE, "Strict-Transport-Security": TWO_YEARS, "Cache-Control": "no-store"}
    port = free_port()
    public = {"PUBLIC_URL": "https://clinic.example", "PROXY_HOPS": "0", "PORT": str(port)}
    with serving(tmp_path, **public, PROTOCOL=str(waived(tmp_path))) as (process, _):
        for sent, status in unreadable.items():
            with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
                line.sendall(sent)
                answer = http.client.HTTPResponse(line)
                answer.begin()
                page = answer.read().decode()
            assert answer.status == status
            for name, value in wanted.items():
                assert answer.headers.get_all(name) == [value], (status, name)
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert "We could not read that" in page
            assert "This is not a diagnosis" in page
            assert "canary" not in page
        os.killpg(process.pid, signal.SIGINT)
        process.wait(15)
        assert process.stderr is not None
        said = process.stderr.read()
        assert "canary" not in said
        assert said.count("refused: not to be read") == len(unreadable)
        assert said.startswith("REPORT_TO: not set"), "what should be set is told at start"


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("sent", [b"", b"GET / HT"], ids=["nothing", "half a request"])
def test_a_browser_that_has_not_asked_yet_does_not_keep_it_from_stopping(
    tmp_path: Path, how: signal.Signals, sent: bytes
) -> None:
    with serving(tmp_path) as (process, address), ExitStack() as connections:
        port = int(address.rpartition(":")[2])
        for _ in range(4):  # so that each worker has one
            waiting = socket.create_connection(("127.0.0.1", port))
            connections.enter_context(waiting)
            waiting.sendall(sent)
        with urllib.request.urlopen(address) as page:
            assert page.status == 200

        os.killpg(process.pid, how)
        _, said = process.communicate(timeout=60)

    assert (process.returncode, said) == (0, "")


def test_both_workers_read_each_others_cookies(tmp_path: Path) -> None:
    with serving(tmp_path) as (_, address):
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        opener.open(address + "/", data=b"")
        for _ in range(12):
            assert opener.open(address + "/questions/who").url.endswith("/questions/who")


def test_a_walk_leaves_nothing_on_disk_or_in_the_log(tmp_path: Path) -> None:
    with serving(tmp_path, ACCESS_LOG="true") as (process, address):
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
        opener.open(address + "/", data=b"")
        with pytest.raises(urllib.error.HTTPError):
            opener.open(address + "/questions/who?zebrafinch", data=b"answer=zebrafinch")
        os.killpg(process.pid, signal.SIGINT)
        process.wait(15)
        assert process.stdout is not None
        assert process.stderr is not None
        setup, *lines = process.stdout.read().splitlines()
        logged = "\n".join([*lines, process.stderr.read()])
    assert setup.startswith("To open the clinic area")
    assert "POST /questions/<question_id> 400" in logged
    assert "zebrafinch" not in logged
    assert "127.0.0.1" not in logged
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or b"zebrafinch" not in path.read_bytes()


def test_a_port_that_is_taken_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = run(tmp_path, PORT=str(port))
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert f"PORT: {port} is taken" in ended.stderr
    assert f"make run PORT={port + 1}" in ended.stderr


def test_an_address_that_others_reach_is_refused_without_a_public_url(tmp_path: Path) -> None:
    ended = run(tmp_path, HOST="0.0.0.0")
    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1
    assert "set PUBLIC_URL" in ended.stderr


def test_a_bad_setting_stops_it_without_a_traceback(tmp_path: Path) -> None:
    ended = run(tmp_path, PORT="many")
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)


def test_a_misspelt_setting_is_told_at_start(tmp_path: Path) -> None:
    ended = run(tmp_path, PORT="many", SMPT_HOST="mail.example")
    told, _ = ended.stderr.splitlines()
    assert told == "SMPT_HOST: no such setting; did you mean SMTP_HOST?"


def test_an_address_of_another_machine_is_one_line(tmp_path: Path) -> None:
    public = {"PUBLIC_URL": "https://clinic.example", "PROXY_HOPS": "0"}
    ended = run(tmp_path, HOST="192.0.2.1", **public, PROTOCOL=str(waived(tmp_path)))
    assert ended.returncode == 1
    assert ended.stderr.startswith("HOST, PORT: cannot listen on 192.0.2.1:8000")


def test_a_secret_that_others_may_read_stops_it(tmp_path: Path) -> None:
    with serving(tmp_path):
        pass
    (tmp_path / "instance" / "secret.key").chmod(0o640)
    ended = run(tmp_path)
    assert ended.returncode == 2
    assert "chmod 600" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_a_broken_protocol_stops_it_with_its_report(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(SMALL, broken)
    rules = (broken / "rules.yaml").read_text("utf-8")
    (broken / "rules.yaml").write_text(rules.replace("signs: chest", "sings: chest"), "utf-8")
    ended = run(tmp_path, PROTOCOL=str(broken))
    assert ended.returncode == 1
    assert "rules.yaml:" in ended.stderr
    assert "Did you mean `signs`?" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_what_stops_it_is_said_and_returned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in environment(tmp_path).items():
        monkeypatch.setenv(name, value)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("PORT", str(taken.getsockname()[1]))
        assert main() == 1
    monkeypatch.setenv("PORT", "many")
    assert main() == 2
    with pytest.raises(SystemExit, match="PORT"):
        wsgi_app()
    monkeypatch.setenv("PORT", "0")
    monkeypatch.setenv("PROTOCOL", str(tmp_path / "nowhere"))
    assert main() == 1
    monkeypatch.setenv("PROTOCOL", str(SMALL))
    (tmp_path / "instance" / "secret.key").write_bytes(b"short")
    assert main() == 2
    lines = capsys.readouterr().err
    assert [line.split(":")[0] for line in lines.splitlines()][:2] == ["PORT", "PORT"]
    assert "is not a key of this product" in lines


def test_answers_that_would_not_fit_into_a_cookie_are_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serve, "fits", lambda *_: False)
    settings = read_settings(instance=tmp_path, protocol=str(SMALL))
    with pytest.raises(CannotStart, match="do not fit into a cookie; use fewer") as caught:
        serve.load(settings)
    assert "\n" not in str(caught.value)


def test_what_a_link_after_a_visit_asks_is_proven_and_kept_like_all_that_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Offered] = []
    monkeypatch.setattr(serve, "make_app", lambda *_, offered, **__: made.append(offered))
    settings = read_settings(instance=tmp_path, protocol=str(SMALL))
    serve.load(settings)
    [before] = [one.protocol for one in made[0].after]
    assert before.id == AFTER_VISIT
    assert len(list((tmp_path / serve.AFTER_FOLDER).iterdir())) == 1

    changed = tmp_path / "changed"
    shutil.copytree(RULES_FOLDER / AFTER_VISIT, changed)
    asked = changed / "evidence.yaml"
    asked.write_text(asked.read_text("utf-8").replace('claim: "', 'claim: "Changed: ', 1), "utf-8")
    monkeypatch.setattr(serve, "AFTER_VISIT", str(changed))
    serve.load(settings)

    now, older = made[1].after
    assert (now.protocol.id, older.protocol.wording_hash) == (before.id, before.wording_hash)
    assert older.goes_on, "who is in the middle of it goes on"


def test_what_is_asked_after_a_visit_is_the_shipped_one_and_held_to_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / AFTER_VISIT).mkdir()
    monkeypatch.chdir(tmp_path)
    settings = read_settings(instance=tmp_path, public_url="https://example.org", proxy_hops=0)
    [found] = serve._after_visit(settings, bytes(32))
    assert found.protocol.id == AFTER_VISIT

    changed = tmp_path / "changed"
    shutil.copytree(RULES_FOLDER / AFTER_VISIT, changed)
    (changed / "safety_texts.yaml").unlink()
    monkeypatch.setattr(serve, "AFTER_VISIT", str(changed))
    with pytest.raises(CannotStart, match="its safety texts are not checked"):
        serve._after_visit(settings, bytes(32))


def test_other_servers_find_the_application(tmp_path: Path) -> None:
    code = "import app; a = app.application; print(a.name); print(hasattr(app, 'nothing'))"
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(tmp_path), text=True,
        capture_output=True, timeout=30, check=True,
    )  # fmt: skip
    assert ended.stdout.split() == ["assessment", "False"]
    ended = subprocess.run(
        [sys.executable, "-c", "import app; app.application"], cwd=ROOT,
        env=environment(tmp_path, PORT="many"), text=True, capture_output=True, timeout=30,
    )  # fmt: skip
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)


def test_reading_the_module_makes_nothing(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", "import app, sys; assert 'flask' not in sys.modules"],
        cwd=ROOT, env=environment(tmp_path), check=True, timeout=30,
    )  # fmt: skip
    assert not (tmp_path / "instance").exists()
