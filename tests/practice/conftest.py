"""The databases of tests/records: each test runs once on SQLite and once on PostgreSQL."""

from tests.records.conftest import (
    database,
    migrated_file,
    migrated_template,
    open_database,
    url,
)

__all__ = ["database", "migrated_file", "migrated_template", "open_database", "url"]
