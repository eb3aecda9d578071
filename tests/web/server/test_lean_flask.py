"""What is left out of Flask is missed by no page."""

from __future__ import annotations

import pytest
from flask import Response, session

from assessment.web.server.lean_flask import LeanFlask


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
