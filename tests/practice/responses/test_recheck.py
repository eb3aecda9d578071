"""After a withdrawal, what was sent under the old version is decided again, and stays as it is."""

from __future__ import annotations

from csv import DictReader
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import select, update

from assessment.exports.dates import UTC
from assessment.practice.intake.intake import Intake
from assessment.practice.responses import recheck as module
from assessment.practice.responses.downloads import Format, file_of
from assessment.practice.responses.inbox import Inbox
from assessment.practice.responses.old_protocols import OldProtocols
from assessment.practice.responses.phrases import warnings
from assessment.practice.responses.printout import sheet_of
from assessment.practice.responses.recheck import Counts, Rechecker
from assessment.practice.responses.summary import Summary
from assessment.practice.responses.wanted import Wanted
from assessment.practice.staff.accounts import SignedIn
from assessment.records import tables
from assessment.records.database import Database
from assessment.records.ids import ResponseId
from assessment.records.model import NoteKind, State
from assessment.records.refusals import Unavailable
from assessment.screening import Screening
from tests import tiny
from tests.practice.responses.test_inbox import works_there
from tests.practice.sending import send
from tests.web.conftest import Clock

REST = {"flag": "absent", "signs": ["none"], "pain": 8, "duration": "weeks"}
MILD = {**REST, "pain": 2}
RED: dict[str, object] = {"flag": "red"}
WITHDRAWS = tiny.PROTOCOL.replace('version: "1"', 'version: "2"\nwithdraws: "1"')
STRICTER = (
    tiny.RULES
    + "  - {id: bad, when: {pain: {at_least: 8}}, recommend: urgent_medical,"
    + " because: The pain is bad., if_unsure: urgent_medical, evidence: [T1]}\n"
)

NOTED = """precautions:
  - {id: bad, when: {pain: {at_least: 8}}, limits: [no_massage], therapist: Not with such pain.,
     evidence: [T1]}
"""
ONCE_MORE = STRICTER.replace("The pain is bad.", "The pain is very bad.")
MILD_AGAIN = tiny.RULES.replace("You told us of no sign.", "You told us of none.")


@dataclass
class Scene:
    """A clinic with responses to a version with a fault, and what decides them again."""

    database: Database
    clock: Clock
    folder: Path
    who: SignedIn
    other: SignedIn
    before: Screening

    def send(self, answers: dict[str, object], to: SignedIn | None = None) -> ResponseId:
        self.clock.now += 60
        library = OldProtocols(self.before, self.folder / "before")
        intake = Intake(self.database, self.clock, self.before.protocol, library.keep)
        return send(intake, (to or self.who).clinic, self.before, answers, name="Zoe Fischer")

    def newer(self, rules: str, **files: str) -> tuple[Rechecker, Inbox]:
        """Return both sides with a version after that, which withdraws the first one as well."""
        third = tiny.PROTOCOL.replace('version: "1"', 'version: "3"\nwithdraws: "1"')
        return self.today(protocol=third, rules=rules, **files)

    def summary(self, inbox: Inbox, response: ResponseId) -> Summary:
        opened = inbox.response(self.who, response)
        assert opened is not None
        assert opened.summary is not None
        return opened.summary

    def today(self, **files: str) -> tuple[Rechecker, Inbox]:
        """Return both sides as they are with another protocol served."""
        self.clock.now += 60
        place = self.folder / f"after{self.clock.now}"
        place.mkdir()
        given = {"protocol": WITHDRAWS, "rules": STRICTER, **files}
        served = Screening(tiny.load(place, **given))
        library = OldProtocols(served, place)
        rechecker = Rechecker(self.database, self.clock, served, library)
        return rechecker, Inbox(self.database, self.clock, library)

    def rows(self, table: str = "rechecks") -> list[tuple[object, ...]]:
        with self.database.reading() as tx:
            found = tx.connection.execute(select(tables.metadata.tables[table]))
            return sorted((tuple(row) for row in found), key=repr)


@pytest.fixture
def scene(database: Database, tmp_path: Path) -> Scene:
    (tmp_path / "before").mkdir()
    before = Screening(tiny.load(tmp_path / "before"))
    who, other = (works_there(database, name=name) for name in ("Riverside", "Hillside"))
    return Scene(database, Clock(), tmp_path, who, other, before)


def ids(inbox: Inbox, who: SignedIn, wanted: Wanted = Wanted()) -> list[ResponseId]:  # noqa: B008  frozen
    return [line.id for line in inbox.listed(who, wanted).lines]


def test_what_is_more_urgent_today_heads_the_inbox_with_both_advices(scene: Scene) -> None:
    red, bad, mild = scene.send(RED), scene.send(REST), scene.send(MILD)
    rechecker, inbox = scene.today()
    inbox.note(scene.who, bad, NoteKind.REVIEWED)
    scene.clock.now += 60
    assert ids(inbox, scene.who) == [red, mild]
    assert inbox.unread_urgent(scene.who) == 1

    assert rechecker.run() == Counts(decided=3, raised={scene.who.clinic.id: 1})

    assert ids(inbox, scene.who) == [bad, red, mild], "though it was reviewed on its day"
    assert ids(inbox, scene.who, Wanted(State.CONTACTED)) == [bad], "whatever is looked for"
    assert inbox.unread_urgent(scene.who) == 2
    opened = inbox.response(scene.who, bad)
    assert opened is not None
    assert opened.summary is not None
    summary = opened.summary
    assert (summary.urgency, summary.verdict.words) == ("Urgent: today", "No massage today")
    assert summary.verdict.then == "They were told something less urgent: contact them."
    assert [one.words for one in summary.reasons] == ["The pain is bad."]
    assert [one.words for one in summary.others] == ["You told us of no sign."]
    [both] = warnings(summary)
    assert "version 1) had a fault" in both
    assert "version 2): Urgent: today. Urgent medical." in both
    assert "They were told: Not urgent. Self care." in both
    assert summary.decided.urgency == 0, "what was decided on the day is still there"


def test_every_file_of_it_tells_of_both(scene: Scene) -> None:
    bad = scene.send(REST)
    rechecker, inbox = scene.today()
    rechecker.run()
    opened = inbox.response(scene.who, bad)
    assert opened is not None

    csv, json = (
        file_of(one, [opened], scene.who.clinic, int(scene.clock.now)).decode()
        for one in (Format.CSV, Format.JSON)
    )
    assert "They were told: Not urgent" in csv
    [row] = DictReader(StringIO(csv.removeprefix("\ufeff")))
    of_the_day = ("urgency", "recommendation", "verdict", "reasons", "protocol_version")
    assert [row[name] for name in of_the_day] == [
        "0", "Self care", "No massage needed now", "You told us of no sign.", "1",
    ]  # fmt: skip
    assert [row[f"again_{name}"] for name in of_the_day] == [
        "2", "Urgent medical", "No massage today", "The pain is bad.", "2",
    ]  # fmt: skip
    assert row["again_rules_hash"] != row["rules_hash"]
    assert '"decided_again"' in json
    assert '"recommendation": "self_care"' in json


def test_nothing_that_was_sent_is_changed_and_a_second_run_does_nothing(scene: Scene) -> None:
    scene.send(RED), scene.send(REST), scene.send(MILD)
    rechecker, _ = scene.today()
    before = scene.rows("responses")

    assert rechecker.run(dry=True) == Counts(decided=3, raised={scene.who.clinic.id: 1})
    assert scene.rows() == []
    rechecker.run()
    kept = scene.rows()
    assert len(kept) == 3
    scene.clock.now += 60
    assert rechecker.run() == Counts()
    assert scene.rows() == kept
    assert scene.rows("responses") == before


def test_a_run_that_stops_half_way_goes_on_where_it_stopped(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        scene.send(REST)
    rechecker, _ = scene.today()
    monkeypatch.setattr(module, "AT_ONCE", 2)
    decide, calls = rechecker.decide, []

    def stops(*given: object) -> object:
        calls.append(given)
        if len(calls) == 4:
            raise Unavailable("away")
        return decide(*given)  # type: ignore[arg-type]  # as they came

    monkeypatch.setattr(rechecker, "decide", stops)
    with pytest.raises(Unavailable):
        rechecker.run()
    assert len(scene.rows()) == 2, "what was begun is undone, what was done stays"
    assert rechecker.run() == Counts(decided=3, raised={scene.who.clinic.id: 3})
    assert len(scene.rows()) == 5


def test_it_stands_first_until_somebody_has_seen_to_it(scene: Scene) -> None:
    bad, mild = scene.send(REST), scene.send(MILD)
    rechecker, inbox = scene.today()
    inbox.note(scene.who, bad, NoteKind.REVIEWED)
    scene.clock.now += 60
    rechecker.run()
    scene.clock.now += 60
    inbox.note(scene.who, bad, NoteKind.NOTE, "Rang, nobody there.")
    assert ids(inbox, scene.who) == [bad, mild]
    inbox.note(scene.who, bad, NoteKind.REVIEWED)

    assert ids(inbox, scene.who) == [mild]
    assert inbox.unread_urgent(scene.who) == 0
    opened = inbox.response(scene.who, bad)
    assert opened is not None
    assert opened.line.state is State.REVIEWED
    assert opened.summary is not None
    assert opened.summary.verdict.words == "No massage today", "it stays as urgent as it is"


def test_what_does_not_carry_over_counts_as_not_sure(scene: Scene) -> None:
    mild = scene.send(MILD)
    rechecker, inbox = scene.today(questions=tiny.QUESTIONS.replace("How bad is it?", "How bad?"))

    assert rechecker.run() == Counts(decided=1, raised={scene.who.clinic.id: 1})
    opened = inbox.response(scene.who, mild)
    assert opened is not None
    assert opened.summary is not None
    assert opened.summary.urgency == "Urgent: today"
    assert (
        "Not asked in today's words, so counted as “not sure”: Pain." in warnings(opened.summary)[0]
    )
    assert [one.words for one in opened.summary.reasons] == ["Not asked in today's words: Pain."]
    sheet = sheet_of(opened, UTC)
    [why] = [block for block in sheet.summary if block.heading.startswith("Why")]
    assert why.heading == "Why, by the rules of today: the client has not read this"


@pytest.mark.parametrize(("answers", "urgency"), [(MILD, 1), (REST, 2)])
def test_without_not_sure_care_comes_first_and_what_is_certain_counts(
    scene: Scene, answers: dict[str, object], urgency: int
) -> None:
    response = scene.send(answers)
    head, tail = tiny.QUESTIONS.split("- id: signs")
    tail = tail.replace("Which of these?", "Which?").replace("  not_sure: true\n", "", 1)
    rechecker, inbox = scene.today(questions=f"{head}- id: signs{tail}")
    rechecker.run()
    opened = inbox.response(scene.who, response)
    assert opened is not None
    assert opened.summary is not None
    summary = opened.summary
    assert summary.level == urgency
    second = summary.again
    assert second is not None
    says = {1: "Ask a doctor first.", 2: "See a doctor today."}
    does = {1: "Ask.", 2: "See one."}
    assert (second.decided.headline, second.decided.do_now) == (says[urgency], (does[urgency],))
    why = [one.words for one in summary.reasons]
    assert why == ([] if urgency == 1 else ["The pain is bad."])
    assert second.decided.fail_safe is (urgency == 1)


def test_of_a_version_that_is_lost_no_answer_counts(scene: Scene) -> None:
    scene.send(MILD)
    with scene.database.writing() as tx:
        tx.connection.execute(update(tables.versions).values(files="{}"))
    rechecker, _ = scene.today()

    assert rechecker.run() == Counts(decided=1, raised={scene.who.clinic.id: 1})


@pytest.mark.parametrize("change", [('withdraws: "1"', 'withdraws: "0"'), ("id: tiny", "id: t")])
def test_only_withdrawn_versions_of_the_same_protocol_are_decided_again(
    scene: Scene, change: tuple[str, str]
) -> None:
    scene.send(REST)
    rechecker, _ = scene.today(protocol=WITHDRAWS.replace(*change))

    assert rechecker.run() == Counts(others=1 if change[0] == "id: tiny" else 0), "and it is told"
    assert scene.rows() == []


def test_a_clinic_sees_what_was_decided_again_of_its_own(scene: Scene) -> None:
    mine, theirs = scene.send(REST), scene.send(REST, scene.other)
    rechecker, inbox = scene.today()
    rechecker.run()

    assert ids(inbox, scene.who) == [mine]
    assert ids(inbox, scene.other) == [theirs]
    assert inbox.erase_response(scene.who, mine)
    assert len(scene.rows()) == 1, "it goes with its response"


def test_a_second_advice_that_somebody_changed_counts_as_an_emergency(scene: Scene) -> None:
    bad = scene.send(REST)
    rechecker, inbox = scene.today()
    rechecker.run()
    with scene.database.writing() as tx:
        tx.connection.execute(update(tables.rechecks).values(urgency=1))

    opened = inbox.response(scene.who, bad)
    assert opened is not None
    assert opened.summary is not None
    assert opened.summary.level == 3


def test_what_was_sent_that_cannot_be_read_is_counted(scene: Scene) -> None:
    scene.send(REST)
    with scene.database.writing() as tx:
        tx.connection.execute(update(tables.responses).values(sealed=b"x"))
    rechecker, _ = scene.today()

    assert rechecker.run() == Counts(unreadable=1)


def test_a_new_limit_alone_is_stricter_and_is_shown(scene: Scene) -> None:
    response, mild = scene.send(REST), scene.send(MILD)
    rechecker, inbox = scene.today(rules=tiny.RULES + NOTED)
    inbox.note(scene.who, response, NoteKind.REVIEWED)
    assert rechecker.run() == Counts(decided=2, raised={scene.who.clinic.id: 1})

    assert ids(inbox, scene.who) == [response, mild]
    summary = scene.summary(inbox, response)
    assert summary.verdict.then == "They were told something less strict: contact them."
    assert [one.heading for one in summary.limited] == ["No massage for now"]
    assert summary.limited[0].cautions[0].says == "Not with such pain."
    assert "New: No massage for now." in warnings(summary)[0]
    assert not summary.nothing_to_mind
    assert summary.tone == 1
    assert scene.summary(inbox, mild).again is None


def test_less_pressure_at_equal_urgency_is_stricter(scene: Scene) -> None:
    response = scene.send({**REST, "signs": ["a"], "more": "lots"})
    rest = tiny.RULES.replace("recommend: certified_therapist", "recommend: self_care")
    rechecker, inbox = scene.today(rules=rest)
    rechecker.run()

    summary = scene.summary(inbox, response)
    assert summary.verdict.words == "No massage needed now"
    assert "They were told: Not urgent. Certified therapist." in warnings(summary)[0]


def test_a_more_urgent_advice_shows_the_precautions_of_both_days(scene: Scene) -> None:
    scene.before = Screening(
        tiny.load(
            scene.folder / "before",
            rules=tiny.RULES + NOTED.replace("no_massage", "no_heat").replace("Not with", "Cool"),
        )
    )
    response = scene.send(REST)
    rechecker, inbox = scene.today(rules=STRICTER + NOTED)
    rechecker.run()

    summary = scene.summary(inbox, response)
    assert [one.heading for one in summary.limited] == ["No massage for now", "No heat"]
    of_today, of_then = (one.cautions[0] for one in summary.limited)
    assert of_today.because == "", "no cause is given that is not known"
    assert "8" in of_then.because


def test_a_newer_milder_advice_hides_no_urgent_one_that_nobody_has_seen_to(scene: Scene) -> None:
    bad, mild = scene.send(REST), scene.send(MILD)
    rechecker, inbox = scene.today()
    inbox.note(scene.who, bad, NoteKind.REVIEWED)
    rechecker.run()
    newer, inbox = scene.newer(MILD_AGAIN)
    assert newer.run() == Counts(decided=2)

    assert ids(inbox, scene.who) == [bad, mild]
    summary = scene.summary(inbox, bad)
    assert (summary.level, summary.recommended) == (2, "Urgent medical")
    assert [one.words for one in summary.reasons] == ["The pain is bad."]
    [both] = warnings(summary)
    assert "(version 2): Urgent: today. Urgent medical." in both
    assert "(version 3): Not urgent. Self care." in both
    opened = inbox.response(scene.who, bad)
    assert opened is not None
    json = file_of(Format.JSON, [opened], scene.who.clinic, int(scene.clock.now)).decode()
    assert '"also_decided_again"' in json

    inbox.note(scene.who, bad, NoteKind.CONTACTED)
    assert ids(inbox, scene.who) == [mild]
    assert scene.summary(inbox, bad).again is None, "then the newest counts"


@pytest.mark.parametrize("ahead", [-1_000_000, 1_000_000])
def test_whatever_the_clock_said_it_can_be_closed_and_the_last_one_is_the_newest(
    scene: Scene, ahead: int
) -> None:
    bad = scene.send(REST)
    rechecker, inbox = scene.today()
    now = scene.clock.now
    scene.clock.now = now + ahead
    rechecker.run()
    scene.clock.now = now
    assert ids(inbox, scene.who) == [bad]
    inbox.note(scene.who, bad, NoteKind.REVIEWED)

    assert ids(inbox, scene.who) == []
    assert inbox.unread_urgent(scene.who) == 0
    newer, inbox = scene.newer(MILD_AGAIN)
    newer.run()
    assert scene.summary(inbox, bad).again is None


def test_what_was_seen_to_comes_back_only_when_it_is_graver(scene: Scene) -> None:
    bad = scene.send(REST)
    rechecker, inbox = scene.today()
    rechecker.run()
    inbox.note(scene.who, bad, NoteKind.CONTACTED)
    same, inbox = scene.newer(ONCE_MORE)
    assert same.run() == Counts(decided=1), "the advice is the same"
    assert ids(inbox, scene.who) == []
    assert scene.summary(inbox, bad).level == 2, "it is as urgent as before"

    graver, inbox = scene.newer(ONCE_MORE + NOTED)
    assert graver.run() == Counts(decided=1, raised={scene.who.clinic.id: 1})
    assert ids(inbox, scene.who) == [bad]


@pytest.mark.parametrize(
    "change",
    [{"urgency": 0}, {"raised": False}, {"seen_to": "note"}, {"raised": False, "mac": None}],
)
def test_a_changed_second_advice_stands_first_until_somebody_has_seen_to_it(
    scene: Scene, change: dict[str, object]
) -> None:
    bad, red = scene.send(REST), scene.send(RED)
    rechecker, inbox = scene.today()
    inbox.note(scene.who, bad, NoteKind.REVIEWED)
    rechecker.run()
    mine = tables.rechecks.c.id == bad
    with scene.database.writing() as tx:
        tx.connection.execute(update(tables.rechecks).where(mine).values(**change))

    assert ids(inbox, scene.who) == [bad, red]
    assert inbox.unread_urgent(scene.who) == 2
    assert scene.summary(inbox, bad).level == 3
    inbox.note(scene.who, bad, NoteKind.REVIEWED)
    assert ids(inbox, scene.who) == [red]
    assert scene.summary(inbox, bad).level == 2, "it says again what was decided"


def test_a_second_advice_that_cannot_be_read_is_no_fact(scene: Scene) -> None:
    bad = scene.send(REST)
    rechecker, inbox = scene.today()
    rechecker.run()
    with scene.database.writing() as tx:
        tx.connection.execute(update(tables.rechecks).values(sealed=b"x"))

    summary = scene.summary(inbox, bad)
    says = "The second decision cannot be read: open the answers"
    assert summary.recommended == says
    assert (summary.verdict.words, summary.verdict.then) == ("No massage yet", f"{says}.")
    assert summary.reasons == ()
    assert says in warnings(summary)[0]
    assert "Urgent medical" not in warnings(summary)[0]
    opened = inbox.response(scene.who, bad)
    assert opened is not None
    csv, json = (
        file_of(one, [opened], scene.who.clinic, int(scene.clock.now)).decode()
        for one in (Format.CSV, Format.JSON)
    )
    assert says in csv
    assert '"readable": false' in json


@pytest.mark.parametrize("limits", ["", NOTED.replace("{pain: {at_least: 8}}", "{flag: amber}")])
def test_no_private_reason_is_claimed_that_nobody_gave(scene: Scene, limits: str) -> None:
    response = scene.send(MILD)
    private = tiny.QUESTIONS.replace("  ask: Is there a flag?", "  private: true\n  ask: A flag?")
    rechecker, inbox = scene.today(questions=private, rules=tiny.RULES + limits)
    rechecker.run()

    summary = scene.summary(inbox, response)
    assert summary.level == 2, "it may be so, and counts"
    second = summary.again
    assert second is not None
    assert not second.decided.private_reason
    assert second.decided.private_limits == ()
    assert [one.words for one in summary.reasons] == ["A private question could not be checked."]
    assert "A private question could not be checked." in warnings(summary)[0]
    opened = inbox.response(scene.who, response)
    assert opened is not None
    json = file_of(Format.JSON, [opened], scene.who.clinic, int(scene.clock.now)).decode()
    assert '"private_reason": true' not in json
    assert "no_massage" not in json
    assert "New:" not in warnings(summary)[0]
