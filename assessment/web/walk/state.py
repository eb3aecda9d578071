"""Where somebody is in the questions: what follows from their answers and their cookie."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assessment.engine.answers import Answer, Answers
from assessment.screening import Position
from assessment.web.walk.confirmed import left_aside
from assessment.web.walk.cookie import Undone, Visit
from assessment.web.walk.forms import form_token
from assessment.web.walk.versions import Version

UPDATED = (
    "These questions were updated while you were answering. We kept the answers that still fit, "
    "but may ask some again."
)


@dataclass(frozen=True, slots=True)
class WalkState:
    """Where somebody is in the questions, with what they answered so far.

    `version` is what they walk under. `reachable` are the questions whose page they can open: the
    one to answer now, those on the path that have an answer, and what the result offers. What the
    start page asks has no page, but where a version that is gone took its answer along. `ahead`:
    they answered a version that is unknown here, so nothing is known of their answers either.
    """

    visit: Visit
    version: Version
    answers: dict[str, Answer]
    position: Position
    reachable: frozenset[str]
    notice: str | None
    ahead: bool = False

    @property
    def moves_on(self) -> bool:
        """Whether the version that it began with is gone, and these are the answers that hold."""
        return self.visit.version != self.version.name

    @property
    def token(self) -> str:
        """What guards the forms of these pages, and says that they are of this version."""
        return form_token(self.visit.token, self.version.name)

    @property
    def was_emergency(self) -> Undone | None:
        """What undid an emergency, if something did and there is none now.

        Of one for a private reason nothing is said: whoever looks on would know of it.
        """
        return None if self.position.emergency else self.visit.was_emergency

    @property
    def is_sent(self) -> bool:
        """Whether the answers were sent to a clinic: they cannot be changed any more."""
        return self.visit.sent_at is not None

    @property
    def shows_result(self) -> bool:
        """Whether what is known here of their answers leads to the result that they were shown.

        Where it does not, nothing that is less urgent may stand in its place.
        """
        lost_emergency = self.moves_on and self.was_emergency is not None
        return self.is_decided and not (self.ahead or lost_emergency)

    @property
    def is_begun(self) -> bool:
        """Whether a question was answered on the way: something could be lost."""
        return self.ahead or bool(self.position.answered)

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
        return self.visit.invitation is not None or self.visit.waiting

    @property
    def is_after_visit(self) -> bool:
        """Whether this is about what happened since a visit, and not before one."""
        return self.version.screening.is_after_visit

    @property
    def can_be_checked(self) -> bool:
        """Whether every answer can be shown and changed: there is a result, but no emergency."""
        return self.is_decided and not (self.is_sent or self.position.emergency)

    @property
    def is_decided(self) -> bool:
        """Whether there is a result: everything is answered, or an emergency ended the walk."""
        return self.position.question is None

    def reaches(self, question_id: str) -> bool:
        """Whether they can open the page of this question, to answer it or to change an answer."""
        return question_id in self.reachable and not self.is_sent


def state_of(visit: Visit, answers: dict[str, Answer], version: Version) -> WalkState:
    """Return where these answers, which hold under this version, have led."""
    moves_on = visit.version != version.name
    screening = version.screening
    position = screening.position(answers)
    start = version.protocol.start_asks
    over = position.emergency or visit.sent_at is not None
    if moves_on and start is not None and start not in answers and not over:
        # Nobody sees the start page on the way, so a page of its own asks this again.
        asked = (start, *position.asked)
        position = replace(position, question=version.protocol.question[start], asked=asked)
    notice = UPDATED if visit.updated or moves_on else None
    aside = left_aside(visit.confirmed or {}, screening, position, answers)
    if aside is not None and visit.sent_at is None:
        position, notice = replace(position, question=aside.gate, look_over=False), aside.notice
    return WalkState(
        visit, version, answers, position, _reachable(version, position, answers), notice
    )


def _reachable(version: Version, position: Position, answers: Answers) -> frozenset[str]:
    found = {name for name in position.asked if name in answers}
    if position.question is None:
        found.update(version.screening.engine.offered(answers))
    found -= {version.protocol.start_asks}
    now = position.question
    return frozenset(found if now is None else {*found, now.id})
