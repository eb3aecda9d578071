"""Two answer sets side by side, and the ways in which one answer can differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from assessment.engine.questions import NONE, Kind, Option, Question, Safety, Worse
from assessment.proof.circuit import Circuit, Literal
from assessment.proof.domains import Domain
from assessment.proof.sheet import Sheet

_SEVERITY = {
    None: 0,
    Safety.NO_DEEP: 1,
    Safety.NO_MASSAGE: 2,
    Safety.CLEARANCE: 3,
    Safety.URGENT: 4,
    Safety.EMERGENCY: 5,
}


class Beside:
    """Two answer sets, `one` and `other`, over one circuit.

    Where `differs` of a question holds, the answers to it are free, and else only where just one
    of the two is asked.
    """

    def __init__(
        self, circuit: Circuit, one: Sheet, other: Sheet, differs: Mapping[str, Literal]
    ) -> None:
        self.circuit = circuit
        self.one = one
        self.other = other
        self.differs = differs

    def bind(self, name: str) -> None:
        """Demand that both answer this question alike, unless its `differs` holds."""
        one, other = self._both(name)
        self.circuit.require(-one.offered, other.offered)
        self.circuit.require(one.offered, -other.offered)
        free = (-one.asked, -other.asked, self.differs[name])
        for left, right in zip(one.literals, other.literals, strict=True):
            if left != self.circuit.false:
                self.circuit.require(*free, -left, right)
                self.circuit.require(*free, left, -right)

    def ticks(self, question: Question, option: Option) -> Literal:
        """Return "the other one ticks this option as well", `none` making room for it."""
        one, other = self._both(question.id)
        kept = [
            self.circuit.same(literal, other.has[value])
            for value, literal in one.has.items()
            if value not in (option.id, NONE)
        ]
        kept.append(self.circuit.same(one.open, other.open))
        return self.circuit.conj(
            (*self._asked(question), -one.has[option.id], other.has[option.id], *kept)
        )

    def changes(self, question: Question, before: Iterable[Option], after: Option) -> Literal:
        """Return "one chooses an option of `before`, the other `after`"."""
        one, other = self._both(question.id)
        chosen = self.circuit.disj(one.has[option.id] for option in before)
        return self.circuit.conj((self.differs[question.id], chosen, other.has[after.id]))

    def worse(self, question: Question) -> Iterator[tuple[Option | None, Literal]]:
        """Yield each way in which the answer to this question gets worse in the other one.

        With it comes the option that is answered then; None where the question is ordered and
        says itself which way is worse.
        """
        for option in ways(question):
            if option is None:
                yield None, self._step(question)
            elif question.kind.is_set:
                yield option, self.ticks(question, option)
            else:
                yield option, self.changes(question, milder_options(question, option), option)

    def anything(self, question: Question) -> Literal:
        """Return "both are asked this question, and answer it differently"."""
        one, other = self._both(question.id)
        pairs = zip(one.literals, other.literals, strict=True)
        unlike = self.circuit.disj(-self.circuit.same(left, right) for left, right in pairs)
        return self.circuit.conj((*self._asked(question), unlike))

    def _both(self, name: str) -> tuple[Domain, Domain]:
        return self.one.domains[name], self.other.domains[name]

    def _asked(self, question: Question) -> tuple[Literal, Literal, Literal]:
        one, other = self._both(question.id)
        return self.differs[question.id], one.asked, other.asked

    def _step(self, question: Question) -> Literal:
        one, other = self._both(question.id)
        conj, disj = self.circuit.conj, self.circuit.disj
        if question.worse is Worse.DOWN:
            one, other = other, one
        if question.kind is Kind.CHOICE:
            options = question.options
            up = [
                conj((disj(one.has[each.id] for each in options[:place]), other.has[option.id]))
                for place, option in enumerate(options)
            ]
            return conj((self.differs[question.id], disj(up)))
        steps = list(zip(one.steps.values(), other.steps.values(), strict=True))
        never_down = [disj((-low, high)) for low, high in steps]
        once_up = disj(conj((-low, high)) for low, high in steps)
        return conj((self.differs[question.id], one.given, other.given, *never_down, once_up))


def ways(question: Question) -> list[Option | None]:
    """Return the ways in which an answer to this question can get worse, as `worse` yields them."""
    tagged = [option for option in question.options if _SEVERITY[option.safety]]
    return [*tagged, *([] if question.worse is None else [None])]


def milder_options(question: Question, option: Option) -> list[Option]:
    """Return the options that stand for less than this one."""
    severity = _SEVERITY[option.safety]
    return [each for each in question.options if _SEVERITY[each.safety] < severity]
