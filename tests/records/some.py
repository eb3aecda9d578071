"""Some clinics, staff, clients and what they sent, each with a word that is found nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import update

from assessment.records import (
    clients,
    clinics,
    deliveries,
    invitations,
    keys,
    measures,
    notes,
    outbox,
    own_answers,
    own_questions,
    responses,
    return_codes,
    sessions,
    therapists,
    versions,
    webhooks,
    withdrawals,
)
from assessment.records.deliveries import Delivery
from assessment.records.ids import (
    ClientId,
    ClinicId,
    DeliveryId,
    InvitationId,
    MailId,
    NoteId,
    ResponseId,
    TherapistId,
    WebhookId,
    new_id,
)
from assessment.records.keys import ApiKey, Scope
from assessment.records.measures import Activity, Measured
from assessment.records.model import (
    Client,
    Clinic,
    Consent,
    Content,
    Envelope,
    Invitation,
    Line,
    Mail,
    MailKind,
    Note,
    NoteKind,
    Response,
    StaffSession,
    State,
    Therapist,
)
from assessment.records.own_answers import OwnAnswer
from assessment.records.own_questions import Kind, OwnQuestion, OwnQuestions
from assessment.records.tables import at
from assessment.records.tables import therapists as therapists_table
from assessment.records.transactions import Transaction
from assessment.records.vault import Vault
from assessment.records.webhooks import Webhook

KEY = bytes(range(32))
VAULT = Vault([KEY])
NOW = 1_800_000_000
VERSION = "rules-wording"
MEASURED = Measured(
    6, (Activity("To climb stairs: canarystairs", 3), Activity("Sleep", None)), "the one before"
)
OWN = OwnQuestion("goal", Kind.TEXT, "What would you like from your visit?")
OWN_ANSWER = OwnAnswer(OWN.id, OWN.kind, OWN.words, ("To sleep again: canarygoal",))


def some_clinic(**chosen: Any) -> Clinic:
    id = ClinicId(new_id())
    clinic = Clinic(
        id=id,
        slug=f"slug-{id}",
        name="Riverside Massage",
        phone="+44 20 7946 0000",
        booking_url="https://clinic.example/book",
        accent="#0b6e63",
        emergency_numbers="112 Europe",
        same_day_numbers="111 UK",
        language="en",
        invitation_days=7,
        logo_type=None,
        revision=1,
        created_at=NOW,
        country="GB",
        time_zone="Europe/London",
    )
    return replace(clinic, **chosen)


def some_therapist(clinic: ClinicId, **chosen: Any) -> Therapist:
    id = TherapistId(new_id())
    therapist = Therapist(
        id=id,
        clinic=clinic,
        email=f"{id}@clinic.example",
        name="Ada Ærlig",
        is_owner=True,
        urgent_mail=False,
        created_at=NOW,
        disabled_at=None,
    )
    return replace(therapist, **chosen)


def some_session(therapist: Therapist, **chosen: Any) -> StaffSession:
    session = StaffSession(
        id=new_id(),
        clinic=therapist.clinic,
        therapist=therapist.id,
        csrf=new_id(),
        created_at=NOW,
        used_at=NOW,
        confirmed_at=NOW,
        browser="Firefox on Linux",
    )
    return replace(session, **chosen)


def some_client(clinic: ClinicId, **chosen: Any) -> Client:
    client = Client(ClientId(new_id()), clinic, "Zoë Canaryname", "zoe@canarymail.example", NOW)
    return replace(client, **chosen)


def some_invitation(client: Client, therapist: Therapist, **chosen: Any) -> Invitation:
    invitation = Invitation(
        id=InvitationId(new_id()),
        clinic=client.clinic,
        client=client.id,
        therapist=therapist.id,
        created_at=NOW,
        expires_at=NOW + 7 * 86400,
        name="Zoë Canaryinvited",
        email="zoe@canaryinvited.example",
        note="Canarynote: call before ten",
    )
    return replace(invitation, **chosen)


def some_content(**chosen: Any) -> Content:
    content = Content(
        answers={"pain": 7, "areas": ["left_calf", "canaryanswer"], "knot": "not_sure"},
        decision={"recommendation": "self_care", "because": ["canaryreason"], "urgent": False},
        name="Zoë Canarysender",
        birth="1980-02-29",
        message="Canarymessage \U0001f9b5\nline two\t\0 and half of a pair \ud83e",
        consent=Consent("3", "I agree that Canaryconsent reads this.", NOW - 5),
    )
    return replace(content, **chosen)


def some_line(client: ClientId, **chosen: Any) -> Line:
    line = Line(
        id=ResponseId(new_id()),
        client=client,
        client_name="Zoë Canaryname",
        urgency=1,
        recommendation="medical_clearance_first",
        complete=True,
        state=State.NEW,
        received_at=NOW,
        read_at=None,
    )
    return replace(line, **chosen)


def some_response(
    client: ClientId,
    invitation: InvitationId | None = None,
    **chosen: Any,
) -> Response:
    return Response(some_line(client, **chosen), invitation, VERSION, some_content())


def some_mail(invitation: Invitation, **chosen: Any) -> Mail:
    id = MailId(new_id())
    mail = Mail(id, invitation.clinic, invitation.id, MailKind.REMINDER, NOW, NOW + 86400)
    return replace(mail, **chosen)


ENVELOPE = Envelope("zoe@canarymail.example", "https://clinic.example/i/canarylink")


def some_note(response: ResponseId, therapist: Therapist, **chosen: Any) -> Note:
    note = Note(
        id=NoteId(new_id()),
        response=response,
        therapist=therapist.id,
        author_name="Ada Canaryauthor",
        account="ada@canaryaccount.example",
        created_at=NOW,
        kind=NoteKind.NOTE,
        text="Canarytext: ask about the calf",
    )
    return replace(note, **chosen)


@dataclass(frozen=True, slots=True)
class Household:
    """One of everything in one clinic, and the secrets that go with it."""

    clinic: Clinic
    therapist: Therapist
    session: StaffSession
    client: Client
    invitation: Invitation
    response: Response
    note: Note
    mail: Mail
    word: str
    send_key: str
    key: ApiKey
    webhook: Webhook
    delivery: Delivery

    @property
    def id(self) -> ClinicId:
        return self.clinic.id


def some_key(therapist: Therapist) -> ApiKey:
    return ApiKey(
        new_id(), therapist.clinic, therapist.id, "Bookings", frozenset({Scope.READ_RESPONSES}), NOW
    )


def move_in(tx: Transaction) -> Household:
    """Write one of everything."""
    clinic = some_clinic()
    therapist = some_therapist(clinic.id)
    client = some_client(clinic.id)
    invitation = some_invitation(client, therapist)
    response = some_response(client.id, invitation.id)
    webhook = Webhook(
        clinic.id, WebhookId(new_id()), NOW, "https://hooks.example/canaryhook", "whsec_canarykey",
        with_urgency=True,
    )  # fmt: skip
    delivery = Delivery(
        clinic.id, DeliveryId(new_id()), webhook.id, "response.received", NOW, NOW,
        invitation=invitation.id, response=response.line.id,
    )  # fmt: skip
    house = Household(
        clinic,
        therapist,
        some_session(therapist),
        client,
        invitation,
        response,
        some_note(response.line.id, therapist),
        some_mail(invitation),
        tx.vault.search_hash(clinic.id, "canaryname"),
        new_id(),
        some_key(therapist),
        webhook,
        delivery,
    )
    clinics.add(tx, clinic)
    therapists.add(tx, therapist, "hash of a password")
    sessions.add(tx, f"session {house.session.id}", house.session, NOW + 3600)
    clients.add(tx, client)
    clients.set_words(tx, clinic.id, client.id, [house.word])
    invitations.add(tx, invitation, f"link {invitation.id}")
    assert responses.add(tx, clinic.id, response, house.send_key)
    notes.add(tx, clinic.id, house.note)
    outbox.add(tx, house.mail, ENVELOPE)
    keys.add(tx, house.key, f"key {house.key.id}")
    webhooks.add(tx, webhook)
    deliveries.add(tx, delivery, {"data": "canarydata"})
    assert withdrawals.add(tx, clinic.id, response.line.id, NOW)
    own_questions.put(tx, clinic.id, OwnQuestions((OWN,)))
    own_answers.add(tx, clinic.id, response.line.id, [OWN_ANSWER])
    measures.add(tx, clinic.id, response.line.id, MEASURED)
    assert return_codes.put(tx, clinic.id, invitation.id, "012345", NOW + 600)
    versions.keep(tx, VERSION, "muscle_pain", {"rules.yaml": "rules: []\n"})
    return house


def disable(tx: Transaction, therapist: Therapist, now: int) -> None:
    """Disable a therapist, as an operator does in the database."""
    tx.connection.execute(
        update(therapists_table)
        .where(at(therapists_table, therapist.clinic, therapist.id))
        .values(disabled_at=now)
    )
