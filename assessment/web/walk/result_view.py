"""What the result says, or what comes in its place, from the answers and the decision."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

from assessment.engine.answers import Answers
from assessment.engine.decision import Decision
from assessment.engine.protocol import Advice, Recommend, Support
from assessment.engine.words import headline, short_name
from assessment.exports.machine import change_in_words
from assessment.exports.numbers import Number
from assessment.exports.pdf import Copy
from assessment.screening import Position, Screening, Why
from assessment.web.html.pages import Link, Site
from assessment.web.html.phone_links import pieces
from assessment.web.html.voice import Voice
from assessment.web.walk.answers_view import AnswersView
from assessment.web.walk.copy_view import copy_of
from assessment.web.walk.not_asked_view import not_asked_page
from assessment.web.walk.result_pages import (
    CheckPage,
    CrisisPage,
    EmergencyPage,
    Group,
    Line,
    NotAsked,
    ResultPage,
    SupportLines,
)

RESULT_TITLE = "Your result"
NO_REASON = "We suggest this because of all your answers together."
FAIL_SAFE = "Your answers did not point clearly one way, so we are being careful."
PRIVATE = "For your eyes only: this is not printed or saved"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision with the answers that it was made on, and whom it is told.

    `alone` is the support that takes the place of the result, if there is one.
    """

    answers: Answers
    decision: Decision
    why: Why
    voice: Voice
    support: tuple[Support, ...]

    @property
    def is_emergency(self) -> bool:
        """Whether to show the number first, and nothing else."""
        return self.decision.recommend is Recommend.EMERGENCY

    @property
    def alone(self) -> Support | None:
        """The support that has a page of its own, in place of the result, if there is one.

        An emergency of the body comes first: its page must never hide behind another.
        """
        if self.is_emergency and any(not fired.private for fired in self.decision.winning):
            return None
        return next((one for one in self.support if one.alone), None)


class ResultView:
    """Says what was decided, in the words of one protocol; `booking` is where to book."""

    def __init__(self, screening: Screening, site: Site, booking: str | None) -> None:
        self._screening = screening
        self._protocol = screening.protocol
        self._answers = AnswersView(screening)
        self._booking = booking
        self._site = site
        self._guide = {
            page.id: Link(page.title, f"/guide/{page.id}") for page in self._protocol.guide
        }

    def outcome(self, answers: Answers, *, invited: bool = False) -> Outcome:
        """Return the decision on these answers, for somebody a clinic has `invited` or not."""
        screening = self._screening
        decision = screening.decide(answers)
        return Outcome(
            answers=answers,
            decision=decision,
            why=screening.why(answers, decision, invited=invited),
            voice=Voice(carer=screening.engine.is_carer(answers), invited=invited),
            support=screening.engine.support(answers),
        )

    def check(
        self, answers: Answers, position: Position, csrf: str, notice: str | None
    ) -> CheckPage:
        """Return the page that shows every answer, under the headings of the protocol."""
        return CheckPage(
            title="Check your answers",
            sections=self._answers.sections(answers, position.asked, "check"),
            csrf=csrf,
            back=f"/questions/{position.answered[-1]}",
            notice=notice,
        )

    def result(self, outcome: Outcome, csrf: str) -> ResultPage:
        """Return the result of answers that are no emergency."""
        advice, voice, recommend = self._advice(outcome), outcome.voice, outcome.decision.recommend
        action, *steps = voice.each(advice.do_now)
        said, said_not = self._said(outcome)
        asked = self._screening.engine.asked(outcome.answers)
        can_book = recommend.is_massage and not voice.invited
        return ResultPage(
            title=RESULT_TITLE,
            recommendation=recommend.id,
            urgency=recommend.urgency,
            headline=self._headline(outcome),
            action=action,
            numbers=self._numbers(recommend),
            booking=self._booking if can_book else None,
            phone=self._site.phone if can_book or _must_tell(outcome) else None,
            sooner=voice.each(advice.sooner),
            precautions=self._precautions(outcome),
            support=self._support(outcome),
            reasons=self._reasons(outcome),
            steps=tuple(steps),
            not_asked=self._not_asked(outcome),
            help_lines=_tappable(self._lines("help_lines", voice)),
            offered=tuple(
                Link(voice.says(question.ask), f"/questions/{question.id}")
                for question in self._screening.offered(outcome.answers)
            ),
            expect=voice.each(advice.expect),
            tell=voice.each(advice.tell),
            changes=self._changes(outcome),
            said=said,
            said_not=said_not,
            sections=self._answers.sections(outcome.answers, asked, "result"),
            guide=tuple(self._guide[page] for page in advice.guide if page in self._guide),
            disclaimer=self._disclaimer(outcome),
            invited=voice.invited,
            csrf=csrf,
            printed=self._site.calendar.day(int(time.time())),
            can_keep=self.can_keep(outcome),
        )

    def emergency(self, outcome: Outcome, csrf: str) -> EmergencyPage:
        """Return the page that interrupts: the number first, and the way back from a slip."""
        advice, voice = self._advice(outcome), outcome.voice
        cause = self._screening.last_cause(outcome.answers, outcome.decision)
        return EmergencyPage(
            title=RESULT_TITLE,
            headline=self._headline(outcome),
            numbers=self._site.emergency_numbers,
            lead=voice.says(self._protocol.texts["emergency_lead"]),
            say=self._lines("emergency_say", voice),
            do_now=voice.each(advice.do_now),
            reasons=self._reasons(outcome),
            correct=Link("Change my answer", f"/questions/{cause.id}" if cause else "/check"),
            support=self._support(outcome),
            disclaimer=self._disclaimer(outcome),
            csrf=csrf,
        )

    def crisis(self, outcome: Outcome, support: Support, csrf: str, *, closed: bool) -> CrisisPage:
        """Return the page that takes the place of the result: people to talk to now."""
        voice = outcome.voice
        told = self._screening.asks_for(support, outcome.answers)
        return CrisisPage(
            title=RESULT_TITLE,
            headline=voice.says(support.headline),
            lines=_tappable(voice.each(support.lines)),
            numbers=self._site.emergency_numbers,
            correct="/check" if told is None else f"/questions/{told.id}?from=result",
            result=None if outcome.is_emergency else "/result?behind=1",
            asked_by=self._site.name if voice.invited else None,
            closed=closed,
            carer=voice.carer,
            csrf=csrf,
        )

    def copy(self, outcome: Outcome) -> Copy | None:
        """Return the result as it may be kept: without what rests on private answers.

        Of what has a page of its own there is no trace: a doctor's advice without a reason would
        be one. None where the result would then be another: a copy never tells a milder thing.
        """
        kept = self._kept(outcome)
        if kept is None:
            return None
        emergency = self.emergency(kept, "") if kept.is_emergency else None
        return copy_of(self.result(kept, ""), emergency, self._protocol, self._site)

    def can_keep(self, outcome: Outcome) -> bool:
        """Whether there is a copy to save."""
        return self._kept(outcome) is not None

    def _kept(self, outcome: Outcome) -> Outcome | None:
        """Return what a copy tells, if it tells what the person was told."""
        if outcome.alone is None:
            return outcome
        shared = self._screening.without_private(outcome.answers)
        kept = self.outcome(shared, invited=outcome.voice.invited)
        return kept if kept.decision.recommend is outcome.decision.recommend else None

    def _headline(self, outcome: Outcome) -> str:
        recommend, voice = outcome.decision.recommend, outcome.voice
        return headline(
            self._screening.engine,
            recommend,
            outcome.answers,
            carer=voice.carer,
            invited=voice.invited,
        )

    def _advice(self, outcome: Outcome) -> Advice:
        return self._protocol.advice[outcome.decision.recommend]

    def _disclaimer(self, outcome: Outcome) -> tuple[str, ...]:
        """Return the disclaimer: in full, but for an emergency, which leaves out all but help."""
        name = "disclaimer"
        if outcome.is_emergency:
            own = "disclaimer_emergency" in self._protocol.texts
            name = "disclaimer_emergency" if own else "disclaimer_short"
        return self._lines(name, outcome.voice)

    def _reasons(self, outcome: Outcome) -> tuple[str, ...]:
        """Return why, in words that others may see; none where each reason is private."""
        if outcome.decision.fail_safe:
            return (FAIL_SAFE,)
        return outcome.why.reasons or (() if outcome.why.private else (NO_REASON,))

    def _support(self, outcome: Outcome) -> tuple[SupportLines, ...]:
        """Return what only the person sees: support, and reasons that rest on private answers."""
        voice, private = outcome.voice, outcome.why.private
        return (
            *[
                SupportLines(voice.says(one.headline), _tappable(voice.each(one.lines)))
                for one in outcome.support
            ],
            *([SupportLines(PRIVATE, _tappable(private))] if private else []),
        )

    def _not_asked(self, outcome: Outcome) -> NotAsked | None:
        signs = self._screening.not_asked(outcome.answers)
        lead = self._protocol.texts.get("not_asked_lead")
        words = None if lead is None else outcome.voice.says(lead)
        return not_asked_page(signs, words, outcome.voice.who)

    def _changes(self, outcome: Outcome) -> tuple[Group, ...]:
        questions = self._protocol.question
        groups: dict[Recommend, dict[str, None]] = {}
        for change in self._screening.would_change(outcome.answers, outcome.decision):
            words = change_in_words(questions[change.question], change.answer, outcome.voice.carer)
            groups.setdefault(change.recommend, {})[words] = None
        return tuple(
            Group(short_name(self._protocol, recommend, carer=outcome.voice.carer), tuple(answers))
            for recommend, answers in sorted(groups.items(), key=lambda one: one[0].place)
        )

    def _said(self, outcome: Outcome) -> tuple[Group, Group]:
        said, said_not = self._screening.said(outcome.answers)
        you_said = f"You said {outcome.voice.who}"
        return Group(f"{you_said} have", said), Group(f"{you_said} do not have", said_not)

    def _precautions(self, outcome: Outcome) -> tuple[str, ...]:
        """Return what the person is told of precautions; nothing where a doctor comes first."""
        if outcome.decision.recommend.is_medical:
            return ()
        unsure = f" ({outcome.voice.who.capitalize()} were not sure.)"
        return tuple(
            outcome.voice.says(one.precaution.person) + (unsure if one.unsure else "")
            for one in self._screening.precautions(outcome.decision)
            if one.precaution.person is not None
        )

    def _numbers(self, recommend: Recommend) -> tuple[Number, ...]:
        if recommend is Recommend.EMERGENCY:
            return self._site.emergency_numbers
        return self._site.same_day_numbers if recommend is Recommend.URGENT_MEDICAL else ()

    def _lines(self, name: str, voice: Voice) -> tuple[str, ...]:
        return voice.lines(self._protocol.texts.get(name))


def _must_tell(outcome: Outcome) -> bool:
    """Whether a clinic expects somebody who has to see a doctor first."""
    return outcome.voice.invited and outcome.decision.recommend.is_medical


def _tappable(lines: Iterable[str]) -> tuple[Line, ...]:
    return tuple(pieces(line) for line in lines)
