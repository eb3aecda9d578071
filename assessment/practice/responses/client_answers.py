"""What a client told, in the words of the protocol that they read on that day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from assessment.engine.answers import Answer, is_unsure
from assessment.engine.protocol import Part
from assessment.engine.questions import NONE, NOT_SURE, Kind, Question, Side
from assessment.engine.text import Text
from assessment.screening import Screening

PARTS = {
    Part.PAIN: "The pain",
    Part.HELPS: "What helps",
    Part.TRIED: "What was tried",
}
NO_SECTION = "Answers"
UNREAD = "Other stored answers"


@dataclass(frozen=True, slots=True)
class Said:
    """One answer in words. `level` is the answer to a scale, 0 to 10."""

    question: str
    answers: tuple[str, ...]
    unsure: bool = False
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Answers under one heading."""

    heading: str
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Areas:
    """Ticked places: their ids, for the drawing, and in words for each side."""

    ticked: frozenset[str] = frozenset()
    front: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Denied:
    """Signs that count alone and that a client said are not there, by the question about them.

    `none_at_all`: they said that nothing which this question lists is there.
    """

    question: str
    signs: tuple[str, ...]
    none_at_all: bool


@dataclass(frozen=True, slots=True)
class ClientAnswers:
    """Everything that a client told.

    `about` and `parts` are what a therapist reads first, `sections` every answer. `have` are signs
    and conditions, without what `parts` tell already. `carer`: somebody answered for them.
    """

    carer: bool = False
    about: tuple[Said, ...] = ()
    parts: tuple[Group, ...] = ()
    areas: Areas | None = None
    have: tuple[str, ...] = ()
    have_not: tuple[Denied, ...] = ()
    sections: tuple[Group, ...] = ()

    @property
    def how_much(self) -> Group | None:
        """What a therapist reads about the pain beside the places where it is."""
        return next((one for one in self.parts if one.heading == PARTS[Part.PAIN]), None)


def read_answers(
    screening: Screening,
    stored: Mapping[str, object],
    confirmed: Mapping[str, str] | None = None,
    known: Collection[str] = (),
) -> ClientAnswers:
    """Return what these stored answers tell. Answers to private questions are never told.

    `confirmed` says of answers that were not asked for on that day since when they are known.
    Nothing counts as denied by them. `known` are questions whose answers stand beside `about`
    already, and are left out of it.
    """
    private = screening.protocol.private
    restored = screening.restore(stored)
    answers = {name: answer for name, answer in restored.items() if name not in private}
    carer = screening.engine.is_carer(answers)
    teller = _Teller(screening, answers, confirmed or {}, carer=carer)
    lost = {
        name: value for name, value in stored.items() if name not in answers and name not in private
    }
    rest = (Group(UNREAD, as_stored(lost)),) if lost else ()
    sections = teller.sections()
    return ClientAnswers(
        carer=carer,
        about=teller.about(known),
        parts=teller.parts() or (*sections, *rest),
        areas=teller.areas(),
        have=teller.have(),
        have_not=teller.have_not(),
        sections=(*sections, *rest),
    )


def as_stored(answers: Mapping[str, object]) -> tuple[Said, ...]:
    """Return answers as they were stored, by id, where their words are lost."""
    return tuple(Said(name, _values(value)) for name, value in answers.items())


class _Teller:
    def __init__(
        self,
        screening: Screening,
        answers: Mapping[str, Answer],
        confirmed: Mapping[str, str],
        *,
        carer: bool,
    ) -> None:
        self._screening = screening
        self._protocol = screening.protocol
        self._answers = answers
        self._confirmed = confirmed
        self._carer = carer
        self._first = {name for names in self._protocol.summary.values() for name in names}

    def about(self, known: Collection[str]) -> tuple[Said, ...]:
        names = self._protocol.summary.get(Part.ABOUT, ())
        wanted = [name for name in names if name not in known]
        return tuple(self._said(name) for name in wanted if name in self._answers)

    def parts(self) -> tuple[Group, ...]:
        summary = self._protocol.summary
        return self._groups(
            (heading, summary[part]) for part, heading in PARTS.items() if part in summary
        )

    def sections(self) -> tuple[Group, ...]:
        named: dict[str | None, list[str]] = {}
        for question in self._protocol.questions:
            named.setdefault(question.section, []).append(question.id)
        return self._groups((self._heading(name), ids) for name, ids in named.items())

    def areas(self) -> Areas | None:
        """Return the places of every body map that was answered."""
        maps = [
            question
            for question in self._protocol.questions
            if question.kind is Kind.AREAS and question.id in self._answers
        ]
        if not maps:
            return None
        ticked: list[str] = []
        words: dict[Side | None, list[str]] = {Side.FRONT: [], Side.BACK: [], None: []}
        for question in maps:
            answer = self._answers[question.id]
            chosen = answer if isinstance(answer, frozenset) else frozenset()
            for option in question.options:
                if option.id in chosen:
                    ticked.append(option.id)
                    words[option.side].append(option.label.to(carer=self._carer))
            if NONE in chosen or NOT_SURE in chosen:
                words[None] += self._in_words(question, chosen & {NONE, NOT_SURE})
        return Areas(
            frozenset(ticked),
            tuple(words[Side.FRONT]),
            tuple(words[Side.BACK]),
            tuple(words[None]),
        )

    def have(self) -> tuple[str, ...]:
        said = self._screening.said_of(self._answers)
        return tuple(
            self._dated(one.question.id, words)
            for one in said
            if one.question.id not in self._first
            for words in one.have
        )

    def have_not(self) -> tuple[Denied, ...]:
        return tuple(
            Denied(
                self._to(one.question.short),
                one.have_not,
                none_at_all=self._answers[one.question.id] == frozenset({NONE})
                and one.question.id not in self._first,
            )
            for one in self._screening.said_of(self._answers)
            if one.have_not and one.question.id not in self._confirmed
        )

    def _groups(self, named: Iterable[tuple[str, Iterable[str]]]) -> tuple[Group, ...]:
        groups = []
        for heading, names in named:
            said = tuple(self._said(name) for name in names if name in self._answers)
            if said:
                groups.append(Group(heading, said))
        return tuple(groups)

    def _said(self, name: str) -> Said:
        question, answer = self._protocol.question[name], self._answers[name]
        level = answer if question.kind is Kind.SCALE and isinstance(answer, int) else None
        return Said(
            question=self._to(question.short),
            answers=tuple(self._dated(name, one) for one in self._in_words(question, answer)),
            unsure=is_unsure(answer),
            level=level,
        )

    def _in_words(self, question: Question, answer: Answer) -> tuple[str, ...]:
        return self._screening.in_words(question, answer, carer=self._carer)

    def _dated(self, name: str, words: str) -> str:
        """Return words of an answer, with since when they are known if it was only confirmed."""
        since = self._confirmed.get(name)
        return words if since is None else f"{words} ({since[:1].lower()}{since[1:]})"

    def _heading(self, section: str | None) -> str:
        text = self._protocol.texts.get(f"section_{section}")
        return NO_SECTION if text is None else self._to(text)

    def _to(self, text: Text) -> str:
        return text.to(carer=self._carer)


def _values(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),)
