"""Forms: WTForms carries what was sent and its shape; a token says which walk it belongs to.

One form class is made for each question at start. A field takes the shape (one value, several,
something typed); whether it is an answer is for the engine's `parse` to say. Options are never
rendered here: the templates do that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hmac import compare_digest

from werkzeug.datastructures import MultiDict
from wtforms import Field, Form, ValidationError

from assessment.engine.answers import AnswerProblem, parse
from assessment.engine.protocol import Protocol
from assessment.engine.questions import Kind, Question

TOKEN = "csrf_token"  # noqa: S105  the name of a field
"""The field of every form that says which walk it was made for, and under which version."""
_END_OF_OWN = "."


class WalkForm(Form):  # type: ignore[misc]  # WTForms has no types
    """A form of a walk; that it was made for the walk at hand was seen before it is read."""

    class Meta:  # noqa: D106  read by WTForms
        csrf = False
        locales = False  # spares WTForms the search for translations of messages we never show


def form_token(own: str, version: str) -> str:
    """Return what a form carries: the walk's own token, and the name of the version it is of."""
    return f"{own}{_END_OF_OWN}{version}"


def belongs_to(sent: MultiDict[str, str], own: str) -> bool:
    """Whether a form was made for the walk with this token of its own.

    It is compared in constant time; under which version the form was made does not matter.
    """
    return compare_digest(_parts(sent)[0].encode(), own.encode())


def made_under(sent: MultiDict[str, str]) -> str:
    """Return the name of the version that a form was made under; empty where it has none."""
    return _parts(sent)[1]


def _parts(sent: MultiDict[str, str]) -> tuple[str, str]:
    own, _, version = sent.get(TOKEN, "").partition(_END_OF_OWN)
    return own, version


class AnswerField(Field):  # type: ignore[misc]  # WTForms has no types
    """What was sent as the answer to one question; `data` is a JSON value for the engine."""

    def __init__(self, question: Question, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.question = question
        self.sent: tuple[str, ...] = ()

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Take what was sent, as one value where this kind of question has one."""
        self.sent = tuple(valuelist)
        self.data = self.shape(list(valuelist))

    def shape(self, values: list[str]) -> object:
        """Return the JSON value that stands for these values; a list is too many for one."""
        return values[0] if len(values) == 1 else values or None

    def pre_validate(self, form: Form) -> None:
        """Raise ValidationError, in words that say what to do, when it is no answer."""
        try:
            parse(self.question, self.data)
        except AnswerProblem as problem:
            raise ValidationError(message(problem)) from None


class OneField(AnswerField):
    """One of several options, or one step of a scale."""


class SeveralField(AnswerField):
    """Options ticked."""

    def shape(self, values: list[str]) -> object:
        """Return all values."""
        return values


class TypedField(AnswerField):
    """A number typed, or "Not sure" ticked beside the empty field."""

    def shape(self, values: list[str]) -> object:
        """Leave the empty text field out when "Not sure" is ticked."""
        return super().shape([value for value in values if value.strip()])


FIELDS: Mapping[Kind, type[AnswerField]] = {
    Kind.CHOICE: OneField,
    Kind.SCALE: OneField,
    Kind.CHOICES: SeveralField,
    Kind.AREAS: SeveralField,
    Kind.NUMBER: TypedField,
}


class QuestionForm(WalkForm):
    """The form of one question."""

    answer: AnswerField

    @property
    def typed(self) -> tuple[str, ...]:
        """What was sent, to be shown again."""
        return self.answer.sent

    @property
    def error(self) -> str | None:
        """What is wrong with the answer, in words that say what to do; known after `validate`."""
        return self.answer.errors[0] if self.answer.errors else None


def question_forms(protocol: Protocol) -> dict[str, type[QuestionForm]]:
    """Return the form class of every question that is asked on a page, by question id."""
    return {
        question.id: type(
            f"{question.id}_form", (QuestionForm,), {"answer": FIELDS[question.kind](question)}
        )
        for question in protocol.questions
        if question.kind in FIELDS
    }


def message(problem: AnswerProblem) -> str:
    """Return what the person can do about it."""
    question, kind = problem.question, problem.kind
    if question.kind is Kind.NUMBER:
        return _number_message(question, problem)
    if kind == "missing":
        return "Choose an answer" if not question.kind.is_set else _tick(question)
    if kind == "exclusive" and question.none_label is not None:
        return f"Choose “{question.none_label.text}” or your answers, not both"
    if kind == "wrong_type" and not question.kind.is_set:
        return "Choose just one answer"
    return "Choose from the answers on this page"


def _tick(question: Question) -> str:
    ways = [question.none_label, question.not_sure_label]
    offered = [f"“{label.text}”" for label in ways if label is not None]
    return " or ".join(["Choose all that apply", *offered])


def _number_message(question: Question, problem: AnswerProblem) -> str:
    if problem.kind == "not_a_number" and isinstance(problem.found, list):
        sure = question.not_sure_label
        name = "your answer" if sure is None else f"“{sure.text}”"
        return f"Enter a number or choose {name}, not both"
    unit = "" if question.unit is None else f" of {question.unit.text}"
    return f"Enter a number{unit} between {question.minimum} and {question.maximum}"
