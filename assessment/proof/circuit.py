"""Boolean circuits as clauses: every distinct gate once, by Tseitin's method."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Literal = int
"""A variable of the solver, from 1; negative for its negation."""


class Circuit:
    """Collects the clauses of gates over literals.

    A gate that was built before is returned again, and constants are folded, so two equal
    expressions are one literal. Each gate is defined in both directions: it may be asserted,
    denied and assumed.
    """

    def __init__(self) -> None:
        self._last = 0
        self._clauses: list[list[Literal]] = []
        self._gates: dict[tuple[Literal, ...], Literal] = {}
        self.true = self.fresh()
        self.false = -self.true
        self.require(self.true)

    @property
    def gates(self) -> Mapping[tuple[Literal, ...], Literal]:
        """Every gate under the literals of which it says that all are true, in order."""
        return self._gates

    def fresh(self) -> Literal:
        """Return a new variable."""
        self._last += 1
        return self._last

    def require(self, *literals: Literal) -> None:
        """Demand that at least one of these is true."""
        self._clauses.append(list(literals))

    def take_clauses(self) -> list[list[Literal]]:
        """Return the clauses that were added since the last call."""
        taken, self._clauses = self._clauses, []
        return taken

    def conj(self, literals: Iterable[Literal]) -> Literal:
        """Return the literal that says that all of these are true."""
        wanted = set(literals)
        wanted.discard(self.true)
        if self.false in wanted or any(-literal in wanted for literal in wanted):
            return self.false
        if not wanted:
            return self.true
        if len(wanted) == 1:
            return wanted.pop()
        key = tuple(sorted(wanted))
        gate = self._gates.get(key)
        if gate is None:
            gate = self._gates[key] = self.fresh()
            self._clauses.extend([-gate, literal] for literal in key)
            self._clauses.append([gate, *(-literal for literal in key)])
        return gate

    def disj(self, literals: Iterable[Literal]) -> Literal:
        """Return the literal that says that at least one of these is true."""
        return -self.conj([-literal for literal in literals])

    def same(self, one: Literal, other: Literal) -> Literal:
        """Return the literal that says that both are true or both are false."""
        return self.disj((self.conj((one, other)), self.conj((-one, -other))))

    def counts(self, literals: Sequence[Literal], most: int) -> list[Literal]:
        """Return for each number from 0 to `most` the literal "at least so many are true"."""
        row = [self.true] + [self.false] * most
        for literal in reversed(literals):
            row = [self.true] + [
                self.disj((row[number], self.conj((literal, row[number - 1]))))
                for number in range(1, most + 1)
            ]
        return row

    def at_most_one(self, literals: Sequence[Literal]) -> None:
        """Demand that no two of these are true."""
        for place, one in enumerate(literals):
            for other in literals[place + 1 :]:
                self.require(-one, -other)
