"""Clients, their links, what they sent and what was noted come back as they were stored."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assessment.records import clients, inbox, invitations, notes, responses, versions
from assessment.records.database import Database
from assessment.records.ids import ClientId, ClinicId, InvitationId, ResponseId, new_id
from assessment.records.inbox import Filter
from assessment.records.model import NoteKind, Response, State
from assessment.records.refusals import Taken
from tests.records.some import (
    NOW,
    VERSION,
    move_in,
    some_client,
    some_content,
    some_invitation,
    some_line,
    some_note,
    some_response,
)

ALL = Filter()


def test_everything_comes_back_as_it_was_stored(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)

    with database.reading() as tx:
        assert clients.get(tx, house.id, house.client.id) == house.client
        assert invitations.get(tx, house.id, house.invitation.id) == house.invitation
        assert responses.get(tx, house.id, house.response.line.id) == house.response
        assert responses.line(tx, house.id, house.response.line.id) == house.response.line
        assert notes.of_response(tx, house.id, house.response.line.id) == (house.note,)
        assert inbox.listed(tx, house.id, ALL, None, 10) == (house.response.line,)
        assert responses.of_client(tx, house.id, house.client.id) == (house.response.line,)
        assert versions.get(tx, VERSION) == {"rules.yaml": "rules: []\n"}


def test_what_is_not_there_is_none(database: Database) -> None:
    nowhere = ClinicId("nowhere")
    with database.reading() as tx:
        assert clients.get(tx, nowhere, ClientId("x")) is None
        assert invitations.get(tx, nowhere, InvitationId("x")) is None
        assert invitations.by_token(tx, "x") is None
        assert responses.get(tx, nowhere, ResponseId("x")) is None
        assert responses.line(tx, nowhere, ResponseId("x")) is None
        assert responses.by_visit(tx, nowhere, "x") is None
        assert responses.of_invitation(tx, nowhere, InvitationId("x")) is None
        assert inbox.unread_urgent(tx, nowhere, 0) == 0
        assert versions.get(tx, "x") is None


def test_a_link_tells_how_far_it_got(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        clinic, id = house.id, house.invitation.id
        invitations.mailed(tx, clinic, id, NOW + 1)
        invitations.opened(tx, clinic, id, NOW + 2)
        invitations.opened(tx, clinic, id, NOW + 3)
        invitations.progress(tx, clinic, id, 9, 17)

        expected = replace(
            house.invitation, mailed_at=NOW + 1, opened_at=NOW + 2, answered=9, of_about=17
        )
        assert invitations.by_token(tx, f"link {id}") == expected
        assert invitations.of_client(tx, clinic, house.client.id) == (expected,)


def test_a_link_is_used_once(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        clinic, id = house.id, house.invitation.id

        assert invitations.use(tx, clinic, id, NOW + 4)
        assert not invitations.use(tx, clinic, id, NOW + 5)
        assert not invitations.revoke(tx, clinic, id, NOW + 5)
        assert invitations.get(tx, clinic, id) == replace(house.invitation, used_at=NOW + 4)


@pytest.mark.parametrize("new_one_first", [True, False])
def test_a_revoked_link_is_never_used(database: Database, new_one_first: bool) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        clinic, id = house.id, house.invitation.id
        new = some_invitation(house.client, house.therapist)
        if new_one_first:
            invitations.add(tx, new, "new")
        assert invitations.revoke(tx, clinic, id, NOW + 4, replaced_by=new.id)
        if not new_one_first:
            invitations.add(tx, new, "new")
    with database.writing() as tx:
        assert not invitations.use(tx, clinic, id, NOW + 5)
        assert not invitations.revoke(tx, clinic, id, NOW + 5)
        assert invitations.get(tx, clinic, id) == replace(
            house.invitation, revoked_at=NOW + 4, replaced_by=new.id
        )
        assert invitations.use(tx, clinic, new.id, NOW + 5)


def test_invitations_are_listed_page_by_page_the_newest_first(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        move_in(tx)
        made = [house.invitation]
        for when in (NOW + 2, NOW + 1, NOW + 1, NOW + 1, NOW - 1):
            made.append(some_invitation(house.client, house.therapist, created_at=when))
            invitations.add(tx, made[-1], new_id())
    in_order = sorted(made, key=lambda one: (one.created_at, one.id), reverse=True)

    found: list[object] = []
    before: tuple[int, str] | None = None
    with database.reading() as tx:
        while page := invitations.listed(tx, house.id, before=before, limit=2):
            assert len(page) == 2
            found.extend(page)
            before = (page[-1].created_at, page[-1].id)
        assert list(invitations.of_client(tx, house.id, house.client.id)) == in_order
    assert found == in_order


def test_one_send_makes_one_response_however_often_it_arrives(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        again = some_response(house.client.id)
        assert not responses.add(tx, house.id, again, house.send_key)
        assert responses.by_visit(tx, house.id, house.send_key) == house.response.line.id
        assert inbox.listed(tx, house.id, ALL, None, 10) == (house.response.line,)
        assert responses.of_invitation(tx, house.id, house.invitation.id) == house.response.line.id

        other = move_in(tx)
        there = some_response(other.client.id)
        assert responses.add(tx, other.id, there, house.send_key)


def test_the_same_response_is_not_added_under_another_key(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
    with pytest.raises(Taken), database.writing() as tx:
        responses.add(tx, house.id, house.response, new_id())


def test_a_response_is_marked_read_once_and_moves_between_states(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        line = house.response.line
        responses.mark_read(tx, house.id, line.id, NOW + 1)
        responses.mark_read(tx, house.id, line.id, NOW + 2)
        responses.set_state(tx, house.id, line.id, State.CONTACTED)

        changed = replace(line, read_at=NOW + 1, state=State.CONTACTED)
        assert responses.line(tx, house.id, line.id) == changed
        assert responses.get(tx, house.id, line.id) == replace(house.response, line=changed)


def test_unread_urgent_ones_are_counted_up_to_a_limit(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        for urgency in (0, 1, 2, 3, 3, 3):
            responses.add(tx, house.id, some_response(house.client.id, urgency=urgency), new_id())
        read = some_response(house.client.id, urgency=3, read_at=NOW)
        responses.add(tx, house.id, read, new_id())

        assert inbox.unread_urgent(tx, house.id, 2) == 4
        assert inbox.unread_urgent(tx, house.id, 3) == 3
        assert inbox.unread_urgent(tx, house.id, 0) == 7
        assert inbox.unread_urgent(tx, house.id, 0, most=5) == 5


def test_the_inbox_is_filtered_by_state_advice_and_words(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        anna, bo = some_client(house.id, name="Anna Bo"), some_client(house.id, name="Bo")
        word = {name: tx.vault.search_hashes(house.id, name) for name in ("anna", "bo", "zoe")}
        for client, words in ((anna, ("anna", "bo", "bo")), (bo, ("bo",))):
            clients.add(tx, client)
            clients.set_words(tx, house.id, client.id, [word[name][0] for name in words])
        sent = {}
        for name, client, state, advice in (
            ("a", anna, State.NEW, "self_care"),
            ("b", anna, State.REVIEWED, "emergency"),
            ("c", bo, State.NEW, "emergency"),
        ):
            line = some_line(client.id, client_name=client.name, state=state, recommendation=advice)
            sent[line.id] = name
            responses.add(tx, house.id, Response(line, None, VERSION, some_content()), new_id())

        def found(wanted: Filter) -> str:
            lines = inbox.listed(tx, house.id, wanted, None, 10)
            return "".join(sorted(sent.get(line.id, "?") for line in lines))

        assert found(ALL) == "?abc"
        assert found(Filter(state=State.NEW)) == "?ac"
        assert found(Filter(recommendation="emergency")) == "bc"
        assert found(Filter(state=State.NEW, recommendation="emergency")) == "c"
        assert found(Filter(words=(word["bo"],))) == "abc"
        assert found(Filter(words=(word["bo"], word["anna"]))) == "ab"
        assert found(Filter(words=(word["anna"],), state=State.NEW)) == "a"
        assert found(Filter(words=(word["zoe"],))) == ""

        clients.set_words(tx, house.id, anna.id, [word["zoe"][0]])
        assert found(Filter(words=(word["zoe"],))) == "ab"
        assert found(Filter(words=(word["anna"],))) == ""
        clients.set_words(tx, house.id, anna.id, [])
        assert found(Filter(words=(word["zoe"],))) == ""


def test_notes_stand_in_the_order_in_which_they_were_written(database: Database) -> None:
    with database.writing() as tx:
        house = move_in(tx)
        id = house.response.line.id
        later = some_note(id, house.therapist, created_at=NOW + 2, kind=NoteKind.CONTACTED, text="")
        sooner = some_note(id, house.therapist, created_at=NOW + 1, kind=NoteKind.REVIEWED)
        notes.add(tx, house.id, later)
        notes.add(tx, house.id, sooner)

        assert notes.of_response(tx, house.id, id) == (house.note, sooner, later)


def test_a_protocol_is_kept_as_it_was_first_seen(database: Database) -> None:
    with database.writing() as tx:
        versions.keep(tx, "v", "muscle_pain", {"texts.yaml": "title: Zoë\n\u2028"})
        versions.keep(tx, "v", "muscle_pain", {"texts.yaml": "something else"})

        assert versions.get(tx, "v") == {"texts.yaml": "title: Zoë\n\u2028"}


@pytest.mark.parametrize("far", [2**63, -(2**63), 10**40])
def test_a_made_up_place_in_the_inbox_lists_something_or_nothing(
    database: Database, far: int
) -> None:
    with database.writing() as tx:
        house = move_in(tx)

        lines = inbox.listed(tx, house.id, ALL, (far, far, "\0"), 10)
        assert lines == ((house.response.line,) if far > 0 else ())
        found = invitations.listed(tx, house.id, before=(far, "\0"), limit=10)
        assert found == ((house.invitation,) if far > 0 else ())
