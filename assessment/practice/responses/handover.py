"""What a client told, as the S of a SOAP note: to be copied into a therapist's own records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from assessment.engine.answers import Answer, is_unsure
from assessment.engine.protocol import Part
from assessment.engine.questions import YES, Kind, line_id
from assessment.engine.words import answer_in_words
from assessment.practice.responses.stored_decision import Decided
from assessment.practice.responses.told_signs import Sign, Told, told_signs
from assessment.records.model import Content
from assessment.screening import Screening

REPORTS, UNSURE, DENIES = "Reports", "Not sure", "Denies"
NO_POINTER = "Not asked (no answer led to it)"
ENDED = "Not asked (the questions stopped before this)"
CUT_SHORT = "Not asked (a tick in the same list ended the questions)"
UNREAD = "Answer cannot be read"
CARER = "Someone answered for them."


def soap_note(
    screening: Screening, content: Content, decided: Decided, day: str, confirmed: Mapping[str, str]
) -> str:
    """Return the note, one point a line; `day` is when it was told, in words.

    `confirmed` says of questions that were not asked on that day since when the answer is known.
    Their lines are neither reported nor denied today.

    It speaks of the client as "they". Nothing private is in it, and no word of what was advised.
    """
    return "\n".join(_Note(screening, content, decided, confirmed).lines(day))


class _Note:
    def __init__(
        self,
        screening: Screening,
        content: Content,
        decided: Decided,
        confirmed: Mapping[str, str],
    ) -> None:
        protocol = screening.protocol
        self._protocol = protocol
        self._when = "after" if screening.is_after_visit else "before"
        self._content = content
        self._decided = decided
        stored: Mapping[str, Answer] = {
            name: answer
            for name, answer in screening.restore(content.answers).items()
            if name not in protocol.private
        }
        self._is_carer = screening.engine.is_carer(stored)
        self._confirmed = {name: since for name, since in confirmed.items() if name in stored}
        self._before = stored
        self._answers = {name: one for name, one in stored.items() if name not in confirmed}
        told = told_signs(screening, content.answers)
        signs = tuple(sign for sign in told.signs if sign.question not in self._confirmed)
        self._told = replace(told, signs=signs)
        found = Counter((sign.says, sign.told) for sign in signs)
        self._states = Counter(says for says, _ in found)

    def lines(self, day: str) -> Iterator[str]:
        yield f"S: Told online on {day}, {self._when} the visit."
        if self._is_carer:
            yield CARER
        summary = self._protocol.summary
        yield from self._line(summary.get(Part.ABOUT, ()))
        yield from self._line(one.id for one in self._protocol.questions if one.kind is Kind.AREAS)
        for part in (Part.PAIN, Part.HELPS, Part.TRIED):
            yield from self._line(summary.get(part, ()))
        if self._content.message:
            yield f"In their words: “{' '.join(self._content.message.split())}”"
        reports = [self._says(sign) for sign in self._told.of(Told.YES)]
        yield from _listed(REPORTS, (*reports, *self._conditions()))
        unsure = map(self._says, self._told.of(Told.NOT_SURE))
        yield from _listed(UNSURE, (*unsure, *self._else_unsure()))
        yield from self._told_before()
        yield from self._denied()
        yield from self._not_asked()
        yield from _listed(UNREAD, map(self._short, self._told.unread))

    def _line(self, names: Iterable[str]) -> Iterator[str]:
        said = [
            f"{self._short(name)}: {', '.join(self._in_words(name))}."
            for name in names
            if name in self._answers
        ]
        if said:
            yield " ".join(said)

    def _told_before(self) -> Iterator[str]:
        """Yield each list that was only confirmed: what was ticked, and what was not, back then."""
        for name, since in self._confirmed.items():
            question, answer = self._protocol.question[name], self._before[name]
            words = answer_in_words(question, answer, carer=True)
            yield f"{since}: {self._short(name)}: {'; '.join(words)}."
            labels = [one.label.to(carer=True) for one in question.options]
            unticked = [label for label in labels if label not in words]
            if unticked and question.kind.is_set:
                yield f"Not ticked then: {'; '.join(unticked)}."

    def _conditions(self) -> Iterator[str]:
        """Yield what was ticked and is no sign that counts alone, such as an illness."""
        first = {name for names in self._protocol.summary.values() for name in names}
        for question in self._protocol.questions:
            answer = self._answers.get(question.id)
            chosen = answer if isinstance(answer, frozenset) else {answer}
            if question.id in first or question.line is not None:
                continue
            for option in question.options:
                singly = self._answers.get(line_id(question.id, option.id))
                is_told = option.id in chosen or singly == YES
                if is_told and option.says and option.safety is None:
                    yield option.says.to(carer=True)

    def _else_unsure(self) -> Iterator[str]:
        """Yield what else they were not sure of, such as an illness; of a list asked singly which.

        What the lines above tell in full is left out.
        """
        first = {name for names in self._protocol.summary.values() for name in names}
        for question in self._protocol.questions:
            if question.id in first or question.kind is Kind.AREAS:
                continue
            has_signs = any(one.safety for one in question.options)
            singly = (line_id(question.id, one.id) for one in question.options)
            if has_signs or (question.clarify and not self._answers.keys().isdisjoint(singly)):
                continue
            if question.id in self._answers and is_unsure(self._answers[question.id]):
                yield self._short(question.id)

    def _denied(self) -> Iterator[str]:
        """Yield a line for each answer by which signs were denied, in its own words."""
        by_answer: dict[str, list[str]] = {}
        for sign in self._told.of(Told.DENIED):
            by_answer.setdefault(sign.none, []).append(self._says(sign))
        for none, says in by_answer.items():
            yield from _listed(f"{DENIES} (answered “{none}”)" if none else DENIES, says)

    def _not_asked(self) -> Iterator[str]:
        signs, cut_short = self._told.of(Told.NOT_ASKED), self._told.cut_short
        yield from _listed(
            CUT_SHORT, (self._says(one) for one in signs if one.question == cut_short)
        )
        names = dict.fromkeys(one.question for one in signs if one.question != cut_short)
        ended = {*self._decided.missing, *self._decided.skipped}
        yield from _listed(ENDED, (self._short(name) for name in names if name in ended))
        yield from _listed(NO_POINTER, (self._short(name) for name in names if name not in ended))

    def _says(self, sign: Sign) -> str:
        """Return the words of a sign; where others with these words have another state, whose."""
        if self._states[sign.says] == 1:
            return sign.says
        return f"{sign.says} ({self._short(sign.question)})"

    def _in_words(self, name: str) -> tuple[str, ...]:
        return answer_in_words(self._protocol.question[name], self._answers[name], carer=True)

    def _short(self, name: str) -> str:
        return self._protocol.question[name].short.to(carer=True)


def _listed(heading: str, words: Iterable[str]) -> Iterator[str]:
    found = tuple(dict.fromkeys(words))
    if found:
        yield f"{heading}: {'; '.join(found)}."
