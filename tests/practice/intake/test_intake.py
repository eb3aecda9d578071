"""Opening links and sending answers, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import update

from assessment.practice.intake.consent import asked_by
from assessment.practice.intake.intake import Intake
from assessment.practice.intake.links import Links
from assessment.practice.intake.submission import NotTaken, Receipt, Refusal, Submission
from assessment.practice.name_search import hashes_of
from assessment.practice.responses.old_protocols import OldProtocols
from assessment.protocols.load import load_protocol
from assessment.records import (
    clients,
    clinics,
    inbox,
    invitations,
    responses,
    tables,
    therapists,
    versions,
)
from assessment.records.database import Database
from assessment.records.ids import InvitationId, ResponseId, new_token
from assessment.records.inbox import Filter
from assessment.records.model import Client, Clinic, Invitation, Therapist
from assessment.records.refusals import Unavailable
from assessment.records.transactions import Transaction
from assessment.screening import Screening
from tests.records.some import (
    VAULT,
    some_client,
    some_clinic,
    some_invitation,
    some_therapist,
)
from tests.web.conftest import SMALL, Clock

SCREENING = Screening(load_protocol(SMALL))
LIBRARY = OldProtocols(SCREENING, SMALL)
WELL = {
    "who": "me", "age": 40, "signs": ["none"], "pain": 4, "where": ["left_calf"],
    "lasted": "weeks", "home": ["hurt"],
}  # fmt: skip
PRESSES = 20


@dataclass(frozen=True, slots=True)
class Scene:
    """A clinic, somebody it invited, and the intake in front of it."""

    database: Database
    clock: Clock
    clinic: Clinic
    therapist: Therapist
    client: Client
    invitation: Invitation
    token: str
    told: list[tuple[str, int, str]]

    @property
    def intake(self) -> Intake:
        return self.made(self.database)

    @property
    def links(self) -> Links:
        return Links(self.database, self.clock)

    def made(self, database: Database) -> Intake:
        """The intake over a database, as one process has it."""
        return Intake(
            database,
            self.clock,
            SCREENING.protocol,
            LIBRARY.keep,
            lambda new: self.told.append((new.clinic, new.urgency, new.response)),
        )

    def submission(self, **changed: object) -> Submission:
        submission = Submission(
            clinic=self.clinic.id,
            invitation=self.invitation.id,
            visit="the token of a visit",
            answers=SCREENING.restore(WELL),
            name="Zoë Fischer",
            birth="1980-05-03",
            message="It began in the garden.",
            agreed=asked_by(self.clinic, carer=False),
        )
        return replace(submission, **changed)  # type: ignore[arg-type]  # any field

    def lines(self) -> int:
        with self.database.reading() as tx:
            return len(inbox.listed(tx, self.clinic.id, Filter(), None, 1000))

    def stored(self) -> Invitation:
        with self.database.reading() as tx:
            found = invitations.get(tx, self.clinic.id, self.invitation.id)
        assert found is not None
        return found

    def write(self, act: Callable[[Transaction], object]) -> None:
        with self.database.writing() as tx:
            act(tx)


@pytest.fixture
def scene(database: Database) -> Scene:
    clock = Clock()
    clinic = some_clinic()
    therapist = some_therapist(clinic.id)
    client = some_client(clinic.id, name="Zoe F.")
    invitation = some_invitation(client, therapist, created_at=int(clock.now))
    token = new_token()
    with database.writing() as tx:
        clinics.add(tx, clinic)
        therapists.add(tx, therapist, None)
        clients.add(tx, client)
        invitations.add(tx, invitation, token)
    return Scene(database, clock, clinic, therapist, client, invitation, token, [])


def refusal(intake: Intake, submission: Submission) -> Refusal:
    with pytest.raises(NotTaken) as caught:
        intake.send(submission)
    return caught.value.refusal


def test_looking_at_a_link_changes_nothing(scene: Scene) -> None:
    link = scene.links.look_at(scene.token)

    assert link is not None
    assert (link.clinic, link.used) == (scene.clinic, False)
    assert scene.stored() == scene.invitation


def test_opening_a_link_is_noted_the_first_time(scene: Scene) -> None:
    opened_at = int(scene.clock.now)
    assert scene.links.open(scene.token) is not None
    scene.clock.now += 60
    assert scene.links.open(scene.token) is not None

    assert scene.stored().opened_at == opened_at


def test_unknown_expired_and_revoked_links_cannot_be_told_apart(scene: Scene) -> None:
    links, clinic, id = scene.links, scene.clinic.id, scene.invitation.id
    assert links.look_at(new_token()) is None
    scene.clock.now = scene.invitation.expires_at
    assert links.look_at(scene.token) is None
    assert links.open(scene.token) is None
    scene.clock.now = scene.invitation.created_at
    scene.write(lambda tx: invitations.revoke(tx, clinic, id, 1))
    assert links.look_at(scene.token) is None
    assert scene.stored().opened_at is None


def test_what_is_sent_is_stored_whole_and_sealed_under_the_invited_client(scene: Scene) -> None:
    receipt = scene.intake.send(scene.submission())

    with scene.database.reading() as tx:
        found = responses.get(tx, scene.clinic.id, receipt.response)
        kept = versions.get(tx, LIBRARY.version)
    assert found is not None
    assert (found.line.client, found.invitation) == (scene.client.id, scene.invitation.id)
    assert found.version == LIBRARY.version
    assert kept is not None
    assert (found.line.recommendation, found.line.urgency) == ("medical_clearance_first", 1)
    assert found.line.complete
    content = found.content
    assert (content.name, content.birth) == ("Zoë Fischer", "1980-05-03")
    assert content.message == "It began in the garden."
    assert "home" not in content.answers
    assert content.answers["pain"] == 4
    assert content.consent.given_at == receipt.sent_at == int(scene.clock.now)
    assert scene.clinic.name in content.consent.text
    assert scene.stored().used_at == receipt.sent_at


def test_a_client_is_found_by_the_name_they_were_invited_by_and_by_their_own(
    scene: Scene,
) -> None:
    scene.intake.send(scene.submission())

    for name in ("zoe", "FISCHER", "f", "Zoë F", "nobody"):
        with scene.database.reading() as tx:
            words = hashes_of(VAULT, scene.clinic.id, name)
            lines = inbox.listed(tx, scene.clinic.id, Filter(words=words), None, 10)
        assert len(lines) == (name != "nobody"), name


def test_a_second_response_does_not_take_away_the_name_of_the_first(scene: Scene) -> None:
    again = some_invitation(scene.client, scene.therapist)
    scene.write(lambda tx: invitations.add(tx, again, new_token()))
    scene.intake.send(scene.submission(name="Quill Berg"))
    scene.intake.send(scene.submission(name="Zoe Fischer", invitation=again.id, visit="another"))

    for name in ("Quill", "Berg", "Zoe", "Fischer"):
        with scene.database.reading() as tx:
            words = hashes_of(VAULT, scene.clinic.id, name)
            lines = inbox.listed(tx, scene.clinic.id, Filter(words=words), None, 10)
        assert len(lines) == 2, name


def test_what_comes_from_a_public_page_makes_a_new_client(scene: Scene) -> None:
    intake = scene.intake
    first = intake.send(scene.submission(invitation=None, visit="one"))
    second = intake.send(scene.submission(invitation=None, visit="two"))

    with scene.database.reading() as tx:
        lines = [responses.line(tx, scene.clinic.id, one.response) for one in (first, second)]
    assert all(line is not None and line.client_name == "Zoë Fischer" for line in lines)
    assert len({line.client for line in lines if line} | {scene.client.id}) == 3
    assert scene.stored().used_at is None


def test_a_second_press_stores_nothing_and_says_the_same(scene: Scene) -> None:
    intake = scene.intake
    for invitation in (scene.invitation.id, None):
        submission = scene.submission(invitation=invitation, visit=f"visit {invitation}")
        first = intake.send(submission)
        scene.clock.now += 5
        private = {**WELL, "home": ["hurt", "rather_not"]}
        for same in (submission, replace(submission, answers=SCREENING.restore(private))):
            assert intake.send(same) == replace(first, is_new=False)
    assert scene.lines() == 2


@pytest.mark.parametrize(
    "changed",
    [
        {"answers": SCREENING.restore({**WELL, "signs": ["chest"]})},
        {"answers": SCREENING.restore({**WELL, "pain": 5})},
        {"answers": SCREENING.restore({**WELL, "home": ["none"]})},  # leads to other advice
        {"name": "Somebody else"},
        {"birth": ""},
        {"message": "It is worse now."},
    ],
)
@pytest.mark.parametrize("is_invited", [True, False])
def test_something_else_in_the_same_walk_is_refused_with_when_the_first_was_sent(
    scene: Scene, changed: dict[str, object], is_invited: bool
) -> None:
    submission = scene.submission() if is_invited else scene.submission(invitation=None)
    first = scene.intake.send(submission)
    scene.clock.now += 60

    with pytest.raises(NotTaken) as caught:
        scene.intake.send(replace(submission, **changed))  # type: ignore[arg-type]  # any field
    assert caught.value.refusal is Refusal.ALREADY_SENT_OTHERWISE
    assert caught.value.sent_at == first.sent_at
    assert scene.lines() == 1


def test_nobody_is_told_that_something_arrived_which_no_key_opens(scene: Scene) -> None:
    scene.intake.send(scene.submission())
    scene.write(lambda tx: tx.connection.execute(update(tables.responses).values(sealed=b"?" * 99)))

    assert refusal(scene.intake, scene.submission()) is Refusal.ALREADY_SENT_OTHERWISE


def test_another_phone_with_the_same_link_is_told_that_it_was_used(scene: Scene) -> None:
    scene.intake.send(scene.submission())

    assert refusal(scene.intake, scene.submission(visit="another")) is Refusal.ALREADY_SENT
    assert scene.lines() == 1
    link = scene.links.look_at(scene.token)
    assert link is not None
    assert link.used


def test_nothing_is_stored_with_a_link_that_was_revoked_meanwhile(scene: Scene) -> None:
    clinic, id = scene.clinic.id, scene.invitation.id
    scene.write(lambda tx: invitations.revoke(tx, clinic, id, 1))

    assert refusal(scene.intake, scene.submission()) is Refusal.LINK_GONE
    assert scene.lines() == 0


def test_nothing_is_stored_for_a_client_who_was_erased_meanwhile(scene: Scene) -> None:
    scene.write(lambda tx: clients.erase(tx, scene.clinic.id, scene.client.id, 1))

    assert refusal(scene.intake, scene.submission()) is Refusal.LINK_GONE
    assert scene.lines() == 0


def test_a_link_that_runs_out_while_somebody_answers_can_still_be_sent_with(
    scene: Scene,
) -> None:
    scene.links.open(scene.token)
    scene.clock.now = scene.invitation.expires_at + 60

    assert scene.intake.send(scene.submission()).is_new


def test_nothing_is_stored_for_a_client_who_is_erased_at_the_same_moment(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = responses.add

    def erased_before(tx: Transaction, *given: object) -> bool:
        clients.erase(tx, scene.clinic.id, scene.client.id, 1)
        return add(tx, *given)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(responses, "add", erased_before)

    assert refusal(scene.intake, scene.submission()) is Refusal.LINK_GONE
    assert scene.lines() == 0


def test_another_clinic_cannot_be_sent_to_with_a_link(scene: Scene) -> None:
    other = some_clinic()
    scene.write(lambda tx: clinics.add(tx, other))

    assert refusal(scene.intake, scene.submission(clinic=other.id)) is Refusal.LINK_GONE
    assert scene.stored().used_at is None


def at_once(presses: list[Callable[[], Receipt]]) -> list[Receipt | Refusal]:
    """Press all of these in the same moment; return what each brought."""
    results: list[Receipt | Refusal] = []
    ready = threading.Barrier(len(presses))

    def press(act: Callable[[], Receipt]) -> None:
        ready.wait(30)
        try:
            results.append(act())
        except NotTaken as refused:
            results.append(refused.refusal)

    threads = [threading.Thread(target=press, args=(act,)) for act in presses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_asvs_2_3_4_of_twenty_phones_with_one_link_one_is_stored(scene: Scene) -> None:
    intake = scene.intake
    results = at_once(
        [
            lambda number=number: intake.send(scene.submission(visit=f"phone {number}"))  # type: ignore[misc]  # mypy knows no lambda with a default
            for number in range(PRESSES)
        ]
    )

    assert len(results) == PRESSES
    assert sum(isinstance(one, Receipt) for one in results) == 1
    assert results.count(Refusal.ALREADY_SENT) == PRESSES - 1
    assert scene.lines() == 1


@pytest.mark.parametrize("is_invited", [True, False])
def test_asvs_2_3_4_of_twenty_presses_on_one_phone_one_is_stored(
    scene: Scene, is_invited: bool
) -> None:
    submission = scene.submission() if is_invited else scene.submission(invitation=None)
    intake = scene.intake
    results = at_once([lambda: intake.send(submission)] * PRESSES)

    receipts = [one for one in results if isinstance(one, Receipt)]
    assert len(receipts) == PRESSES
    assert len({one.response for one in receipts}) == 1
    assert [one.is_new for one in receipts].count(True) == 1
    assert scene.lines() == 1
    with scene.database.reading() as tx:
        words = hashes_of(VAULT, scene.clinic.id, "Fischer")
        found = inbox.listed(tx, scene.clinic.id, Filter(words=words), None, 10)
    assert len(found) == 1


def test_a_send_that_fails_half_way_leaves_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> bool:
        raise Unavailable("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(responses, "add", full)
        for submission in (scene.submission(), scene.submission(invitation=None)):
            with pytest.raises(Unavailable):
                scene.intake.send(submission)
    assert scene.stored() == scene.invitation
    assert scene.lines() == 0
    assert scene.intake.send(scene.submission()).is_new


def test_urgent_responses_are_announced_once(scene: Scene) -> None:
    intake = scene.intake
    urgent = SCREENING.restore({**WELL, "signs": ["numb"]})
    for visit, answers in (("calm", scene.submission().answers), ("urgent", urgent)):
        submission = scene.submission(invitation=None, visit=visit, answers=answers)
        receipt = intake.send(submission)
        intake.announce(receipt)
        intake.announce(intake.send(submission))

    assert scene.told == [(scene.clinic.id, 2, receipt.response)]


def test_mail_that_fails_never_fails_a_send(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    def broken(*_: object) -> None:
        raise OSError("zebrafinch")

    intake = Intake(scene.database, scene.clock, SCREENING.protocol, LIBRARY.keep, broken)
    urgent = SCREENING.restore({**WELL, "signs": ["numb"]})
    intake.announce(intake.send(scene.submission(answers=urgent)))

    assert "OSError" in caplog.text
    assert "zebrafinch" not in caplog.text


def test_nobody_is_told_where_nobody_is_named(scene: Scene) -> None:
    intake = Intake(scene.database, scene.clock, SCREENING.protocol, LIBRARY.keep)
    intake.announce(Receipt(scene.clinic.id, ResponseId("r"), 3, 0, is_new=True, invited=True))


def test_a_clinic_learns_how_far_somebody_got_and_nothing_else(scene: Scene) -> None:
    intake, clinic, id = scene.intake, scene.clinic.id, scene.invitation.id
    intake.tell_progress(clinic, id, SCREENING.restore({"who": "me", "age": 40}))
    half = scene.stored()
    intake.tell_progress(clinic, id, SCREENING.restore(WELL))
    whole = scene.stored()

    assert (half.answered, half.of_about) == (2, 7)
    assert (whole.answered, whole.of_about) == (6, 6)
    assert replace(whole, answered=0, of_about=0) == scene.invitation


def test_a_database_that_is_away_is_left_alone_for_a_while(scene: Scene) -> None:
    tries = []

    class Away:
        def writing(self) -> Transaction:
            tries.append(1)
            raise Unavailable("away")

    intake = Intake(Away(), scene.clock, SCREENING.protocol, LIBRARY.keep)  # type: ignore[arg-type]  # as much of one as is asked
    for seconds in (0, 1, 58, 2):
        scene.clock.now += seconds
        intake.tell_progress(scene.clinic.id, scene.invitation.id, {})

    assert len(tries) == 2


def test_the_therapist_is_named_while_they_are_known(scene: Scene) -> None:
    intake, clinic = scene.intake, scene.clinic.id

    assert intake.therapist_name(clinic, scene.invitation.id) == scene.therapist.name
    assert intake.therapist_name(clinic, InvitationId("none")) is None
    with scene.database.writing() as tx:
        therapists.disable(tx, clinic, scene.therapist.id, 1)
    assert intake.therapist_name(clinic, scene.invitation.id) is None, "they read nothing now"


def test_an_invitation_is_known_to_be_of_the_same_client_as_an_earlier_one(scene: Scene) -> None:
    newer = some_invitation(scene.client, scene.therapist)
    somebody = some_client(scene.clinic.id)
    theirs = some_invitation(somebody, scene.therapist)
    with scene.database.writing() as tx:
        clients.add(tx, somebody)
        for one in (newer, theirs):
            invitations.add(tx, one, new_token())
    links, old = scene.links, scene.invitation.id

    assert links.is_same_client(scene.invitation, old)
    assert links.is_same_client(newer, old)
    assert not links.is_same_client(theirs, old)
    assert not links.is_same_client(newer, InvitationId("none"))
    assert not links.is_same_client(replace(newer, clinic=some_clinic().id), old)


def test_every_word_that_is_sent_is_unreadable_in_the_file(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'clinic.db'}", VAULT)
    database.migrate()
    clinic = some_clinic()
    with database.writing() as tx:
        clinics.add(tx, clinic)
    intake = Intake(database, Clock(), SCREENING.protocol, LIBRARY.keep)
    intake.send(
        Submission(
            clinic=clinic.id,
            invitation=None,
            visit="canaryvisit",
            answers=SCREENING.restore(WELL),
            name="Canaryname",
            birth="1931-07-19",
            message="Canarymessage",
            agreed=asked_by(clinic, carer=False),
        )
    )
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    database.close()

    for word in (
        b"anaryname",
        b"anarymessage",
        b"1931",
        b"canaryvisit",
        b'left_calf":',
        b"to erase",
    ):
        assert word not in stored, word


def test_consent_says_who_gets_it_and_its_mark_stands_for_its_words() -> None:
    clinic = some_clinic(name="Riverside {clinic} Massage", phone="+44 20 7946 0000")
    own, carer = asked_by(clinic, carer=False), asked_by(clinic, carer=True)

    assert "Riverside {clinic} Massage" in own.given(5).text
    assert "+44 20 7946 0000" in own.given(5).text
    assert "someone I care for" in carer.given(5).text
    assert (own.given(5).given_at, own.given(5).version) == (5, own.version)
    renamed = asked_by(replace(clinic, name="Lakeside"), carer=False)
    silent = asked_by(replace(clinic, phone=None), carer=False)
    assert len({own.mark, carer.mark, renamed.mark, silent.mark}) == 4


@pytest.mark.parametrize("carer", [False, True])
def test_consent_says_that_a_connected_system_may_receive_what_is_sent(*, carer: bool) -> None:
    words = asked_by(some_clinic(name="Riverside"), carer=carer).given(5)

    assert words.version == "6"
    assert "If Riverside has connected its booking or record system, that system may" in words.text
    assert "They do not pass it on" not in words.text
    assert "anything else I enter on this page" in words.text, "also what is ticked or chosen"


def test_words_that_no_key_opens_do_not_keep_anybody_from_sending(scene: Scene) -> None:
    with scene.database.writing() as tx:
        for table in (tables.clients, tables.invitations):
            tx.connection.execute(update(table).values(sealed=b"?"))

    assert scene.links.look_at(scene.token) is not None
    assert scene.intake.send(scene.submission()).is_new
