"""What questions and options of one protocol are called in another, as a file says it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assessment.engine.protocol import Protocol, Sign
from assessment.protocols.diagnostics import Code, Place, Report
from assessment.protocols.fields import Fields
from assessment.protocols.files import BIGGEST, ID, SIGN, record
from assessment.protocols.nodes import Scalar, Value, read_yaml
from assessment.protocols.shape import MapOf

SHAPE = record({}, {"questions": MapOf(ID, ID), "options": MapOf(SIGN, SIGN)})


@dataclass(frozen=True)
class Renames:
    """Ids of an old protocol with those that they have in a new one; others kept theirs.

    `moved` are options that are offered by another question now, by the old question's new id.
    """

    questions: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[Sign, str] = field(default_factory=dict)
    moved: Mapping[Sign, Sign] = field(default_factory=dict)

    def question(self, name: str) -> str:
        """Return what a question of the old protocol is called in the new one."""
        return self.questions.get(name, name)

    def option(self, question: str, name: str) -> str:
        """Return what an option of an old question is called in the new one."""
        return self.options.get(Sign(question, name), name)


def read_renames(file: Path, old: Protocol, new: Protocol) -> Renames:
    """Return what the file says. Raises ValueError with a report when that cannot be used."""
    report = Report()
    try:
        text = file.read_bytes()[: BIGGEST + 1].decode("utf-8-sig")
    except OSError as error:
        raise ValueError(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{file} is not text in UTF-8") from None
    if len(text) > BIGGEST:
        raise ValueError(f"{file} is too large; expected {BIGGEST:,} bytes at most")
    tree = read_yaml(text, file.name, report)
    if tree is not None:
        SHAPE.check(tree, report)
    if report.diagnostics:
        raise ValueError("\n".join(map(str, report.diagnostics)))
    renames = _Reader(Fields(tree, Place(file.name)), old, new, report).renames()
    if report.diagnostics:
        raise ValueError("\n".join(map(str, report.diagnostics)))
    return renames


class _Reader:
    def __init__(self, fields: Fields, old: Protocol, new: Protocol, report: Report) -> None:
        self._fields = fields
        self._old, self._new = old, new
        self._report = report

    def renames(self) -> Renames:
        questions = dict(self._questions())
        options: dict[Sign, str] = {}
        moved: dict[Sign, Sign] = {}
        for before, after in self._options():
            name = questions.get(before.question, before.question)
            if name == after.question:
                options[before] = after.option
            else:
                moved[Sign(name, before.option)] = after
        found = Renames(questions, options, moved)
        self._check_once(found)
        return found

    def _questions(self) -> Iterator[tuple[str, str]]:
        for key, value in self._pairs("questions"):
            is_old = self._has_question(key, self._old, "old")
            if self._has_question(value, self._new, "new") and is_old:
                yield key.text, value.text

    def _options(self) -> Iterator[tuple[Sign, Sign]]:
        for key, value in self._pairs("options"):
            is_old = self._has_option(key, self._old, "old")
            if self._has_option(value, self._new, "new") and is_old:
                yield Sign(*key.text.split(".")), Sign(*value.text.split("."))

    def _pairs(self, key: str) -> Iterator[tuple[Scalar, Scalar]]:
        inner: Value | None = self._fields.get(key)
        for name, value in Fields(inner, self._fields.place):
            if isinstance(value, Scalar):
                yield name, value

    def _has_question(self, name: Scalar, protocol: Protocol, of: str) -> bool:
        known = protocol.question
        if name.text not in known:
            what = f"a question of the {of} protocol"
            self._report.unknown(name.place, Code.UNKNOWN_QUESTION, name.text, what, known)
        return name.text in known

    def _has_option(self, name: Scalar, protocol: Protocol, of: str) -> bool:
        question = name.text.partition(".")[0]
        if question not in protocol.question:
            what = f"a question of the {of} protocol"
            known = protocol.question
            self._report.unknown(name.place, Code.UNKNOWN_QUESTION, question, what, known)
            return False
        signs = {f"{question}.{each.id}" for each in protocol.question[question].options}
        if name.text not in signs:
            what = f"an option of the {of} protocol"
            self._report.unknown(name.place, Code.UNKNOWN_OPTION, name.text, what, signs)
        return name.text in signs

    def _check_once(self, renames: Renames) -> None:
        """Report two of the old protocol that would be one in the new."""
        names = Counter(renames.question(question.id) for question in self._old.questions)
        signs = Counter(
            f"{renames.question(question.id)}.{renames.option(question.id, option.id)}"
            for question in self._old.questions
            for option in question.options
        )
        signs.update(map(str, renames.moved.values()))
        signs.subtract(map(str, renames.moved))
        for key, counted in (("questions", names), ("options", signs)):
            for _, value in self._pairs(key):
                if counted[value.text] > 1:
                    found = f"`{value.text}` for two of the old protocol"
                    self._report.add(value.place, Code.DUPLICATE_ID, found, "one for each")
