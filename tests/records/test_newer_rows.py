"""What code of the next release sealed, with more in it, is read by code of this one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from assessment.records import (
    clients,
    invitations,
    measures,
    notes,
    outbox,
    own_answers,
    own_questions,
    responses,
    webhooks,
)
from assessment.records.database import Database
from assessment.records.transactions import Transaction
from assessment.records.vault import Vault
from tests.records.some import NOW, Household, move_in

READS: dict[str, Callable[[Transaction, Household], object]] = {
    "response": lambda tx, of: responses.get(tx, of.id, of.response.line.id),
    "contents": lambda tx, of: responses.contents(tx, of.id, [of.response.line.id]),
    "client": lambda tx, of: clients.get(tx, of.id, of.client.id),
    "invitation": lambda tx, of: invitations.get(tx, of.id, of.invitation.id),
    "note": lambda tx, of: notes.of_response(tx, of.id, of.response.line.id),
    "webhook": lambda tx, of: webhooks.get(tx, of.id, of.webhook.id),
    "questions": lambda tx, of: own_questions.of_clinic(tx, of.id),
    "answers": lambda tx, of: own_answers.of_responses(tx, of.id, [of.response.line.id]),
    "measures": lambda tx, of: measures.of_responses(tx, of.id, [of.response.line.id]),
    "mail": lambda tx, of: outbox.claim(tx, of.mail, NOW),
}


def with_more(value: Any) -> Any:  # noqa: ANN401  any JSON
    """Add a key to every object in some JSON, but for what a client answered and was advised."""
    if isinstance(value, list):
        return [with_more(one) for one in value]
    if not isinstance(value, dict):
        return value
    as_they_are = ("answers", "decision", "confirmed") if "consent" in value else ()
    more = {key: one if key in as_they_are else with_more(one) for key, one in value.items()}
    return more | {"of_the_next_release": "x"}


@pytest.mark.parametrize("what", READS)
def test_what_a_newer_release_sealed_with_more_in_it_is_read_without_that(
    database: Database, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    read, seal = READS[what], Vault.seal
    with database.writing() as tx:
        house = move_in(tx)
        with monkeypatch.context() as newer:
            newer.setattr(Vault, "seal", lambda self, value, *at: seal(self, with_more(value), *at))
            other = move_in(tx)
    with database.writing() as tx:
        plain, found = read(tx, house), read(tx, other)

    assert found
    assert without_ids(found, other) == without_ids(plain, house)


def without_ids(found: object, house: Household) -> str:
    """Say what was found, without what differs from household to household."""
    said = repr(found)
    named = (house.clinic, house.therapist, house.client, house.invitation, house.note, house.mail)
    for one in (*(each.id for each in named), house.response.line.id, house.webhook.id):
        said = said.replace(one, "-")
    return said
