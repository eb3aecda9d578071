"""What is left out of Flask is missed by no page."""

from __future__ import annotations

import pytest
from flask import Response, session
from werkzeug.test import create_environ, run_wsgi_app

from assessment.web.server.lean_flask import LeanFlask, LeanResponse


@pytest.fixture
def app() -> LeanFlask:
    app = LeanFlask(__name__)
    app.add_url_rule("/pages/<name>", "page", lambda name: name)
    return app


def test_a_page_is_found_by_its_path_whatever_the_host_is_called(app: LeanFlask) -> None:
    for host in ("clinic.example", "127.0.0.1:8000", "[::1]:8000"):
        answer = app.test_client().get("/pages/one?and=more", base_url=f"http://{host}")
        assert (answer.status_code, answer.text) == (200, "one")
    assert app.test_client().get("/elsewhere").status_code == 404
    assert app.test_client().post("/pages/one").status_code == 405


def test_nothing_can_be_kept_in_a_session(app: LeanFlask) -> None:
    def keep() -> Response:
        session["answers"] = "told"
        return Response()

    app.add_url_rule("/keep", "keep", keep)
    app.testing = True

    with pytest.raises(RuntimeError, match="session is unavailable"):
        app.test_client().get("/keep")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("status", [200, 204, 303, 304, 404, 503])
@pytest.mark.parametrize("where", [None, "/check?from=a&to=b", "/straße", "/a b", "//elsewhere"])
@pytest.mark.parametrize("body", [None, b"", "Wärme"])
def test_a_response_is_the_one_that_flask_gives(
    method: str, status: int, where: str | None, body: str | bytes | None
) -> None:
    told = []
    for kind in (Response, LeanResponse):
        response = kind(body, status, {"Location": where} if where else None)
        response.set_cookie("one", "1")
        response.set_cookie("two", "2")
        sent, about, headers = run_wsgi_app(response, create_environ("/", method=method))
        told.append((b"".join(sent), about, headers.to_wsgi_list()))
    assert told[0] == told[1]


def test_what_is_to_be_done_after_a_response_is_done() -> None:
    done: list[bool] = []
    response = LeanResponse(b"page")
    response.call_on_close(lambda: done.append(True))
    run_wsgi_app(response, create_environ(), buffered=True)
    assert done == [True]
