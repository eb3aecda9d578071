"""`assessment clinic rotate-keys`: new keys for records and cookies, and old ones out of use.

What it needs is imported when it runs, so that the other commands start fast.
"""

from __future__ import annotations

import click

from assessment.cli_installation import Installation, opened
from assessment.one_line import BadInput


@click.command(name="rotate-keys")
@click.option("--retire", is_flag=True, help="Instead, take old keys out of use.")
def rotate_keys(*, retire: bool) -> None:
    """Make new keys for records and cookies, and seal all records with the new one.

    Nobody has to sign in again, and every link still works. If it stops early, run it again
    to do the rest. `serve` does the rest automatically, too.
    """
    from assessment.web.server.rotation import CannotRetire

    with opened() as here:
        try:
            _retire(here) if retire else _rotate(here)
        except CannotRetire as error:
            raise BadInput(f"the old keys stay in use: {error}") from None


def _rotate(here: Installation) -> None:
    from assessment.web.server.hosts import others_of

    if others := others_of(here.settings.instance, here.database):
        raise BadInput(
            f"the old keys stay in use: {', '.join(others)} could not read records sealed with "
            "new ones. Stop the server there, run this again, copy secret.key and records.key "
            "there, then start it"
        )
    rotated = here.rotation.rotate()
    if not rotated.is_new:
        click.echo(
            "An earlier key change had stopped partway. It is now finished, with the key made then."
        )
    click.echo(f"Records sealed or signed with the new key: {rotated.made.done}")
    if rotated.made.unreadable:
        click.echo(f"Damaged, left as they are: {rotated.made.unreadable}")
    click.echo(f"Copy {here.settings.instance / 'records.key'} to your safe place.")
    click.echo(
        "Then restart the server. Keep the earlier copy for as long as you keep older backups."
    )


def _retire(here: Installation) -> None:
    number = here.rotation.retire()
    if not number:
        click.echo("There is no old key to take out of use.")
        return
    click.echo(f"Old keys taken out of use: {number}. Older backups still need your earlier copy.")
    click.echo(f"Copy {here.settings.instance / 'records.key'} to your safe place again.")
