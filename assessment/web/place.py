"""Where the person of a request is, computed from the cookie that they bring."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import request
from werkzeug.sansio.http import parse_cookie
from werkzeug.wrappers import Response

from assessment.engine.answers import Answer, Answers
from assessment.records.model import Clinic
from assessment.screening import Position, Screening
from assessment.web.cookie import Visit
from assessment.web.errors import Errors
from assessment.web.look import Look
from assessment.web.parts import Parts

UPDATED = (
    "These questions were updated while you were answering. We kept the answers that still fit, "
    "but may ask some again."
)
CLOSED = "closed"
"""In an address: tells the page that somebody closed their invitation just now."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is in the questions, with what they answered so far.

    `offered` are the questions that the result offers them.
    """

    visit: Visit
    answers: dict[str, Answer]
    position: Position
    offered: tuple[str, ...]
    notice: str | None

    @property
    def is_sent(self) -> bool:
        """Whether the answers were sent to a clinic: they cannot be changed any more."""
        return self.visit.sent_at is not None

    @property
    def is_begun(self) -> bool:
        """Whether a question was answered on the way: something could be lost."""
        return bool(self.position.answered)

    @property
    def href(self) -> str:
        """The page to go on with."""
        if self.is_sent:
            return "/sent"
        question = self.position.question
        if question is not None:
            return f"/questions/{question.id}"
        if self.position.emergency:
            return "/result"
        look_over = self.position.look_over or self.visit.found_again or self.notice is not None
        return "/check" if look_over else "/result"

    @property
    def is_invited(self) -> bool:
        """Whether a clinic asked for these answers, and expects a visit."""
        return self.visit.invitation is not None

    @property
    def can_be_checked(self) -> bool:
        """Whether every answer can be shown and changed: there is a result, but no emergency."""
        return self.is_decided and not (self.is_sent or self.position.emergency)

    @property
    def is_decided(self) -> bool:
        """Whether there is a result: everything is answered, or an emergency ended the walk."""
        return self.position.question is None

    def reaches(self, question_id: str) -> bool:
        """Whether this question is open: the one to answer now, or an answered one on the path."""
        if self.is_sent:
            return False
        now = self.position.question
        if now is not None and now.id == question_id:
            return True
        if question_id in self.offered:
            return True
        return question_id in self.answers and question_id in self.position.asked


class Walk:
    """Reads the place of a person from their cookie, and writes it there."""

    def __init__(self, parts: Parts) -> None:
        self._screening: Screening = parts.screening
        self._seal = parts.seal
        self._looks = parts.looks
        # Safari and curl send no `Secure` cookie over plain http, which local mode is.
        secure = "" if parts.settings.local else "; Secure"
        self._kept = f"; Path=/{secure}; HttpOnly; SameSite=Lax"
        protocol = parts.screening.protocol
        self._version = protocol.rules_hash[:16] + protocol.wording_hash[:16]

    def here(self) -> Place | None:
        """Return where the person of this request is; None when they have not started.

        Answers that were changed on the way, or have expired, count as none.
        """
        visit = self.visit()
        if visit is None:
            return None
        same = visit.version == self._version
        read = self._screening.reopen if same else self._screening.restore
        return self._place(visit, read(visit.answers))

    def visit(self) -> Visit | None:
        """Return what the cookie of this request holds."""
        cookies = parse_cookie(request.environ.get("HTTP_COOKIE"))
        return self._seal.open(cookies.get(self._seal.name))

    def errors(self) -> Errors:
        """Return the error pages in the look that this person sees."""
        return self.look(self.visit()).errors

    def look(self, visit: Visit | None) -> Look:
        """Return the look in which somebody sees a page; it keeps nobody waiting."""
        return self._looks.own if visit is None else self._looks.of(visit.clinic, visit.numbers)

    def started(
        self, answers: Answers, clinic: Clinic | None = None, invitation: str | None = None
    ) -> Response:
        """Begin a walk with these answers, if there are any, and go on from there."""
        at = (None, None) if clinic is None else (clinic.id, clinic.emergency_numbers)
        visit = Visit.new(self._version, at[0], invitation, at[1])
        visit = replace(visit, answers=self._screening.store(answers))
        return self._keep(go_to(self._place(visit, dict(answers)).href), visit)

    def answered(
        self, place: Place, answers: dict[str, Answer], back_to: str | None = None
    ) -> Response:
        """Return the response that keeps these answers and goes on from there.

        `back_to` is the page that somebody came from to change one answer: they go back to it
        unless that brought new questions, or an emergency.
        """
        visit = replace(
            place.visit,
            version=self._version,
            answers=self._screening.store(answers),
            updated=place.visit.version != self._version,
        )
        now = self._place(visit, answers)
        before = set(place.position.asked)
        if any(name in place.answers and name not in before for name in now.position.asked):
            visit = replace(visit, found_again=True)
            now = replace(now, visit=visit)
        href = back_to if back_to is not None and now.can_be_checked else now.href
        return self._keep(go_to(href), visit)

    def moved(self, place: Place, clinic: Clinic, invitation: str) -> Response:
        """Go on where somebody stopped, now for this invitation."""
        numbers = clinic.emergency_numbers
        visit = replace(place.visit, clinic=clinic.id, invitation=invitation, numbers=numbers)
        return self._keep(go_to(place.href), visit)

    def closed(self, place: Place, response: Response) -> Response:
        """Go on without the invitation that somebody closed."""
        return self._keep(response, replace(place.visit, invitation=None))

    def is_current(self, place: Place) -> bool:
        """Whether these answers were given to the protocol that is served now."""
        return place.visit.version == self._version

    def upgraded(self, place: Place) -> Response:
        """Keep what still fits of answers to an earlier protocol, and go where they lead now."""
        answers = self._screening.store(place.answers)
        visit = replace(place.visit, version=self._version, answers=answers, updated=True)
        return self._keep(go_to(place.href), visit)

    def sent(self, place: Place, when: int) -> Response:
        """Note that the answers were sent at that time (Unix seconds), and say so."""
        return self._keep(go_to("/sent"), replace(place.visit, sent_at=when))

    def forgotten(self, response: Response) -> Response:
        """Remove the cookie, and whatever the browser kept of our pages."""
        response.headers["Clear-Site-Data"] = '"cache"'
        return self._set_cookie(response, "", 0)

    def _place(self, visit: Visit, answers: dict[str, Answer]) -> Place:
        updated = visit.updated or visit.version != self._version
        position = self._screening.position(answers)
        offered = self._screening.offered(answers) if position.question is None else ()
        notice = UPDATED if updated else None
        return Place(visit, answers, position, tuple(one.id for one in offered), notice)

    def _keep(self, response: Response, visit: Visit) -> Response:
        return self._set_cookie(response, self._seal.close(visit), self._seal.lifetime_of(visit))

    def _set_cookie(self, response: Response, value: str, lifetime: int) -> Response:
        response.headers["Set-Cookie"] = (
            f"{self._seal.name}={value}; Max-Age={lifetime}{self._kept}"
        )
        return response


def go_to(href: str) -> Response:
    """Return a redirect that a browser follows with GET."""
    return Response(status=303, headers={"Location": href})
