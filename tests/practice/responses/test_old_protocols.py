"""Old protocols are kept, and a response is shown and decided as on its day."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from assessment.engine.protocol import Review
from assessment.practice.intake.intake import Intake
from assessment.practice.responses.inbox import Inbox
from assessment.practice.responses.old_protocols import MOST_AT_HAND, OldProtocols, VersionLost
from assessment.practice.responses.opened import Opened
from assessment.practice.responses.words import WORDS_LOST_HEADING
from assessment.practice.staff.accounts import SignedIn
from assessment.protocols.load import load_protocol
from assessment.protocols.sign_off import sign_off
from assessment.protocols.versions import WrongVersion, load_files, read_files, version_of
from assessment.records import clinics, tables, therapists
from assessment.records.database import Database
from assessment.records.ids import ResponseId
from assessment.screening import Screening
from tests import tiny
from tests.practice.sending import send
from tests.records.some import NOW, some_clinic, some_session, some_therapist

ANSWERS = {"flag": "amber", "signs": ["a"], "pain": 3, "duration": "days", "more": "lots"}

OLD_WORDING_HASH = "fab6cf7f1e273e981160ac251a60848a8a94c5e0cb0283d2840943c9dd7ea58e"
"""Of the folder below, as it was before the language had a `summary`."""

OLD_PRECAUTION = (
    "b3b3d7e1ad833558349ecf9a3b3305d164637d5e70678b57afae4101ebefbc30"
    "1e5941ec9b9d8cefd4638215a735fe5a9a7b3f3162e091bcab82c28549905e5d"
)
"""Its version with one precaution, as it was when a precaution had one text."""

PROMISES = """
- {id: red, promise: A red flag is an emergency., when: {flag: red},
   then: {urgency_at_least: emergency}}
"""


def screening_of(folder: Path) -> Screening:
    return Screening(load_protocol(folder))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The tiny protocol, with a guide page."""
    place = tmp_path / "protocol"
    (place / "guide").mkdir(parents=True)
    (place / "guide" / "plan.md").write_text("# A plan\r\n\r\nA guide page.\r\n", newline="")
    return tiny.write(place)


@pytest.fixture
def who(database: Database) -> SignedIn:
    clinic = some_clinic()
    therapist = some_therapist(clinic.id)
    with database.writing() as tx:
        clinics.add(tx, clinic)
        therapists.add(tx, therapist, None)
    return SignedIn(therapist, clinic, some_session(therapist), NOW + 900, NOW + 3600)


def now() -> float:
    return float(NOW)


def send_one(database: Database, who: SignedIn, folder: Path) -> ResponseId:
    """Send the answers to the protocol as it stands in the folder."""
    screening = screening_of(folder)
    intake = Intake(database, now, screening.protocol, OldProtocols(screening, folder).keep)
    return send(intake, who.clinic, screening, ANSWERS)


def read(database: Database, who: SignedIn, folder: Path, response: ResponseId) -> Opened:
    """Open the response on a server that serves what stands in the folder now."""
    library = OldProtocols(screening_of(folder), folder)
    found = Inbox(database, now, library).response(who, response)
    assert found is not None
    return found


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_response_reads_as_on_its_day_whatever_becomes_of_the_protocol(
    database: Database, who: SignedIn, folder: Path
) -> None:
    (folder / "safety.yaml").write_text(PROMISES, encoding="utf-8")
    response = send_one(database, who, folder)
    before = read(database, who, folder, response)

    change(folder, "guide/plan.md", "A guide page.", "A guide page..")
    change(folder, "safety.yaml", "A red flag", "Any red flag")
    change(folder, "questions.yaml", "Yes, an amber one", "Yes, one like honey")
    change(folder, "questions.yaml", "short: Flag", "short: Banner")
    change(folder, "rules.yaml", "when: {flag: amber}", "when: {flag: red}")
    change(folder, "recommendations.yaml", "Ask a doctor first.", "Ask nobody.")
    change(folder, "evidence.yaml", "A claim.", "Another claim.")
    after = read(database, who, folder, response)

    assert after == before
    assert after.summary is not None
    assert not after.summary.words_lost
    assert after.summary.decided.headline == "Ask a doctor first."
    assert after.summary.told.sections[0].said[0].answers == ("Yes, an amber one",)
    assert after.summary.reasons[0].sources[0].claim == "A claim."


def test_what_is_edited_while_the_server_runs_is_not_kept_under_the_name_of_what_it_serves(
    database: Database, who: SignedIn, folder: Path
) -> None:
    screening = screening_of(folder)
    library = OldProtocols(screening, folder)
    change(folder, "questions.yaml", "Yes, an amber one", "Yes, one like honey")
    intake = Intake(database, now, screening.protocol, library.keep)

    response = send(intake, who.clinic, screening, ANSWERS)
    found = read(database, who, folder, response)

    assert found.summary is not None
    assert found.summary.told.sections[0].said[0].answers == ("Yes, an amber one",)


def test_every_file_is_kept_once_but_for_the_review(
    database: Database, who: SignedIn, folder: Path
) -> None:
    sent = {send_one(database, who, folder) for _ in range(2)}
    sign_off(folder, load_protocol(folder), Review("A. Name", "physiotherapist", "2026-11-23"))
    sent.add(send_one(database, who, folder))

    with database.reading() as tx:
        rows = tx.connection.execute(select(tables.versions)).all()
    assert len(sent) == 3
    assert [row.version for row in rows] == [version_of(load_protocol(folder))]
    assert set(json.loads(rows[0].files)) == {
        "cases.yaml", "evidence.yaml", "guide/plan.md", "protocol.yaml", "questions.yaml",
        "recommendations.yaml", "rules.yaml", "safety.yaml", "texts.yaml",
    }  # fmt: skip


@pytest.mark.parametrize(
    "files",
    ["{}", '{"protocol.yaml": "id: ["}', '{"../outside.yaml": "x", "questions.yaml": "[]"}'],
)
def test_a_version_that_cannot_be_loaded_shows_what_was_stored(
    database: Database, who: SignedIn, folder: Path, files: str
) -> None:
    response = send_one(database, who, folder)
    with database.writing() as tx:
        tx.connection.execute(update(tables.versions).values(files=files))
    change(folder, "questions.yaml", "short: Flag", "short: Banner")

    found = read(database, who, folder, response)

    assert found.summary is not None
    assert found.summary.words_lost
    assert found.summary.decided.headline == "Ask a doctor first."
    assert [reason.words for reason in found.summary.reasons] == [
        "You told us about an amber flag."
    ]
    [stored] = found.summary.told.sections
    assert stored.heading == WORDS_LOST_HEADING
    assert {said.question: said.answers for said in stored.said}["flag"] == ("amber",)
    assert not (folder.parent / "outside.yaml").exists()


def test_files_of_another_version_are_refused(
    database: Database, who: SignedIn, folder: Path
) -> None:
    send_one(database, who, folder)
    library = OldProtocols(screening_of(folder), folder)
    with database.writing() as tx:
        row = tx.connection.execute(select(tables.versions)).one()
        wrong = row.version[::-1]
        tx.connection.execute(update(tables.versions).values(version=wrong))

    with database.reading() as tx, pytest.raises(VersionLost, match="another version"):
        library.screening(tx, wrong)


def test_a_version_from_before_precautions_had_two_texts_is_still_read(folder: Path) -> None:
    precaution = "{id: x, when: {signs: a}, limits: [note], NAME: A., evidence: [T1]}"
    old = tiny.RULES + f"precautions: [{precaution.replace('NAME', 'says')}]"
    files = {**read_files(folder), "rules.yaml": old}

    kept = load_files(files, OLD_PRECAUTION)

    assert kept.precautions[0].therapist.text == "A."
    with pytest.raises(WrongVersion):  # whatever else is missing is not overlooked
        load_files(
            {**files, "rules.yaml": old.replace("because: You", "why: You")}, version_of(kept)
        )


def test_a_version_that_nobody_kept_is_lost(
    database: Database, who: SignedIn, folder: Path
) -> None:
    library = OldProtocols(screening_of(folder), folder)

    with database.reading() as tx, pytest.raises(VersionLost):
        library.screening(tx, "never kept")


def test_few_versions_are_at_hand_and_all_can_be_had(
    database: Database, who: SignedIn, folder: Path
) -> None:
    library = OldProtocols(screening_of(folder), folder)
    kept = []
    for number in range(MOST_AT_HAND + 2):
        path = folder / "texts.yaml"
        path.write_text(path.read_text() + f"more_{number}: A text.\n")
        screening = screening_of(folder)
        with database.writing() as tx:
            kept.append(OldProtocols(screening, folder).keep(tx))

    with database.reading() as tx:
        first = library.screening(tx, kept[0])
        assert library.screening(tx, kept[0]) is first
        for version in kept:
            assert version_of(library.screening(tx, version).protocol) == version
        assert library.screening(tx, kept[0]) is not first
        assert len(library._at_hand) == MOST_AT_HAND


def test_what_is_served_needs_no_loading(database: Database, folder: Path) -> None:
    screening = screening_of(folder)
    library = OldProtocols(screening, folder)

    with database.reading() as tx:
        assert library.screening(tx, library.version) is screening


def test_a_summary_leaves_the_name_of_an_older_protocol_as_it_was(folder: Path) -> None:
    """A version is found by its hashes, so what the language gains must not change old ones."""
    protocol = load_protocol(folder)
    with_summary = tiny.PROTOCOL + "summary: {pain: [pain]}\n"

    changed = load_protocol(tiny.write(folder, protocol=with_summary))

    assert protocol.wording_hash == OLD_WORDING_HASH
    assert changed.wording_hash != protocol.wording_hash
    assert changed.rules_hash == protocol.rules_hash
    assert replace(changed, summary={}, wording_hash=protocol.wording_hash) == protocol
