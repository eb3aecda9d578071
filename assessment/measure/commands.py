"""The body of `assessment population`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence

import click
from rich.console import Console
from rich.table import Table

from assessment.engine.protocol import Protocol, Recommend
from assessment.measure.facts import Among, Population
from assessment.measure.figures import Ends, Figures, Kept, Sends, figures
from assessment.measure.fill import Filled

IN_WORDS = {
    Among.ALL: "all",
    Among.WITHOUT: "without any sign or condition",
    Among.CAREFUL: "reading without mistakes",
}
URGENCIES = {1: "a doctor or physiotherapist first, or sooner", 2: "a doctor today, or sooner"} | {
    3: "emergency"
}
DRAWN = "The people are drawn from published rates and judgements: nobody was asked."


def show_population(
    protocol: Protocol,
    filled: Sequence[Filled],
    population: Population,
    *,
    as_json: bool,
) -> bool:
    """Print who of a population ends where; return whether the budgets are kept."""
    found = figures(filled, population.budgets)
    if as_json:
        click.echo(json.dumps(_json(found), indent=1))
    else:
        _print(protocol, found)
    return all(kept.holds for kept in found.kept)


def show_moves(old: Sequence[Filled], new: Sequence[Filled], *, as_json: bool) -> None:
    """Print where the same persons end in an older version and in a newer one."""
    moves = Counter(
        (one.decision.recommend, two.decision.recommend) for one, two in zip(old, new, strict=True)
    )
    fallen = _fallen(old, new)
    if as_json:
        pairs = [
            {"old": one.id, "new": two.id, "persons": moves[one, two]}
            for one, two in sorted(moves, key=lambda pair: (pair[0].place, pair[1].place))
        ]
        downgrades = [{"old": rule, "new": to, "persons": n} for (rule, to), n in fallen]
        click.echo(json.dumps({"moves": pairs, "downgrades": downgrades}, indent=1))
        return
    table = Table("old / new", *(recommend.id for recommend in Recommend))
    for one in Recommend:
        table.add_row(one.id, *(str(moves[one, two] or "") for two in Recommend))
    Console().print(table)
    table = Table("emergency or today in the old version, by rule", "in the new one", "persons")
    for (rule, to), number in fallen:
        table.add_row(rule, to, str(number))
    Console().print(table)
    click.echo(DRAWN)


def _fallen(old: Iterable[Filled], new: Iterable[Filled]) -> list[tuple[tuple[str, str], int]]:
    """Count who was at urgency 2 or 3 and is lower now, by the old rules."""
    fallen: Counter[tuple[str, str]] = Counter()
    for one, two in zip(old, new, strict=True):
        before, after = one.decision.recommend, two.decision.recommend
        if (
            before.urgency >= Recommend.URGENT_MEDICAL.urgency > 0
            and after.urgency < before.urgency
        ):
            rules = ", ".join(sorted(fired.rule.id for fired in one.decision.winning))
            fallen[f"{before.id}: {rules}", after.id] += 1
    return sorted(fallen.items(), key=lambda row: (-row[1], row[0]))


def _print(protocol: Protocol, found: Figures) -> None:
    table = Table("ends at", *(f"{IN_WORDS[among]}, %" for among in found.ends))
    for recommend in Recommend:
        table.add_row(recommend.id, *(_share(ends, recommend) for ends in found.ends.values()))
    Console().print(table)
    table = Table("budget", "at most %", "found %", "")
    for kept in found.kept:
        table.add_row(*_budget(kept), "holds" if kept.holds else "[red]missed[/red]")
    Console().print(table)
    table = Table("rule", "urgency", "gives", "sends alone", "of them without", "not sure")
    for row in found.sends:
        numbers = (row.urgency, row.persons, row.alone, row.without, row.unsure)
        table.add_row(row.rule, *map(str, numbers))
    Console().print(table)
    persons = ", ".join(f"{ends.persons} {IN_WORDS[among]}" for among, ends in found.ends.items())
    click.echo(f"{protocol.id} {protocol.version}: {persons}. {DRAWN}")


def _share(ends: Ends, recommend: Recommend) -> str:
    return f"{100 * ends.by.get(recommend, 0) / max(1, ends.persons):.1f}"


def _budget(kept: Kept) -> tuple[str, str, str]:
    budget = kept.budget
    words = f"{IN_WORDS[budget.among]}: {URGENCIES[budget.urgency]}"
    return words, f"{budget.at_most:g}", f"{kept.percent:.1f}"


def _json(found: Figures) -> dict[str, object]:
    return {
        "ends": {
            among.value: {
                "persons": ends.persons,
                "by": {one.id: ends.by.get(one, 0) for one in Recommend},
                "percent_at_urgency": {
                    str(urgency): round(ends.percent(urgency), 2) for urgency in URGENCIES
                },
            }
            for among, ends in found.ends.items()
        },
        "budgets": [
            {
                "of": kept.budget.among.value,
                "urgency_at_least": kept.budget.urgency,
                "at_most_percent": kept.budget.at_most,
                "percent": round(kept.percent, 2),
                "holds": kept.holds,
            }
            for kept in found.kept
        ],
        "sends": [_sends_json(row) for row in found.sends],
    }


def _sends_json(row: Sends) -> dict[str, object]:
    return {
        "rule": row.rule,
        "urgency": row.urgency,
        "persons": row.persons,
        "alone": row.alone,
        "alone_without_sign_or_condition": row.without,
        "alone_not_sure": row.unsure,
    }
