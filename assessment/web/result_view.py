"""What the check page, the result and its printed copy say, from the answers and the decision."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from assessment.engine.answers import Answers
from assessment.engine.decision import Decision
from assessment.engine.protocol import Advice, Recommend
from assessment.engine.text import Text
from assessment.engine.words import headline, short_name
from assessment.exports.machine import change_in_words
from assessment.exports.numbers import Number
from assessment.exports.pdf import Copy
from assessment.screening import Position, Screening, Why
from assessment.web.pages import (
    Change,
    CheckPage,
    EmergencyPage,
    Link,
    ResultPage,
    Row,
    Section,
    Site,
    SupportLines,
)

RESULT_TITLE = "Your result"
NO_REASON = "Your answers, taken together, led to this suggestion."
FAIL_SAFE = "Your answers did not lead to a clear suggestion, so we are being careful."
PRIVATE = "For your eyes only: this part is not printed or saved"
NO_SECTION = "Your answers"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision with the answers that it was made on, and who reads it."""

    answers: Answers
    decision: Decision
    why: Why
    carer: bool
    invited: bool

    def to(self, text: Text) -> str:
        """Return the words for whoever reads this."""
        return text.to(carer=self.carer, invited=self.invited)

    def each(self, texts: Iterable[Text]) -> tuple[str, ...]:
        """Return the words of several texts."""
        return tuple(self.to(text) for text in texts)

    def lines(self, text: Text) -> tuple[str, ...]:
        """Return the lines of a text that has several."""
        return _lines(self.to(text))

    @property
    def is_emergency(self) -> bool:
        """Whether to show the number first, and nothing else."""
        return self.decision.recommend is Recommend.EMERGENCY


class ResultView:
    """Says what was decided, in the words of one protocol; `booking` is where to book."""

    def __init__(self, screening: Screening, site: Site, booking: str | None) -> None:
        self._screening = screening
        self._protocol = screening.protocol
        self._booking = booking
        self._site = site
        self._guide = {
            page.id: Link(page.title, f"/guide/{page.id}") for page in self._protocol.guide
        }

    def outcome(self, answers: Answers, *, invited: bool) -> Outcome:
        """Return the decision on these answers; `invited` is who answers a clinic's link."""
        screening = self._screening
        decision = screening.decide(answers)
        why = screening.why(answers, decision, invited=invited)
        return Outcome(answers, decision, why, screening.engine.is_carer(answers), invited)

    def check(
        self, answers: Answers, position: Position, csrf: str, notice: str | None
    ) -> CheckPage:
        """Return the page that shows every answer, under the headings of the protocol."""
        carer = self._screening.engine.is_carer(answers)
        sections: dict[str | None, list[Row]] = {}
        for question_id in position.asked:
            question = self._protocol.question[question_id]
            row = Row(
                id=question_id,
                question=question.short.to(carer=carer),
                answers=self._screening.in_words(question, answers[question_id], carer=carer),
                change=f"/questions/{question_id}?from=check",
            )
            sections.setdefault(question.section, []).append(row)
        return CheckPage(
            title="Check your answers",
            sections=tuple(
                Section(self._heading(section, carer=carer), tuple(rows))
                for section, rows in sections.items()
            ),
            csrf=csrf,
            back=f"/questions/{position.asked[-1]}",
            notice=notice,
        )

    def result(self, outcome: Outcome, csrf: str) -> ResultPage:
        """Return the result of complete answers that are no emergency."""
        advice = self._advice(outcome)
        recommend = outcome.decision.recommend
        said, said_not = self._screening.said(outcome.answers)
        who = "they" if outcome.carer else "you"
        return ResultPage(
            title=RESULT_TITLE,
            recommendation=recommend.id,
            urgency=recommend.urgency,
            headline=self._headline(outcome),
            do_now=outcome.each(advice.do_now),
            numbers=self._numbers(recommend),
            reasons=self._reasons(outcome),
            changes=self._changes(outcome),
            expect=outcome.each(advice.expect),
            sooner=outcome.each(advice.sooner),
            tell=outcome.each(advice.tell),
            precautions=self._precautions(outcome),
            said=said,
            said_not=said_not,
            said_heading=f"You said {who} have",
            said_not_heading=f"You said {who} do not have",
            guide=tuple(self._guide[page] for page in advice.guide if page in self._guide),
            booking=self._booking if recommend.is_massage else None,
            phone=self._site.phone if recommend.is_massage else None,
            support=self._support(outcome),
            disclaimer=self._disclaimer(outcome),
            csrf=csrf,
            printed=_today(),
        )

    def emergency(self, outcome: Outcome, csrf: str) -> EmergencyPage:
        """Return the page that interrupts: the number first, and the way back from a slip."""
        advice, texts = self._advice(outcome), self._protocol.texts
        cause = self._screening.last_cause(outcome.answers, outcome.decision)
        return EmergencyPage(
            title=RESULT_TITLE,
            headline=self._headline(outcome),
            numbers=self._site.emergency_numbers,
            lead=outcome.to(texts["emergency_lead"]),
            say=outcome.lines(texts["emergency_say"]),
            do_now=outcome.each(advice.do_now),
            reasons=self._reasons(outcome),
            correct=Link("Correct my answer", f"/questions/{cause.id}" if cause else "/check"),
            support=self._support(outcome),
            disclaimer=self._disclaimer(outcome),
            csrf=csrf,
        )

    def copy(self, outcome: Outcome) -> Copy:
        """Return the result as it may be kept: without what rests on private answers."""
        page = self.result(outcome, "")
        site, protocol = self._site, self._protocol
        texts = protocol.texts
        emergency = outcome.is_emergency
        return Copy(
            title=f"{RESULT_TITLE}, {site.name}",
            language=site.language,
            clinic=site.name,
            emergency=emergency,
            emergency_numbers=tuple((one.number, one.where) for one in site.emergency_numbers),
            numbers=tuple((one.number, one.where) for one in page.numbers),
            headline=page.headline,
            do_now=page.do_now,
            reasons=page.reasons,
            say_heading=outcome.to(texts["emergency_lead"]) if emergency else "",
            say=outcome.lines(texts["emergency_say"]) if emergency else (),
            sooner=() if emergency else page.sooner,
            expect=() if emergency else page.expect,
            tell=() if emergency else (*page.precautions, *page.tell),
            said_heading=page.said_heading,
            said=page.said,
            said_not_heading=page.said_not_heading,
            said_not=() if emergency else page.said_not,
            disclaimer=page.disclaimer,
            author=site.author,
            review=site.review,
            version=f"{protocol.id} {site.version}",
            rules_hash=protocol.rules_hash,
            wording_hash=protocol.wording_hash,
            made=page.printed,
        )

    def _advice(self, outcome: Outcome) -> Advice:
        return self._protocol.advice[outcome.decision.recommend]

    def _headline(self, outcome: Outcome) -> str:
        engine, carer, invited = self._screening.engine, outcome.carer, outcome.invited
        recommend = outcome.decision.recommend
        return headline(engine, recommend, outcome.answers, carer=carer, invited=invited)

    def _disclaimer(self, outcome: Outcome) -> tuple[str, ...]:
        """Return the disclaimer: in full, but for an emergency, which leaves out all but help."""
        name = "disclaimer"
        if outcome.is_emergency:
            own = "disclaimer_emergency" in self._protocol.texts
            name = "disclaimer_emergency" if own else "disclaimer_short"
        return outcome.lines(self._protocol.texts[name])

    def _reasons(self, outcome: Outcome) -> tuple[str, ...]:
        if outcome.decision.fail_safe:
            return (FAIL_SAFE,)
        return outcome.why.reasons or (NO_REASON,)

    def _support(self, outcome: Outcome) -> tuple[SupportLines, ...]:
        """Return what only the person sees: support, and reasons that rest on private answers."""
        private = outcome.why.private
        return (
            *[
                SupportLines(outcome.to(one.headline), outcome.each(one.lines))
                for one in self._screening.engine.support(outcome.answers)
            ],
            *([SupportLines(PRIVATE, private)] if private else []),
        )

    def _changes(self, outcome: Outcome) -> tuple[Change, ...]:
        questions = self._protocol.question
        groups: dict[Recommend, dict[str, None]] = {}
        for change in self._screening.would_change(outcome.answers, outcome.decision):
            words = change_in_words(questions[change.question], change.answer, outcome.carer)
            groups.setdefault(change.recommend, {})[words] = None
        return tuple(
            Change(short_name(self._protocol, recommend, carer=outcome.carer), tuple(answers))
            for recommend, answers in sorted(groups.items(), key=lambda one: one[0].place)
        )

    def _precautions(self, outcome: Outcome) -> tuple[str, ...]:
        """Return what the person is told of precautions; nothing where a doctor comes first."""
        if outcome.decision.recommend.is_medical:
            return ()
        unsure = f" ({'They' if outcome.carer else 'You'} were not sure.)"
        return tuple(
            outcome.to(one.precaution.person) + (unsure if one.unsure else "")
            for one in self._screening.precautions(outcome.decision)
            if one.precaution.person is not None
        )

    def _numbers(self, recommend: Recommend) -> tuple[Number, ...]:
        if recommend is Recommend.EMERGENCY:
            return self._site.emergency_numbers
        return self._site.same_day_numbers if recommend is Recommend.URGENT_MEDICAL else ()

    def _heading(self, section: str | None, *, carer: bool) -> str:
        text = self._protocol.texts.get(f"section_{section}")
        return NO_SECTION if text is None else text.to(carer=carer)


def lines(text: Text) -> tuple[str, ...]:
    """Return the lines of a text that has several, for the person themselves."""
    return _lines(text.text)


def _lines(words: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in words.splitlines() if line.strip())


def _today() -> str:
    today = datetime.datetime.now().astimezone()
    return f"{today.day} {today:%B %Y}"
