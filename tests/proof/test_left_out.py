"""What the shape of an expression says of answers that are left out, the solver finds as well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from assessment.engine.decision import Engine
from assessment.engine.logic import AtLeast, Atom, AtomKind, Expr, Or, every_part
from assessment.proof.circuit import Literal
from assessment.proof.left_out import LeftOut
from assessment.proof.short import ShortSheet
from assessment.proof.workbench import Workbench
from bench.synthetic import synthetic_protocol
from tests.proof.random_protocols import random_protocol


class Asking(ShortSheet):
    """Says nothing by shape, so that the solver finds out for itself."""

    def _compare(self, count: AtLeast, ours: Literal, theirs: Literal) -> None:
        pass


def exprs(engine: Engine) -> Iterator[Expr]:
    """Yield everything that is said of the answers, and what of rules is surely unknown."""
    for expr in (*engine.meanings.every(), *engine.short.rules, *engine.short.precautions):
        yield from every_part(expr)


@pytest.mark.parametrize("seed", range(30))
def test_what_a_shape_rules_out_never_happens(seed: int) -> None:
    engine = Engine(random_protocol(seed, questions=4, rules=5))
    bench = Workbench(engine)
    short = Asking(bench)
    for expr in exprs(engine):
        ours, theirs = short.literal(expr), bench.sheet.literal(expr)
        if short.shapes.never_gained(expr):
            assert bench.solver.find([ours, -theirs]) is None
        if short.shapes.never_lost(expr):
            assert bench.solver.find([theirs, -ours]) is None


def test_the_shape_settles_every_rule_that_reads_plain_questions() -> None:
    engine = Engine(synthetic_protocol(questions=40, rules=300))
    shapes = ShortSheet(Workbench(engine)).shapes

    assert all(shapes.never_gained(meaning.surely) for meaning in engine.meanings.rules)
    assert all(shapes.never_lost(meaning.possibly) for meaning in engine.meanings.rules)


def test_a_question_that_may_not_be_asked_any_more_is_not_open() -> None:
    ticked, open_ = (Atom("more", kind, "a") for kind in (AtomKind.HAS, AtomKind.OPEN))
    possible = Or((ticked, open_))

    assert LeftOut({}).never_lost(possible)
    assert not LeftOut({"more": Atom("flag", AtomKind.HAS, "red")}).never_lost(possible)
