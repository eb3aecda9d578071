"""The engine's speed beside rules written by hand and beside zen-engine.

    .venv/bin/python -m bench.engine

One run over the same answers; every contender gives the same rules before anything is timed.
zen-engine is compared where it is installed (`locks/bench.txt`). It takes lists, not sets: that
conversion is not timed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import Any

from assessment.engine.answers import Answers
from assessment.engine.decision import Engine
from assessment.protocols.load import find_protocol, load_protocol
from bench.fixed import fixed_protocol, typical_answers
from bench.measure import Bar, Spread, cpu_microseconds, ratios, table
from bench.twin import fired

Fired = tuple[list[str], list[str]]
Contender = tuple[Callable[[Any], object], Sequence[object]]

SHIPPED = "muscle_pain"


def fired_by(engine: Engine) -> Callable[[Answers], Fired]:
    """The rules that the engine fires, by id, to compare with others."""
    names = [rule.id for rule in engine.protocol.rules]

    def by_id(answers: Answers) -> Fired:
        yes, unknown = engine.fire(answers)
        return [names[place] for place in yes], [names[place] for place in unknown]

    return by_id


def zen_contenders(engine: Engine) -> dict[str, Callable[[Any], Fired]]:
    """What zen-engine does with the same rules; nothing where it is not installed."""
    if find_spec("zen") is None:
        return {}
    from bench.zen_rules import ZenRules

    rules = ZenRules(engine)
    return {
        "zen, compiled expression": rules.expression(),
        "zen, decision table": rules.table(),
        "zen, decision table kept by a loader": rules.loaded_table(),
    }


def run() -> list[Bar]:
    """Measure, print the figures and return the bars."""
    engine = Engine(fixed_protocol())
    answers = typical_answers(engine)
    contenders: dict[str, Contender] = {
        "written by hand": (fired, answers),
        "fired rules": (engine.fire, answers),
        "full evidence": (engine.decide, answers),
    }
    expected = [fired(one) for one in answers]
    assert [fired_by(engine)(one) for one in answers] == expected
    zen = zen_contenders(engine)
    if zen:
        from bench.zen_rules import context

        contexts = [context(one) for one in answers]
        for name, call in zen.items():
            assert [call(one) for one in contexts] == expected, name
            contenders[name] = (call, contexts)
    shipped = Engine(load_protocol(find_protocol(SHIPPED)))
    shipped_answers = typical_answers(shipped)
    contenders[f"{SHIPPED}, fired rules"] = (shipped.fire, shipped_answers)
    contenders[f"{SHIPPED}, full evidence"] = (shipped.decide, shipped_answers)

    figures = cpu_microseconds(contenders)
    _print(engine, shipped, figures, number_fired=[len(yes) for yes, _ in expected])
    return _bars(figures)


def _bars(figures: dict[str, list[float]]) -> list[Bar]:
    hand, ours, evidence = (
        figures[name] for name in ("written by hand", "fired rules", "full evidence")
    )
    bars = [
        Bar("fired rules / written by hand", ratios(ours, hand), at_most=1.25),
        Bar("full evidence / written by hand", ratios(evidence, hand), at_most=4),
    ]
    for name, least in (("zen, compiled expression", 5.0), ("zen, decision table", 50.0)):
        if name in figures:
            bars.append(Bar(f"{name} / fired rules", ratios(figures[name], ours), at_least=least))
    return bars


def _print(
    engine: Engine, shipped: Engine, figures: dict[str, list[float]], number_fired: list[int]
) -> None:
    sizes = [
        f"{len(one.protocol.questions)} questions and {len(one.protocol.rules)} rules"
        for one in (engine, shipped)
    ]
    print(f"\nEngine: {sizes[0]}, {len(number_fired)} sets of answers, of which each fires")
    print(f"{Spread.of(number_fired)} rules; {SHIPPED} has {sizes[1]}.")
    print("Microseconds of CPU time a call, median of 5 repeats (lowest to highest).\n")
    hand = figures["written by hand"]
    rows = [("", "microseconds", "times by hand")]
    rows += [
        (
            name,
            str(Spread.of(values)),
            "" if name.startswith(SHIPPED) else str(ratios(values, hand)),
        )
        for name, values in figures.items()
    ]
    print(table(rows))
    if find_spec("zen") is None:
        print("\nzen-engine is not installed, so it is not measured.")
    else:
        print("\nzen takes lists for sets; making them is not counted. Its table is made and asked")
        print("as in the first example of its documentation; the loader is its fastest way.")


if __name__ == "__main__":
    print(*run(), sep="\n")
