"""What Alembic runs to reach the database: the connection is handed in by `upgrade.py`."""

from __future__ import annotations

from alembic import context

from assessment.records import api_tables  # noqa: F401  its tables belong to the metadata
from assessment.records.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
