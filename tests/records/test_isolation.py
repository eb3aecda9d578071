"""A clinic never sees or touches a row of another one, whatever id it names."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from types import ModuleType

import pytest
from sqlalchemy import select

from assessment.records import (
    arrivals,
    clients,
    clinics,
    deliveries,
    inbox,
    invitations,
    keys,
    measures,
    notes,
    outbox,
    own_answers,
    own_questions,
    rechecks,
    responses,
    return_codes,
    sessions,
    therapists,
    webhooks,
    whose,
    withdrawals,
)
from assessment.records.database import Database
from assessment.records.ids import NoteId, new_id
from assessment.records.inbox import Filter
from assessment.records.model import Recheck, State
from assessment.records.own_questions import OwnQuestions
from assessment.records.refusals import Misfit
from assessment.records.responses import Decision
from assessment.records.tables import metadata
from assessment.records.transactions import Transaction
from tests.records.some import (
    MEASURED,
    NOW,
    OWN,
    OWN_ANSWER,
    Household,
    move_in,
    some_invitation,
    some_key,
    some_note,
    some_response,
    some_session,
    some_therapist,
)

MODULES = (
    clients, deliveries, inbox, invitations, keys, measures, notes, outbox, own_answers, responses,
    return_codes, sessions, therapists, webhooks, whose, withdrawals,
)  # fmt: skip
ID: dict[ModuleType, Callable[[Household], str]] = {
    clients: lambda house: house.client.id,
    invitations: lambda house: house.invitation.id,
    keys: lambda house: house.key.id,
    responses: lambda house: house.response.line.id,
    webhooks: lambda house: house.webhook.id,
    deliveries: lambda house: house.delivery.id,
    sessions: lambda house: house.session.id,
    therapists: lambda house: house.therapist.id,
}
NOTHING: tuple[object, ...] = (None, False, 0, (), {}, frozenset())


def with_clinic() -> list[tuple[ModuleType, str]]:
    """Every function that is asked by a clinic about rows that have an id."""
    return [
        (module, name)
        for module in MODULES
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and name not in ("add", "put", "name_of", "of_clinic", "invited_by", "of_theirs", "latest")
        and "clinic" in inspect.signature(function).parameters
    ]


def asked(module: ModuleType, name: str, mine: Household, other: Household) -> dict[str, object]:
    """Arguments that name my clinic, and the other's rows in every other place."""
    known: dict[str, object] = {
        "clinic": mine.id,
        "client": other.client.id,
        "therapist": other.therapist.id,
        "giver": other.therapist.id,
        "taker": other.therapist.id,
        "only": other.therapist.id,
        "is_owner": False,
        "response": other.response.line.id,
        "ids": [other.response.line.id],
        "invitation": other.invitation.id,
        "visit": other.send_key,
        "sent": Decision(0, "self_care", complete=True, version="v"),
        "wanted": Filter(words=((other.word,),)),
        "hashes": [],
        "sealed": b"",
        "now": NOW + 1,
        "before": (NOW + 1, "z"),
        "after": (3, NOW + 1, "z"),
        "limit": 100,
        "at_least": 2,
        "answered": 3,
        "of_about": 4,
        "state": State.CONTACTED,
        "hash": "mine now",
        "old": "hash of a password",
        "new": "mine now",
        "name": "mine now",
        "email": "mine@example.org",
        "urgent_mail": True,
        "rules": 9,
        "because": "gone",
        "code": "012345",
        "starts": NOW,
        "ends": NOW + 10 * 86_400,
    }
    if module in ID:
        known |= {"id": ID[module](other), "ids": [ID[module](other)]}
    if name == "of_invitations":
        known["ids"] = [other.invitation.id]
    wanted = inspect.signature(getattr(module, name)).parameters.values()
    return {
        one.name: known[one.name]
        for one in wanted
        if one.name != "tx" and one.default is inspect.Parameter.empty
    }


def rows_of(tx: Transaction, house: Household) -> list[tuple[object, ...]]:
    """Every row of a clinic, byte for byte."""
    found = []
    for table in metadata.sorted_tables:
        column = table.c.get("clinic", table.c.id if table.name == "clinics" else None)
        if column is not None:
            rows = tx.connection.execute(select(table).where(column == house.id))
            found += sorted((table.name, *map(repr, row)) for row in rows)
    return [*found]


@pytest.mark.parametrize(
    ("module", "name"), with_clinic(), ids=lambda value: getattr(value, "__name__", value)
)
def test_the_id_of_another_clinic_finds_and_changes_nothing(
    database: Database, module: ModuleType, name: str
) -> None:
    with database.writing() as tx:
        mine, other = move_in(tx), move_in(tx)
        responses.erase(tx, mine.id, mine.response.line.id, NOW)
        before = rows_of(tx, other)
        assert len(before) == 21
        arguments = asked(module, name, mine, other)

        result = getattr(module, name)(tx, **arguments)

        own = {  # what the lists without a filter hold
            (invitations, "listed"): (mine.invitation,),
            (clients, "indexed_otherwise"): (mine.client.id,),
            (therapists, "ever_of_clinic"): (mine.therapist,),
            (whose, "counted"): (0, 0),
        }
        assert result in ([own[module, name]] if (module, name) in own else NOTHING)
        assert rows_of(tx, other) == before


def test_the_same_questions_do_find_the_rows_of_the_own_clinic(database: Database) -> None:
    silent = {
        "mark_read", "set_state", "put_right", "set_words", "touch", "opened", "progress", "mailed",
        "end_all", "set_details", "set_password", "set_owner", "disable", "remove", "hand_over",
        "reached", "failed", "switch_on", "readdress",
    }  # fmt: skip
    for module, name in with_clinic():
        if name in silent:
            continue
        with database.writing() as tx:
            house = move_in(tx)
            urgent = some_response(house.client.id, urgency=3)
            responses.add(tx, house.id, urgent, new_id())
            visit = some_invitation(house.client, house.therapist, visit_at=NOW + 86_400)
            invitations.add(tx, visit, f"link {visit.id}")
            arguments = asked(module, name, house, house)

            assert getattr(module, name)(tx, **arguments) not in NOTHING, name


def test_a_second_advice_is_found_by_its_own_clinic_alone(database: Database) -> None:
    with database.writing() as tx:
        mine, other = move_in(tx), move_in(tx)
        id = other.response.line.id
        recheck = Recheck(id, "new", 3, "emergency", NOW, {}, ())
        assert rechecks.add(tx, other.id, recheck)

        assert rechecks.of_responses(tx, other.id, [id]) == {id: (recheck,)}
        assert rechecks.waiting(tx, other.id) == {id: 3}
        assert rechecks.of_responses(tx, mine.id, [id]) == {}
        assert rechecks.waiting(tx, mine.id) == {}
        assert rechecks.waiting_of(tx, mine.id, [id]) == {}
        rechecks.see_to(tx, mine.id, id, NoteId("n"))
        assert rechecks.waiting(tx, other.id) == {id: 3}


def test_what_a_function_without_an_answer_writes_stays_in_its_clinic(database: Database) -> None:
    for module, name in with_clinic():
        with database.writing() as tx:
            mine, other = move_in(tx), move_in(tx)
            before = rows_of(tx, mine)
            getattr(module, name)(tx, **asked(module, name, mine, other))

            assert rows_of(tx, mine) == before, name


def test_a_row_cannot_point_into_another_clinic(database: Database) -> None:
    with database.writing() as tx:
        mine, other = move_in(tx), move_in(tx)
    foreign_client = replace(mine.client, id=other.client.id)
    foreign_therapist = replace(mine.therapist, id=other.therapist.id)
    attempts: list[Callable[[Transaction], object]] = [
        lambda tx: invitations.add(tx, some_invitation(foreign_client, mine.therapist), "a"),
        lambda tx: invitations.add(tx, some_invitation(mine.client, foreign_therapist), "b"),
        lambda tx: invitations.revoke(
            tx, mine.id, mine.invitation.id, NOW, replaced_by=other.invitation.id
        ),
        lambda tx: responses.add(tx, mine.id, some_response(other.client.id), "c"),
        lambda tx: responses.add(
            tx, mine.id, some_response(mine.client.id, other.invitation.id), "d"
        ),
        lambda tx: notes.add(tx, mine.id, some_note(other.response.line.id, mine.therapist)),
        lambda tx: notes.add(tx, mine.id, some_note(mine.response.line.id, other.therapist)),
        lambda tx: arrivals.add(tx, mine.id, other.response.line.id),
        lambda tx: withdrawals.add(tx, mine.id, other.response.line.id, NOW),
        lambda tx: own_answers.add(tx, mine.id, other.response.line.id, [OWN_ANSWER]),
        lambda tx: measures.add(tx, mine.id, other.response.line.id, MEASURED),
        lambda tx: return_codes.put(tx, mine.id, other.invitation.id, "012345", NOW),
        lambda tx: keys.add(tx, some_key(foreign_therapist), "f"),
        lambda tx: clients.set_words(tx, mine.id, other.client.id, ["word"]),
        lambda tx: sessions.add(tx, "e", some_session(foreign_therapist), NOW),
        lambda tx: rechecks.add(
            tx, mine.id, Recheck(other.response.line.id, "new", 3, "emergency", NOW, {}, ())
        ),
    ]
    for attempt in attempts:
        with pytest.raises(Misfit), database.writing() as tx:
            attempt(tx)


def test_what_one_therapist_invited_is_found_for_them_alone_until_it_is_handed_over(
    database: Database,
) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        giver, taker = house.therapist.id, some_therapist(house.id)
        therapists.add(tx, taker, None)
        stranger = some_response(house.client.id, urgency=3)  # came from the public page
        responses.add(tx, house.id, stranger, new_id())
        mine, theirs = Filter(only=giver), Filter(only=taker.id)
        line = house.response.line

        assert inbox.listed(tx, house.id, mine, None, 9) == (line,)
        assert inbox.listed(tx, house.id, Filter(words=((house.word,),), only=giver), None, 9)
        assert inbox.listed(tx, house.id, theirs, None, 9) == ()
        assert responses.line(tx, house.id, line.id, taker.id) is None
        assert responses.of_client(tx, house.id, line.client, taker.id) == ()
        assert inbox.unread_urgent(tx, house.id, 0) == 2
        assert inbox.unread_urgent(tx, house.id, 0, only=giver) == 1
        assert inbox.unread_urgent(tx, house.id, 0, only=giver, but=[line.id]) == 0
        assert whose.inviter(tx, house.id, stranger.line.id) is None

        invitations.hand_over(tx, house.id, giver, taker.id)

        assert inbox.listed(tx, house.id, mine, None, 9) == ()
        assert inbox.listed(tx, house.id, theirs, None, 9) == (line,)
        assert whose.inviter(tx, house.id, line.id) == taker.id
        assert whose.counted(tx, house.id, taker.id) == (1, 1)
        link = invitations.by_token(tx, f"link {house.invitation.id}")
        assert link == replace(house.invitation, therapist=taker.id), "the link still opens"


def test_lists_of_one_clinic_hold_nothing_of_another(database: Database) -> None:
    with database.writing() as tx:
        mine, other = move_in(tx), move_in(tx)

        assert [one.id for one in therapists.of_clinic(tx, mine.id)] == [mine.therapist.id]
        assert invitations.listed(tx, mine.id, before=None, limit=100) == (mine.invitation,)
        assert inbox.listed(tx, mine.id, Filter(), None, 100) == (mine.response.line,)
        assert inbox.listed(tx, mine.id, Filter(words=((other.word,),)), None, 100) == ()
        assert arrivals.of_clinic(tx, mine.id, 0, 100) == ((1, mine.response.line.id),)
        assert keys.of_clinic(tx, mine.id) == (mine.key,)
        assert clinics.get(tx, mine.id) == mine.clinic
        own_questions.put(tx, other.id, OwnQuestions())
        assert own_questions.of_clinic(tx, mine.id) == OwnQuestions((OWN,))
        assert clients.erase(tx, mine.id, mine.client.id, NOW)
        assert inbox.listed(tx, other.id, Filter(), None, 100) == (other.response.line,)
