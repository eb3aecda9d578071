"""What walks for the benchmark goes all the way, as a browser would. Nothing here is timed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from assessment.engine.protocol import Protocol
from assessment.protocols.load import load_protocol
from assessment.web.factory import make_app
from assessment.web.server.settings import read_settings
from bench.herd import at_once, on_schedule
from bench.load import WrongAnswer, send
from bench.recorded import Recorded, record
from bench.typical import Typed, typical_walks
from bench.waiting import waits
from bench.walks import DAY, DAYS_A_MONTH, Saturation, cost_of_a_million, within


class Quiet(WSGIRequestHandler):
    """Keeps connections open, and says nothing."""

    protocol_version = "HTTP/1.1"

    def log(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return load_protocol(Path(__file__).parents[1] / "rules" / "muscle_pain")


@pytest.fixture(scope="module")
def typed(protocol: Protocol) -> Typed:
    return typical_walks(protocol, 20)[0]


@pytest.fixture(scope="module")
def url(protocol: Protocol) -> Iterator[str]:
    app = make_app(read_settings(starts_per_hour=1), protocol, bytes(range(32)))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def walk(url: str, typed: Typed) -> Recorded:
    # Starting is counted by address, and this one may start once.
    return record(url, typed, send)


def test_a_walk_goes_from_the_first_page_over_every_question_to_the_result(
    walk: Recorded, typed: Typed
) -> None:
    shown = [page[0 if page[0].status == 200 else 1].path for page in walk.pages]
    questions = [path.removeprefix("/questions/") for path in shown if "/questions/" in path]

    assert shown[0] == "/"
    assert shown[-1] == "/result"
    assert questions == [name for name in typed if name != "who"]


def test_every_file_is_fetched_once_a_walk(walk: Recorded) -> None:
    files = [step.path for page in walk.pages for step in page if "." in step.path]

    assert [step.path for step in walk.pages[0][1:]] == files
    assert len(files) == len({*files}) == 2


def test_everybody_who_walks_has_an_address_a_cookie_and_a_token_of_their_own(
    url: str, walk: Recorded
) -> None:
    at_once(url, [walk], number=3, people=2)  # raises where a page is not the recorded one


def test_a_page_on_the_schedule_counts_from_when_it_was_due(url: str, walk: Recorded) -> None:
    took = on_schedule(url, [walk], number=2, per_second=1000, think=0.0, chance=Random(1))

    assert len(took) == 2 * len(walk.pages)
    assert all(one > 0 for one in took)


def test_bare_work_on_the_schedule_counts_from_when_it_was_due() -> None:
    took = waits(cores=1, pieces=3, per_second=1000, seconds=0.02, seed=1)

    assert len(took) == 3
    assert all(one > 0.005 for one in took)  # it is done, and those that wait for it are late
    assert took[0] < took[2]


def test_a_page_that_is_not_the_recorded_one_ends_the_benchmark(url: str, walk: Recorded) -> None:
    first, *others = walk.pages
    wrong = replace(walk, pages=(tuple(replace(step, status=404) for step in first), *others))

    with pytest.raises(WrongAnswer, match="200"):
        at_once(url, [wrong], number=1, people=1)


def test_walks_a_second_follow_from_the_time_taken_and_from_the_processor_time() -> None:
    found = Saturation(walks=600, seconds=10, server=12, asking=3)

    assert found.a_second == 60
    assert found.a_second_alone == 100  # each took 20 ms of one of two cores
    assert found.share_of_asking == 0.2


def test_a_million_walks_cost_what_the_machine_costs_for_that_time() -> None:
    one_a_second = 20 / (DAY * DAYS_A_MONTH) * 1e6

    assert cost_of_a_million(1, 20) == pytest.approx(one_a_second)
    assert cost_of_a_million(50, 20) == pytest.approx(one_a_second / 50)


def test_of_a_hundred_pages_the_99th_is_within_p99() -> None:
    assert within(range(100), 50) == 50
    assert within([5.0, 1.0], 99) == 5.0
