"""Every route and every output says what this is not."""

from __future__ import annotations

from flask import Flask

from tests.web.client import DISCLAIMER, Client

FOR_MACHINES = {"site.healthz", "site.robots", "site.favicon"}
FILES = {"/static/icon.svg"}
ARGUMENTS = {"walk.question": "/questions/age", "site.guide": "/guide/plan"}
IN_THE_COPY = {"walk.result_pdf"}
"""The PDF: `test_pdf.py` finds every text of the copy in the file, and the disclaimer in it."""


def test_the_disclaimer_is_on_every_page_and_in_every_output(app: Flask) -> None:
    client = Client(app)
    client.walk({"signs": "none", "age": "40"})
    looked = set()
    for rule in app.url_map.iter_rules():
        endpoint = rule.endpoint
        if endpoint in FOR_MACHINES | FILES | IN_THE_COPY or rule.rule.startswith("/style-"):
            continue
        path = ARGUMENTS.get(endpoint, rule.rule)
        if "GET" in (rule.methods or set()):
            page = client.get(path)
            assert page.status == 200, path
        else:
            path = path.replace("<question_id>", "age")
            page = client.post(path, {"csrf_token": "wrong", "answer": "40"})
            assert page.status == 400, path
        assert DISCLAIMER in page.html, path
        looked.add(endpoint.split(".")[-1])
    assert looked == {
        "about", "accessibility", "answer", "begin", "check", "clear", "guide", "privacy",
        "question", "result", "start",
    }  # fmt: skip


def test_the_disclaimer_is_on_an_emergency_and_on_every_error(client: Client) -> None:
    client.walk({"signs": "chest"})
    pages = [
        client.get("/result"),
        client.get("/nope"),
        client.post("/about"),
        client.post("/questions/who", {"answer": "x" * 40_000}),
        client.get("/", Host="evil.example"),
    ]
    assert [page.status for page in pages] == [200, 404, 405, 413, 400]
    assert all(DISCLAIMER in page.html for page in pages)
