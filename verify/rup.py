"""Checks refutations: whether a list of lemmas shows that some clauses cannot all be true.

A clause is a list of whole numbers other than 0; -3 denies 3. A lemma is accepted when denying it
leads to a contradiction by unit propagation alone (reverse unit propagation, RUP), with the clauses
and the lemmas before it. The last lemma is the empty one. Lines that delete clauses (`d ...`) are
skipped: what follows from fewer clauses follows from more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

Clause = list[int]


class Checker:
    """Clauses to which units and lemmas are added, and taken away again.

    The values and the watches of a literal stand at its own number, those of its negation at the
    negative one: a list reads negative places from its end.
    """

    def __init__(self, clauses: Iterable[Clause], variables: int) -> None:
        self._value: list[bool | None] = [None] * (2 * variables + 1)
        self._watches: list[list[Clause]] = [[] for _ in self._value]
        self._trail: list[int] = []
        self._done = 0
        self._refuted = False
        for clause in clauses:
            self.add(clause)

    def refutes(self, units: Iterable[int], lemmas: Iterable[Clause]) -> str | None:
        """Return None when the lemmas refute the units beside the clauses, else what is wrong.

        Afterwards the clauses alone are left.
        """
        before, done, refuted = len(self._trail), self._done, self._refuted
        added = [self.add([unit]) for unit in units]
        try:
            for number, lemma in enumerate(lemmas, 1):
                if not self._follows(lemma):
                    return f"lemma {number} does not follow"
                if not lemma:
                    return None
                added.append(self.add(lemma))
            return "it ends before the empty clause"
        finally:
            self._undo(before, done)
            self._refuted = refuted
            self._forget(added)

    def _follows(self, lemma: Clause) -> bool:
        if self._refuted:
            return True
        before = len(self._trail)
        conflict = not all(self._assign(-literal) for literal in lemma) or self._propagate()
        self._undo(before, before)
        return conflict

    def add(self, clause: Clause) -> Clause:
        """Add a clause, and return it as it is watched: by its first two literals."""
        clause = sorted(set(clause), key=lambda literal: self._value[literal] is False)
        if len(clause) > 1:
            self._watches[clause[0]].append(clause)
            self._watches[clause[1]].append(clause)
        if not clause or self._value[clause[0]] is False:
            self._refuted = True
        elif len(clause) == 1 or self._value[clause[1]] is False:
            self._assign(clause[0])
            self._refuted = self._propagate() or self._refuted
        return clause

    def _assign(self, literal: int) -> bool:
        """Make a literal true; return False when it is false already."""
        if self._value[literal] is None:
            self._value[literal], self._value[-literal] = True, False
            self._trail.append(literal)
        return self._value[literal] is True

    def _undo(self, length: int, done: int) -> None:
        for literal in self._trail[length:]:
            self._value[literal] = self._value[-literal] = None
        del self._trail[length:]
        self._done = done

    def _forget(self, clauses: list[Clause]) -> None:
        gone = {id(clause) for clause in clauses}
        for literal in {literal for clause in clauses for literal in clause[:2]}:
            self._watches[literal] = [one for one in self._watches[literal] if id(one) not in gone]

    def _propagate(self) -> bool:
        """Draw every conclusion; return whether they contradict each other."""
        value, watches, trail = self._value, self._watches, self._trail
        while self._done < len(trail):
            false = -trail[self._done]
            self._done += 1
            watching = watches[false]
            kept = watches[false] = []
            for place, clause in enumerate(watching):
                if clause[0] == false:
                    clause[0], clause[1] = clause[1], false
                first = clause[0]
                if value[first]:
                    kept.append(clause)
                    continue
                for other in range(2, len(clause)):
                    literal = clause[other]
                    if value[literal] is not False:
                        clause[1], clause[other] = literal, false
                        watches[literal].append(clause)
                        break
                else:
                    kept.append(clause)
                    if value[first] is False:
                        kept += watching[place + 1 :]
                        return True
                    value[first], value[-first] = True, False
                    trail.append(first)
        return False


def names(text: str, named: Mapping[str, int], conj: Callable[[list[int]], int]) -> dict[int, int]:
    """Return which literal of ours each of the prover's is.

    A line is `17 NAME`, or `18 and 3 -17`: the prover's 18 is that both hold. `conj` returns the
    literal of that, or makes a new one: a line can name what is there, and say nothing of it.
    Raises ValueError or KeyError where a line does neither.
    """
    known = {1: 1, -1: -1}
    for line in text.splitlines():
        number, word, *inside = line.split()
        literal = conj([known[int(each)] for each in inside]) if word == "and" else named[word]
        if int(number) in known or int(number) < 1:
            raise ValueError(f"`{line}` names a variable again")
        known[int(number)], known[-int(number)] = literal, -literal
    return known


def read(text: str, known: Mapping[int, int]) -> Iterator[Clause]:
    """Yield the lemmas of a refutation in our literals. Raises ValueError or KeyError."""
    for line in text.splitlines():
        if line and line[0] not in "cd":
            *lemma, end = map(int, line.split())
            if end != 0:
                raise ValueError(f"`{line[:40]}` does not end with 0")
            yield [known[literal] for literal in lemma]
