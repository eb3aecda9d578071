"""The operator's mail server, from the settings."""

from __future__ import annotations

import time
from collections.abc import Callable

from assessment.practice.post.mail import Mailer, MailServer
from assessment.web.server.settings import Settings


def mailer_of(settings: Settings, clock: Callable[[], float] = time.time) -> Mailer | None:
    """Return what sends mail; None where no mail server is set up. `clock` gives Unix time."""
    if settings.smtp_host is None or settings.smtp_from is None:
        return None
    password = settings.smtp_password
    server = MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.smtp_from,
        user=settings.smtp_user,
        password=None if password is None else password.get_secret_value(),
        security=settings.smtp_security,
    )
    return Mailer(server, clock)
