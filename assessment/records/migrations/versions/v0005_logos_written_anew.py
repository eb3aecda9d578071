"""Logos that are stored already lose what they tell beside what is seen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from assessment.records.pictures import clean_picture

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

clinics = sa.table(
    "clinics",
    sa.column("id", sa.Text),
    sa.column("logo", sa.LargeBinary),
    sa.column("logo_type", sa.Text),
    sa.column("revision", sa.Integer),
)


def upgrade() -> None:
    """Write each logo anew; one that cannot be decoded is removed, and the name is shown again."""
    connection = op.get_bind()
    found = connection.execute(
        sa.select(clinics.c.id, clinics.c.logo).where(clinics.c.logo.is_not(None))
    ).all()
    for id, logo in found:
        connection.execute(
            sa.update(clinics)
            .where(clinics.c.id == id)
            .values(_clean(bytes(logo)) | {"revision": clinics.c.revision + 1})
        )


def _clean(logo: bytes) -> dict[str, object]:
    try:
        picture = clean_picture(logo)
    except ValueError:
        return {"logo": None, "logo_type": None}
    return {"logo": picture.data, "logo_type": picture.media_type}
