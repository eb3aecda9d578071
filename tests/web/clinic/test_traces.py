"""Whatever is read, exported, changed or erased in the clinic area leaves its entry.

A new address is walked by itself: one that forgets its entry fails here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import pytest
from flask import Flask
from sqlalchemy import select

from assessment.practice.practice import Practice
from assessment.practice.staff.colleagues import ACTS, Step
from assessment.records import audit, tables
from assessment.records.acts import Act, Kind
from assessment.records.audit_tables import audit_entries
from assessment.records.database import Database
from assessment.records.refusals import Unavailable
from assessment.web.clinic.audit_pages import WORDS
from assessment.web.clinic.traces import TRACES, traced
from tests.web.client import LOCAL
from tests.web.clinic.places import NAME, Place, ask, good_form, place, trusting
from tests.web.clinic.sent import EMERGENCY, send_to
from tests.web.clinic.staff import Staff

__all__ = ["place", "trusting"]

WORDS_OF_PEOPLE = (NAME, "Brambleshanks", "Thistlewick", "Marrowgate", "Ruiz", "example.org")
SEEN = (Kind.READ, Kind.EXPORTED)
DONE = (Kind.CHANGED, Kind.ERASED, Kind.SIGN_IN)


def entries(database: Database) -> list[Mapping[str, object]]:
    """All entries of all clinics."""
    with database.reading() as tx:
        rows = tx.connection.execute(select(audit_entries)).mappings().all()
    return [dict(row) for row in rows]


def stored(database: Database) -> dict[str, list[str]]:
    """Everything that is stored but for the log, tries at passwords and unused set-up codes."""
    left_out = {"audit_entries", "audit_heads", "attempts", "codes", "client_words", "versions"}
    with database.reading() as tx:
        return {
            name: sorted(repr(tuple(row)) for row in tx.connection.execute(select(table)))
            for name, table in tables.metadata.tables.items()
            if name not in left_out
        }


def addresses(app: Flask) -> list[str]:
    """Every address of the clinic area; the one that changes the password comes last."""
    found = {
        f"{method} {re.sub('<any[(][^)]*[)]:', '<', rule.rule)}"
        for rule in app.url_map.iter_rules()
        for method in {"GET", "POST"} & (rule.methods or set())
        if (rule.rule + "/").startswith(("/clinic/", "/clinic.")) and rule.endpoint != "files"
    }
    found |= {one for one in TRACES if one.endswith(".csv")}
    return sorted(found, key=lambda one: (one.endswith("/account/password"), one))


def test_every_address_says_what_it_leaves_and_nothing_else_is_said(clinic_app: Flask) -> None:
    assert set(addresses(clinic_app)) == set(TRACES)
    for address, trace in TRACES.items():
        leaves = trace.shows or trace.again or trace.does
        assert bool(leaves) != bool(trace.why), address


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_whatever_is_read_or_changed_leaves_its_entry(
    clinic_app: Flask, place: Callable[[], Place], database: Database, method: str
) -> None:
    """With a form as it is meant, and with one in which everything is missing."""
    here = place()
    for address in addresses(clinic_app):
        if not address.startswith(method):
            continue
        if method == "POST":  # it may be the end of what there is
            here = place()
        good = good_form(address, here)
        for form in ({}, good) if good else (good,):
            wrong = form is not good
            before, rows = entries(database), stored(database)
            shown = ask(address, here, form)
            left = [one for one in entries(database) if one not in before]
            acts, kinds = [one["act"] for one in left], {one["kind"] for one in left}

            if NAME.encode() in shown:
                assert kinds & set(SEEN), f"{address} shows a client and leaves no entry"
            if stored(database) != rows:
                assert kinds & set(DONE), f"{address} changes something and leaves no entry"
            trace = TRACES[address]
            if not wrong and trace.shows and not trace.does:
                assert acts == [trace.shows], address
            if not wrong and trace.does:
                assert set(acts) & set(trace.does), address
            assert set(acts) <= {trace.shows, trace.again, *trace.does, Act.SIGNED_OUT}, address
            ids = {here.ids[name] for name in here.ids if f"<{name}>" in address} - {
                "csv",
                "code",
                "off",
                "down",
            }
            is_about_another = "session" in address or address.endswith("/after-visit")
            if left and not is_about_another and Act.PASSWORD_REFUSED not in acts:
                assert ids <= {one["about"] for one in left}, f"{address}: about whom?"


def test_what_asks_for_the_password_again_says_only_what_its_view_does(
    clinic_app: Flask, place: Callable[[], Place], practice: Practice,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    here = place()
    monkeypatch.setattr(practice.accounts, "is_fresh", lambda _: False)
    asking = []
    for address in addresses(clinic_app):
        if address.startswith("POST /clinic/") and "<path:" not in address:
            if here.staff.token is None:
                here.staff.sign_in()
            if b"Confirm it is you" in ask(address, here, {}):
                asking.append(address)

    assert len(asking) > 10
    for address in asking:
        assert Act.PASSWORD_REFUSED not in TRACES[address].does, address


def test_no_word_of_anybody_is_in_the_log(
    clinic_app: Flask, place: Callable[[], Place], database: Database
) -> None:
    here = place()
    for address in ("GET /clinic/inbox", "GET /clinic/responses/<response_id>.<format>",
                    "POST /clinic/responses/<response_id>/notes", "GET /clinic/clients/<client_id>",
                    "POST /clinic/clients/<client_id>/erase"):  # fmt: skip
        ask(address, here, good_form(address, here))
    found = entries(database)

    assert here.ids["client_id"] in {one["about"] for one in found}, "a number stays"
    text = repr([{**one, "mac": ""} for one in found])
    assert [word for word in WORDS_OF_PEOPLE if word in text] == []
    assert "chest" not in text


def test_a_read_whose_entry_cannot_be_written_is_refused(
    staff: Staff, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = send_to(staff, EMERGENCY, NAME)

    def refuse(*_: object) -> None:
        raise Unavailable("the disk is full")

    monkeypatch.setattr(practice.audit_log, "saw", refuse)
    for path in ("/clinic/inbox", f"/clinic/responses/{sent}", f"/clinic/responses/{sent}.json"):
        page = staff._client.get(path, base_url=LOCAL)
        assert page.status_code == 503
        assert NAME.encode() not in page.data


@pytest.mark.parametrize("what", ["note", "erase"])
def test_a_change_whose_entry_cannot_be_written_is_not_made(
    staff: Staff, database: Database, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    sent = send_to(staff, EMERGENCY, NAME)
    before = stored(database)

    def refuse(*_: object) -> None:
        raise Unavailable("the disk is full")

    monkeypatch.setattr(audit, "append", refuse)
    path = f"/clinic/responses/{sent}/{'notes' if what == 'note' else 'erase'}"
    form = {"text": "Thistlewick", "csrf_token": staff.token or ""}
    assert staff._client.post(path, data=form, base_url=LOCAL).status_code == 503

    assert stored(database) == before


def test_an_address_without_a_line_is_not_served(practice: Practice) -> None:
    with pytest.raises(LookupError, match="GET /clinic/new"):
        traced(practice.audit_log, "GET /clinic/new", lambda: None)  # type: ignore[arg-type, return-value]  # never called


def test_failed_sign_ins_and_wrong_passwords_are_told_of_accounts_that_there_are(
    staff: Staff, stranger: Staff, database: Database
) -> None:
    before = len(entries(database))
    staff.sign_in("not this one")
    stranger.sign_in("not this one")
    staff.sign_in()
    staff.post("/clinic/account", {"name": "Ana", "password": "not this one"})
    staff.post("/clinic/sign-out")

    told = [(one["act"], one["device"]) for one in entries(database)[before:]]
    assert told == [
        (Act.SIGN_IN_FAILED, "A browser"), (Act.SIGNED_IN, "A browser"),
        (Act.PASSWORD_REFUSED, "A browser"), (Act.SIGNED_OUT, "A browser"),
    ]  # fmt: skip


def test_every_step_about_a_colleague_and_every_act_has_a_name() -> None:
    assert set(ACTS) == set(Step)
    assert set(WORDS) == set(Act)
