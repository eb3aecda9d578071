"""What is answered, as types: they check it, and the OpenAPI document is made of them."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from assessment.practice.post.stages import Stage
from assessment.records.model import MOST_URGENT, State
from assessment.records.own_questions import Kind

Urgency = Annotated[
    int,
    Field(ge=0, le=MOST_URGENT, description="0 not urgent, 1 see a doctor, 2 today, 3 emergency."),
]

Time = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
"""A time for machines, in the clinic's zone and with its offset."""


class _Answer(BaseModel):
    """What is answered."""

    model_config = ConfigDict(frozen=True)


class InvitationAnswer(_Answer):
    """An invitation, and what became of it."""

    id: str
    client: str = Field(description="The id of the client who was invited.")
    state: Stage
    made_at: Time
    expires_at: Time
    visit_at: Time | None
    name: str
    email: str
    phone: str
    language: str | None
    note: str
    answered: int = Field(description="How many questions the client has answered so far.")
    of_about: int = Field(description="Roughly how many questions there are.")
    response: str | None = Field(
        description="The id of the client's response, once they have sent it."
    )
    link: str | None = Field(
        description="What the client opens. Only given to the call that made it, and to the same "
        "call again while the link works."
    )
    readable: bool = Field(description="False if its words can no longer be read.")


class RevokedAnswer(_Answer):
    """An invitation whose link does not work any more; a key that only revokes reads no names."""

    id: str
    state: Stage


class ClientAnswer(_Answer):
    """Who sent a response."""

    id: str
    name: str


class SecondAdvice(_Answer):
    """What the rules of today say, where they are stricter than those that were answered."""

    urgency: Urgency
    recommendation: str


class ArrivalAnswer(_Answer):
    """One response in the list. What is `altered` was changed in the database by somebody else."""

    id: str
    client: ClientAnswer
    received_at: Time
    state: State
    urgency: Urgency
    recommendation: str
    complete: bool
    readable: bool
    altered: bool
    decided_again: SecondAdvice | None


class ArrivalsAnswer(_Answer):
    """Responses in the order in which they came in."""

    responses: tuple[ArrivalAnswer, ...]
    next: str = Field(description="What to send as `after` next time, even if nothing came in.")
    more: bool = Field(description="Whether there are more to fetch now.")


class BornClient(ClientAnswer):
    """Who sent a response, with what they wrote there; `born` is YYYY-MM-DD, or empty."""

    born: str
    phone: str | None = Field(
        None, description="The client's own number, if they sent it without an invitation."
    )


class ConsentAnswer(_Answer):
    """What the client agreed to."""

    version: str
    text: str
    given_at: Time
    signed_by: str = Field(description="The name that was typed; empty where none was asked for.")
    guardian: bool = Field(description="Whether a parent or guardian signed.")
    text_sha256: str


class DecidedAgain(SecondAdvice):
    """A decision by the rules of another version."""

    made_at: Time
    version: str
    decision: dict[str, JsonValue]
    unknown: tuple[str, ...]
    readable: bool


class NoteAnswer(_Answer):
    """What somebody of the clinic wrote or did about it."""

    made_at: Time
    by: str
    account: str
    kind: str
    text: str
    readable: bool


class OwnAnswerAnswer(_Answer):
    """What was answered to a question of the clinic's own, in the words of that day."""

    id: str
    kind: Kind
    question: str
    answers: tuple[str, ...]


class ActivityAnswer(_Answer):
    """Something that is hard, in the client's words: 0 is not at all, 10 as well as before."""

    activity: str
    score: int | None


class MeasuresAnswer(_Answer):
    """Pain in the last 24 hours from 0 to 10, and activities; `follows` is the response before."""

    pain: int | None
    activities: tuple[ActivityAnswer, ...]
    follows: str | None = None


class ResponseAnswer(_Answer):
    """One response with everything that it says; without its words where it is not `readable`."""

    id: str
    received_at: Time
    state: State
    urgency: Urgency
    recommendation: str
    complete: bool
    readable: bool
    altered: bool
    version: str | None = None
    client: BornClient | None = None
    ages_contradict: bool | None = None
    message: str | None = None
    consent: ConsentAnswer | None = None
    consent_withdrawn_at: Time | None = Field(
        None, description="Present if the client took back their consent: stop using the response."
    )
    answers: dict[str, JsonValue] | None = None
    confirmed: dict[str, Time] | None = Field(
        None,
        description="Answers that were only confirmed this time, with when they were first told.",
    )
    own_questions: tuple[OwnAnswerAnswer, ...] | None = Field(
        None, description="The clinic's own questions. No rule reads them."
    )
    measures: MeasuresAnswer | None = Field(
        None, description="Pain and activities, where the clinic asks. No rule reads them."
    )
    decision: dict[str, JsonValue] | None = Field(
        None, description="As `assessment decide` prints it."
    )
    decided_again: DecidedAgain | None = None
    also_decided_again: tuple[DecidedAgain, ...] | None = None
    notes: tuple[NoteAnswer, ...]
