"""The inbox of a clinic: order, search, notes, erasure; each clinic by itself."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select, update

from assessment.practice.intake.intake import Intake
from assessment.practice.name_search import write_words
from assessment.practice.responses import tampering
from assessment.practice.responses.inbox import PAGE, Inbox
from assessment.practice.responses.old_protocols import OldProtocols
from assessment.practice.responses.opened import Opened
from assessment.practice.responses.wanted import Wanted
from assessment.practice.staff.accounts import SignedIn
from assessment.records import clients, clinics, invitations, responses, tables, therapists
from assessment.records.database import Database
from assessment.records.ids import ClientId, ResponseId
from assessment.records.model import NoteKind, State
from assessment.screening import Screening
from tests import tiny
from tests.practice.sending import send
from tests.records.some import NOW, some_clinic, some_invitation, some_session, some_therapist

EMERGENCY = {"flag": "red"}
CARE = {"flag": "amber", "signs": ["b"], "pain": 3, "duration": "days"}
MASSAGE = {"flag": "absent", "signs": ["b"], "pain": 3, "duration": "days"}
REST = {"flag": "absent", "signs": ["none"], "pain": 3, "duration": "days"}
EVERY = Wanted(state=None)

Send = Callable[..., ResponseId]


class Clock:
    """A clock that moves by a minute whenever somebody sends something."""

    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def works_there(database: Database, **chosen: str) -> SignedIn:
    """Somebody of a new clinic, signed in."""
    clinic = some_clinic(**chosen)
    therapist = some_therapist(clinic.id)
    with database.writing() as tx:
        clinics.add(tx, clinic)
        therapists.add(tx, therapist, None)
    return SignedIn(therapist, clinic, some_session(therapist), NOW + 900, NOW + 3600)


@pytest.fixture
def who(database: Database) -> SignedIn:
    return works_there(database, name="Riverside")


@pytest.fixture
def other(database: Database) -> SignedIn:
    return works_there(database, name="Hillside")


@pytest.fixture
def screening(tmp_path: Path) -> Screening:
    return Screening(tiny.load(tmp_path))


@pytest.fixture
def library(screening: Screening, tmp_path: Path) -> OldProtocols:
    return OldProtocols(screening, tmp_path)


@pytest.fixture
def inbox(database: Database, clock: Clock, library: OldProtocols) -> Inbox:
    return Inbox(database, clock, library)


@pytest.fixture
def sending(
    database: Database, clock: Clock, library: OldProtocols, screening: Screening, who: SignedIn
) -> Send:
    """Send answers to a clinic, a minute after the last ones."""
    intake = Intake(database, clock, screening.protocol, library.keep)

    def one(
        answers: dict[str, object], name: str = "Zoe Fischer", to: SignedIn = who
    ) -> ResponseId:
        clock.now += 60
        return send(intake, to.clinic, screening, answers, name=name)

    return one


def ids(inbox: Inbox, who: SignedIn, wanted: Wanted = EVERY) -> list[ResponseId]:
    return [line.id for line in inbox.listed(who, wanted).lines]


def opened(inbox: Inbox, who: SignedIn, response: ResponseId) -> Opened:
    found = inbox.response(who, response)
    assert found is not None
    return found


def test_the_most_urgent_come_first_then_the_newest(
    inbox: Inbox, who: SignedIn, sending: Send
) -> None:
    rest, care, first, second = (sending(answers) for answers in (REST, CARE, EMERGENCY, EMERGENCY))
    massage = sending(MASSAGE)

    assert ids(inbox, who) == [second, first, care, massage, rest]


def test_what_waits_for_a_review_is_shown_unless_something_else_is_wanted(
    inbox: Inbox, who: SignedIn, sending: Send
) -> None:
    care, rest, reviewed = sending(CARE), sending(REST), sending(CARE)
    inbox.note(who, reviewed, NoteKind.REVIEWED)

    assert ids(inbox, who, Wanted()) == [care, rest]
    assert ids(inbox, who, Wanted(State.REVIEWED)) == [reviewed]
    assert ids(inbox, who, Wanted(None, "self_care")) == [rest]
    assert ids(inbox, who, Wanted(State.REVIEWED, "self_care")) == []


def test_a_client_is_found_by_beginnings_of_words_whatever_their_accents(
    inbox: Inbox, who: SignedIn, sending: Send
) -> None:
    zoe = sending(REST, "Zoë O'Neill-Søgård")
    sending(REST, "Zora Neilson")

    for words in ("zoe", "ZOË", "søgård o'neill", "  neill  zoe ", "zoe nei"):
        assert ids(inbox, who, Wanted(None, name=words)) == [zoe], words
    for words in ("oe", "zoe neilson", "123", "%"):
        assert ids(inbox, who, Wanted(None, name=words)) == [], words


def test_pages_follow_each_other_without_gap_or_repeat(
    inbox: Inbox, who: SignedIn, sending: Send, clock: Clock
) -> None:
    kinds = itertools.cycle((REST, CARE, EMERGENCY))
    sent = {sending(next(kinds)) for _ in range(2 * PAGE + 3)}

    first = inbox.listed(who, EVERY)
    late = sending(EMERGENCY)  # arrives while somebody turns the pages
    second = inbox.listed(who, EVERY, first.more)
    third = inbox.listed(who, EVERY, second.more)

    shown = [line.id for page in (first, second, third) for line in page.lines]
    assert [len(page.lines) for page in (first, second, third)] == [PAGE, PAGE, 3]
    assert third.more is None
    assert len(shown) == len(set(shown))
    assert set(shown) == sent
    assert late not in shown


def test_the_last_page_that_is_full_has_no_next(inbox: Inbox, who: SignedIn, sending: Send) -> None:
    for _ in range(PAGE):
        sending(REST)

    assert inbox.listed(who, EVERY).more is None


def test_reading_marks_nothing_and_opening_marks_it_read_once(
    inbox: Inbox, who: SignedIn, sending: Send, clock: Clock
) -> None:
    response = sending(EMERGENCY)

    for _ in range(2):
        assert opened(inbox, who, response).line.read_at is None
    assert inbox.unread_urgent(who) == 1

    assert inbox.opened(who, response)
    read_at = opened(inbox, who, response).line.read_at
    clock.now += 60
    assert inbox.opened(who, response)

    assert opened(inbox, who, response).line.read_at == read_at == clock.now - 60
    assert inbox.unread_urgent(who) == 0


def test_only_what_is_urgent_and_unread_is_counted(
    inbox: Inbox, who: SignedIn, other: SignedIn, sending: Send
) -> None:
    for answers in (EMERGENCY, EMERGENCY, CARE, REST):
        sending(answers)
    sending(EMERGENCY, to=other)

    assert inbox.unread_urgent(who) == 2
    assert inbox.unread_urgent(other) == 1


def test_notes_are_dated_and_authored_and_say_what_became_of_a_response(
    inbox: Inbox, who: SignedIn, sending: Send, clock: Clock
) -> None:
    response = sending(CARE)
    steps = [
        (NoteKind.NOTE, "Called, no answer.", State.NEW),
        (NoteKind.CONTACTED, "", State.CONTACTED),
        (NoteKind.REOPENED, "It came back.", State.NEW),
        (NoteKind.REVIEWED, "", State.REVIEWED),
    ]
    for kind, text, state in steps:
        clock.now += 60
        assert inbox.note(who, response, kind, text)
        assert opened(inbox, who, response).line.state is state

    notes = opened(inbox, who, response).notes

    assert [(note.kind, note.text) for note in notes] == [step[:2] for step in steps]
    assert {note.author_name for note in notes} == {who.therapist.name}
    times = [note.created_at for note in notes]
    assert times == sorted(set(times))
    assert opened(inbox, who, response).line.read_at == times[0]


def test_a_second_press_of_the_same_button_adds_nothing(
    inbox: Inbox, who: SignedIn, sending: Send, clock: Clock
) -> None:
    response = sending(CARE)
    for text in ("", "", "Sent to the doctor."):
        clock.now += 60
        assert inbox.note(who, response, NoteKind.REVIEWED, text)

    assert [note.text for note in opened(inbox, who, response).notes] == ["", "Sent to the doctor."]


def test_many_presses_of_one_button_at_once_add_one_note(
    inbox: Inbox, who: SignedIn, sending: Send
) -> None:
    response = sending(CARE)
    presses = [(NoteKind.REVIEWED, "", None), (NoteKind.NOTE, "Called.", NOW)] * 8
    together = threading.Barrier(len(presses))

    def press(what: tuple[NoteKind, str, int | None]) -> bool:
        kind, text, first_sent = what
        together.wait(30)
        return inbox.note(who, response, kind, text, first_sent=first_sent)

    with ThreadPoolExecutor(len(presses)) as pool:
        assert all(pool.map(press, presses))
    assert sorted(note.text for note in opened(inbox, who, response).notes) == ["", "Called."]


def test_what_a_colleague_noted_is_never_overwritten(
    inbox: Inbox, who: SignedIn, database: Database, sending: Send
) -> None:
    colleague = some_therapist(who.clinic.id, name="Ben Ek")
    with database.writing() as tx:
        therapists.add(tx, colleague, None)
    ben = SignedIn(colleague, who.clinic, some_session(colleague), NOW + 900, NOW + 3600)
    response = sending(CARE)

    inbox.note(who, response, NoteKind.NOTE, "One.")
    inbox.note(ben, response, NoteKind.NOTE, "Two.")

    notes = opened(inbox, who, response).notes
    assert {(note.author_name, note.text) for note in notes} == {
        (who.therapist.name, "One."),
        ("Ben Ek", "Two."),
    }


def test_an_erased_response_is_gone_with_its_notes_and_nothing_else_is(
    inbox: Inbox, who: SignedIn, database: Database, sending: Send
) -> None:
    gone, stays = sending(CARE), sending(CARE)
    for response in (gone, stays):
        inbox.note(who, response, NoteKind.NOTE, "A note.")
    client = opened(inbox, who, gone).line.client

    assert inbox.erase_response(who, gone)
    assert not inbox.erase_response(who, gone)

    assert inbox.response(who, gone) is None
    assert rows(database, "notes") == 1
    assert ids(inbox, who) == [stays]
    assert inbox.client(who, client) is not None


def test_a_client_is_found_by_every_name_that_is_left_and_by_no_erased_one(
    inbox: Inbox, who: SignedIn, database: Database, sending: Send
) -> None:
    first, second = sending(CARE, "Zoe Fischer"), sending(CARE, "Quill Berg")
    client = opened(inbox, who, first).line.client
    there, file = tables.responses, opened(inbox, who, second).response
    assert file is not None
    with database.writing() as tx:  # as if the same client had sent both
        line = replace(file.line, id=ResponseId("third"), client=client)
        responses.add(tx, who.clinic.id, replace(file, line=line), "a key")
        write_words(tx, who.clinic.id, client)
        tx.connection.execute(delete(there).where(there.c.id == second))
    for name in ("zoe", "quill"):
        assert set(ids(inbox, who, Wanted(None, name=name))) == {first, line.id}, name

    assert inbox.erase_response(who, line.id)

    assert ids(inbox, who, Wanted(None, name="quill")) == []
    assert ids(inbox, who, Wanted(None, name="zoe fischer")) == [first]


def test_an_erased_client_takes_everything_along(
    inbox: Inbox, who: SignedIn, database: Database, sending: Send
) -> None:
    response, stays = sending(CARE, "Zoe Fischer"), sending(CARE, "Anna Berg")
    inbox.note(who, response, NoteKind.NOTE, "A note.")
    client = opened(inbox, who, response).line.client
    found = inbox.client(who, client)
    assert found is not None
    with database.writing() as tx:
        invitations.add(tx, some_invitation(found.client, who.therapist), "a hash")

    assert inbox.erase_client(who, client)
    assert not inbox.erase_client(who, client)

    assert inbox.client(who, client) is None
    assert ids(inbox, who) == [stays]
    assert ids(inbox, who, Wanted(None, name="zoe")) == []
    assert [rows(database, table) for table in ("clients", "invitations", "notes")] == [1, 0, 0]


def rows(database: Database, table: str) -> int:
    with database.reading() as tx:
        count = select(func.count()).select_from(tables.metadata.tables[table])
        return tx.connection.execute(count).scalar_one()


def test_a_client_is_shown_with_everything_of_theirs(
    inbox: Inbox, who: SignedIn, database: Database, sending: Send
) -> None:
    response = sending(CARE)
    found = inbox.client(who, opened(inbox, who, response).line.client)
    assert found is not None
    with database.writing() as tx:
        invitations.add(tx, some_invitation(found.client, who.therapist), "a hash")

    again = inbox.client(who, found.client.id)

    assert again is not None
    assert again.client.name == "Zoe Fischer"
    assert [line.id for line in again.lines] == [response]
    assert len(again.invitations) == 1


def test_another_clinic_has_none_of_it(
    inbox: Inbox, who: SignedIn, other: SignedIn, sending: Send
) -> None:
    response = sending(EMERGENCY)
    client = opened(inbox, who, response).line.client

    assert inbox.listed(other, EVERY).lines == ()
    assert inbox.listed(other, Wanted(None, name="zoe")).lines == ()
    assert inbox.response(other, response) is None
    assert inbox.several(other, [response]) is None
    assert inbox.client(other, client) is None
    assert not inbox.opened(other, response)
    assert not inbox.note(other, response, NoteKind.REVIEWED, "Ours.")
    assert not inbox.erase_response(other, response)
    assert not inbox.erase_client(other, client)
    found = opened(inbox, who, response)
    assert (found.line.state, found.line.read_at, found.notes) == (State.NEW, None, ())


def test_several_come_in_the_order_asked_for_or_not_at_all(
    inbox: Inbox, who: SignedIn, other: SignedIn, sending: Send
) -> None:
    one, two = sending(REST), sending(CARE)
    foreign = sending(REST, to=other)

    found = inbox.several(who, [two, one])

    assert found is not None
    assert [each.line.id for each in found] == [two, one]
    assert inbox.several(who, [one, foreign]) is None
    assert inbox.several(who, [one, ResponseId("nobody")]) is None


def test_asvs_11_3_3_a_response_that_was_tampered_with_says_so_and_the_rest_works(
    inbox: Inbox, who: SignedIn, database: Database, sending: Send
) -> None:
    broken, whole = sending(EMERGENCY), sending(REST)
    flip(database, "responses", broken)

    found = opened(inbox, who, broken)

    assert (found.response, found.summary) == (None, None)
    assert found.line.recommendation == "emergency"
    assert ids(inbox, who) == [broken, whole]
    assert opened(inbox, who, whole).summary is not None
    assert inbox.note(who, broken, NoteKind.CONTACTED, "Called them.")
    assert opened(inbox, who, broken).notes[0].text == "Called them."
    several = inbox.several(who, [broken, whole])
    assert several is not None
    assert [one.summary is None for one in several] == [True, False]
    assert inbox.erase_response(who, broken)


def test_asvs_11_3_3_a_client_whose_name_was_tampered_with_is_listed_without_it(
    inbox: Inbox, who: SignedIn, database: Database, sending: Send
) -> None:
    response, whole = sending(EMERGENCY), sending(REST, "Anna Berg")
    client = opened(inbox, who, response).line.client
    flip(database, "clients", client)

    lines = inbox.listed(who, EVERY).lines

    assert [(line.id, line.readable) for line in lines] == [(response, False), (whole, True)]
    found = inbox.client(who, client)
    assert found is not None
    assert (found.client.name, found.client.readable) == ("", False)
    summary = opened(inbox, who, response).summary
    assert summary is not None
    assert summary.person.name == "Zoe Fischer"


CALM = {"urgency": 0, "recommendation": "self_care"}
SEEN = {"state": "reviewed", "read_at": NOW}


@pytest.mark.parametrize("changed", [CALM, SEEN, CALM | SEEN, {"state": "no such state"}])
def test_a_response_that_somebody_made_harmless_in_the_database_stands_first_and_unread(
    inbox: Inbox, who: SignedIn, database: Database, sending: Send, changed: dict[str, object]
) -> None:
    emergency, newer = sending(EMERGENCY), sending(EMERGENCY)
    rewrite(database, emergency, **changed)

    for wanted in (Wanted(), Wanted(State.CONTACTED), Wanted(None, "self_care", "nobody")):
        first = inbox.listed(who, wanted).lines[0]
        assert (first.id, first.altered, first.urgency) == (emergency, True, 3)
        assert (first.state, first.read_at) == (State.NEW, None)
    assert ids(inbox, who) == [emergency, newer]
    assert inbox.unread_urgent(who) > 0


def test_urgent_ones_that_were_changed_are_counted_beside_those_that_were_not(
    inbox: Inbox, who: SignedIn, database: Database, sending: Send
) -> None:
    calm, seen, still_urgent, mild = [sending(EMERGENCY) for _ in range(3)] + [sending(REST)]
    sending(EMERGENCY)
    sending(REST)
    rewrite(database, calm, **CALM)
    rewrite(database, seen, **SEEN)
    rewrite(database, still_urgent, complete=True, received_at=1)
    rewrite(database, mild, received_at=1)
    inbox.listed(who, Wanted())

    assert inbox.unread_urgent(who) == 5


def test_a_changed_response_is_found_wherever_the_list_would_have_put_it(
    inbox: Inbox,
    who: SignedIn,
    database: Database,
    sending: Send,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tampering, "AT_ONCE", 2)
    many = [sending(REST) for _ in range(6)]
    rewrite(database, many[3], received_at=1)

    firsts = [inbox.listed(who, Wanted()).lines[0] for _ in range(4)]

    assert firsts[-1].id == many[3]
    assert inbox.listed(who, Wanted()).lines[0].altered


def test_where_not_everybody_sees_everything_a_changed_response_is_for_owners_alone(
    inbox: Inbox, who: SignedIn, database: Database, sending: Send
) -> None:
    """Else whoever writes the database could show it to a therapist of their choice."""
    theirs, changed = sending(EMERGENCY), sending(EMERGENCY)
    therapist = some_therapist(who.clinic.id, is_owner=False)
    owner = replace(who, clinic=replace(who.clinic, inviter_only=True))
    tess = replace(owner, therapist=therapist)
    with database.writing() as tx:
        therapists.add(tx, therapist, None)
        line = responses.line(tx, who.clinic.id, changed)
        assert line is not None
        person = clients.get(tx, who.clinic.id, line.client)
        assert person is not None
        made = some_invitation(person, therapist)
        invitations.add(tx, made, "a link")
    rewrite(database, changed, invitation=made.id)

    assert ids(inbox, owner) == [changed, theirs]
    assert inbox.unread_urgent(owner) == 2
    assert ids(inbox, tess) == []
    assert inbox.unread_urgent(tess) == 0
    assert inbox.response(tess, changed) is None
    assert inbox.several(tess, [changed]) is None
    assert not inbox.note(tess, changed, NoteKind.CONTACTED)
    assert not inbox.opened(tess, changed)
    assert not inbox.erase_response(tess, changed)
    assert not inbox.erase_client(tess, person.id)


def test_who_has_seen_to_a_changed_response_puts_right_what_the_list_says(
    inbox: Inbox, who: SignedIn, database: Database, sending: Send
) -> None:
    emergency, other = sending(EMERGENCY), sending(CARE)
    before = opened(inbox, who, emergency).response
    rewrite(database, emergency, **CALM, complete=True, version="made up")
    assert inbox.opened(who, emergency)
    assert inbox.note(who, emergency, NoteKind.NOTE, "Looking into it.")
    assert ids(inbox, who)[0] == emergency, "reading and notes do not make it right"

    assert inbox.note(who, emergency, NoteKind.CONTACTED)

    assert ids(inbox, who) == [emergency, other]
    line = opened(inbox, who, emergency).line
    assert (line.altered, line.urgency, line.recommendation) == (False, 3, "emergency")
    assert (line.state, line.complete) == (State.CONTACTED, False)
    after = opened(inbox, who, emergency).response
    assert before is not None
    assert after is not None
    assert after.version == before.version
    assert inbox.unread_urgent(who) == 0


def rewrite(database: Database, response: ResponseId, **values: object) -> None:
    """Change plain columns as somebody does who has the database and not the key."""
    with database.writing() as tx:
        there = tables.responses
        tx.connection.execute(update(there).where(there.c.id == response).values(**values))


def flip(database: Database, table: str, row: ResponseId | ClientId) -> None:
    """Change one bit of what is sealed in a row."""
    there = tables.metadata.tables[table]
    with database.writing() as tx:
        where = there.c.id == row
        sealed = tx.connection.execute(select(there.c.sealed).where(where)).scalar_one()
        changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
        tx.connection.execute(update(there).where(where).values(sealed=changed))
