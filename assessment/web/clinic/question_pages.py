"""What the pages of a clinic's own questions and words show, and the forms that they take."""

from __future__ import annotations

from dataclasses import dataclass

from wtforms import Field, Form, ValidationError

from assessment.practice.staff.clinics import LONGEST_WORDS, Words
from assessment.practice.staff.questionnaire import (
    LONGEST_OPTION,
    LONGEST_QUESTION,
    MOST_OPTIONS,
    MOST_QUESTIONS,
    Move,
)
from assessment.records.own_questions import Kind, OwnQuestion
from assessment.web.clinic.fields import Choice, LongText, StaffForm, Text, a_name, at_most
from assessment.web.clinic.pages import StaffPage

KINDS = {
    Kind.TEXT: "Their own words",
    Kind.ONE: "One choice",
    Kind.SEVERAL: "Several choices",
    Kind.NUMBER: "A number",
}
"""How a question is answered, in words."""
MOVES = {Move.UP: "Up", Move.DOWN: "Down", Move.REMOVE: "Remove"}
"""What one press does about a question."""


def kind(_: Form, field: Field) -> None:
    """Refuse what is no kind of answer."""
    if field.data not in dict(field.options):
        raise ValidationError("Choose how they answer")


def choices(form: Form, field: Field) -> None:
    """Refuse too few or too many choices, or one that is too long."""
    if not form.needs_choices:
        return
    found = form.choices
    if not 2 <= len(found) <= MOST_OPTIONS:
        raise ValidationError(f"Enter 2 to {MOST_OPTIONS} choices, each on its own line")
    if any(len(one) > LONGEST_OPTION for one in found):
        raise ValidationError(f"Shorten each choice to {LONGEST_OPTION} characters")


class QuestionForm(StaffForm):
    """One question."""

    words = Text(
        "Question", [a_name("Enter a question"), at_most(LONGEST_QUESTION, "The question")],
        "Ask about one thing. Your clients can skip it.",
    )  # fmt: skip
    kind = Choice("How they answer", tuple((one.value, KINDS[one]) for one in Kind), [kind])
    options = LongText("Choices", [choices], "Only if they choose. One on each line.")

    @property
    def needs_choices(self) -> bool:
        """Whether it is answered by choosing."""
        return self.kind.data in (Kind.ONE, Kind.SEVERAL)

    @property
    def choices(self) -> tuple[str, ...]:
        """What can be chosen, each once."""
        if not self.needs_choices:
            return ()
        lines = (line.strip() for line in self.options.data.splitlines())
        return tuple(dict.fromkeys(filter(None, lines)))

    @property
    def asked(self) -> tuple[Kind, str, tuple[str, ...]]:
        """How it is answered, its words and its choices; known after `validate`."""
        return Kind(self.kind.data), self.words.data, self.choices


def form_of(question: OwnQuestion) -> QuestionForm:
    """Return the form filled with a question."""
    data = {"words": question.words, "kind": question.kind.value}
    return QuestionForm(data=data | {"options": "\n".join(question.options)})


def _words(label: str, hint: str) -> LongText:
    return LongText(label, [at_most(LONGEST_WORDS, "This text")], hint)


class WordsForm(StaffForm):
    """The clinic's own words to its clients."""

    welcome = _words("Welcome", "Shown on the first page, below the buttons.")
    before_visit = _words(
        "Before the visit",
        "For example, where to park and what to bring. Shown unless the result sends them to "
        "a doctor.",
    )
    after_visit = _words(
        "After the visit", "For example, to rest for a while. Shown in the same place."
    )

    def chosen(self) -> Words:
        """Return what was written; known after `validate`."""
        return Words(*(self[name].data or None for name in Words.__slots__))


@dataclass(frozen=True, slots=True)
class Row:
    """A question of the list; `moves` are what a press can do about it, with the words for it."""

    question: OwnQuestion
    kind: str
    moves: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionsPage(StaffPage):
    """`own_questions.html`. `ready` can be added with one press; `can_add`: there is room."""

    rows: tuple[Row, ...]
    ready: tuple[OwnQuestion, ...]
    can_add: bool
    most: int = MOST_QUESTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPage(StaffPage):
    """`own_question.html`: one question, new or not, to be sent to `action`."""

    form: QuestionForm
    action: str
    button: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsPage(StaffPage):
    """`own_words.html`."""

    form: WordsForm


def rows_of(questions: tuple[OwnQuestion, ...]) -> tuple[Row, ...]:
    """Return the questions as the page lists them: the first cannot go up, nor the last down."""
    last = len(questions) - 1
    return tuple(
        Row(
            question=one,
            kind=KINDS[one.kind],
            moves=tuple(
                (move.value, words)
                for move, words in MOVES.items()
                if (move, place) not in ((Move.UP, 0), (Move.DOWN, last))
            ),
        )
        for place, one in enumerate(questions)
    )
