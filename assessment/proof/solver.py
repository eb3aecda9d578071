"""One incremental solver over one circuit, with a budget for each question put to it."""

from __future__ import annotations

from collections.abc import Iterable

from assessment.proof.circuit import Circuit, Literal

CONFLICTS = 50_000
"""The budget of one question, in conflicts: the same on every machine, unlike seconds."""

NEAR = 2_000
"""So many variables around a literal are few enough to be asked alone first."""

LARGE = 30_000
"""In a circuit of more variables than this, asking what is around a literal first is faster."""


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


def forbidden_around(circuit: Circuit, literal: Literal) -> bool:
    """Whether the few clauses around a literal forbid it already, without all the others.

    False says nothing: then all of them have to be asked.
    """
    from pysat.solvers import Minisat22

    clauses = circuit.around(literal, NEAR)
    if clauses is None:
        return False
    names: dict[Literal, Literal] = {}
    for clause in clauses:
        for each in clause:
            names.setdefault(abs(each), len(names) + 1)
    small = [[names[abs(each)] * (1 if each > 0 else -1) for each in one] for one in clauses]
    goal = names.setdefault(abs(literal), len(names) + 1) * (1 if literal > 0 else -1)
    with Minisat22(bootstrap_with=[*small, [goal]]) as solver:
        solver.conf_budget(CONFLICTS)
        return solver.solve_limited() is False


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
