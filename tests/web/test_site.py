"""Pages to read, files, and addresses for machines."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from assessment.engine.protocol import Protocol
from assessment.engine.text import Text
from tests.pictures import HIDDEN, picture, with_position
from tests.web.client import DISCLAIMER, Client, text_of
from tests.web.conftest import MakeClient

ROUTES = """
/ GET walk.start
/ POST walk.begin
/about GET site.about
/accessibility GET site.accessibility
/check GET walk.check
/clear POST walk.clear
/favicon.ico GET site.favicon
/guide/<page> GET site.guide
/healthz GET site.healthz
/privacy GET site.privacy
/questions/<question_id> GET walk.question
/questions/<question_id> POST walk.answer
/result GET walk.result
/result.pdf GET walk.result_pdf
/robots.txt GET site.robots
/static/icon.svg GET /static/icon.svg
/style-*.css GET stylesheet
"""


def test_these_are_all_the_routes(app: Flask) -> None:
    found = []
    for rule in app.url_map.iter_rules():
        methods = ",".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        if rule.rule.startswith("/style-"):
            found.append(f"/style-*.css {methods} stylesheet")
        else:
            found.append(f"{rule.rule} {methods} {rule.endpoint}")
    assert sorted(found) == sorted(ROUTES.split("\n")[1:-1])


def test_the_first_page_says_whom_it_is_for_in_the_words_of_the_protocol(
    make_client: MakeClient, small: Protocol
) -> None:
    assert "Who it is for" not in make_client(small).get("/").text
    told = replace(small, audience=Text("Anyone with a sore toe."))
    assert "Who it is for Anyone with a sore toe." in make_client(told).get("/").text


def test_without_a_name_of_its_own_the_site_is_called_as_the_protocol_is(
    client: Client, make_client: MakeClient
) -> None:
    assert "Small check" in text_of(client.get("/about").one("header"))
    named = make_client(clinic_name="The clinic")
    assert "The clinic" in text_of(named.get("/about").one("header"))


@pytest.mark.parametrize("path", ["/", "/about", "/privacy", "/accessibility", "/guide/plan"])
def test_everybody_can_read_these(client: Client, path: str) -> None:
    page = client.get(path)
    assert page.status == 200
    assert DISCLAIMER in page.html


def test_about_says_who_made_it_from_what_and_who_reviewed_it(
    client: Client, small: Protocol
) -> None:
    text = client.get("/about").text
    for words in (
        small.author,
        small.rules_hash,
        small.wording_hash,
        "A claim for tests.",
        "Made up",
        "Not yet reviewed by a clinician",
        small.intended_purpose.text,
    ):
        assert words in text


def test_the_guide_is_made_from_markdown(client: Client) -> None:
    page = client.get("/guide/plan")
    assert page.heading == "A plan"
    assert [one.text for one in page.all("h2")] == ["When"]
    assert client.get("/guide/no_such").status == 404


def test_the_first_page_tells_what_is_ahead(make_client: MakeClient) -> None:
    text = make_client(keep_minutes=45).get("/").text
    assert "About 1 minute." in text
    assert "45 minutes" in text


def test_a_monitor_learns_which_protocol_is_served(client: Client, small: Protocol) -> None:
    assert json.loads(client.get("/healthz").html) == {
        "ok": True,
        "protocols": [
            {"id": "web_small", "rules": small.rules_hash, "wording": small.wording_hash}
        ],
    }


def test_search_engines_are_kept_out_of_the_walk(client: Client) -> None:
    for path in ("/questions/", "/back", "/check", "/result", "/send", "/sent"):
        assert f"Disallow: {path}" in client.get("/robots.txt").html


def test_the_stylesheet_is_kept_for_ever_under_a_name_of_its_content(
    make_client: MakeClient,
) -> None:
    def style(client: Client) -> str:
        return client.get("/").one("link", rel="stylesheet").get("href") or ""

    client = make_client()
    response = client.get(style(client), Accept_Encoding="gzip").response
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    assert response.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.data) == client.get(style(client)).response.data
    branded = make_client(clinic_accent="#aa3377")
    assert style(branded) != style(client)
    assert b"--accent:#" in branded.get(style(branded)).response.data


def test_the_icon_is_served_and_asked_for_by_old_browsers(client: Client) -> None:
    assert client.get("/favicon.ico").goes_to == "/static/icon.svg"
    assert client.get("/static/icon.svg").response.mimetype == "image/svg+xml"


def test_a_clinic_brings_its_name_telephone_and_logo(
    make_client: MakeClient, tmp_path: Path
) -> None:
    logo = tmp_path / "our logo.PNG"
    logo.write_bytes(picture("PNG", exif=with_position()))
    client = make_client(
        clinic_name='The "best" <clinic>', clinic_phone="+44 20 7946 0000", clinic_logo=str(logo)
    )
    page = client.get("/")
    assert page.one("img").get("alt") == 'The "best" <clinic>'
    assert page.one("img").get("src") == "/logo.png"
    assert HIDDEN not in client.get("/logo.png").response.data
    assert client.get("/logo.png").response.mimetype == "image/png"
    assert "tel:+442079460000" in page.links
