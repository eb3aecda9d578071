"""The migrations make the tables that the program works on, whoever starts and however often."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, create_engine, insert, inspect, select, text

from assessment.records import (
    arrivals,
    audit,
    clients,
    clinics,
    deliveries,
    invitations,
    measures,
    outbox,
    own_answers,
    own_questions,
    rechecks,
    responses,
    tables,
    therapists,
    webhooks,
)
from assessment.records.acts import Act
from assessment.records.audit_check import faults
from assessment.records.database import Database
from assessment.records.ids import ResponseId
from assessment.records.model import Recheck
from assessment.records.own_questions import OwnQuestions
from assessment.records.refusals import Unavailable
from assessment.records.tables import metadata
from assessment.records.upgrade import MIGRATIONS, config
from tests.pictures import HIDDEN, picture, seen, with_position
from tests.records.conftest import OpenDatabase
from tests.records.some import (
    NOW,
    VAULT,
    Household,
    move_in,
    some_client,
    some_clinic,
    some_invitation,
    some_response,
    some_therapist,
)

DESCRIBE = {
    "sqlite": ["SELECT name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"],
    "postgresql": [
        """SELECT table_name, column_name, ordinal_position, data_type, is_nullable, collation_name,
                  column_default
           FROM information_schema.columns WHERE table_schema = 'public'""",
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        """SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
           WHERE connamespace = 'public'::regnamespace""",
    ],
}
START = """
import sys
from assessment.records.database import Database
from assessment.records.vault import Vault
sys.stdin.read(1)
Database(sys.argv[1], Vault([bytes(32)]), patience=30).migrate()
"""


@contextmanager
def plainly(url: str) -> Iterator[Connection]:
    """Connect without any of our own settings."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def described(connection: Connection) -> set[tuple[str, ...]]:
    """Everything that the database knows of its tables, indexes and constraints."""
    return {
        tuple(" ".join(str(value).split()) for value in row)
        for statement in DESCRIBE[connection.dialect.name]
        for row in connection.execute(text(statement))
        if "alembic" not in str(row)
    }


def add_then(connection: Connection, name: str, row: Mapping[str, object]) -> None:
    """Add a row to a table of an earlier version, which may have fewer columns."""
    table = Table(name, MetaData(), autoload_with=connection)
    known = {column: value for column, value in row.items() if column in table.c}
    connection.execute(insert(table).values(known))


def move_in_then(connection: Connection, today: Database) -> Household:
    """Write what one household has to the tables of an earlier version, as far as it knows them.

    `today` is another, empty database, in which it is made.
    """
    today.migrate()
    with today.writing() as tx:
        house = move_in(tx)
        there = inspect(connection).get_table_names()
        for table in metadata.sorted_tables:
            if table.name in there:
                for row in tx.connection.execute(select(table)).mappings():
                    add_then(connection, table.name, dict(row))
    connection.commit()
    return house


def test_the_migrations_make_the_tables_that_the_program_works_on(
    empty_url: str, open_database: OpenDatabase
) -> None:
    with plainly(empty_url) as connection:
        metadata.create_all(connection)
        wanted = described(connection)
        metadata.drop_all(connection)
        connection.commit()
        assert described(connection) == set()
    open_database(empty_url).migrate()
    with plainly(empty_url) as connection:
        made = described(connection)
        context = MigrationContext.configure(connection, opts={"target_metadata": metadata})
        differences = compare_metadata(context, metadata)

    assert len(wanted) > 20
    assert made == wanted
    assert differences == []


def test_every_reference_between_tables_is_checked(
    empty_url: str, open_database: OpenDatabase
) -> None:
    open_database(empty_url).migrate()
    with plainly(empty_url) as connection:
        looked = inspect(connection)
        found = {
            (table, *key["constrained_columns"], key["referred_table"])
            for table in looked.get_table_names()
            for key in looked.get_foreign_keys(table)
        }
    with_clinic = {table.name for table in metadata.sorted_tables if "clinic" in table.c}

    with_clinic -= {"erasures"}  # it may remember a clinic that an older backup does not have

    assert len(found) == 36
    assert {one[0] for one in found} == with_clinic
    assert all(one[1] == "clinic" for one in found)


def test_links_of_the_version_before_end_with_the_day_that_was_named(
    empty_url: str, open_database: OpenDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And a clinic of that version has neither country nor time zone until somebody chooses."""
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    clinic = some_clinic(country=None, time_zone=None)
    person, therapist = some_client(clinic.id), some_therapist(clinic.id)
    made = some_invitation(person, therapist, expires_at=NOW + 86400)  # 17:00 the day after there
    rows = {
        tables.clinics: {k: v for k, v in asdict(clinic).items() if v is not None},
        tables.therapists: asdict(therapist) | {"email_key": therapist.email},
        tables.clients: {
            "clinic": clinic.id, "id": person.id, "created_at": 1,
            "sealed": VAULT.seal({}, "clients", f"{clinic.id}/{person.id}", "sealed"),
        },
        tables.invitations: {
            "clinic": clinic.id, "id": made.id, "client": person.id, "therapist": therapist.id,
            "token_hash": "a", "created_at": NOW, "expires_at": made.expires_at,
            "answered": 0, "of_about": 0, "sealed": b"x",
        },
    }  # fmt: skip
    with plainly(empty_url) as connection:
        command.upgrade(config(connection), "0002")
        for table, row in rows.items():
            add_then(connection, table.name, row)
        connection.commit()
    try:
        open_database(empty_url).migrate()
    finally:
        monkeypatch.undo()
        time.tzset()

    with open_database(empty_url).reading() as tx:
        assert clinics.every(tx) == (clinic,)
        found = invitations.get(tx, clinic.id, made.id)
    assert found is not None
    assert found.expires_at == NOW + 86400 + 7 * 60 * 60, "the midnight after 17:00"


def test_migrating_again_changes_nothing(empty_url: str, open_database: OpenDatabase) -> None:
    database = open_database(empty_url)
    database.migrate()
    with database.writing() as tx:
        house = move_in(tx)
    database.migrate()
    open_database(empty_url).migrate()

    with database.reading() as tx:
        assert clinics.every(tx) == (house.clinic,)


def test_several_processes_that_start_at_once_all_find_the_tables(
    empty_url: str, open_database: OpenDatabase
) -> None:
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", START, empty_url], stdin=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(4)
    ]
    for one in starting:
        assert one.stdin is not None
        one.stdin.write(b"g")
        one.stdin.flush()
    said = [one.communicate(timeout=60)[1].decode() for one in starting]

    assert said == [""] * 4
    assert [one.returncode for one in starting] == [0] * 4
    with open_database(empty_url).reading() as tx:
        assert not clinics.any_exists(tx)


def test_a_database_of_a_newer_program_is_left_alone(url: str, open_database: OpenDatabase) -> None:
    with plainly(url) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("UPDATE oldest_code SET step = '9999'"))
        connection.commit()
        before = described(connection)
    database = open_database(url)

    with pytest.raises(Unavailable, match="newer than this program"):
        database.migrate()
    with plainly(url) as connection:
        assert described(connection) == before


def test_what_could_not_be_migrated_at_the_start_is_migrated_when_it_can_be(
    tmp_path: Path, open_database: OpenDatabase
) -> None:
    folder = tmp_path / "not there yet"
    database = open_database(f"sqlite:///{folder / 'clinic.db'}")
    with pytest.raises(Unavailable, match="No such file"):
        database.migrate()
    with pytest.raises(Unavailable), database.writing():
        pass
    folder.mkdir()

    with database.writing() as tx:
        clinics.add(tx, some_clinic())
    with database.reading() as tx:
        assert clinics.any_exists(tx)


def test_a_step_that_fails_leaves_nothing_behind(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(empty_url, VAULT)
    with plainly(empty_url) as connection:  # in the way of the last table
        connection.execute(text("CREATE VIEW versions AS SELECT 1 AS version"))
        connection.commit()
    with pytest.raises(Exception, match="versions"):
        database.migrate()
    database.close()

    with plainly(empty_url) as connection:
        assert inspect(connection).get_table_names() == []


def test_a_clinic_of_the_version_before_reminds_nobody_and_its_invitations_stay(
    empty_url: str, open_database: OpenDatabase
) -> None:
    clinic = some_clinic()
    person, therapist = some_client(clinic.id), some_therapist(clinic.id)
    made = some_invitation(person, therapist)
    words = {name: getattr(made, name) for name in ("name", "email", "note")}
    place = f"{clinic.id}/{person.id}"
    rows = {
        tables.clinics: {k: v for k, v in asdict(clinic).items() if v is not None},
        tables.therapists: asdict(therapist) | {"email_key": therapist.email},
        tables.clients: {
            "clinic": clinic.id, "id": person.id, "created_at": 1,
            "sealed": VAULT.seal({}, "clients", place, "sealed"),
        },
        tables.invitations: {
            "clinic": clinic.id, "id": made.id, "client": person.id, "therapist": therapist.id,
            "token_hash": "a", "created_at": NOW, "expires_at": made.expires_at,
            "answered": 0, "of_about": 0,
            "sealed": VAULT.seal(words, "invitations", f"{place}/{made.id}", "sealed"),
        },
    }  # fmt: skip
    with plainly(empty_url) as connection:
        step = config(connection)
        step.attributes.update(vault=VAULT, keyed=False)
        before = ScriptDirectory.from_config(step).get_revision("0007").down_revision
        command.upgrade(step, str(before))
        for table, row in rows.items():
            add_then(connection, table.name, row)
        connection.commit()
    database = open_database(empty_url)
    database.migrate()

    with database.reading() as tx:
        [kept] = clinics.every(tx)
        assert (kept.remind_after, kept.remind_before) == (None, None)
        assert invitations.get(tx, clinic.id, made.id) == made
        assert outbox.of_invitation(tx, clinic.id, made.id) == ()


def test_logos_of_an_earlier_version_lose_what_they_tell(
    empty_url: str, open_database: OpenDatabase
) -> None:
    """From the step before; everything else of a clinic stays."""
    engine = create_engine(empty_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        made = config(connection)
        made.attributes.update(vault=VAULT, keyed=False)
        step = ScriptDirectory.from_config(made).get_revision("0005")
        command.upgrade(made, str(step.down_revision))
    engine.dispose()
    logos = {
        "with-position": (picture("JPEG", exif=with_position()), "image/jpeg"),
        "no-picture": (b"\x89PNG and no more", "image/png"),
        "none": (None, None),
    }
    before = {
        slug: replace(some_clinic(slug=slug), logo_type=kind) for slug, (_, kind) in logos.items()
    }
    with plainly(empty_url) as connection:
        for slug, clinic in before.items():
            add_then(connection, "clinics", {**asdict(clinic), "logo": logos[slug][0]})
        connection.commit()
    database = open_database(empty_url)
    database.migrate()

    with database.reading() as tx:
        after = {one.slug: one for one in clinics.every(tx)}
        kept = clinics.logo(tx, before["with-position"].id)
        assert clinics.logo(tx, before["no-picture"].id) is None
    assert kept is not None
    assert kept[1] == "image/jpeg"
    assert seen(kept[0]).size == (40, 20)
    assert HIDDEN not in kept[0]
    assert not seen(kept[0]).getexif()
    assert after == {
        "with-position": replace(before["with-position"], revision=2),
        "no-picture": replace(before["no-picture"], revision=2, logo_type=None),
        "none": before["none"],
    }


def test_in_a_clinic_of_the_version_before_everybody_goes_on_to_see_everything(
    empty_url: str, open_database: OpenDatabase
) -> None:
    clinic = some_clinic()
    therapist = some_therapist(clinic.id)
    with plainly(empty_url) as connection:
        made = config(connection)
        made.attributes.update(vault=VAULT, keyed=False)
        step = ScriptDirectory.from_config(made).get_revision("0008")
        command.upgrade(made, str(step.down_revision))
        add_then(connection, "clinics", asdict(clinic))
        add_then(connection, "therapists", asdict(therapist) | {"email_key": therapist.email})
        connection.commit()
    database = open_database(empty_url)
    database.migrate()

    with database.reading() as tx:
        assert clinics.every(tx) == (clinic,)
        assert not clinic.inviter_only
        assert therapists.of_clinic(tx, clinic.id) == (therapist,)


def test_there_is_one_line_of_migrations_and_it_comes_with_the_package() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    steps = list(scripts.walk_revisions())

    assert len(scripts.get_heads()) == 1
    assert [step.revision for step in steps][-1] == "0001"
    assert all(Path(step.path).is_relative_to(MIGRATIONS) for step in steps)
    assert MIGRATIONS.parent.name == "records"


def test_responses_of_the_version_before_stay_as_they_are_and_can_be_decided_again(
    empty_url: str, open_database: OpenDatabase, tmp_path: Path
) -> None:
    engine = create_engine(empty_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        made = config(connection)
        made.attributes.update(vault=VAULT, keyed=False)
        step = ScriptDirectory.from_config(made).get_revision("0006")
        command.upgrade(made, str(step.down_revision))
    engine.dispose()
    database = open_database(empty_url)
    with plainly(empty_url) as connection:
        house = move_in_then(connection, open_database(f"sqlite:///{tmp_path / 'today.db'}"))
        before = connection.execute(text("SELECT * FROM responses")).all()
    database.migrate()

    recheck = Recheck(house.response.line.id, "new", 3, "emergency", NOW, {}, ())
    with database.writing() as tx:
        assert rechecks.add(tx, house.id, recheck)
        assert not rechecks.add(tx, house.id, recheck), "once for each version"
    with database.reading() as tx:
        assert tx.connection.execute(text("SELECT * FROM responses")).all() == before
        assert rechecks.of_responses(tx, house.id, [recheck.response]) == {
            recheck.response: (recheck,)
        }


def test_a_clinic_of_the_version_before_gets_a_log_that_begins(
    empty_url: str, open_database: OpenDatabase
) -> None:
    clinic = some_clinic()
    row = {name: value for name, value in asdict(clinic).items() if value is not None}
    with plainly(empty_url) as connection:
        step = config(connection)
        step.attributes.update(vault=VAULT, keyed=False)
        before = ScriptDirectory.from_config(step).get_revision("0009").down_revision
        command.upgrade(step, str(before))
        add_then(connection, "clinics", row)
        connection.commit()
    database = open_database(empty_url)
    database.migrate()

    with database.writing() as tx:
        assert list(faults(tx, clinic.id)) == []
        audit.append(tx, audit.operator_of(clinic.id), Act.UNLOCKED, NOW)
        assert list(faults(tx, clinic.id)) == []
        assert [head.number for head in audit.heads(tx)] == [2]


def test_responses_of_the_version_before_are_numbered_as_they_came_in(
    empty_url: str, open_database: OpenDatabase, tmp_path: Path
) -> None:
    with plainly(empty_url) as connection:
        made = config(connection)
        made.attributes.update(vault=VAULT, keyed=False)
        step = ScriptDirectory.from_config(made).get_revision("0012")
        command.upgrade(made, str(step.down_revision))
        connection.commit()
        house = move_in_then(connection, open_database(f"sqlite:///{tmp_path / 'today.db'}"))
        [row] = connection.execute(text("SELECT * FROM responses")).mappings()
        for id, received_at in (("late", NOW + 9), ("early", NOW - 9)):
            changed = {"id": id, "send_key": id, "received_at": received_at}
            add_then(connection, "responses", dict(row) | changed)
        connection.commit()
    database = open_database(empty_url)
    database.migrate()

    with database.writing() as tx:
        first = [id for _, id in arrivals.of_clinic(tx, house.id, 0, 9)]
        assert first == ["early", house.response.line.id, "late"]
        responses.erase(tx, house.id, ResponseId("late"), NOW)
        one = some_response(house.client.id)
        assert responses.add(tx, house.id, one, "visit")
        assert arrivals.of_clinic(tx, house.id, 3, 9) == ((4, one.line.id),), "3 is never reused"
        assert arrivals.mark_of(tx, house.id, 3) == "", "its cursors go on as they were"
        assert arrivals.mark_of(tx, house.id, 4) != ""


def test_a_clinic_of_the_version_before_tells_no_other_program(
    empty_url: str, open_database: OpenDatabase, tmp_path: Path
) -> None:
    with plainly(empty_url) as connection:
        made = config(connection)
        made.attributes.update(vault=VAULT, keyed=False)
        step = ScriptDirectory.from_config(made).get_revision("0013")
        command.upgrade(made, str(step.down_revision))
        house = move_in_then(connection, open_database(f"sqlite:///{tmp_path / 'today.db'}"))
        before = connection.execute(text("SELECT * FROM responses")).all()
    database = open_database(empty_url)
    database.migrate()

    with database.reading() as tx:
        assert tx.connection.execute(text("SELECT * FROM responses")).all() == before
        assert webhooks.of_clinic(tx, house.id) == ()
        assert deliveries.latest(tx, house.id, 9) == ()


def test_a_clinic_of_the_version_before_asks_and_says_nothing_of_its_own(
    empty_url: str, open_database: OpenDatabase, tmp_path: Path
) -> None:
    with plainly(empty_url) as connection:
        made = config(connection)
        made.attributes.update(vault=VAULT, keyed=False)
        step = ScriptDirectory.from_config(made).get_revision("0016")
        command.upgrade(made, str(step.down_revision))
        house = move_in_then(connection, open_database(f"sqlite:///{tmp_path / 'today.db'}"))
        before = connection.execute(text("SELECT * FROM responses")).all()
    database = open_database(empty_url)
    database.migrate()

    with database.reading() as tx:
        assert tx.connection.execute(text("SELECT * FROM responses")).all() == before
        assert own_questions.of_clinic(tx, house.id) == OwnQuestions()
        assert own_answers.of_responses(tx, house.id, [house.response.line.id]) == {}
        assert clinics.get(tx, house.id) == house.clinic


def test_a_clinic_of_the_version_before_asks_for_no_measures(
    empty_url: str, open_database: OpenDatabase, tmp_path: Path
) -> None:
    with plainly(empty_url) as connection:
        made = config(connection)
        made.attributes.update(vault=VAULT, keyed=False)
        step = ScriptDirectory.from_config(made).get_revision("0017")
        command.upgrade(made, str(step.down_revision))
        house = move_in_then(connection, open_database(f"sqlite:///{tmp_path / 'today.db'}"))
        before = connection.execute(text("SELECT * FROM responses")).all()
    database = open_database(empty_url)
    database.migrate()

    with database.reading() as tx:
        assert tx.connection.execute(text("SELECT * FROM responses")).all() == before
        assert measures.of_responses(tx, house.id, [house.response.line.id]) == {}
        clinic = clinics.get(tx, house.id)
        assert clinic == house.clinic
        assert (clinic.asks_measures, clinic.measures_after) == (False, None)


def test_a_full_clinic_before_the_second_half_goes_through_every_step_and_keeps_its_rows(
    empty_url: str, open_database: OpenDatabase, tmp_path: Path
) -> None:
    with plainly(empty_url) as connection:
        made = config(connection)
        made.attributes.update(vault=VAULT, keyed=False)
        command.upgrade(made, "0008")
        house = move_in_then(connection, open_database(f"sqlite:///{tmp_path / 'today.db'}"))
        then = MetaData()
        then.reflect(connection)
        before = [
            (table, connection.execute(select(table)).all())
            for table in then.sorted_tables
            if table.name != "alembic_version"
        ]
    assert sum(len(rows) for _, rows in before) >= 10
    database = open_database(empty_url)
    database.migrate()

    with database.writing() as tx:
        for table, rows in before:
            assert tx.connection.execute(select(table)).all() == rows, table.name
        assert responses.get(tx, house.id, house.response.line.id) == house.response
        assert arrivals.of_clinic(tx, house.id, 0, 9) == ((1, house.response.line.id),)
        assert list(faults(tx, house.id)) == []
        assert clients.erase(tx, house.id, house.client.id, NOW)
        assert arrivals.of_clinic(tx, house.id, 0, 9) == ()


def test_a_clinic_of_the_version_before_keeps_everything_until_its_owner_chooses(
    empty_url: str, open_database: OpenDatabase, tmp_path: Path
) -> None:
    other = open_database(f"sqlite:///{tmp_path / 'today.db'}")
    with plainly(empty_url) as connection:
        made = config(connection)
        made.attributes.update(vault=VAULT, keyed=False)
        step = ScriptDirectory.from_config(made).get_revision("0011")
        command.upgrade(made, str(step.down_revision))
        house = move_in_then(connection, other)
    database = open_database(empty_url)
    database.migrate()

    with database.reading() as tx:
        [clinic] = clinics.every(tx)
        assert not clinic.has_periods
        found = invitations.get(tx, house.id, house.invitation.id)
        assert found == house.invitation
