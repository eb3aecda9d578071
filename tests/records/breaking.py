"""What a step of the migrations does to code that was written before it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, event, inspect

_WRITES = re.compile(
    r'\s*(?:INSERT\s+INTO|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?|UPDATE)\s+"?(\w+)', re.I
)
_SET = re.compile(r"\sSET\s(.*?)(?:\sWHERE\s|$)", re.I | re.S)
_INDEX = re.compile(r'\s*CREATE\s+(UNIQUE\s+)?INDEX\s+(?:"?\w+"?)\s+ON\s+"?(\w+)', re.I)


@dataclass(frozen=True, slots=True)
class Field:
    """A column, as far as somebody depends on it who does not know what came later."""

    type: str
    may_be_empty: bool
    fills_itself: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """The tables as a database describes them: columns, and what rows must keep to."""

    fields: Mapping[tuple[str, str], Field]
    rules: frozenset[tuple[str, str, tuple[str, ...]]]

    @property
    def tables(self) -> set[str]:
        return {table for table, _ in self.fields}


def shape_of(connection: Connection) -> Shape:
    """Read the shape of all tables."""
    looked = inspect(connection)
    fields: dict[tuple[str, str], Field] = {}
    rules: set[tuple[str, str, tuple[str, ...]]] = set()
    for table in looked.get_table_names():
        for one in looked.get_columns(table):
            filled = one["default"] is not None
            fields[table, one["name"]] = Field(str(one["type"]), bool(one["nullable"]), filled)
        key = looked.get_pk_constraint(table)["constrained_columns"]
        rules.add((table, "primary key", tuple(key)))
        for link in looked.get_foreign_keys(table):
            rules.add((table, "reference", tuple(link["constrained_columns"])))
        for unique in looked.get_unique_constraints(table):
            rules.add((table, "unique", tuple(unique["column_names"])))
        for index in looked.get_indexes(table):
            if index["unique"]:
                rules.add((table, "unique", tuple(str(name) for name in index["column_names"])))
        for check in looked.get_check_constraints(table):
            rules.add((table, "check", (str(check["sqltext"]),)))
    return Shape(fields, frozenset(rules))


@contextmanager
def noted(connection: Connection) -> Iterator[list[str]]:
    """Note every statement that runs meanwhile."""
    seen: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(connection, "before_cursor_execute", note)


def breaks(before: Shape, after: Shape, statements: list[str]) -> list[str]:
    """Return what code from before the step cannot go on with, a line each."""
    return [*_taken_away(before, after), *_tightened(before, after), *_done(before, statements)]


def waits(before: Shape, statements: list[str]) -> list[str]:
    """Return the indexes that keep everybody waiting while they are built, or fail on a large table

    `if_not_exists` lets an operator build one ahead, with CONCURRENTLY.
    """
    found = (_INDEX.match(one) for one in statements)
    return [
        f"builds an index on {one[2]} that nobody can build ahead; add if_not_exists=True"
        for one in found
        if one is not None and one[2] in before.tables
    ]


def _taken_away(before: Shape, after: Shape) -> Iterator[str]:
    for table, column in sorted(before.fields):
        if table not in after.tables:
            yield f"takes away the table {table}"
        elif (table, column) not in after.fields:
            yield f"takes away the column {table}.{column}"


def _tightened(before: Shape, after: Shape) -> Iterator[str]:
    for (table, column), now in sorted(after.fields.items()):
        then = before.fields.get((table, column))
        if table not in before.tables:
            continue
        if then is None:
            if not now.may_be_empty and not now.fills_itself:
                yield f"wants {table}.{column} filled in, which code before does not know"
            continue
        if then.type != now.type:
            yield f"makes {table}.{column} another type: {then.type}, now {now.type}"
        if then.may_be_empty and not now.may_be_empty:
            yield f"wants {table}.{column} filled in, which could be empty"
        if then.fills_itself and not now.fills_itself and not now.may_be_empty:
            yield f"leaves {table}.{column} without the value that filled it in"
    for table, kind, columns in sorted(after.rules - before.rules):
        new = any((table, one) not in before.fields for one in columns) and kind != "check"
        if table in before.tables and (kind == "primary key" or not new):
            yield f"holds {table} to another {kind}: {', '.join(columns)}"


def _done(before: Shape, statements: list[str]) -> Iterator[str]:
    """What a step writes into rows that code before reads too."""
    for statement in dict.fromkeys(statements):
        found = _WRITES.match(statement)
        if found is None or found[1] not in before.tables or found[1] == "alembic_version":
            continue
        setting = _SET.search(statement)
        names = re.findall(r"(?:^|,)\s*\"?(\w+)\"?\s*=", setting[1]) if setting else []
        known = [one for one in names if (found[1], one) in before.fields]
        if known or not names:
            yield f"changes rows of {found[1]} that were there: {statement[:80]}"
