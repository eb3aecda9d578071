"""Short measures before a visit and after it, and the signs after a massage that come first."""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from assessment.engine.protocol import Protocol
from assessment.exports.dates import calendar_of
from assessment.practice.intake.submission import Receipt
from assessment.practice.post.follow_up import FollowUps
from assessment.practice.post.invitations import LinkEnded
from assessment.practice.post.mail import Letter
from assessment.practice.post.stages import Stage, stage_of
from assessment.practice.staff.accounts import SignedIn
from assessment.records import (
    audit,
    clients,
    clinics,
    inbox,
    invitations,
    measures,
    outbox,
    own_questions,
    withdrawals,
)
from assessment.records import responses as records
from assessment.records.acts import Act
from assessment.records.database import Database
from assessment.records.measures import Activity, Measured
from assessment.records.model import Response
from assessment.records.own_questions import Kind, OwnQuestion, OwnQuestions
from assessment.web.intake.measure_form import (
    LONG_ACTIVITY,
    LONGEST_ACTIVITY,
    NO_ACTIVITY,
    UNNAMED,
)
from assessment.web.intake.send_form import NOT_ASKED, OTHER_CONSENT
from tests.records.some import some_client, some_clinic, some_invitation, some_session
from tests.web.client import Client, Given, text_of
from tests.web.conftest import Clock
from tests.web.intake.riverside import (
    CHEST,
    NUMB,
    TYPED,
    WELL,
    Link,
    Riverside,
    begin_at,
    form_of,
    send,
    walked,
)

DAY = 24 * 60 * 60
GIVEN: Mapping[str, Given] = {
    "measure-pain": "6",
    "measure-activity-1": "Digging <b>potatoes",
    "measure-score-1": "3",
    "measure-activity-2": "Sleeping  through",
    "measure-score-2": "",
}
BEFORE = (Activity("Digging <b>potatoes", 3), Activity("Sleeping through", None))
NONE = {"at_once": ["none"], "today": ["none"]}


@dataclass
class Post:
    """Takes every mail."""

    sent: list[tuple[str, Letter]] = field(default_factory=list)

    def send(self, to: str, letter: Letter) -> None:
        self.sent.append((to, letter))


@dataclass
class Asking(Riverside):
    """The clinic, which asks for measures, and again three days after a visit."""

    post: Post = field(default_factory=Post)

    @property
    def who(self) -> SignedIn:
        """The therapist, at work."""
        now = int(self.clock.now)
        return SignedIn(self.therapist, self.clinic, some_session(self.therapist), now, now)

    @property
    def visit_at(self) -> int:
        return int(self.clock.now) + 2 * DAY

    def invited(self, given: Mapping[str, Given] = WELL, visit_at: int | None = 0) -> Client:
        """Somebody with a visit in two days, at the end of the questions before it."""
        now = int(self.clock.now)
        person = some_client(self.clinic.id)
        made = replace(
            some_invitation(person, self.therapist, created_at=now, expires_at=now + 7 * DAY),
            email="zoe@example.org",
            visit_at=self.visit_at if visit_at == 0 else visit_at,
        )
        with self.database.writing() as tx:
            clients.add(tx, replace(person, email="zoe@example.org"))
        return walked(self.phone(), self.add(made), given)

    def asks_no_more(self) -> None:
        """The owner switches the measures off; what a clinic chose is looked at again by then."""
        with self.database.writing() as tx:
            clinics.set_measures(tx, self.clinic.id, asks=False, after=3)
        self.clock.now += 300

    def links_after(self) -> list[Link]:
        """The second links that were made."""
        with self.database.reading() as tx:
            made = invitations.listed(tx, self.clinic.id, before=None, limit=9)
        return [Link(self, one.id, "") for one in made if one.follows]

    def measured(self) -> list[Measured | None]:
        """What came with each response, the newest first."""
        ids = [one.line.id for one in self.lines()]
        with self.database.reading() as tx:
            found = measures.of_responses(tx, self.clinic.id, ids)
        return [found.get(one) for one in ids]

    def lines(self) -> list[Response]:
        return sorted(self.responses(), key=lambda one: -one.line.received_at)

    def after_the_visit(self) -> Client:
        """A phone on which the second link was opened, once its mail has come."""
        self.clock.now = float(self.visit_at + 10 * DAY)
        self.practice.outbox.send_due()
        _, letter = self.post.sent[-1]
        [path] = re.findall(r"http://127\.0\.0\.1:8000(/i/\S+)", letter.text)
        phone = self.phone()
        page = phone.get(path)
        assert page.status == 200
        assert "how you are after your visit" in page.text
        assert phone.post(path, {"csrf_token": page.token}).goes_to == "/questions/at_once"
        return phone


@pytest.fixture
def asking(database: Database, clock: Clock, small: Protocol) -> Asking:
    post = Post()
    clinic = some_clinic(
        slug="riverside", time_zone="Europe/London", asks_measures=True, measures_after=3
    )
    return Asking(database, clock, small, mailer=post, clinic=clinic, post=post)  # type: ignore[arg-type]  # it takes letters, too


def test_who_was_invited_may_say_how_the_pain_is_and_what_is_hard(asking: Asking) -> None:
    phone = asking.invited()
    page = phone.get("/send")
    assert "They do not change your result." in page.text
    assert "email you a code" not in page.text
    assert (
        "They may ask me once after my visit how I am then, by email or in a message" in page.text
    )

    assert send(phone, **GIVEN).goes_to == "/sent"

    assert asking.measured() == [Measured(6, BEFORE)]
    [response] = asking.responses()
    assert "potatoes" not in repr(response.content), "no rule can read it"


def test_every_one_of_them_may_be_left_out(asking: Asking) -> None:
    empty = dict.fromkeys(GIVEN, "")
    assert send(asking.invited(), **empty).goes_to == "/sent"
    assert asking.measured() == [None]


def test_nobody_is_asked_where_the_clinic_does_not_want_it_or_on_its_public_page(
    asking: Asking,
) -> None:
    public = asking.phone()
    public.walk(WELL, begin_at(public))
    with asking.database.writing() as tx:
        clinics.set_measures(tx, asking.clinic.id, asks=False, after=3)
    for phone in (public, asking.invited()):
        assert "How you are now" not in phone.get("/send").text
        assert send(phone, **GIVEN).status == 422
        assert send(phone).goes_to == "/sent"
    assert asking.measured() == [None, None]
    assert asking.links_after() == []


def test_what_was_typed_and_is_no_longer_asked_holds_the_send_once_and_is_shown(
    asking: Asking,
) -> None:
    phone = asking.invited()
    form = form_of(phone)
    asking.asks_no_more()

    page = phone.post("/send", {**form, **GIVEN})

    assert page.status == 422
    assert (NOT_ASKED in page.text, OTHER_CONSENT in page.text) == (True, True)
    assert "#lost" in page.links
    left_out = text_of(page.one("section", id="lost"))
    assert all(words in left_out for words in ("Pain: 6", "Digging <b>potatoes: 3"))
    assert page.one("input", name="name").get("value") == TYPED["name"]
    assert asking.responses() == []
    consent = page.one("input", name="consent").get("value") or ""
    assert phone.post("/send", {**form, "consent": consent}).goes_to == "/sent"
    assert asking.measured() == [None]


def test_what_is_no_longer_asked_holds_up_nobody_who_needs_a_doctor_today(asking: Asking) -> None:
    with asking.database.writing() as tx:  # then the words of the agreement stay as they are
        clinics.set_measures(tx, asking.clinic.id, asks=True, after=None)
    phone = asking.invited(NUMB)
    form = form_of(phone)
    asking.asks_no_more()

    assert phone.post("/send", {**form, **GIVEN}).goes_to == "/sent"

    assert [one.line.urgency for one in asking.responses()] == [2]


@pytest.mark.parametrize(("pain", "status"), [("6", 303), ("1", 422)])
def test_the_same_form_sent_twice_is_not_held_where_the_clinic_asks_no_more(
    asking: Asking, pain: str, status: int
) -> None:
    phone = asking.invited()
    form, cookie = {**form_of(phone), **GIVEN}, phone.cookies["answers"]
    assert phone.post("/send", form).goes_to == "/sent"
    asking.asks_no_more()
    phone.set_cookie("answers", cookie)  # the reply was lost

    again = phone.post("/send", {**form, "measure-pain": pain})

    assert (again.status, len(asking.responses())) == (status, 1)
    assert asking.measured() == [Measured(6, BEFORE)]


def test_an_emergency_asks_for_no_measures_and_takes_none(asking: Asking) -> None:
    phone = asking.invited(CHEST)
    assert "How you are now" not in phone.get("/send").text
    assert send(phone, **GIVEN).goes_to == "/sent"
    assert asking.measured() == [None]
    assert asking.links_after() == [], "nobody knows whether the visit took place"


def test_what_does_not_fit_is_said_and_everything_typed_is_shown_again(asking: Asking) -> None:
    phone = asking.invited()
    wrong = {
        "measure-activity-1": "a" * 101, "measure-score-2": "7", "measure-pain": "8",
        "measure-score-3": "11",
    }  # fmt: skip

    page = send(phone, **wrong)

    assert page.status == 422
    assert {"#measure-activity-1", "#measure-activity-2"} <= set(page.links)
    assert "#measure-activity-3" not in page.links, "11 is no number of ours"
    assert LONG_ACTIVITY in page.text
    assert NO_ACTIVITY in page.text
    chosen = [text_of(one) for one in page.all("option") if "selected" in one.attrib]
    assert chosen == ["8", "7"]
    assert asking.responses() == []


def test_what_was_typed_stays_where_the_database_is_away(asking: Asking) -> None:
    phone = asking.invited()
    form = form_of(phone)
    with asking.away():
        page = phone.post("/send", {**form, **GIVEN})
    assert page.status == 503
    assert page.one("input", id="measure-activity-1").get("value") == "Digging <b>potatoes"
    assert [text_of(one) for one in page.all("option") if "selected" in one.attrib] == ["6", "3"]


def test_sending_the_same_twice_is_harmless_and_other_numbers_are_refused(asking: Asking) -> None:
    phone = asking.invited()
    cookie = phone.cookies["answers"]
    assert send(phone, **GIVEN).goes_to == "/sent"
    phone.set_cookie("answers", cookie)
    assert send(phone, **GIVEN).goes_to == "/sent"
    phone.set_cookie("answers", cookie)
    assert send(phone, **{**GIVEN, "measure-pain": "1"}).status == 409
    assert asking.measured() == [Measured(6, BEFORE)]


def test_the_same_sent_again_is_the_same_where_the_clinic_asks_no_more(asking: Asking) -> None:
    phone = asking.invited()
    cookie = phone.cookies["answers"]
    assert send(phone, **GIVEN).goes_to == "/sent"
    asking.asks_no_more()
    phone.set_cookie("answers", cookie)  # the reply was lost
    assert send(phone).goes_to == "/sent"
    assert asking.measured() == [Measured(6, BEFORE)]


def test_a_second_link_comes_some_days_after_the_visit_by_day_and_once(asking: Asking) -> None:
    assert send(asking.invited(), **GIVEN).goes_to == "/sent"
    [link] = asking.links_after()
    sent_at = []
    for _ in range(20 * 24):
        asking.clock.now += 60 * 60
        before = len(asking.post.sent)
        asking.practice.outbox.send_due()
        sent_at += [asking.clock.now] * (len(asking.post.sent) - before)

    [when] = sent_at
    calendar = calendar_of("Europe/London")
    visit = asking.visit_at - 20 * DAY
    assert calendar.date(int(when)) == calendar.date(visit) + datetime.timedelta(days=3)
    assert 8 <= calendar.clock(int(when)).hour < 20
    [(to, letter)] = asking.post.sent
    assert to == "zoe@example.org"
    assert letter.subject == "After your visit to Riverside Massage"
    assert not re.search("pain|massage sign|potatoes", letter.text.replace("Riverside Massage", ""))
    assert link.stored.mailed_at is not None


@pytest.mark.parametrize("what", ["revoked", "erased", "gone", "withdrawn", "off"])
def test_no_second_link_goes_out_after_its_end(asking: Asking, what: str) -> None:
    assert send(asking.invited(), **GIVEN).goes_to == "/sent"
    [link], [response] = asking.links_after(), asking.responses()
    clinic, now = asking.clinic.id, int(asking.clock.now)
    with asking.database.writing() as tx:
        if what == "revoked":
            assert invitations.revoke(tx, clinic, link.id, now)
        elif what == "erased":
            assert records.erase(tx, clinic, response.line.id, now)
        elif what == "gone":
            assert clients.erase(tx, clinic, response.line.client, now)
        elif what == "withdrawn":
            assert withdrawals.add(tx, clinic, response.line.id, now)
        else:
            clinics.set_measures(tx, clinic, asks=True, after=None)

    asking.clock.now += 10 * DAY
    asking.practice.outbox.send_due()

    assert asking.post.sent == []
    if what in ("erased", "withdrawn", "off"):
        with asking.database.reading() as tx:
            entries = audit.listed(tx, clinic, audit.Sought(), None, 1)
        last = [(one.act, one.about, one.device) for one in entries]
        assert last == [(Act.LINK_REVOKED, link.id, audit.FOLLOWING)], "the log says what ended it"


@pytest.mark.parametrize("what", ["erased", "taken back", "purged"])
def test_a_second_link_ends_with_what_it_follows_and_not_only_when_it_is_due(
    asking: Asking, what: str
) -> None:
    phone = asking.invited()
    assert send(phone, **GIVEN).goes_to == "/sent"
    [link], [response] = asking.links_after(), asking.responses()
    if what == "erased":
        assert asking.practice.inbox.erase_response(asking.who, response.line.id)
    elif what == "taken back":
        token = phone.get("/sent").token
        assert phone.post("/withdraw", {"csrf_token": token}).status < 400
    else:
        asking.practice.keeping.choose(asking.who, 30, 1000, 30)
        for _ in range(2):  # it is announced before it goes
            asking.clock.now += 40 * DAY
            asking.practice.purging.run()
        assert asking.responses() == []

    assert stage_of(link.stored, int(asking.clock.now)) is Stage.REVOKED
    with asking.database.reading() as tx:
        assert outbox.of_invitation(tx, asking.clinic.id, link.id) == ()


def test_nobody_sends_a_second_link_by_hand_once_nobody_may_hear_of_it(asking: Asking) -> None:
    assert send(asking.invited(), **GIVEN).goes_to == "/sent"
    [link], [response] = asking.links_after(), asking.responses()
    with asking.database.writing() as tx:  # as a backup is restored
        assert withdrawals.add(tx, asking.clinic.id, response.line.id, int(asking.clock.now))

    with pytest.raises(LinkEnded):
        asking.practice.invitations.resend(asking.who, link.id)
    with pytest.raises(LinkEnded):
        asking.practice.invitations.mail(asking.who, link.id, "zoe@example.org", "http://x/i/y")
    assert len(asking.links_after()) == 1


@pytest.mark.parametrize("visit_at", [None, 1])
def test_nobody_gets_a_second_link_whose_visit_is_not_known_or_was_before(
    asking: Asking, visit_at: int | None
) -> None:
    assert send(asking.invited(visit_at=visit_at), **GIVEN).goes_to == "/sent"
    assert asking.links_after() == []


def test_who_answers_minutes_after_the_visit_began_gets_one_still(asking: Asking) -> None:
    begun = int(asking.clock.now) - 600
    assert send(asking.invited(visit_at=begun), **GIVEN).goes_to == "/sent"

    assert len(asking.links_after()) == 1
    asking.clock.now = float(begun + 2 * DAY)
    asking.practice.outbox.send_due()
    assert asking.post.sent == [], "it is planned from the day of the visit"
    asking.clock.now = float(begun + 3 * DAY + DAY // 4)
    asking.practice.outbox.send_due()
    assert len(asking.post.sent) == 1


def test_after_a_visit_the_signs_come_first_then_the_measures(asking: Asking) -> None:
    with asking.database.writing() as tx:
        asked = OwnQuestions((OwnQuestion("goal", Kind.TEXT, "What would you like?"),))
        own_questions.put(tx, asking.clinic.id, asked)
    assert send(asking.invited(), **GIVEN).goes_to == "/sent"
    phone = asking.after_the_visit()

    assert phone.walk(NONE, "/questions/at_once") == "/result"
    result = phone.get("/result")
    assert "You ticked none of these signs" in result.text
    assert "/send" in result.links
    page = phone.get("/send")
    assert "How you are now" in page.text
    assert "What would you like?" not in page.text, "that was asked before the visit"
    assert "They use it only to see how I am since my visit" in page.text
    assert "They may ask me once" not in page.text
    assert "potatoes" not in page.html, "a link alone shows nothing that was told"

    assert send(phone, **{**GIVEN, "measure-pain": "2"}).goes_to == "/sent"

    [before] = [one for one in asking.responses() if one.line.recommendation != "self_care"]
    assert asking.measured() == [Measured(2, BEFORE, before.line.id), Measured(6, BEFORE)]
    assert len(asking.links_after()) == 1, "nothing follows what comes after a visit"


@pytest.mark.parametrize(
    ("sign", "urgency"),
    [({"at_once": ["dark_pee"]}, 3), ({"at_once": ["none"], "today": ["bruise"]}, 2)],
)
def test_a_sign_after_a_massage_is_a_result_of_its_own_and_reaches_the_clinic_as_urgent(
    asking: Asking, sign: Mapping[str, Given], urgency: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send(asking.invited(), **GIVEN).goes_to == "/sent"
    told: list[Receipt] = []
    monkeypatch.setattr(asking.practice.intake, "_notify", told.append)
    del asking.app  # it is made with who is told
    phone = asking.after_the_visit()

    phone.walk(sign, "/questions/at_once")
    result = phone.get("/result")
    assert ("Get emergency help now" if urgency == 3 else "Speak to a doctor today") in result.text
    assert "How you are now" not in phone.get("/send").text
    assert send(phone, **GIVEN).goes_to == "/sent"

    assert [(one.urgency, one.is_new) for one in told] == [(urgency, True)]
    with asking.database.reading() as tx:
        head = inbox.listed(tx, asking.clinic.id, inbox.Filter(), None, 1)[0]
    assert head.urgency == urgency
    assert asking.measured()[0] == Measured(follows=asking.lines()[1].line.id)


def test_a_link_made_by_hand_opens_the_same_questions(asking: Asking) -> None:
    assert send(asking.invited(visit_at=None), **GIVEN).goes_to == "/sent"
    [response] = asking.responses()
    issued = asking.practice.after_visits.make(asking.who, response.line.id)
    assert issued is not None
    phone = asking.phone()
    phone.walk(NONE, Link(asking, issued.invitation.id, issued.token).open(phone))
    assert send(phone, **{**GIVEN, "measure-pain": "2"}).goes_to == "/sent"
    assert Measured(2, BEFORE, response.line.id) in asking.measured()


def test_for_who_was_a_minor_before_a_visit_a_guardian_signs_after_it_too(asking: Asking) -> None:
    mine = {"day": "", "month": "", "year": ""}
    child = asking.invited({**WELL, "age": "17"})
    assert send(child, **mine, signed="Mara Fischer").goes_to == "/sent"
    phone = asking.after_the_visit()
    phone.walk(NONE, "/questions/at_once")
    assert "parent or guardian who is signing" in phone.get("/send").text

    page = send(phone, **mine, signed="Zoë Fischer")
    assert (page.status, "A parent or guardian has to sign" in page.text) == (422, True)
    assert send(phone, **mine, signed="Mara Fischer").goes_to == "/sent"
    assert [one.content.consent.guardian for one in asking.responses()] == [True, True]


def test_who_answered_for_somebody_else_before_a_visit_agrees_for_them_after_it(
    asking: Asking,
) -> None:
    assert send(asking.invited({**WELL, "who": "somebody"})).goes_to == "/sent"
    [sent] = asking.responses()
    with asking.database.writing() as tx:  # as it was made for carers, too, up to version 2.0
        first = invitations.get(tx, asking.clinic.id, sent.invitation)  # type: ignore[arg-type]  # they were invited
        assert first is not None
        follow_ups = FollowUps("http://127.0.0.1:8000/i/", can_mail=True)
        follow_ups.plan(tx, first, sent.line, int(asking.clock.now))
    phone = asking.after_the_visit()
    phone.walk(NONE, "/questions/at_once")
    page = phone.get("/send")
    assert "Name of the person you answered for" in page.text

    assert send(phone).goes_to == "/sent"

    words = [one.content.consent.text for one in asking.responses()]
    assert all("for someone I care for" in one for one in words)


def test_no_second_link_comes_to_who_answered_for_somebody_else(asking: Asking) -> None:
    phone = asking.invited({**WELL, "who": "somebody"})
    page = phone.get("/send")
    assert "How you are now" in page.text or "How they are now" in page.text
    assert not re.search("may ask (me )?once", page.text)

    assert send(phone, **GIVEN).goes_to == "/sent"

    assert asking.links_after() == [], "it would ask a carer about a massage of their own"


def test_what_was_named_before_is_shown_only_behind_a_code(asking: Asking) -> None:
    assert send(asking.invited(), **GIVEN).goes_to == "/sent"
    phone = asking.after_the_visit()
    assert phone.get("/back").goes_to == "/questions/at_once", "the signs come first"
    phone.walk(NONE, "/questions/at_once")
    assert "/back" in phone.get("/send").links

    page = phone.get("/back")
    assert "the activities that you named before your visit" in page.text
    phone.post("/back", {"csrf_token": page.token, "send": "1"})
    to, letter = asking.post.sent[-1]
    assert to == "zoe@example.org"
    [code] = re.findall(r"\b\d{6}\b", letter.text)
    wrong = phone.post("/back", {"csrf_token": page.token, "code": "abc"})
    assert wrong.status == 422
    assert "potatoes" not in phone.get("/send").html
    right = phone.post("/back", {"csrf_token": page.token, "code": code})
    assert right.goes_to == "/send"

    named = [one.get("value") for one in phone.get("/send").all("input")]
    assert "Digging <b>potatoes" in named
    assert html.escape("Digging <b>potatoes") in phone.get("/send").html


def test_a_second_link_opens_nothing_where_the_signs_cannot_be_asked(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert send(asking.invited(), **GIVEN).goes_to == "/sent"
    monkeypatch.setattr("tests.web.intake.riverside.after_a_visit", tuple)
    del asking.app
    asking.clock.now = float(asking.visit_at + 10 * DAY)
    asking.practice.outbox.send_due()
    [path] = re.findall(r"(/i/\S+)", asking.post.sent[-1][1].text)
    assert asking.phone().get(path).status == 404


def test_no_activity_that_does_not_fit_holds_up_who_needs_a_doctor_today_and_staff_read_it(
    asking: Asking,
) -> None:
    phone = asking.invited(NUMB)
    long = "Digging " * LONGEST_ACTIVITY
    typed = {"measure-activity-1": long, "measure-activity-2": "", "measure-score-2": "7"}
    assert send(phone, **typed).goes_to == "/sent"
    [measured] = asking.measured()
    assert measured is not None
    assert measured.activities == (Activity(long.strip(), None), Activity(UNNAMED, 7))
    asking.clock.now = float(asking.visit_at + 10 * DAY)
    asking.practice.outbox.send_due()
    assert asking.post.sent == [], "so no page after a visit begins with what does not fit"


def test_nor_does_one_hold_up_an_urgent_sign_after_a_massage(asking: Asking) -> None:
    assert send(asking.invited(), **GIVEN).goes_to == "/sent"
    phone = asking.after_the_visit()
    phone.walk({"at_once": ["none"], "today": ["bruise"]}, "/questions/at_once")
    long = ("Digging " * LONGEST_ACTIVITY).strip()
    assert send(phone, **{"measure-activity-1": long}).goes_to == "/sent"
    last = max(asking.responses(), key=lambda one: one.line.received_at)
    assert long in last.content.message
