"""Why answers move: the rules that let them go or take them, and what of these was changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from assessment.engine.conditions import All, Any, Condition, Operator, Test
from assessment.engine.decision import Engine
from assessment.engine.logic import Meaning
from assessment.engine.protocol import Recommend, Rule
from assessment.engine.words import in_words
from assessment.proof.circuit import Literal
from assessment.proof.edits import Edits
from assessment.proof.sheet import Sheet
from assessment.proof.twins import Side, Twins

MOST = 3
"""How many of the changes behind a move are named in words."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason why answers move.

    `edits` are the changed parts on which the rules rest that let answers go, or take them; where
    there are none, the rule itself. `part` is the part of a rule's own condition that made the
    difference, in words, where it has several.
    """

    edits: tuple[str, ...]
    part: str = ""

    def __str__(self) -> str:
        names, more = ", ".join(self.edits[:MOST]), len(self.edits) - MOST
        part = f" ({self.part})" if self.part else ""
        return f"{names}{f' and {more} more' if more > 0 else ''}{part}"


@dataclass(frozen=True, slots=True)
class Claim:
    """One person's answers that move from one recommendation to another, for this cause.

    `alone` holds of those for which no other part of the same rules made a difference.
    """

    before: Recommend
    after: Recommend
    cause: Cause
    literal: Literal
    alone: Literal


@dataclass(frozen=True, slots=True)
class _Vote:
    """One way in which a rule speaks for a recommendation."""

    rule: Rule
    unsure: bool
    literal: Literal


class Causes:
    """Splits moves by their causes; together the claims of a pair are all that move so."""

    def __init__(self, twins: Twins) -> None:
        self._twins = twins
        self._edits = Edits(twins.engines["old"].protocol, twins.engines["new"].protocol)
        self._rules: Mapping[Side, Mapping[str, Rule]] = {
            side: {rule.id: rule for rule in engine.protocol.rules}
            for side, engine in twins.engines.items()
        }

    def claims(self, before: Recommend, after: Recommend) -> Iterator[Claim]:
        """Yield the claims of the moves between two recommendations.

        Who gets one that yields to the old one was let go by a rule of old; who gets one that
        comes before it was taken by a rule of new. Where only the fail-safe spoke for that one,
        the rule of the other side explains it.
        """
        conj, moves = self._twins.circuit.conj, self._twins.moves(before, after)
        falls = before.place < after.place
        first: tuple[Side, Recommend] = ("old", before) if falls else ("new", after)
        second: tuple[Side, Recommend] = ("new", after) if falls else ("old", before)
        for vote in self._votes(*first):
            literal = conj((moves, vote.literal))
            yield from self._parts(first[0], vote, before, after, literal)
        if first[1] is Recommend.MEDICAL_CLEARANCE_FIRST:
            undecided = conj((moves, self._sheet(first[0]).undecided))
            for vote in self._votes(*second):
                literal = conj((undecided, vote.literal))
                yield from self._parts(second[0], vote, before, after, literal)

    def _sheet(self, side: Side) -> Sheet:
        return self._twins.sheets[side]

    def _engine(self, side: Side) -> Engine:
        return self._twins.engines[side]

    def _votes(self, side: Side, recommend: Recommend) -> Iterator[_Vote]:
        sheet = self._sheet(side)
        for rule, fires in zip(self._engine(side).protocol.rules, sheet.fires, strict=True):
            if rule.recommend is recommend:
                yield _Vote(rule, False, fires.counts)
            if rule.if_unsure is recommend:
                yield _Vote(rule, True, fires.unsure)

    def _parts(
        self, side: Side, vote: _Vote, before: Recommend, after: Recommend, literal: Literal
    ) -> Iterator[Claim]:
        """Yield the moves by one vote, split by the parts of its condition that changed."""
        conj, given = self._twins.circuit.conj, before if side == "old" else after
        edits = self._edits.behind(vote.rule.id, given)
        reasons = dict(self._reasons(side, vote)) if literal != self._twins.circuit.false else {}
        if len(reasons) < 2:
            yield Claim(before, after, Cause(edits), literal, literal)
            return
        for words, reason in reasons.items():
            others = [-other for other in reasons.values() if other != reason]
            moved, alone = conj((literal, reason)), conj((literal, reason, *others))
            yield Claim(before, after, Cause(edits, words), moved, alone)
        rest = conj((literal, *(-reason for reason in reasons.values())))
        yield Claim(before, after, Cause(edits), rest, rest)

    def _reasons(self, side: Side, vote: _Vote) -> Iterator[tuple[str, Literal]]:
        """Yield what may have made the difference, in words: parts of the rule or its findings."""
        theirs: Side = "new" if side == "old" else "old"
        other = self._rules[theirs].get(vote.rule.id)
        if other is None:
            return
        yield from self._told(side, vote.rule.when, theirs, other.when, unsure=vote.unsure)
        for before, after in self._edits.findings_behind(vote.rule.id):
            # Either way round: what stands under `not` makes a rule count by not being so.
            yield from self._told("old", before, "new", after, unsure=vote.unsure)
            yield from self._told("new", after, "old", before, unsure=vote.unsure)

    def _told(
        self, side: Side, mine: Condition, theirs: Side, other: Condition, *, unsure: bool
    ) -> Iterator[tuple[str, Literal]]:
        """Yield alternatives that only one side has, and parts that only the other demands."""
        alternatives, demands = _alternatives(mine), _demands(other)
        for part in alternatives if len(alternatives) > 1 else ():
            if part not in _alternatives(other):
                yield self._words(side, part), self._holds(side, part, unsure=unsure)
        for part in demands if len(demands) > 1 else ():
            if part not in _demands(mine):
                words = f"not {self._words(theirs, part)}"
                yield words, -self._holds(theirs, part, unsure=unsure)

    def _words(self, side: Side, part: Condition) -> str:
        return in_words(part, self._engine(side).protocol)

    def _holds(self, side: Side, part: Condition, *, unsure: bool) -> Literal:
        meaning: Meaning = self._engine(side).lowering.meaning(part)
        return self._sheet(side).literal(meaning.possibly if unsure else meaning.surely)


def _alternatives(when: Condition) -> list[Condition]:
    """Return conditions of which any one is enough."""
    match when:
        case Any(parts):
            return [each for part in parts for each in _alternatives(part)]
        case Test(_, Operator.IS, operand) if len(operand) > 1:
            return [Test(when.question, Operator.IS, (value,)) for value in operand]  # type: ignore[arg-type]  # the kind of one is that of all
    return [when]


def _demands(when: Condition) -> list[Condition]:
    """Return conditions of which every one is needed."""
    if isinstance(when, All):
        return [each for part in when.parts for each in _demands(part)]
    return [when]
