"""Error pages of the clinic area, made at start so that nothing can go wrong while one is shown."""

from __future__ import annotations

from collections.abc import Mapping

from werkzeug.wrappers import Response

from assessment.web.clinic.pages import MessagePage
from assessment.web.clinic.paper import Paper, reply

SECONDS_TO_RETRY = "20"
_BACK = "Press Back in your browser: what you typed should still be there."


def _page(title: str, *lines: str, way_on: str = "Go to the inbox") -> MessagePage:
    return MessagePage(title=title, lines=lines, way_on="/clinic", way_on_text=way_on)


PAGES: Mapping[int, MessagePage] = {
    400: _page(
        "We could not read that", "Your browser sent something that we did not expect.", _BACK
    ),
    403: _page(
        "Only the owner can change this",
        "Please ask the person who set up your clinic here to make the change.",
    ),
    404: _page(
        "We have no such page",
        "The address may have a slip in it, or what it showed has been erased.",
    ),
    413: _page(
        "That was too much to read",
        "A logo may have 200 kB, and a text some thousand characters. Please send less.",
        _BACK,
    ),
    500: _page(
        "Something went wrong on our side",
        "We are sorry. We do not know whether your change was made, so please look before you "
        "send it again.",
        _BACK,
    ),
    503: _page(
        "We cannot reach our records just now",
        "Nothing was changed, and nothing is lost. Please try again in a minute.",
        _BACK,
        "If you wait for an urgent answer, call your client.",
        way_on="Try again",
    ),
}  # fmt: skip


def ready_pages(paper: Paper) -> dict[int, str]:
    """Return every error page as HTML, by status."""
    return {status: paper.text("message.html", page, None) for status, page in PAGES.items()}


def response(pages: Mapping[int, str], status: int) -> Response:
    """Return the page of a status; of one without a page, that of its class."""
    html = pages.get(status) or pages[400 if status < 500 else 500]
    answer = reply(html, status)
    if status == 503:
        answer.headers["Retry-After"] = SECONDS_TO_RETRY
    return answer
