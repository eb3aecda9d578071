"""The words of every mail and message that leaves a clinic: short, plain, and without health data.

A mail may be read by others, on a lock screen or on its way. So none says why somebody is asked,
what they answered, or who a therapist's client is.
"""

from __future__ import annotations

from assessment.exports.dates import calendar_of
from assessment.exports.phones import phone_in_words
from assessment.practice.post.mail import Letter
from assessment.practice.staff.account_mails import Happened
from assessment.records.model import Clinic, Invitation, Therapist


def invitation_letter(clinic: Clinic, invitation: Invitation, link: str) -> Letter:
    """Return the mail that brings a client their link, before a visit or after it."""
    if invitation.follows:
        return _after_visit_letter(clinic, invitation, link)
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


def _after_visit_letter(clinic: Clinic, invitation: Invitation, link: str) -> Letter:
    lines = [
        "Hello,",
        f"{_name(clinic)} would like to know how you are after your visit. It takes two minutes. "
        "This is your link:",
        link,
        f"{_until(clinic, invitation)} It is only for you, so please don't pass it on.",
        "No one reads your answers straight away. In an emergency, call your local emergency "
        "number.",
        "If you would rather not answer, you can ignore this email. We won't remind you.",
        _signed(clinic),
    ]
    about = f"After your visit to {_name(clinic)}"
    return Letter(about, "\n\n".join(lines) + "\n", _name(clinic))


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


def code_letter(clinic: Clinic, invitation: Invitation, code: str) -> Letter:
    """Return the mail that brings a client the code by which they see what they told before."""
    lines = [
        "Hello,",
        f"Here is your code for the questions from {_name(clinic)}:",
        code,
        "Type it on the page you have open. It works once, for 10 minutes. Please don't pass it "
        "on.",
        "If you didn't ask for it, you can ignore this email.",
        _signed(clinic),
    ]
    return Letter(f"{_name(clinic)}: your code", "\n\n".join(lines) + "\n", _name(clinic))


def subject(clinic: Clinic) -> str:
    """Return the subject of a mail that brings a link."""
    return f"Questions before your visit to {_name(clinic)}"


def invitation_message(clinic: Clinic, invitation: Invitation, link: str) -> str:
    """Return a message that brings a client their link, short enough for a phone."""
    if invitation.follows:
        return (
            f"{_name(clinic)} would like to know how you are after your visit: {link}\n"
            f"{_until(clinic, invitation)} It is for you only. In an emergency, call your local "
            "emergency number."
        )
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
        "For privacy, this email gives no details. You get it because you asked for an email "
        "about urgent responses. You can turn that off in your account.",
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


def webhook_letter(clinic: Clinic, page: str) -> Letter:
    """Return the mail that tells an owner of a webhook that was switched off."""
    lines = [
        "Hello,",
        "One of your clinic's webhooks has been switched off, because what we sent did not arrive.",
        "Sign in to see which one. Once it works, you can switch it on again:",
        page,
        _name(clinic),
    ]
    return Letter(
        f"{_name(clinic)}: a webhook was switched off", "\n\n".join(lines) + "\n", _name(clinic)
    )


_HAPPENED = {
    Happened.NEW_DEVICE: ("new sign-in", "Someone signed in to your account on a device or browser "
                          "that we haven't seen you use before."),
    Happened.PASSWORD: ("your password was changed", "The password for your account was changed."),
    Happened.APP_ON: ("a second step was set up", "A code from an app is now needed to sign in to "
                      "your account."),
    Happened.APP_OFF: ("a second step was switched off", "A code from an app is no longer needed "
                       "to sign in to your account."),
    Happened.PASSKEY_ADDED: ("a passkey was added", "A new passkey can now be used to sign in to "
                             "your account."),
    Happened.PASSKEY_REMOVED: ("a passkey was removed", "A passkey was removed from your account."),
    Happened.NEW_CODES: ("new recovery codes", "New recovery codes were made for your account. The "
                         "old ones no longer work."),
    Happened.CODE_USED: ("a recovery code was used", "Someone signed in to your account with one "
                         "of its recovery codes."),
    Happened.RESET: ("your second step was reset", "The second step for signing in to your account "
                     "was removed, and so were your recovery codes."),
    Happened.KEY_MADE: ("an API key was made", "A new API key was made under your account. You can "
                        "see it, or revoke it, under Settings, API keys."),
    Happened.KEPT_SHORTER: ("things are erased sooner", "An owner of your clinic chose to keep "
                            "things for less time. You can see the new times, or change them, "
                            "under Settings, How long to keep things."),
}  # fmt: skip


def account_letter(clinic: Clinic, kind: str, when: str, browser: str) -> Letter:
    """Return the mail that tells somebody what happened to their account, without any secret.

    `kind` is the value of a `Happened`, `browser` in words or empty.
    """
    about, said = _HAPPENED[Happened(kind)]
    lines = [
        "Hello,",
        said,
        f"When: {when}" + (f"\nOn: {browser}" if browser else ""),
        "If this was you, or you asked for it, you don't need to do anything.",
        "If not, change your password now, and tell an owner of your clinic.",
        _name(clinic),
    ]
    return Letter(f"{_name(clinic)}: {about}", "\n\n".join(lines) + "\n", _name(clinic))


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
