"""How many bytes a row of each table takes in SQLite, with its indexes: what a disk is planned by.

.venv/bin/python -m bench.rows
"""

from __future__ import annotations

from sqlalchemy import text

from bench.clinics import Size, filled, sqlite
from bench.measure import table

SIZE = Size(1000, 500, 3000)
COUNTED = ("responses", "invitations", "clients", "client_words", "deliveries", "audit_entries")
_BYTES = """
SELECT coalesce(sum(pgsize), 0) FROM dbstat
WHERE name IN (SELECT name FROM sqlite_master WHERE tbl_name = :table)
"""


def main() -> None:
    rows = [("", "rows", "bytes a row")]
    with sqlite() as database:
        filled(database, SIZE)
        with database.writing() as tx:
            for name in COUNTED:
                number = tx.connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()  # noqa: S608  names of ours
                size = tx.connection.execute(text(_BYTES), {"table": name}).scalar_one()
                rows.append((name, f"{number}", f"{size / number:.0f}"))
    print(table(rows))


if __name__ == "__main__":
    main()
