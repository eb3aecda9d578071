"""Mail: whether the mail server answers, securely, and lets us in."""

from __future__ import annotations

from collections.abc import Iterator

from assessment.doctor.findings import Finding, to_do, well
from assessment.doctor.here import Here
from assessment.practice.post.mail import Letter, MailFailed, Trouble
from assessment.web.server.mail_server import mailer_of

ABOUT = "mail"
_TRY = Letter(
    "A test from your self-assessment",
    "If you can read this, emails from your clinic's self-assessment are arriving.",
    "Self-assessment",
)
_ADVICE = {
    Trouble.NO_ANSWER: "check SMTP_HOST and SMTP_PORT, the name server and the firewall",
    Trouble.SLOW: "try again; if that does not help, ask whoever runs the mail server",
    Trouble.NOT_SECURE: "check SMTP_SECURITY (starttls with port 587, tls with 465), and that "
    "SMTP_HOST is the name in the server's certificate",
    Trouble.SIGN_IN: "check SMTP_USER and SMTP_PASSWORD",
    Trouble.SENDER: "check SMTP_FROM: the server must allow you to send from that address",
    Trouble.ADDRESS: "check the address after --mail",
}


def check(here: Here) -> Iterator[Finding]:
    """Greet the mail server; with an address, send a letter there."""
    settings = here.settings
    mailer = mailer_of(settings, here.clock)
    if mailer is None:
        if here.mail_to is not None:
            yield to_do(ABOUT, "no mail server is set up", "set SMTP_HOST and SMTP_FROM")
        else:
            yield well(
                ABOUT, "no mail server is set up, so no emails are sent; links can be copied"
            )
        return
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        if here.mail_to is None:
            mailer.greet()
        else:
            mailer.send(here.mail_to, _TRY)
    except MailFailed as failed:
        advice = _ADVICE.get(failed.kind, "ask whoever runs the mail server")
        yield to_do(ABOUT, f"{where}: {failed}", advice)
        return
    if here.mail_to is None:
        yield well(ABOUT, f"{where} answers; nothing was sent (--mail ADDRESS sends a test)")
    else:
        yield well(
            ABOUT, f"{where} accepted the test email; check that it arrived, and not in spam"
        )
