"""What an owner does about the questions that the clinic asks of its own accord."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum

from assessment.practice.staff.accounts import SignedIn
from assessment.practice.staff.owners import refuse_others
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.records import audit, own_questions
from assessment.records.acts import Act
from assessment.records.database import Database
from assessment.records.own_questions import Kind, OwnQuestion, OwnQuestions, question_id
from assessment.records.transactions import alone

MOST_QUESTIONS = 10
MOST_OPTIONS = 8
LONGEST_QUESTION = 150
"""Characters of a question."""
LONGEST_OPTION = 60
"""Characters of one thing to choose."""
_MOST_RETIRED = 30

READY_MADE: Mapping[str, OwnQuestion] = {
    one.id: one
    for one in (
        OwnQuestion("medicines", Kind.TEXT, "Which medicines do you take?"),
        OwnQuestion("goal", Kind.TEXT, "What would you like from this visit?"),
        OwnQuestion(
            "pressure", Kind.ONE, "How much pressure do you like?",
            ("Light", "Medium", "Firm", "Not sure yet"),
        ),
        OwnQuestion("not_touch", Kind.TEXT, "Which places should we not touch?"),
        OwnQuestion(
            "front", Kind.ONE, "Can you lie on your front?",
            ("Yes", "Only for a short time", "No", "Not sure"),
        ),
    )
}  # fmt: skip
"""Questions that are added with one press, by their name."""


class Move(StrEnum):
    """What one press does about a question."""

    UP = "up"
    DOWN = "down"
    REMOVE = "remove"


class Questionnaire:
    """The questions of a clinic, as its owner makes them.

    `clock` gives Unix time. Every change raises Refused (NOT_OWNER) for others, Refused
    (QUESTIONS_UNREADABLE) rather than write over what cannot be read, and LookupError
    where there is no such question, and leaves an entry in the audit log. Every method raises
    Unavailable when the database is away.
    """

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def listed(self, who: SignedIn) -> tuple[OwnQuestion, ...]:
        """Return what their clinic asks, in order."""
        with self._database.reading() as tx:
            return own_questions.of_clinic(tx, who.clinic.id).asked

    def can_be_read(self, who: SignedIn) -> bool:
        """Whether what their clinic asks can be read."""
        with self._database.reading() as tx:
            return own_questions.of_clinic(tx, who.clinic.id).readable

    def add(self, who: SignedIn, kind: Kind, words: str, options: tuple[str, ...]) -> None:
        """Add a question at the end; raises Refused (TOO_MANY_QUESTIONS)."""

        def added(asked: list[OwnQuestion]) -> list[OwnQuestion]:
            if len(asked) >= MOST_QUESTIONS:
                raise Refused(Refusal.TOO_MANY_QUESTIONS)
            return [*asked, OwnQuestion(question_id(), kind, words, options)]

        self._change(who, added)

    def add_ready_made(self, who: SignedIn, name: str) -> None:
        """Add one that is ready-made, unless it is asked already."""
        ready = READY_MADE[name]
        if not any(one.words == ready.words for one in self.listed(who)):
            self.add(who, ready.kind, ready.words, ready.options)

    def reword(
        self, who: SignedIn, id: str, kind: Kind, words: str, options: tuple[str, ...]
    ) -> None:
        """Ask another question in the place of one: a new wording is a question of its own."""

        def reworded(asked: list[OwnQuestion]) -> list[OwnQuestion]:
            place = _place(asked, id)
            same = replace(asked[place], kind=kind, words=words, options=options)
            asked[place] = same if same == asked[place] else replace(same, id=question_id())
            return asked

        self._change(who, reworded, id)

    def move(self, who: SignedIn, id: str, move: Move) -> None:
        """Move a question up or down by one, or ask it no more."""

        def moved(asked: list[OwnQuestion]) -> list[OwnQuestion]:
            place = _place(asked, id)
            one = asked.pop(place)
            if move is not Move.REMOVE:
                asked.insert(max(0, place + (1 if move is Move.DOWN else -1)), one)
            return asked

        self._change(who, moved, id)

    def _change(
        self,
        who: SignedIn,
        change: Callable[[list[OwnQuestion]], list[OwnQuestion]],
        about: str | None = None,
    ) -> None:
        with self._database.writing() as tx:
            alone(tx, "own questions", who.clinic.id)
            refuse_others(tx, who)
            before = own_questions.of_clinic(tx, who.clinic.id)
            if not before.readable:
                raise Refused(Refusal.QUESTIONS_UNREADABLE)
            asked = tuple(change([*before.asked]))
            gone = [one for one in before.asked if one.id not in {kept.id for kept in asked}]
            retired = (*before.retired, *gone)[-_MOST_RETIRED:]
            own_questions.put(tx, who.clinic.id, OwnQuestions(asked, retired))
            audit.append(tx, who.by, Act.QUESTIONS_CHANGED, int(self._clock()), about)


def _place(asked: list[OwnQuestion], id: str) -> int:
    """Return where a question stands; raises LookupError when it is asked no more."""
    places = [place for place, one in enumerate(asked) if one.id == id]
    if not places:
        raise LookupError("there is no such question")
    return places[0]
