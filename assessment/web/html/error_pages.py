"""What the friendly error pages say, by the status or the name of each."""

from __future__ import annotations

from collections.abc import Mapping

from assessment.web.html.pages import ErrorPage, Link

_ON = Link("Carry on with the questions", "/check")
START = Link("Go to the start", "/")
_CARE = (
    "If you are worried about how you feel, don't wait for this site: ask a doctor today. "
    "In an emergency, call one of the numbers below."
)
EXPIRED = "expired"
NOT_CLEARED = "not cleared"
NO_LINK = "no link"
LINK_USED = "link used"
ALREADY_SENT = "already sent"
NO_PDF = "no pdf"
LINK_GONE = "link gone"
WITHDRAWN = "withdrawn"
NOTHING_TO_WITHDRAW = "nothing to withdraw"
LINK_CLOSED = "link closed"
OTHER_WALK = "other walk"
AHEAD = "ahead"
NOT_READY = "not ready"
UPDATED_MEANWHILE = "updated meanwhile"
SENT_BEFORE = "sent before"
SEND_FAILED = "send failed"
AWAY = 503
OTHER = 500
PAGES: Mapping[int | str, ErrorPage] = {
    400: ErrorPage(
        "We could not read that",
        400,
        (
            "Your browser sent something that we couldn't read. Nothing is lost: the "
            "answers that you gave so far are still here.",
        ),
        _ON,
    ),
    404: ErrorPage(
        "Page not found",
        404,
        ("The link may be mistyped, or the page no longer exists.",),
        START,
    ),
    405: ErrorPage(
        "You can't open this page that way",
        405,
        ("Nothing is lost: the answers that you gave so far are still here.",),
        _ON,
    ),
    413: ErrorPage(
        "That was too long",
        413,
        (
            "Your browser sent much more than an answer. Nothing is lost: the answers that you "
            "gave before are still here.",
        ),
        _ON,
    ),
    429: ErrorPage(
        "Too many people have started from your network",
        429,
        (
            "Please try again in an hour.",
            _CARE,
        ),
        START,
    ),
    500: ErrorPage(
        "Something went wrong on our side",
        500,
        (
            "Sorry about that. We can't give you a suggestion right now. Please don't take this as "
            "a sign that all is well.",
            _CARE,
        ),
        Link("Try again", "/check"),
    ),
    503: ErrorPage(
        "We can't reach our records right now",
        503,
        (
            "Sorry about that. Please try again in a minute or two. The answers you have given are "
            "still on this device.",
            _CARE,
        ),
        _ON,
    ),
    NO_PDF: ErrorPage(
        "We can't make your PDF right now",
        503,
        (
            "Too many people have asked for one at the same time. Please try again in a minute. "
            "Your result page says the same, and you can print it.",
            _CARE,
        ),
        Link("Go back to your result", "/result"),
    ),
    NO_LINK: ErrorPage(
        "This link does not work",
        404,
        (
            "It may have expired, a newer one may have replaced it, or part of it may be missing. "
            "Please ask the clinic that sent it for a new one.",
            _CARE,
        ),
        START,
    ),
    LINK_USED: ErrorPage(
        "Your answers have already been sent",
        200,
        (
            "This link was used to send answers to the clinic. A link works once, and it never "
            "shows what was sent.",
            "If something has changed since, tell the clinic, or ask for a new link.",
            _CARE,
        ),
        START,
    ),
    ALREADY_SENT: ErrorPage(
        "This link has already been used",
        409,
        (
            "A link works once, so nothing was sent this time. Your answers are still on this "
            "device.",
            "If that wasn't you, or something has changed since, please tell the clinic.",
            _CARE,
        ),
        Link("Go back to your result", "/result"),
    ),
    LINK_GONE: ErrorPage(
        "Your answers were not sent",
        409,
        (
            "The clinic has withdrawn this link, or sent you a newer one. Your answers are still "
            "on this device: open the newer link here and they can be sent with it.",
            "If you have no newer link, please ask the clinic for one.",
            _CARE,
        ),
        Link("Go back to your result", "/result"),
    ),
    WITHDRAWN: ErrorPage(
        "You have taken back your agreement",
        200,
        (
            "The clinic can see this, and has to erase what you sent. If you want to know when it "
            "is done, please ask them.",
            "You can still have a visit. Just tell them yourself what they need to know.",
            _CARE,
        ),
        START,
    ),
    NOTHING_TO_WITHDRAW: ErrorPage(
        "There is nothing left to take back",
        200,
        (
            "What you sent is not here any more: the clinic has probably erased it. If you want to "
            "be sure, please ask them.",
            _CARE,
        ),
        START,
    ),
    LINK_CLOSED: ErrorPage(
        "The link is closed",
        200,
        (
            "The clinic sees that you closed it, and nothing else. No one will remind you about "
            "these questions.",
            _CARE,
        ),
        START,
    ),
    OTHER_WALK: ErrorPage(
        "That page belongs to other answers",
        400,
        (
            "You have started again since you opened it, perhaps in another tab or with another "
            "link. So nothing from that page was saved or sent.",
            "Your newest answers are just as you left them.",
        ),
        _ON,
    ),
    AHEAD: ErrorPage(
        "We are updating these questions",
        503,
        (
            "You started with another version of them, and this part of our service doesn't have "
            "it yet. Your answers are still on this device. Please try again in a minute.",
            _CARE,
        ),
        Link("Try again", "/check"),
        ("If you keep seeing this page, you can start again.", START),
    ),
    NOT_READY: ErrorPage(
        "Your answers were not sent",
        409,
        (
            "They have changed since you opened that page, perhaps in another tab. Please look at "
            "them again before you send them.",
        ),
        _ON,
    ),
    UPDATED_MEANWHILE: ErrorPage(
        "Your answers were not sent",
        409,
        (
            "These questions were updated while you were on that page. We kept the answers that "
            "still fit, but may ask some again. You can send them after you have seen your result.",
        ),
        _ON,
    ),
    SENT_BEFORE: ErrorPage(
        "You have already sent your answers",
        409,
        ("What you typed on that page since then was not sent. Please tell the clinic yourself.",),
        Link("See what you sent", "/sent"),
    ),
    SEND_FAILED: ErrorPage(
        "Something went wrong on our side",
        500,
        (
            "Sorry about that. We don't know if your answers were sent. Please try again: sending "
            "the same twice does no harm.",
            _CARE,
        ),
        Link("Go back to your result", "/result"),
    ),
    NOT_CLEARED: ErrorPage(
        "Your answers were not cleared",
        400,
        (
            "That page shows earlier answers, which are no longer on this device. You have started "
            "again since, perhaps in another tab or with another link. Those answers are still "
            "here.",
        ),
        _ON,
    ),
}


def expired(keep_minutes: int, *, invites: bool) -> ErrorPage:
    """Return the page for who is too late; `invites`: clinics send links to people here."""
    invited = "If a clinic sent you a link, open it again: it works until you send your answers."
    return ErrorPage(
        "This page has expired",
        400,
        (
            f"We keep answers for {keep_minutes} minutes after the last one, and only on your "
            "own device. They are gone now, or your browser did not send them.",
            "You can start again. It takes a few minutes. If you see this page again at once, your "
            "browser keeps no cookies: please allow them for this site.",
            *([invited] if invites else []),
            "If you are worried about how you feel, ask a doctor today.",
        ),
        START,
    )
