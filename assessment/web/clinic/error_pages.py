"""Error pages of the clinic area.

They are made at start, so that nothing can go wrong while one is shown. Only the page after a form
that failed is made when it is needed, because it holds what was typed.
"""

from __future__ import annotations

from collections.abc import Mapping

from werkzeug.wrappers import Response

from assessment.practice.staff.accounts import IDLE
from assessment.web.clinic.pages import MessagePage, TryAgainPage
from assessment.web.clinic.templates import ClinicTemplates, reply
from assessment.web.clinic.unsent_form import UnsentForm
from assessment.web.server.reference import PLACE, with_reference

SECONDS_TO_RETRY = "20"
NO_PDF = "no pdf"
"""The page for when no PDF can be made now."""
_BACK = "Press Back in your browser. What you typed may be lost: we didn't receive it."
_URGENT = "If you are waiting for an urgent answer, call your client."
_UNSURE = (
    "Sorry. We don't know if what you sent was saved.",
    "Trying again never adds a note twice. Anything else may be saved twice, so please check "
    "afterwards.",
)


def _page(title: str, *lines: str, way_on: str = "Go to Today", reference: str = "") -> MessagePage:
    return MessagePage(
        title=title, lines=lines, way_on="/clinic", way_on_text=way_on, reference=reference
    )


PAGES: Mapping[int | str, MessagePage] = {
    400: _page(
        "We couldn't read that", "Your browser sent something we didn't expect.", _BACK
    ),
    403: _page(
        "Only the owner can change this",
        "Please ask the person who set up your clinic here to make the change.",
    ),
    404: _page(
        "Page not found",
        "The link may be mistyped, or what it showed has been erased.",
    ),
    413: _page(
        "That was too long",
        "A logo can be up to 200 kB, and a text a few thousand characters. Please send less.",
        _BACK,
    ),
    500: _page(
        "Something went wrong on our side",
        "We are sorry. Please try again. If you were changing something, check whether it was "
        "changed before you try again.",
        reference=PLACE,
    ),
    503: _page(
        "We can't reach our records right now",
        "Nothing was changed or lost. Please try again in a minute.",
        _URGENT,
        way_on="Try again",
        reference=PLACE,
    ),
    NO_PDF: _page(
        "We can't make the PDF right now",
        "Too many people have asked for one at the same time. Please try again in a minute, or "
        "export fewer responses at once.",
        "You can also save them as CSV or JSON, or print the page of a response.",
        reference=PLACE,
    ),
}  # fmt: skip


def ready_pages(templates: ClinicTemplates) -> dict[int | str, str]:
    """Return every error page as HTML, by status or name."""
    return {name: templates.text("message.html", page, None) for name, page in PAGES.items()}


def no_pdf(pages: Mapping[int | str, str]) -> Response:
    """Return the page for when no PDF can be made now."""
    return _with_hint(reply(with_reference(pages[NO_PDF]), 503), 503)


def response(pages: Mapping[int | str, str], status: int) -> Response:
    """Return the page of a status; of one without a page, that of its class."""
    html = pages.get(status) or pages[400 if status < 500 else 500]
    return _with_hint(reply(with_reference(html), status), status)


def try_again(
    templates: ClinicTemplates, status: int, what: UnsentForm | None, token: str
) -> Response:
    """Return the page after a form of which nobody knows whether it was taken.

    It shows what was typed and sends it again with one press, and needs no database.
    """
    away = status == 503
    page = TryAgainPage(
        title=PAGES[503 if away else 500].title,
        lines=(*_UNSURE, _URGENT) if away else _UNSURE,
        unsent=what,
        token=token,
    )
    # Nobody knows when their session ends; no session is idle for longer than this.
    html = with_reference(templates.text("try_again.html", page, None, idle=IDLE))
    return _with_hint(reply(html, status), status)


def _with_hint(answer: Response, status: int) -> Response:
    if status == 503:
        answer.headers["Retry-After"] = SECONDS_TO_RETRY
    return answer
