"""Boolean circuits as clauses: every distinct gate once, by Tseitin's method."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Literal = int
"""A variable of the solver, from 1; negative for its negation."""
FEW = 12
"""Up to so many literals each pair gets a clause of its own; of more there would be too many."""


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
        self._compared: set[tuple[Literal, ...]] = set()
        self._required: list[list[Literal]] = []
        self.true = self.fresh()
        self.false = -self.true
        self.require(self.true)

    @property
    def gates(self) -> Mapping[tuple[Literal, ...], Literal]:
        """Every gate under the literals of which it says that all are true, in order."""
        return self._gates

    @property
    def required(self) -> Sequence[list[Literal]]:
        """The clauses that are no gate's, in the order in which they were demanded."""
        return self._required

    @property
    def size(self) -> int:
        """How many variables there are."""
        return self._last

    def fresh(self) -> Literal:
        """Return a new variable."""
        self._last += 1
        return self._last

    def require(self, *literals: Literal) -> None:
        """Demand that at least one of these is true."""
        clause = list(literals)
        self._clauses.append(clause)
        self._required.append(clause)

    def take_clauses(self) -> list[list[Literal]]:
        """Return the clauses that were added since the last call."""
        taken, self._clauses = self._clauses, []
        return taken

    def conj(self, literals: Iterable[Literal]) -> Literal:
        """Return the literal that says that all of these are true."""
        wanted = set(literals)
        wanted.discard(self.true)
        if self.false in wanted:
            return self.false
        if not wanted:
            return self.true
        if len(wanted) == 1:
            return wanted.pop()
        return self._gate(tuple(sorted(wanted)))

    def both(self, one: Literal, other: Literal) -> Literal:
        """Return what `conj` does of two literals, several times faster."""
        if one in (other, self.false) or other == self.true:
            return one
        if other == self.false or one == self.true:
            return other
        return self._gate((one, other) if one < other else (other, one))

    def disj(self, literals: Iterable[Literal]) -> Literal:
        """Return the literal that says that at least one of these is true."""
        return -self.conj([-literal for literal in literals])

    def same(self, one: Literal, other: Literal) -> Literal:
        """Return the literal that says that both are true or both are false."""
        return self.disj((self.conj((one, other)), self.conj((-one, -other))))

    def counts(self, literals: Sequence[Literal], most: int) -> list[Literal]:
        """Return for each number from 0 to `most` the literal "at least so many are true".

        Two that begin alike share what they have counted by then.
        """
        return self._rows(literals, most)[-1]

    def compare(self, some: Sequence[Literal], others: Sequence[Literal], most: int) -> None:
        """Add what follows of two counts: where each of one is in the other, so are their numbers.

        `some` and `others` are as long. That forbids nothing; it spares the solver from finding
        it number by number.
        """
        rows = zip(self._rows(some, most), self._rows(others, most), strict=True)
        up = down = self.true
        next(rows)
        for one, other, (left, right) in zip(some, others, rows, strict=True):
            up = self.conj((up, self.disj((-one, other))))
            down = self.conj((down, self.disj((one, -other))))
            key = (up, down, left[-1], right[-1])
            if key not in self._compared:
                self._compared.add(key)
                for number in range(1, most + 1):
                    self.require(-up, -left[number], right[number])
                    self.require(-down, left[number], -right[number])

    def _rows(self, literals: Sequence[Literal], most: int) -> list[list[Literal]]:
        rows = [[self.true] + [self.false] * most]
        for literal in literals:
            row = rows[-1]
            further = [
                -self.both(-row[number], -self.both(literal, row[number - 1]))
                for number in range(1, most + 1)
            ]
            rows.append([self.true, *further])
        return rows

    def _gate(self, key: tuple[Literal, ...]) -> Literal:
        gate = self._gates.get(key)
        if gate is None:
            if not {-literal for literal in key}.isdisjoint(key):
                return self.false
            gate = self._gates[key] = self.fresh()
            self._clauses.extend(_clauses(gate, key))
        return gate

    def at_most_one(self, literals: Sequence[Literal]) -> None:
        """Demand that no two of these are true."""
        if len(literals) > FEW:
            before = self.false
            for literal in literals:
                self.require(-literal, -before)
                before = self.disj((before, literal))
            return
        for place, one in enumerate(literals):
            for other in literals[place + 1 :]:
                self.require(-one, -other)


def _clauses(gate: Literal, key: tuple[Literal, ...]) -> list[list[Literal]]:
    """Return what makes a gate the same as "all of these"."""
    return [*([-gate, literal] for literal in key), [gate, *(-literal for literal in key)]]
