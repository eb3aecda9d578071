"""What waits to be sent, and for how long it should have been."""

from __future__ import annotations

from collections.abc import Iterator

from assessment.doctor.findings import Finding, cannot_tell, many, to_do, well
from assessment.doctor.here import DAY, HOUR, Here
from assessment.records.health import Queues, Waiting

ABOUT = "queue"
SOON = HOUR
"""Seconds for which something that is due may wait: each look at it takes seconds only."""
_JOURNAL = "check that the product is running, and read its log: journalctl -u clinic -n 50"


def check(here: Here, queues: Queues | None) -> Iterator[Finding]:
    """Look at mails, where there is a mail server, and at webhooks."""
    if queues is None:
        yield cannot_tell(ABOUT, "it can be checked once the tables are up to date")
        return
    late = [_late(here, "webhooks", queues.webhooks), _failing(queues.failing)]
    if here.settings.smtp_host is not None:
        late.append(_late(here, "emails to clients", queues.mails))
        late.append(_late(here, "emails to staff", queues.account_mails))
    mails = queues.mails.number + queues.account_mails.number
    yield from [one for one in late if one is not None] or [
        well(
            ABOUT,
            f"{many(mails, 'email')} and {many(queues.webhooks.number, 'webhook')} waiting",
        )
    ]


def _late(here: Here, what: str, waiting: Waiting) -> Finding | None:
    if waiting.due_since is None or here.clock() - waiting.due_since < SOON:
        return None
    late = here.clock() - waiting.due_since
    since = many(late / DAY, "day") if late > 2 * DAY else many(late / HOUR, "hour")
    return to_do(ABOUT, f"{what} should have gone out {since} ago", _JOURNAL)


def _failing(number: int) -> Finding | None:
    if not number:
        return None
    return to_do(
        ABOUT,
        f"{many(number, 'webhook')} cannot be reached; owners can see which",
        "if none can be reached, check the name server and outgoing port 443",
    )
