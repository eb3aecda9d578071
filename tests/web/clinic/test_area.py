"""The clinic area is closed, but for the pages that let people in."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.routing import Rule

from tests.web.client import Client
from tests.web.clinic.staff import Staff

OPEN = {
    "GET /clinic/closed", "GET /clinic/sign-in", "POST /clinic/sign-in",
    "POST /clinic/sign-in/code", "POST /clinic/sign-in/passkey", "POST /clinic/sign-out",
    "GET /clinic/setup", "POST /clinic/setup", "GET /clinic/code", "POST /clinic/code",
}  # fmt: skip


def addresses(app: Flask) -> dict[str, str]:
    """Every address of the area, with something in place of each id, by method and rule."""
    adapter = app.url_map.bind("127.0.0.1")
    return {
        f"{'POST' if 'POST' in (rule.methods or ()) else 'GET'} {rule.rule}": adapter.build(
            rule.endpoint, filled(rule)
        )
        for rule in app.url_map.iter_rules()
        if rule.rule == "/clinic" or rule.rule.startswith("/clinic/")
    }


def filled(rule: Rule) -> dict[str, str]:
    """Something for each part of an address that changes; one of a list where only those fit."""
    return {
        name: min(getattr(converter, "items", ["x"]))
        for name, converter in rule._converters.items()
    }


def test_8_2_1_every_page_is_denied_to_strangers_unless_it_lets_people_in(
    clinic_app: Flask, stranger: Staff
) -> None:
    listed = addresses(clinic_app)
    assert set(listed) >= OPEN
    assert len(listed) > 20
    for name, path in listed.items():
        if name in OPEN:
            continue
        if name.startswith("GET "):
            assert stranger.get(path).goes_to == f"/clinic/sign-in?next={path}", name
        else:
            page = stranger.post(path, {"csrf_token": "x.clinic.account", "anything": "kept"})
            assert (page.status, page.heading) == (401, "Sign in"), name
            assert page.hidden["carried"]


def test_what_is_not_listed_is_denied_too(stranger: Staff, staff: Staff) -> None:
    assert stranger.get("/clinic/secrets/of/all").goes_to.startswith("/clinic/sign-in")
    assert stranger.post("/clinic/secrets").status == 401
    assert staff.get("/clinic/secrets/of/all").status == 404
    assert staff.post("/clinic/secrets").status == 404


def test_without_a_practice_there_is_no_clinic_area(client: Client) -> None:
    for path in ("/clinic", "/clinic/sign-in", "/clinic/inbox"):
        assert client._client.get(path, base_url="http://127.0.0.1").status_code == 404


def test_3_5_1_a_form_without_the_token_of_the_session_changes_nothing(
    clinic_app: Flask, staff: Staff
) -> None:
    for name, path in addresses(clinic_app).items():
        if name in OPEN or name.startswith("GET "):
            continue
        for token in ("", "x", staff.who.session.id):
            page = staff.post(path, {"csrf_token": token, "name": "Somebody Else"})
            assert page.status == 400, name
    assert staff.who.therapist.name == "Ana Ruiz"


def test_a_form_that_is_out_of_date_costs_one_more_press(can_mail: None, staff: Staff) -> None:
    _, _, account = (staff.token or "").partition(".")
    form = {"csrf_token": f"old.{account}", "name": "Ana Ruiz", "urgent_mail": "y"}
    page = staff.post("/clinic/account", form)
    assert page.status == 400
    assert "Ana Ruiz" in page.text
    assert staff.post("/clinic/account", page.hidden).goes_to == "/clinic/account?done=details"
    assert staff.who.therapist.urgent_mail


@pytest.mark.parametrize("path", ["/", "/about", "/nope"])
def test_public_pages_have_no_script(clinic_app: Flask, path: str) -> None:
    page = Client(clinic_app).get(path)
    assert "script-src" not in page.response.headers["Content-Security-Policy"]


def test_only_pages_of_the_clinic_area_may_run_our_script(staff: Staff) -> None:
    [script] = staff.get("/clinic/account").all("script")
    response = staff._client.get(script.get("src"), base_url="http://127.0.0.1")
    assert response.status_code == 200
    assert response.mimetype == "text/javascript"
    assert "immutable" in response.headers["Cache-Control"]


def test_what_is_done_before_and_after_a_page_is_the_same_for_all(clinic_app: Flask) -> None:
    # Else `LeanRequest`, which looks for none of a blueprint, would pass it over.
    for functions in (
        clinic_app.before_request_funcs, clinic_app.after_request_funcs,
        clinic_app.teardown_request_funcs, clinic_app.url_value_preprocessors,
        clinic_app.error_handler_spec,
    ):  # fmt: skip
        assert [name for name, some in functions.items() if some] in ([], [None])
