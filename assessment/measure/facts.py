"""Persons of a population: facts drawn with a fixed seed, before anybody asks anything."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random

Truth = str | int | bool
Person = Mapping[str, Truth]
"""Every fact about one person, by its id."""

Holds = Callable[[Person], bool]
"""Whether something is true of a person."""

APART = 1_000_003
"""Persons of one seed start this far from those of the next."""


MISTAKES = ("takes_look_alike", "misses_the_way_out")
"""The facts that make a person tick a sign for something harmless."""


class Group(StrEnum):
    """What kind of fact it is."""

    PERSON = "person"
    PAIN = "pain"
    EVERYDAY = "everyday"
    SIGN = "sign"
    CONDITION = "condition"
    READING = "reading"


class Among(StrEnum):
    """The persons that a budget is about."""

    ALL = "all"
    WITHOUT = "without_sign_or_condition"
    CAREFUL = "reading_without_mistakes"


@dataclass(frozen=True, slots=True)
class Shares:
    """How a fact is distributed among the persons of whom `when` holds; None is everybody.

    `up_to` are the shares added up, in percent. A value that is a range stands for each of its
    numbers, equally likely.
    """

    when: Holds | None
    values: tuple[Truth | range, ...]
    up_to: tuple[float, ...]

    def draw(self, random: Random) -> Truth:
        """Return one value."""
        value = self.values[bisect_right(self.up_to, random.random() * self.up_to[-1])]
        return random.choice(value) if isinstance(value, range) else value


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing about a person; of its rows the first that fits counts."""

    id: str
    group: Group
    rows: tuple[Shares, ...]
    values: frozenset[str] | None
    """The words that it may be; None for numbers and for what is true or not."""
    is_number: bool

    def draw(self, person: Person, random: Random) -> Truth:
        """Return it for a person whose earlier facts are known."""
        row = next(row for row in self.rows if row.when is None or row.when(person))
        return row.draw(random)


@dataclass(frozen=True, slots=True)
class Budget:
    """At most so many percent of some persons at this urgency or above."""

    among: Among
    urgency: int
    at_most: float


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How people answer: slips for each line, and "not sure" by kind of list, in percent."""

    slip: float
    not_sure: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Population:
    """Facts, in the order in which they are drawn, and what must hold of those who have them."""

    facts: tuple[Fact, ...]
    behaviour: Behaviour
    budgets: tuple[Budget, ...]
    persons: int
    seed: int

    def draw(self) -> Iterator[Person]:
        """Yield every person. Each depends on the seed and its number alone."""
        for number in range(self.persons):
            random = Random(self.seed * APART + number)
            person: dict[str, Truth] = {}
            for fact in self.facts:
                person[fact.id] = fact.draw(person, random)
            yield person

    def among(self, person: Person) -> frozenset[Among]:
        """Return the parts of the population that a person belongs to."""
        mistaken = any(person.get(trait) for trait in MISTAKES)
        parts = ((Among.WITHOUT, self.is_without(person)), (Among.CAREFUL, not mistaken))
        return frozenset({Among.ALL, *(part for part, belongs in parts if belongs)})

    def is_without(self, person: Person) -> bool:
        """Whether a person has no sign and no condition."""
        return not any(
            person[fact.id] not in (False, "none", "no", "normal")
            for fact in self.facts
            if fact.group in (Group.SIGN, Group.CONDITION)
        )
