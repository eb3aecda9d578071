"""The words of every mail and message that leaves a clinic: short, plain, and without health data.

A mail may be read by others, on a lock screen or on its way. So none says why somebody is asked,
what they answered, or who a therapist's client is.
"""

from __future__ import annotations

from assessment.exports.dates import calendar_of
from assessment.exports.phones import phone_in_words
from assessment.practice.post.mail import Letter
from assessment.records.model import Clinic, Invitation, Therapist


def invitation_letter(clinic: Clinic, invitation: Invitation, link: str) -> Letter:
    """Return the mail that brings a client their link."""
    lines = [
        "Hello,",
        f"{_name(clinic)} would like you to answer some questions {_before(clinic, invitation)}. "
        "It takes a few minutes and works well on a phone. This is your link:",
        link,
        f"{_until(clinic, invitation)} It is only for you, so please don't pass it on.",
        "No one reads your answers straight away. In an emergency, call your local emergency "
        "number.",
        "If you weren't expecting this email, you can ignore it.",
        _signed(clinic),
    ]
    return Letter(subject(clinic), "\n\n".join(lines) + "\n", _name(clinic))


def reminder_letter(clinic: Clinic, invitation: Invitation, link: str) -> Letter:
    """Return the mail that reminds a client of their link."""
    lines = [
        "Hello,",
        f"This is a reminder. {_name(clinic)} would like you to answer some questions "
        f"{_before(clinic, invitation)}. It takes a few minutes. This is your link:",
        link,
        f"{_until(clinic, invitation)} It is only for you, so please don't pass it on.",
        "No one reads your answers straight away. In an emergency, call your local emergency "
        "number.",
        'If you would rather not answer, open the link and choose "I would rather not answer". '
        "We won't remind you again.",
        _signed(clinic),
    ]
    return Letter(f"Reminder: {subject(clinic)}", "\n\n".join(lines) + "\n", _name(clinic))


def subject(clinic: Clinic) -> str:
    """Return the subject of a mail that brings a link."""
    return f"Questions before your visit to {_name(clinic)}"


def invitation_message(clinic: Clinic, invitation: Invitation, link: str) -> str:
    """Return a message that brings a client their link, short enough for a phone."""
    return (
        f"{_name(clinic)} would like you to answer some questions "
        f"{_before(clinic, invitation)}: {link}\n"
        f"{_until(clinic, invitation)} It is for you only. In an emergency, call your local "
        "emergency number."
    )


def urgent_letter(clinic: Clinic, inbox: str) -> Letter:
    """Return the mail that tells a therapist to look into the inbox, and nothing more."""
    lines = [
        "Hello,",
        "Something urgent has come in. Please sign in and check your inbox soon:",
        inbox,
        "To keep them private, there are no details in this email. You get it because you asked "
        "for an email about urgent responses. You can turn that off in your account.",
        _name(clinic),
    ]
    return Letter(
        f"{_name(clinic)}: please check your inbox", "\n\n".join(lines) + "\n", _name(clinic)
    )


def welcome_letter(clinic: Clinic, colleague: Therapist, code: str, page: str) -> Letter:
    """Return the mail that brings a colleague the code for a password; `page` takes it."""
    lines = [
        "Hello,",
        f"You can choose a password for the clinic area of {_name(clinic)}. Open this page:",
        page,
        f"Enter {colleague.email} and this code:",
        code,
        "It works once, for 24 hours. Please don't pass it on.",
        "If you weren't expecting this email, you can ignore it.",
        _name(clinic),
    ]
    return Letter(
        f"{_name(clinic)}: choose your password", "\n\n".join(lines) + "\n", _name(clinic)
    )


def visit_in_words(clinic: Clinic, invitation: Invitation) -> str | None:
    """Return when the visit is, such as "Tuesday 1 December at 14:00"; None where nobody said."""
    if invitation.visit_at is None:
        return None
    return calendar_of(clinic.time_zone).appointment(invitation.visit_at)


def _before(clinic: Clinic, invitation: Invitation) -> str:
    visit = visit_in_words(clinic, invitation)
    return "before your visit" if visit is None else f"before your visit on {visit}"


def _until(clinic: Clinic, invitation: Invitation) -> str:
    calendar = calendar_of(clinic.time_zone)
    last = calendar.last_day(invitation.expires_at)
    return f"It works until the end of {last} ({calendar.place})."


def _name(clinic: Clinic) -> str:
    """Return the clinic's name without what could not stand in the head of a mail."""
    return "".join(letter for letter in clinic.name if letter.isprintable())


def _signed(clinic: Clinic) -> str:
    if clinic.phone is None:
        return _name(clinic)
    return f"{_name(clinic)}\nPhone: {phone_in_words(clinic.phone, clinic.country)}"
