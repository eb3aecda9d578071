"""PDFs are made in a few processes of their own: nobody else waits for them, or hears of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import suppress
from itertools import islice
from pathlib import Path

import pytest
from flask import Flask

from assessment.exports import typeset as typeset_module
from assessment.exports.typeset import typeset
from assessment.exports.typesetters import PROCESSES, WAITING, Busy, Typesetters
from assessment.web.gunicorn_server import THREADS
from tests.web.client import LOCAL, Client
from tests.web.clinic.sent import MASSAGE, send_to
from tests.web.clinic.staff import Staff
from tests.web.test_typeset import BREAKS_TYPST

PLACES = PROCESSES + WAITING
MANY = 24
READ = "import sys; size = int.from_bytes(sys.stdin.buffer.read(4)); sys.stdin.buffer.read(size)\n"
ANSWER = "sys.stdout.buffer.write(b'+' + (4).to_bytes(4) + b'%PDF'); sys.stdout.buffer.flush()\n"

MakeTypesetters = Callable[..., Typesetters]


@pytest.fixture
def make() -> Iterator[MakeTypesetters]:
    """Give typesetters that run this program in place of typst."""
    made: list[Typesetters] = []

    def one(program: str, seconds: float = 60.0, *more: str) -> Typesetters:
        command: Sequence[str] = (sys.executable, "-c", program, *more)
        made.append(Typesetters(seconds=seconds, command=command))
        return made[-1]

    yield one
    for each in made:
        each.close()


@pytest.fixture
def held(make: MakeTypesetters, tmp_path: Path) -> Iterator[tuple[Typesetters, Callable[[], None]]]:
    """Typesetters that keep every job until they are let go, and what lets them go."""
    gate = tmp_path / "gate"
    os.mkfifo(gate)
    program = f"import sys\nopen(sys.argv[1]).read()\nwhile True:\n {READ} {ANSWER}"
    typesetters = make(program, 60.0, str(gate))

    def let_go() -> None:
        gate.open("w").close()  # waits until it is read

    yield typesetters, let_go
    with suppress(OSError):  # nobody reads it any more
        os.close(os.open(gate, os.O_WRONLY | os.O_NONBLOCK))


def everybody_waits(typesetters: Typesetters, pool: ThreadPoolExecutor) -> list[Future[bytes]]:
    """Take all places; return what will come of them."""
    begun = [pool.submit(typesetters.make, b"{}") for _ in range(PLACES)]
    until_taken(typesetters)
    return begun


def until_taken(typesetters: Typesetters) -> None:
    """Wait until no place is left."""
    while not typesetters.is_full:
        os.sched_yield()


def test_more_than_can_wait_are_told_so_at_once_and_then_it_goes_on(
    held: tuple[Typesetters, Callable[[], None]],
) -> None:
    typesetters, let_go = held
    with ThreadPoolExecutor(PLACES) as pool:
        begun = everybody_waits(typesetters, pool)
        with pytest.raises(Busy, match="all places are taken"):
            typesetters.make(b"{}")
        let_go()
        assert [one.result() for one in begun] == [b"%PDF"] * PLACES
    assert typesetters.make(b"{}") == b"%PDF"


def test_the_error_output_of_the_server_is_never_taken_away(
    held: tuple[Typesetters, Callable[[], None]], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    typesetters, let_go = held
    template = tmp_path / "x.typ"
    data = {"text": BREAKS_TYPST}
    with ThreadPoolExecutor(PLACES) as pool:
        made = [pool.submit(typeset, template, "data", data, typesetters) for _ in range(PLACES)]
        until_taken(typesetters)
        os.write(2, b"signed in\n")
        let_go()
        assert [one.result() for one in made] == [b"%PDF"] * PLACES

    assert capfd.readouterr().err == "signed in\n"


def test_an_emergency_page_is_shown_while_two_dozen_ask_for_a_pdf(
    app: Flask,
    held: tuple[Typesetters, Callable[[], None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    typesetters, let_go = held
    monkeypatch.setattr(typeset_module, "TYPESETTERS", typesetters)
    greedy, ill = Client(app), Client(app)
    greedy.walk({"lasted": "weeks"})
    ill.walk({"signs": "chest"})
    cookie = "; ".join(f"{name}={value}" for name, value in greedy.cookies.items())

    def ask() -> int:
        browser = app.test_client(use_cookies=False)
        asked = browser.get("/result.pdf", headers={"Cookie": cookie}, base_url=LOCAL)
        return asked.status_code

    with ThreadPoolExecutor(THREADS) as server:
        asked = [server.submit(ask) for _ in range(MANY)]
        shown = server.submit(ill.get, "/result")
        page = shown.result()  # nobody has let a PDF go yet
        assert "Call 112" in page.text
        done = as_completed(asked)
        refused = [one.result() for one in islice(done, MANY - PLACES)]
        let_go()
        made = [one.result() for one in done]
    assert refused == [503] * (MANY - PLACES)
    assert made == [200] * PLACES


def test_the_page_for_too_many_says_what_to_do(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.walk({"lasted": "weeks"})
    monkeypatch.setattr(typeset_module, "TYPESETTERS", full())
    page = client.get("/result.pdf")

    assert page.status == 503
    assert int(page.response.headers["Retry-After"]) > 0
    assert "try again in a minute" in page.text
    assert page.one("a", class_="button").get("href") == "/result"


def test_a_therapist_reads_the_same_of_an_export(
    staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    response = send_to(staff, MASSAGE)
    monkeypatch.setattr(typeset_module, "TYPESETTERS", full())
    page = staff.get(f"/clinic/responses/{response}.pdf")

    assert page.status == 503
    assert "as CSV or JSON" in page.text
    assert int(page.response.headers["Retry-After"]) > 0
    assert staff.get(f"/clinic/responses/{response}.csv").status == 200


def full() -> Typesetters:
    """Typesetters whose places are all taken."""
    return Typesetters(processes=0, waiting=0)


def test_what_takes_too_long_is_stopped_and_the_next_one_is_made(
    make: MakeTypesetters, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first = tmp_path / "first"
    program = (
        f"import os, sys, time\n{READ}"
        "if not os.path.exists(sys.argv[1]):\n open(sys.argv[1], 'w').close(); time.sleep(1000)\n"
        f"{ANSWER}"
    )
    typesetters = make(program, 2.0, str(first))

    with pytest.raises(Busy, match="took too long"):
        typesetters.make(b"{}")
    assert caplog.messages == ["no PDF was made: it took too long"]
    assert first.exists()
    assert typesetters.make(b"{}") == b"%PDF"


def test_a_process_that_died_is_replaced(make: MakeTypesetters) -> None:
    typesetters = make(f"{READ}{ANSWER}")  # ends after each

    assert [typesetters.make(b"{}") for _ in range(3)] == [b"%PDF"] * 3


def test_a_text_that_kills_every_process_is_told_of_and_costs_nobody_else(
    make: MakeTypesetters,
) -> None:
    typesetters = make(f"{READ}sys.exit(1)")

    for _ in range(PLACES + 1):
        with pytest.raises(RuntimeError, match="broke down"):
            typesetters.make(b"{}")


def test_where_no_process_can_be_started_that_is_said_and_holds_no_place() -> None:
    typesetters = Typesetters(command=("/nowhere/at-all",))

    for _ in range(PLACES + 1):
        with pytest.raises(Busy, match="no process can be started: No such file"):
            typesetters.make(b"{}")


def test_it_knows_nothing_of_our_settings(
    make: MakeTypesetters, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMTP_PASSWORD", "secret")
    program = (
        f"import os\n{READ}out = repr('SMTP_PASSWORD' in os.environ).encode()\n"
        "sys.stdout.buffer.write(b'+' + len(out).to_bytes(4) + out); sys.stdout.buffer.flush()"
    )

    assert make(program).make(b"{}") == b"False"


def test_the_threads_that_answer_pages_are_more_than_may_wait_for_a_pdf() -> None:
    assert THREADS > 2 * PLACES
