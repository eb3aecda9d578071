"""An owner has another program told of what happens, and sees what was sent."""

from __future__ import annotations

import pytest

from assessment.practice.hooks.http_client import CallFailed, HttpClient, Trouble
from assessment.practice.hooks.sending import DAY
from assessment.practice.hooks.signing import new_secret
from assessment.practice.practice import Practice
from assessment.records import webhooks
from assessment.records.database import Database
from assessment.records.ids import WebhookId, new_id
from assessment.records.webhooks import Webhook
from assessment.web.clinic.webhooks import HOME
from tests.web.client import text_of
from tests.web.clinic.sent import EMERGENCY, send_to
from tests.web.clinic.staff import Staff
from tests.web.conftest import Clock

URL = "https://hooks.example/in"
NEW = {"url": URL}


class Program(HttpClient):
    """In place of the network: takes what is sent, and answers with `status`."""

    def __init__(self) -> None:
        super().__init__(resolve=lambda _: ("93.184.215.14",))
        self.status: int | Trouble = 200
        self.taken: list[tuple[str, bytes]] = []

    def post(self, url: str, headers: object, body: bytes) -> int:
        self.taken.append((url, body))
        if isinstance(self.status, Trouble):
            raise CallFailed(self.status)
        return self.status


@pytest.fixture
def program(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> Program:
    program = Program()
    monkeypatch.setattr(practice.webhooks, "_caller", program)
    monkeypatch.setattr(practice.deliveries, "_caller", program)
    return program


def some_webhook(database: Database, staff: Staff, *, with_urgency: bool = False) -> Webhook:
    """Give a clinic a webhook, as if its owner had added one."""
    made = Webhook(
        staff.who.clinic.id, WebhookId(new_id()), 1, URL, new_secret(), with_urgency=with_urgency
    )
    with database.writing() as tx:
        webhooks.add(tx, made)
    return made


def test_a_webhook_is_added_and_its_secret_is_shown_once(staff: Staff, program: Program) -> None:
    assert staff.get(HOME).text.count("Add a webhook") == 1
    page = staff.post(f"{HOME}/new", NEW | {"with_urgency": "y"})
    secret = text_of(page.one("p", **{"class": "code wrap"}))
    assert page.status == 200
    assert secret.startswith("whsec_")
    listed = staff.get(HOME)
    assert URL in listed.text
    assert "We say how urgent a response is." in listed.text
    assert secret not in listed.html


@pytest.mark.parametrize(
    ("form", "field"),
    [
        (NEW | {"url": ""}, "url"),
        (NEW | {"url": "http://hooks.example/"}, "url"),
        (NEW | {"url": "https://hooks.example:8443/"}, "url"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_added(
    staff: Staff, program: Program, form: dict[str, str], field: str
) -> None:
    page = staff.post(f"{HOME}/new", form)
    assert page.status == 422
    assert page.one("p", id=f"{field}-error") is not None
    assert "No webhooks yet" in staff.get(HOME).text


def test_a_name_that_leads_to_this_machine_is_refused(staff: Staff, program: Program) -> None:
    program._resolve = lambda _: ("127.0.0.1",)
    page = staff.post(f"{HOME}/new", NEW)
    assert page.status == 422
    assert "is in a private network" in page.text


def test_there_are_at_most_five(staff: Staff, program: Program) -> None:
    for _ in range(5):
        assert staff.post(f"{HOME}/new", NEW).status == 200
    page = staff.post(f"{HOME}/new", NEW)
    assert page.status == 422
    assert "Remove one first" in page.text


@pytest.mark.parametrize("with_urgency", [False, True])
def test_answers_that_came_in_are_told_of_without_a_word_of_them(
    staff: Staff, program: Program, database: Database, practice: Practice, with_urgency: bool
) -> None:
    """Canary words: of the client's name, message and answers nothing is in what is sent."""
    some_webhook(database, staff, with_urgency=with_urgency)
    response = send_to(staff, EMERGENCY, "Quillfeather", message="Brambleshanks")
    practice.deliveries.send_due()
    [(_, body)] = program.taken
    said = body.decode()
    urgency = ',"urgency":3' if with_urgency else ""
    data = f'"data":{{"response":"{response}","invitation":null{urgency}}}}}'
    assert said.startswith('{"type":"response.received","timestamp":"')
    assert said.endswith(data)
    assert len(said) == len(
        '{"type":"response.received","timestamp":"2026-11-24T08:00:00Z",' + data
    )


def test_what_did_not_arrive_is_shown_and_can_be_sent_again(
    staff: Staff, program: Program, database: Database, practice: Practice
) -> None:
    some_webhook(database, staff)
    send_to(staff, EMERGENCY, "Ann")
    assert "Waiting" in staff.get(HOME).text
    program.status = Trouble.NOT_SECURE
    practice.deliveries.send_due()
    page = staff.get(HOME)
    assert "No secure connection. Will be tried again" in page.text
    assert "what we send does not arrive" in page.text
    assert "Ann" not in page.text
    program.status = 200
    [form] = [one for one in page.all("form") if one.get("action", "").endswith("/again")]
    assert staff.post(form.get("action", ""), {}).goes_to == f"{HOME}?done=again"
    practice.deliveries.send_due()
    assert "Arrived" in staff.get(HOME).text
    assert program.taken[0] == program.taken[1]


def test_a_test_is_sent_and_a_webhook_is_switched_off_and_on_and_removed(
    staff: Staff, program: Program, database: Database, practice: Practice, clock: Clock
) -> None:
    made = some_webhook(database, staff)
    act = f"{HOME}/{made.id}"
    staff.post(f"{act}/test", {})
    practice.deliveries.send_due()
    assert b'"webhook.test"' in program.taken[0][1]
    staff.post(f"{act}/off", {})
    send_to(staff, EMERGENCY, "Ann")
    practice.deliveries.send_due()
    assert len(program.taken) == 1
    assert "Switched off by an owner." in staff.get(HOME).text
    staff.post(f"{act}/on", {})
    clock.now += DAY
    staff.sign_in()
    staff.post(f"{act}/test", {})
    practice.deliveries.send_due()
    assert len(program.taken) == 2
    staff.post(f"{act}/remove", {})
    assert "No webhooks yet" in staff.get(HOME).text


def test_one_that_was_switched_off_for_good_says_why(
    staff: Staff, program: Program, database: Database, practice: Practice
) -> None:
    made = some_webhook(database, staff)
    program.status = 410
    staff.post(f"{HOME}/{made.id}/test", {})
    practice.deliveries.send_due()
    page = staff.get(HOME)
    assert "the other program says this address no longer exists" in page.text
    assert "The other program answered 410. Not tried again" in page.text
    assert [text_of(one) for one in page.all("button") if text_of(one) == "Send again"] == []


def test_a_client_who_would_rather_not_answer_is_told_of_once(
    staff: Staff, program: Program, database: Database, practice: Practice
) -> None:
    some_webhook(database, staff)
    who = staff.who
    made = practice.invitations.invite(who, "Quillfeather", "", 7, "").invitation
    for _ in range(2):
        practice.links.close(who.clinic.id, made.id)
    practice.deliveries.send_due()
    [(_, body)] = program.taken
    data = f'"data":{{"invitation":"{made.id}","reason":"declined"}}}}'
    assert body.decode().endswith(data)
    assert b"Quillfeather" not in body
