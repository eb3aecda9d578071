"""Code of one release goes on beside the tables of the next; what is older is told so."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import text

from assessment.records import clinics, oldest_code, upgrade
from assessment.records.migrations.releases import RELEASES
from assessment.records.refusals import Unusable
from assessment.records.upgrade import MIGRATIONS, config
from tests.postgresql import Postgresql
from tests.records.breaking import breaks, noted, shape_of, waits
from tests.records.conftest import OpenDatabase
from tests.records.some import VAULT, some_clinic
from tests.records.test_migrations import described, move_in_then, plainly

BEFORE_ANY_RELEASE = "0019"
"""Steps up to this one were taken before anybody was promised anything."""


def newer_tables(url: str, *, needs: str | None = None) -> None:
    """Do what a step of a later release would do: it adds, and may end what is older."""
    with plainly(url) as connection:
        connection.execute(text("ALTER TABLE clinics ADD COLUMN later TEXT NOT NULL DEFAULT 'x'"))
        connection.execute(text("CREATE TABLE later (id TEXT PRIMARY KEY)"))
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        if needs is not None:
            oldest_code.raise_to(connection, needs)
        connection.commit()


def test_code_goes_on_beside_newer_tables_that_only_add_also_after_it_started_anew(
    url: str, open_database: OpenDatabase
) -> None:
    running = open_database(url)
    running.migrate()
    newer_tables(url)
    with plainly(url) as connection:
        before = described(connection)
    anew = open_database(url)
    anew.migrate()
    anew.look()
    for database in (running, anew):
        one = some_clinic()
        with database.writing() as tx:
            clinics.add(tx, one)
        with database.reading() as tx:
            assert one in clinics.every(tx)
    with plainly(url) as connection:
        assert described(connection) == before, "what it does not know is left alone"


def test_code_that_is_too_old_is_told_so_in_one_line_whether_it_runs_or_starts(
    url: str, open_database: OpenDatabase
) -> None:
    running = open_database(url)
    running.migrate()
    newer_tables(url, needs="9998")
    with pytest.raises(Unusable, match="needs one that knows step 9998") as told, running.writing():
        pytest.fail("nothing is written")
    assert "\n" not in str(told.value)
    assert f"ends with {oldest_code.NEWEST}" in str(told.value)
    with pytest.raises(Unusable, match="needs one that knows step 9998"):
        open_database(url).migrate()
    with pytest.raises(Unusable, match="newer than this program"), running.writing():
        pytest.fail("nor later")


def test_tables_from_before_code_was_named_are_not_gone_on_with(
    url: str, open_database: OpenDatabase
) -> None:
    with plainly(url) as connection:
        connection.execute(text("DROP TABLE oldest_code"))
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.commit()
    with pytest.raises(Unusable, match="newer than this program"):
        open_database(url).migrate()


def test_what_code_has_to_know_is_never_lowered(url: str) -> None:
    with plainly(url) as connection:
        for step in ("0030", "0025", "0031", "0031"):
            oldest_code.raise_to(connection, step)
            found = connection.execute(text("SELECT step FROM oldest_code")).scalars().all()
            assert found == [max(step, "0030")]


def test_the_last_step_is_the_one_that_code_says_it_knows() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == oldest_code.NEWEST


# What a step does to code that was written before it.

THEN = """CREATE TABLE kept (id TEXT PRIMARY KEY, word TEXT NOT NULL, more TEXT, other TEXT,
          count INTEGER NOT NULL DEFAULT 0);
          CREATE TABLE gone (id TEXT PRIMARY KEY)"""
NEW_TEXT = "ALTER TABLE kept ADD COLUMN new TEXT"
HARMLESS = [
    NEW_TEXT,
    "ALTER TABLE kept ADD COLUMN new INTEGER NOT NULL DEFAULT 1",
    "CREATE TABLE new (id TEXT PRIMARY KEY, word TEXT NOT NULL)",
    "CREATE INDEX IF NOT EXISTS ix_word ON kept (word)",
    "ALTER TABLE kept ADD COLUMN new TEXT; UPDATE kept SET new = word WHERE word = 'a = b'",
    f"{NEW_TEXT}; CREATE UNIQUE INDEX ix ON kept (word, new)",
    "CREATE TABLE new (id TEXT PRIMARY KEY); INSERT INTO new (id) SELECT id FROM kept",
]
HARMFUL = {
    "DROP TABLE gone": "takes away the table gone",
    "ALTER TABLE kept DROP COLUMN more": "takes away the column kept.more",
    "ALTER TABLE kept RENAME COLUMN more TO fewer": "takes away the column kept.more",
    "ALTER TABLE gone RENAME TO gone_elsewhere": "takes away the table gone",
    "CREATE UNIQUE INDEX ix_word ON kept (word)": "holds kept to another unique: word",
    "UPDATE kept SET word = 'x'": "changes rows of kept",
    "ALTER TABLE kept ADD COLUMN new TEXT; UPDATE kept SET new = 'x', word = 'y'": (
        "changes rows of kept"
    ),
    "DELETE FROM gone": "changes rows of gone",
    "INSERT INTO gone (id) VALUES ('x')": "changes rows of gone",
}
HARMFUL_WITHIN = {
    "filled in": "wants kept.more filled in, which could be empty",
    "new": "wants kept.new filled in, which code before does not know",
    "type": "makes kept.more another type",
    "check": "holds kept to another check",
    "default": "leaves kept.count without the value",
}


def broken_by(do: str) -> list[str]:
    """Return what these statements, or the change of this name, break."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        for statement in THEN.split(";"):
            connection.execute(text(statement))
        before = shape_of(connection)
        with noted(connection) as statements:
            if do in HARMFUL_WITHIN:
                _change(connection, do)
                statements.clear()  # SQLite copies the table to change it
            else:
                for statement in do.split(";"):
                    connection.execute(text(statement.strip()))
        return breaks(before, shape_of(connection), statements)


def _change(connection: sa.Connection, what: str) -> None:
    """Change a column in a way for which SQLite needs several statements."""
    operations = Operations(MigrationContext.configure(connection))
    with operations.batch_alter_table("kept") as kept:
        if what == "filled in":
            kept.alter_column("more", nullable=False)
        elif what == "new":
            kept.add_column(sa.Column("new", sa.Text, nullable=False))
        elif what == "type":
            kept.alter_column("more", type_=sa.Integer)
        elif what == "default":
            kept.alter_column("count", server_default=None)
        else:
            kept.create_check_constraint("short", "length(word) < 9")


@pytest.mark.parametrize("statements", HARMLESS)
def test_what_only_adds_breaks_nothing(statements: str) -> None:
    assert broken_by(statements) == []


@pytest.mark.parametrize("statements", [*HARMFUL, *HARMFUL_WITHIN])
def test_what_takes_away_or_tightens_is_found(statements: str) -> None:
    expected = {**HARMFUL, **HARMFUL_WITHIN}[statements]
    found = broken_by(statements)
    assert len([one for one in found if one.startswith(expected)]) == 1, found


def test_an_index_on_a_table_with_rows_can_be_built_ahead() -> None:
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        connection.execute(text("CREATE TABLE kept (id TEXT)"))
        before = shape_of(connection)
    plain = ["CREATE INDEX ix ON kept (id)", "CREATE UNIQUE INDEX ix ON kept (id)"]
    assert [len(waits(before, [one])) for one in plain] == [1, 1]
    ahead = ["CREATE INDEX IF NOT EXISTS ix ON kept (id)", "CREATE INDEX ix ON new (id)"]
    assert waits(before, ahead) == []


def refusal_of(step: ModuleType, breaking: list[str], releases: Mapping[str, str]) -> str | None:
    """Return why a step may not be part of the next release; None where it may."""
    if not hasattr(step, "needs_code"):
        return "says nothing: needs_code = None, or the step that code has to know"
    needs: str | None = step.needs_code
    if needs is None:
        return "; ".join(breaking) or None
    there = [last for last in releases.values() if last < step.revision]
    if not there or needs > max(there):
        return f"code has to know {needs}, and no release does; wait until one does"
    return None


def a_step(**says: object) -> ModuleType:
    made = ModuleType("step")
    made.__dict__.update(revision="0040", **says)
    return made


def test_a_step_takes_something_away_only_one_release_after_code_can_do_without() -> None:
    released = {"1.0.0": "0030", "1.1.0": "0035"}
    takes = ["takes away the column kept.more"]
    assert refusal_of(a_step(), [], released) is not None, "it has to say something"
    assert refusal_of(a_step(needs_code=None), [], released) is None
    assert refusal_of(a_step(needs_code=None), takes, released) == takes[0]
    assert refusal_of(a_step(needs_code="0034"), takes, released) is None
    assert refusal_of(a_step(needs_code="0036"), takes, released) is not None
    assert refusal_of(a_step(needs_code="0036"), takes, {**released, "1.2.0": "0040"}) is not None
    assert refusal_of(a_step(needs_code="0034"), takes, {}) is not None


def test_every_new_step_leaves_code_of_the_release_before_alone_or_says_so(
    empty_url: str, open_database: OpenDatabase, tmp_path: Path
) -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    new = [one for one in scripts.walk_revisions() if one.revision > BEFORE_ANY_RELEASE]
    today = open_database(f"sqlite:///{tmp_path / 'today.db'}")
    with plainly(empty_url) as connection:
        made = config(connection)
        made.attributes.update(vault=VAULT, keyed=False)
        command.upgrade(made, BEFORE_ANY_RELEASE)
        move_in_then(connection, today)
        for step in reversed(new):
            before = shape_of(connection)
            with noted(connection) as statements:
                command.upgrade(made, step.revision)
            breaking = breaks(before, shape_of(connection), statements)
            assert refusal_of(step.module, breaking, RELEASES) is None, step.revision
            assert waits(before, statements) == [], step.revision
            connection.commit()
    assert new


# Others go on while the tables are changed.


def test_a_table_in_use_is_waited_for_in_short_tries_between_which_others_get_through(
    postgresql: Postgresql, monkeypatch: pytest.MonkeyPatch, open_database: OpenDatabase
) -> None:
    monkeypatch.setattr(upgrade, "_LOCK_SECONDS", 0.05)
    tries: list[float] = []
    url = postgresql.create("in_use")
    database = open_database(url)
    with plainly(url) as connection, plainly(url) as reader:
        made = config(connection)
        made.attributes.update(vault=VAULT, keyed=False)
        command.upgrade(made, "0017")
        connection.commit()
        reader.execute(text("LOCK TABLE responses IN ROW EXCLUSIVE MODE"))

        def between(seconds: float) -> None:
            tries.append(seconds)
            with plainly(url) as other:
                other.execute(text("SET lock_timeout = '1s'"))
                other.execute(text("UPDATE responses SET read_at = 1"))
                other.commit()
            if len(tries) == 3:
                reader.rollback()

        monkeypatch.setattr("assessment.records.upgrade.time.sleep", between)
        database.migrate()
    assert len(tries) == 3
    with database.writing() as tx:
        clinics.add(tx, some_clinic())
    database.close()
    postgresql.drop("in_use")
