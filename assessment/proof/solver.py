"""One incremental solver over one circuit, with a budget for each question put to it."""

from __future__ import annotations

from collections.abc import Iterable

from assessment.proof.circuit import Circuit, Literal

CONFLICTS = 50_000
"""The budget of one question, in conflicts: the same on every machine, unlike seconds."""


class NotFinishedError(Exception):
    """The solver used up its budget without an answer."""


class Model:
    """One assignment that the solver found."""

    def __init__(self, values: list[Literal]) -> None:
        self._values = values

    def holds(self, literal: Literal) -> bool:
        """Whether the literal is true in it."""
        return (self._values[abs(literal) - 1] > 0) is (literal > 0)

    def which(self, literals: Iterable[Literal]) -> list[int]:
        """Return the places of those that are true in it; faster than one after the other."""
        values = self._values
        return [
            place for place, literal in enumerate(literals) if values[abs(literal) - 1] == literal
        ]


class Solver:
    """Answers "can these literals be true together?" about a growing circuit."""

    def __init__(self, circuit: Circuit, conflicts: int = CONFLICTS) -> None:
        from pysat.solvers import Minisat22  # 40 ms to import: only those who prove pay

        self._circuit = circuit
        self._conflicts = conflicts
        self._solver = Minisat22()
        self._preferred: list[Literal] = []

    def prefer(self, literals: Iterable[Literal]) -> None:
        """Try these first from now on, where nothing speaks against them."""
        self._preferred = list(literals)

    def find(self, assumptions: Iterable[Literal]) -> Model | None:
        """Return a model in which all of these hold; None when there is none.

        Raises NotFinishedError when the budget ends first.
        """
        self._solver.append_formula(self._circuit.take_clauses(), no_return=True)
        self._solver.set_phases(self._preferred)  # the solver forgets them each time
        self._solver.conf_budget(self._conflicts)
        found = self._solver.solve_limited(assumptions=list(assumptions))
        if found is None:
            raise NotFinishedError
        return Model(self._solver.get_model()) if found else None
