"""Every address of the API, in one table: who may call it, what is sent, what is answered.

The application is made of it, and so is the OpenAPI document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from assessment.practice.practice import Practice
from assessment.records.acts import Act
from assessment.records.keys import Scope
from assessment.web.api.answer_models import (
    ArrivalsAnswer,
    InvitationAnswer,
    ResponseAnswer,
    RevokedAnswer,
)
from assessment.web.api.guard import View
from assessment.web.api.invitations import InvitationCalls
from assessment.web.api.request_models import NewInvitation, Since
from assessment.web.api.responses import ResponseCalls
from assessment.web.server.settings import Settings

HOME = "/api/v1"
PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Operation:
    """One address, and the scope that a key needs for it: `view(caller, **args)`.

    `takes` is the type of the body, `query` of the parameters. `answers` are the types by status,
    or the kind of file; `problems` are the statuses beside those that every address has.
    `repeats`: it takes an Idempotency-Key. `shows` is what the audit log is told before the answer
    is given; None where the view tells it by itself.
    """

    method: Literal["GET", "POST"]
    path: str
    view: View
    scope: Scope
    summary: str
    answers: Mapping[int, type[BaseModel] | str]
    shows: Act | None
    problems: tuple[int, ...] = ()
    takes: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    repeats: bool = False

    @property
    def name(self) -> str:
        """The name of its view, such as `InvitationCalls_make`."""
        return self.view.__qualname__.replace(".", "_")


def operations(
    practice: Practice, settings: Settings, clock: Callable[[], float]
) -> tuple[Operation, ...]:
    """Return the table."""
    return (*_invitations(InvitationCalls(practice, settings)), *_responses(practice, clock))


def _invitations(calls: InvitationCalls) -> tuple[Operation, ...]:
    home = f"{HOME}/invitations"
    one = f"{home}/<invitation_id>"
    told = {200: InvitationAnswer}
    return (
        Operation(
            "POST", home, calls.make, Scope.WRITE_INVITATIONS, "Make an invitation",
            {201: InvitationAnswer, **told}, None, (400, 409, 413, 415, 422),
            takes=NewInvitation, repeats=True,
        ),
        Operation(
            "GET", one, calls.one, Scope.READ_INVITATIONS, "Read an invitation", told,
            Act.INVITATION_READ, (404,),
        ),
        Operation(
            "POST", f"{one}/revoke", calls.revoke, Scope.WRITE_INVITATIONS, "Revoke an invitation",
            {200: RevokedAnswer}, Act.INVITATION_READ, (404, 409),
        ),
    )  # fmt: skip


def _responses(practice: Practice, clock: Callable[[], float]) -> tuple[Operation, ...]:
    calls = ResponseCalls(practice, clock)
    home = f"{HOME}/responses"
    one = f"{home}/<response_id>"
    return (
        Operation(
            "GET", home, calls.listed, Scope.READ_RESPONSES, "List responses as they came in",
            {200: ArrivalsAnswer}, None, (409, 422), query=Since,
        ),
        Operation(
            "GET", one, calls.one, Scope.READ_RESPONSES, "Fetch a response", {200: ResponseAnswer},
            Act.RESPONSE_READ, (404,),
        ),
        Operation(
            "GET", f"{one}/pdf", calls.pdf, Scope.READ_RESPONSES, "Fetch a response as PDF",
            {200: PDF}, Act.RESPONSE_EXPORTED, (404,),
        ),
    )  # fmt: skip
