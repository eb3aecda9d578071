"""`assessment doctor`: what is well with an installation, what is not, and what to do."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from assessment.one_line import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable


@click.command()
@click.option(
    "--mail", metavar="ADDRESS", help="Send a test email there, to see whether it arrives."
)
@click.option(
    "--backups", type=click.Path(path_type=Path), help="Where the nightly copies are kept."
)
@click.option(
    "--nginx", type=click.Path(path_type=Path), help="The configuration file of this site."
)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def doctor(mail: str | None, backups: Path | None, nginx: Path | None, *, as_json: bool) -> None:
    """Check this installation, and say what needs doing.

    Run it with the service's settings. It changes nothing, and sends nothing unless asked to.
    Exits with 0 if all is well, and with 1 if something needs doing or could not be checked.
    """
    import os
    import time
    from dataclasses import replace

    from assessment.doctor.doctor import examine
    from assessment.doctor.findings import Finding, all_well, to_do
    from assessment.doctor.here import Here, Places
    from assessment.practice.post.addresses import is_address
    from assessment.web.server.settings import BadSettings, read_settings

    if mail is not None and not is_address(mail):
        raise BadInput("--mail: expected an address such as name@example.org")
    places = Places()
    places = replace(places, backups=backups or places.backups, nginx=nginx or places.nginx)
    try:
        looked_at: Iterable[Finding] = examine(
            Here(read_settings(), os.environ, time.time, places, mail)
        )
    except BadSettings as error:
        looked_at = [
            to_do("settings", fault, "correct it, then run this again: nothing else was checked")
            for fault in str(error).splitlines()
        ]
    found = []
    for one in looked_at:
        found.append(one)
        if not as_json:
            click.echo(str(one))
    if as_json:
        lines = [
            {"about": one.about, "state": one.state.value, "says": one.says, "do": one.do}
            for one in found
        ]
        click.echo(json.dumps({"well": all_well(found), "findings": lines}, indent=1))
    sys.exit(0 if all_well(found) else 1)
