"""A client who comes back: a code first, then what they told before, and nothing by itself."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from assessment.engine.answers import Answers
from assessment.engine.protocol import Protocol
from assessment.exports.dates import calendar_of
from assessment.exports.response_json import Entry, entry_json
from assessment.practice.post.mail import Letter
from assessment.practice.post.outbox import put_code
from assessment.practice.practice import Practice, open_practice
from assessment.practice.responses.old_protocols import OldProtocols
from assessment.protocols.load import load_protocol
from assessment.records import withdrawals
from assessment.records.database import Database
from assessment.records.keeping_tables import withdrawals as taken_back
from assessment.records.measure_tables import measures
from assessment.records.model import Envelope, Response
from assessment.screening import Screening
from tests.practice.cheap import CHEAP
from tests.records.some import some_client, some_invitation
from tests.web.client import Client, Given, Page
from tests.web.conftest import SMALL, Clock
from tests.web.intake.riverside import WELL, Link, Riverside, send

OLD = """
- id: old
  type: choices
  section: first
  lasts: true
  ask: Long-term illness?
  short: Long-term illness
  options:
    - {id: thin, label: Thin bones, says: thin bones, safety: clearance, evidence: [T1]}
    - {id: other, label: Another canary illness, informs: therapist}
  none: None of them
  not_sure: true
"""
RULE = """
  - id: thin_bones
    when: {old: thin}
    recommend: medical_clearance_first
    because: You told us about thin bones.
    if_unsure: medical_clearance_first
    evidence: [T1]
"""
FIRST = "/questions/who"
GIVEN = {**WELL, "old": "other"}


def lasting(folder: Path, questions: str = OLD) -> Protocol:
    """The small protocol with a question that lasts."""
    copy = folder / "lasting"
    shutil.copytree(SMALL, copy)
    asked = copy / "questions.yaml"
    asked.write_text(asked.read_text().rstrip() + questions)
    rules = copy / "rules.yaml"
    rules.write_text(rules.read_text().replace("rules:\n", f"rules:{RULE}", 1))
    return load_protocol(copy)


@dataclass
class Post:
    """Takes every mail."""

    sent: list[tuple[str, Letter]] = field(default_factory=list)

    def send(self, to: str, letter: Letter) -> None:
        self.sent.append((to, letter))

    @property
    def code(self) -> str:
        """The code in the last mail."""
        return next(
            line for line in self.sent[-1][1].text.split() if len(line) == 6 and line.isdigit()
        )


@dataclass
class Mailing(Riverside):
    """The clinic, with a mail server."""

    post: Post = field(default_factory=Post)

    @cached_property
    def practice(self) -> Practice:
        library = OldProtocols(Screening(self.protocol), SMALL)
        post: Any = self.post
        return open_practice(
            self.database, self.clock, self.protocol, library, mailer=post, passwords=CHEAP
        )

    def invite_again(self, link: Link) -> Link:
        """Invite the same client once more."""
        client = replace(some_client(self.clinic.id), id=link.stored.client)
        now = int(self.clock.now)
        made = some_invitation(client, self.therapist, created_at=now, expires_at=now + 7 * 86400)
        return self.add(made)


@pytest.fixture
def riverside(database: Database, clock: Clock, tmp_path: Path) -> Mailing:
    return Mailing(database, clock, lasting(tmp_path))


@pytest.fixture
def again(riverside: Mailing, clock: Clock) -> Link:
    """The link of a client who answered a week ago."""
    link, phone = riverside.invite(), riverside.phone()
    phone.walk(GIVEN, start(link, phone))
    assert send(phone).goes_to == "/sent"
    clock.now += 7 * 86400
    return riverside.invite_again(link)


def start(link: Link, phone: Client) -> str:
    """Open a link and press the button for oneself; return where that leads."""
    page = phone.get(link.path)
    return phone.post(link.path, {"csrf_token": page.token}).goes_to


def ask_code(phone: Client) -> Page:
    return phone.post("/back", {"csrf_token": phone.get("/back").token, "send": "1"})


def try_code(phone: Client, code: str) -> Page:
    return phone.post("/back", {"csrf_token": phone.get("/back").token, "code": code})


def confirm(phone: Client, **chosen: str) -> Page:
    page = phone.get("/back/told")
    shown = page.one("input", name="shown").get("value", "")
    return phone.post("/back/told", {"csrf_token": page.token, "shown": shown, **chosen})


def known(riverside: Mailing, again: Link) -> Client:
    """A phone on which the code was typed."""
    phone = riverside.phone()
    start(again, phone)
    ask_code(phone)
    assert try_code(phone, riverside.post.code).goes_to == "/back/told"
    return phone


def newest(riverside: Mailing) -> Response:
    return max(riverside.responses(), key=lambda one: one.line.received_at)


def test_who_comes_for_the_first_time_is_asked_everything(riverside: Mailing) -> None:
    assert start(riverside.invite(), riverside.phone()) == FIRST


def test_nothing_is_shown_before_the_code_was_right(riverside: Mailing, again: Link) -> None:
    phone = riverside.phone()
    assert start(again, phone) == "/back"
    pages = [phone.get("/back"), ask_code(phone), phone.get("/back"), try_code(phone, "000000")]

    assert phone.get("/back/told").goes_to == FIRST
    assert confirm_blindly(riverside, phone).goes_to == FIRST
    assert not any("canary" in page.html for page in pages)
    assert riverside.visit(phone).confirmed is None
    assert "old" not in riverside.visit(phone).answers


def confirm_blindly(riverside: Mailing, phone: Client) -> Page:
    """Send what the page would send that they have not seen."""
    return phone.post("/back/told", {"csrf_token": riverside.token(phone), "old": "right"})


def test_a_code_goes_to_the_address_that_the_clinic_has(riverside: Mailing, again: Link) -> None:
    phone = riverside.phone()
    start(again, phone)
    ask_code(phone)
    [(to, letter)] = riverside.post.sent

    assert to == some_client(riverside.clinic.id).email
    assert len(riverside.post.code) == 6
    assert "canary" not in letter.text


def test_each_line_is_shown_as_it_was_told_ticked_or_not(riverside: Mailing, again: Link) -> None:
    page = known(riverside, again).get("/back/told")

    assert page.heading == "Anything changed?"
    assert "No: Thin bones" in page.text
    assert "Yes: Another canary illness" in page.text
    assert "None of them" not in page.text
    assert not [one for one in page.all("input") if "checked" in one.attrib]


def test_what_came_after_a_visit_hides_nothing_also_where_its_measures_cannot_be_read(
    riverside: Mailing, again: Link, clock: Clock
) -> None:
    before = newest(riverside).line
    client = replace(some_client(riverside.clinic.id), id=before.client)
    now = int(clock.now)
    made = some_invitation(client, riverside.therapist, created_at=now, expires_at=now + 86400)
    after, phone = riverside.add(replace(made, follows=before.id)), riverside.phone()
    phone.walk({"at_once": ["none"], "today": ["none"]}, after.open(phone))
    assert send(phone).goes_to == "/sent"
    with riverside.database.writing() as tx:
        tx.connection.execute(update(measures).values(sealed=b"changed"))

    page = known(riverside, again).get("/back/told")

    assert "Yes: Another canary illness" in page.text


def test_what_is_still_right_is_not_asked_again_and_the_clinic_sees_since_when(
    riverside: Mailing, again: Link, clock: Clock
) -> None:
    phone = known(riverside, again)
    first_told = int(clock.now) - 7 * 86400
    assert confirm(phone, old="right").goes_to == FIRST
    assert set(riverside.visit(phone).answers) == {"old"}
    phone.walk(WELL, FIRST)
    assert send(phone).goes_to == "/sent"

    content = newest(riverside).content
    assert content.answers["old"] == ["other"]
    assert content.confirmed == {"old": first_told}
    told = entry_json(Entry(newest(riverside).line, newest(riverside), ()), calendar_of("UTC"))
    assert told["confirmed"] == {"old": calendar_of("UTC").machine(first_told)}


def test_what_was_confirmed_twice_was_still_first_told_then(
    riverside: Mailing, again: Link, clock: Clock
) -> None:
    first_told = int(clock.now) - 7 * 86400
    phone = known(riverside, again)
    confirm(phone, old="right")
    phone.walk(WELL, FIRST)
    send(phone)
    clock.now += 30 * 86400
    phone = known(riverside, riverside.invite_again(again))
    confirm(phone, old="right")

    assert riverside.visit(phone).confirmed == {"old": first_told}


def test_what_changed_is_asked_and_counts_as_told_today(riverside: Mailing, again: Link) -> None:
    phone = known(riverside, again)
    confirm(phone, old="change")
    phone.walk({**WELL, "old": "none"}, FIRST)
    send(phone)

    content = newest(riverside).content
    assert content.answers["old"] == ["none"]
    assert content.confirmed == {}


def test_a_confirmed_answer_that_is_changed_later_is_not_confirmed_any_more(
    riverside: Mailing, again: Link
) -> None:
    phone = known(riverside, again)
    confirm(phone, old="right")
    page = phone.get("/questions/old")
    phone.post("/questions/old", {"csrf_token": page.token, "answer": "none"})

    assert riverside.visit(phone).confirmed is None


def test_only_what_was_shown_is_confirmed(riverside: Mailing, again: Link) -> None:
    """Answers that came in from another device meanwhile are shown first."""
    phone, other = known(riverside, again), riverside.phone()
    page = phone.get("/back/told")
    seen = {"csrf_token": page.token, "shown": page.one("input", name="shown").get("value", "")}
    riverside.clock.now += 60
    link = riverside.invite_again(again)
    other.walk({**WELL, "old": "thin"}, start_afresh(link, other))
    assert send(other).goes_to == "/sent"

    page = phone.post("/back/told", {**seen, "old": "right"})
    assert page.status == 409
    assert "has changed since you opened this page" in page.text
    assert "Yes: Thin bones" in page.text
    assert "old" not in riverside.visit(phone).answers
    assert confirm(phone, old="right").goes_to == FIRST
    assert riverside.visit(phone).answers["old"] == ["thin"]


def start_afresh(link: Link, phone: Client) -> str:
    """Open a link and answer everything instead of coming back."""
    assert start(link, phone) == "/back"
    return FIRST


def test_whoever_chooses_nothing_is_asked_to(riverside: Mailing, again: Link) -> None:
    phone = known(riverside, again)
    page = confirm(phone)

    assert page.status == 422
    assert "Choose “Still right” or “Changed”" in page.text


def test_what_was_shown_once_is_not_shown_again(riverside: Mailing, again: Link) -> None:
    phone = known(riverside, again)
    confirm(phone, old="right")

    assert phone.get("/back/told").goes_to == FIRST
    assert phone.get("/back").goes_to == FIRST


def test_a_code_works_once_for_ten_minutes_and_five_tries(
    riverside: Mailing, again: Link, clock: Clock
) -> None:
    phone = known(riverside, again)
    other = riverside.phone()
    start(again, other)
    assert try_code(other, riverside.post.code).status == 422  # used up

    ask_code(other)
    clock.now += 600
    assert try_code(other, riverside.post.code).status == 422  # too late

    ask_code(phone := other)
    right = riverside.post.code
    wrong = "000001" if right == "000000" else "000000"
    assert [try_code(phone, wrong).status for _ in range(5)] == [422] * 5
    assert try_code(phone, right).status == 422  # tried too often
    assert "can't send another code" in ask_code(phone).text  # the fourth
    assert len(riverside.post.sent) == 3


def test_a_code_of_one_invitation_opens_no_other(riverside: Mailing, again: Link) -> None:
    mine, theirs = riverside.phone(), riverside.phone()
    start(again, mine)
    start(riverside.invite_again(again), theirs)
    ask_code(mine)
    code = riverside.post.code
    ask_code(theirs)

    assert try_code(theirs, code).status == 422 or code == riverside.post.code


def test_asvs_code_is_stored_as_a_keyed_hash(riverside: Mailing, again: Link) -> None:
    phone = riverside.phone()
    start(again, phone)
    ask_code(phone)
    with riverside.database.reading() as tx:
        rows = tx.connection.exec_driver_sql("SELECT * FROM return_codes").all()
        mails = tx.connection.exec_driver_sql("SELECT * FROM outbox").all()

    assert len(rows) == 1
    assert riverside.post.code not in f"{rows}{mails}"


@pytest.mark.parametrize("words", ["Thin bones", "None of them", "Long-term illness?"])
def test_what_was_reworded_since_is_asked(
    riverside: Mailing, again: Link, tmp_path: Path, words: str
) -> None:
    of = riverside.clinic.id, again.id
    (tmp_path / "later").mkdir()
    reworded = lasting(tmp_path / "later", OLD.replace(words, "Other words"))

    assert riverside.practice.returning.told(*of, riverside.protocol)
    assert riverside.practice.returning.told(*of, reworded) == ()


def test_what_they_were_not_sure_of_is_asked(riverside: Mailing) -> None:
    link, phone = riverside.invite(), riverside.phone()
    phone.walk({**WELL, "old": ["other", "not_sure"]}, start(link, phone))
    assert send(phone).goes_to == "/sent"

    assert goes_on_quietly(riverside, riverside.invite_again(link))


def goes_on_quietly(riverside: Mailing, link: Link) -> bool:
    """Whether a link leads to a code as ever, and the code to the first question."""
    phone = known(riverside, link)
    return phone.get("/back/told").goes_to == FIRST and "old" not in riverside.visit(phone).answers


GATE = "/questions/lasted"


@pytest.fixture
def gated(database: Database, clock: Clock, tmp_path: Path) -> Mailing:
    """The clinic, where the list that lasts is asked of those alone who have had it for weeks."""
    questions = OLD.replace("lasts: true", "lasts: true\n  enable_when: {lasted: weeks}")
    return Mailing(database, clock, lasting(tmp_path, questions))


def confirmed_and_left_aside(
    riverside: Mailing, clock: Clock, today: Mapping[str, Given]
) -> Client:
    """A phone on which thin bones were confirmed, and then answers given that do not ask of it."""
    link, phone = riverside.invite(), riverside.phone()
    phone.walk({**WELL, "lasted": "weeks", "old": "thin"}, start(link, phone))
    send(phone)
    clock.now += 86400
    phone = known(riverside, riverside.invite_again(link))
    confirm(phone, old="right")
    way, seen = FIRST, set[str]()
    while way.startswith("/questions/") and way not in seen:
        seen.add(way)
        way = answer(phone, way, today.get(way.removeprefix("/questions/"), "none"))
    return phone


def answer(phone: Client, path: str, value: Given) -> str:
    return phone.answer(path, *([value] if isinstance(value, str) else value)).goes_to


def test_nobody_gets_a_result_that_leaves_out_what_they_confirmed(
    gated: Mailing, clock: Clock
) -> None:
    phone = confirmed_and_left_aside(gated, clock, {**WELL, "lasted": "days"})
    page = phone.get(GATE)

    assert [phone.get(path).goes_to for path in ("/check", "/result", "/result.pdf", "/send")] == [
        GATE
    ] * 4
    assert send_blindly(gated, phone).status == 409
    assert len(gated.responses()) == 1
    assert "You said that “Long-term illness” is still right, so please choose “" in page.text
    assert answer(phone, GATE, "days") == GATE
    assert answer(phone, GATE, "weeks") == "/check"
    assert "thin bones" in phone.get("/result").text
    assert send(phone).goes_to == "/sent"
    assert newest(gated).line.recommendation == "medical_clearance_first"


def send_blindly(riverside: Mailing, phone: Client) -> Page:
    """Send what the page would send that they have not seen."""
    return phone.post("/send", {"csrf_token": riverside.token(phone), "name": "Zoe"})


def test_what_was_confirmed_can_still_be_corrected(gated: Mailing, clock: Clock) -> None:
    phone = confirmed_and_left_aside(gated, clock, {**WELL, "lasted": "days"})
    answer(phone, GATE, "weeks")
    answer(phone, "/questions/old", "none")

    assert gated.visit(phone).confirmed is None
    assert answer(phone, GATE, "days") in ("/check", "/result")


def test_a_clinic_gets_what_was_confirmed_where_no_question_led_to_it(gated: Mailing) -> None:
    for_clinic = gated.practice.intake.for_clinic
    today: Answers = {"lasted": "days", "old": frozenset({"thin"})}

    assert "old" not in for_clinic.stored(today)
    stored, confirmed = for_clinic.confirmed(today, {"old": 7, "gone": 7})
    assert stored["old"] == ["thin"]
    assert confirmed == {"old": 7}


def test_who_says_no_is_asked_everything(riverside: Mailing, again: Link) -> None:
    phone = riverside.phone()
    start(again, phone)
    way = phone.get("/back").one("a", href=FIRST)

    assert way is not None
    assert "old" not in riverside.visit(phone).answers


def test_what_was_told_over_a_year_ago_is_asked(
    riverside: Mailing, again: Link, clock: Clock
) -> None:
    clock.now += 365 * 86400

    assert goes_on_quietly(riverside, riverside.invite_again(again))


def test_what_was_first_told_over_a_year_ago_is_asked_though_it_was_confirmed_since(
    riverside: Mailing, again: Link, clock: Clock
) -> None:
    phone = known(riverside, again)
    confirm(phone, old="right")
    phone.walk(WELL, FIRST)
    send(phone)
    clock.now += 360 * 86400

    assert goes_on_quietly(riverside, riverside.invite_again(again))


def test_a_link_alone_does_not_tell_whether_anything_lasts(riverside: Mailing) -> None:
    """Whoever was told nothing of note before is led the same way as somebody who is ill."""
    link, phone = riverside.invite(), riverside.phone()
    phone.walk({**WELL, "old": ["other", "not_sure"]}, start(link, phone))
    send(phone)

    assert start(riverside.invite_again(link), riverside.phone()) == "/back"


@pytest.mark.parametrize("changed", [False, True])
def test_what_was_told_under_a_consent_that_was_taken_back_is_asked(
    riverside: Mailing, again: Link, *, changed: bool
) -> None:
    """Also where somebody without the key changed the row that says so."""
    phone = known(riverside, again)
    with riverside.database.writing() as tx:
        withdrawals.add(
            tx, riverside.clinic.id, newest(riverside).line.id, int(riverside.clock.now)
        )
        if changed:
            tx.connection.execute(taken_back.update().values(withdrawn_at=1))

    assert confirm_blindly(riverside, phone).goes_to == FIRST
    assert "old" not in riverside.visit(phone).answers
    assert goes_on_quietly(riverside, again)


def test_without_a_mail_server_everything_is_asked(
    riverside: Mailing, again: Link, database: Database, clock: Clock
) -> None:
    plain = object.__new__(Riverside)
    plain.__dict__ |= {
        name: value for name, value in riverside.__dict__.items() if name not in ("practice", "app")
    }

    assert start(Link(plain, again.id, again.token), plain.phone()) == FIRST


@pytest.mark.parametrize("path", ["/back", "/back/told"])
def test_nobody_without_an_invitation_finds_these_pages(riverside: Mailing, path: str) -> None:
    phone = riverside.phone()
    page = phone.get("/c/riverside")
    first = phone.post("/c/riverside", {"csrf_token": page.token}).goes_to

    assert phone.get(path).goes_to == first
    assert phone.post(path, {"csrf_token": riverside.token(phone), "send": "1"}).goes_to == first
    assert riverside.post.sent == []


def test_a_code_that_could_not_go_out_in_time_is_never_sent(
    riverside: Mailing, again: Link, clock: Clock
) -> None:
    outbox, now = riverside.practice.outbox, int(clock.now)
    with riverside.database.writing() as tx:
        put_code(tx, again.stored, Envelope("zoe@example.org", "123456"), now)
    clock.now += 600
    outbox.send_due()

    assert riverside.post.sent == []
    assert outbox.counts() == (0, 0)


def test_a_code_does_not_count_as_the_mail_that_brings_the_link(
    riverside: Mailing, again: Link
) -> None:
    phone = riverside.phone()
    start(again, phone)
    ask_code(phone)

    assert again.stored.mailed_at is None


def test_asvs_14_3_2_what_was_told_is_kept_by_no_browser(riverside: Mailing, again: Link) -> None:
    page = known(riverside, again).get("/back/told")

    assert "no-store" in page.response.headers["Cache-Control"]
