"""The bodies of `assessment prove` and `assessment test`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from assessment.engine.decision import Engine
from assessment.engine.promised import no_emergency_promised, nothing_promised
from assessment.engine.protocol import Protocol
from assessment.proof.cases import Judged, judged, unanswered
from assessment.proof.covered import Uncovered, uncovered
from assessment.proof.figures import PUBLISHED, Coverage, Share, coverage, vignette_figures
from assessment.proof.prove import prove
from assessment.proof.report import Checked, Report
from assessment.proof.save import save_cases
from assessment.proof.words import WHAT, failure_in_words, reach_in_words, report_json
from assessment.proof.workbench import Workbench

KNOWN_CASES = (
    "These cases were known when the rules were written, so they are not an independent test."
)
MOST_MISSED = 8
"""How many of the things that no case uses are listed by name."""


def prove_protocol(protocol: Protocol, *, as_json: bool, save_case: Path | None) -> bool:
    """Prove the protocol, print what holds and what does not, and return whether all does.

    With `save_case`, every counterexample becomes a case in that file.

    Raises OSError or ValueError when that file cannot be written.
    """
    engine = Engine(protocol)
    with Console(stderr=True).status("Preparing") as status:
        report = prove(engine, before=lambda kind: status.update(WHAT[kind]))
        status.update("Looking for what no promise covers")
        rest = uncovered(Workbench(engine))
    if as_json:
        said = report_json(protocol, report)
        said |= {
            "nothing_promised": nothing_promised(protocol),
            "no_emergency_promised": no_emergency_promised(protocol),
            "uncovered": rest.as_json(),
        }
        click.echo(json.dumps(said, ensure_ascii=False, indent=1))
    else:
        _print_report(protocol, report, rest)
    if save_case is not None:
        for file in save_cases(protocol, report.failures, save_case):
            click.echo(f"wrote {file}", err=True)
    return report.proven


def run_cases(protocol: Protocol, *, at_least: float, as_json: bool) -> bool:
    """Run the cases, print coverage and figures, and return whether all is as it should be.

    It is not when a case gets what it does not expect, when an answer is unsafe, or when the
    cases use less than `at_least` percent of the rules, questions or options.
    """
    cases = judged(Engine(protocol))
    covered = coverage(protocol, cases)
    figures = vignette_figures(cases)
    failed = [one for one in cases if one.wrong or one.unsafe]
    thin = [one for one in covered if 100 * one.share.share < at_least]
    if as_json:
        click.echo(json.dumps(_test_json(cases, covered, figures), ensure_ascii=False, indent=1))
    else:
        _print_test(cases, covered, figures)
        for one in thin:
            click.echo(f"coverage of {one.share.name} is under {at_least:g} %")
    return not failed and not thin


def _print_report(protocol: Protocol, report: Report, rest: Uncovered) -> None:
    table = Table("what", "checked", "time", "")
    for one in report.checked:
        table.add_row(WHAT[one.kind], str(one.count), _milliseconds(one.seconds), _verdict(one))
    Console().print(table)
    for failure in report.failures:
        click.echo()
        for line in failure_in_words(protocol, failure):
            click.echo(line)
    if report.failures:
        click.echo("\ndocs/proof.md explains each code.")
    for line in rest.in_words():
        click.echo(f"Not promised: {line}.")
    for line in reach_in_words(protocol):
        click.echo(line)
    asked = report.questions_asked
    length = "" if asked is None else f" A full walk asks {asked[0]} to {asked[1]} questions."
    holds = "nothing was promised" if nothing_promised(protocol) else "proven"
    verdict = holds if report.proven else f"not proven, {_several(report)}"
    took = _milliseconds(report.seconds)
    click.echo(f"{protocol.id} {protocol.version}: {verdict}, in {took}.{length}")


def _print_test(
    cases: Iterable[Judged], covered: Iterable[Coverage], figures: Iterable[Share]
) -> None:
    cases = list(cases)
    for open_question in unanswered(cases):
        click.echo(f"{open_question.question}: {open_question.says}")
    for one in cases:
        for line in _wrong(one):
            click.echo(f"{one.case.id}: {line}")
    passed = sum(not one.wrong for one in cases)
    click.echo(f"{passed} of {len(cases)} cases pass.")
    table = Table("used by the cases", "", "%", "not used")
    for each in covered:
        more = len(each.missed) - MOST_MISSED
        missed = ", ".join(each.missed[:MOST_MISSED]) + (f" and {more} more" if more > 0 else "")
        share = each.share
        table.add_row(share.name, f"{share.part} of {share.whole}", _percent(share.share), missed)
    Console().print(table)
    table = Table("vignettes", "", "%", "95 % interval", "published")
    for share in figures:
        low, high = share.interval
        table.add_row(
            share.name,
            f"{share.part} of {share.whole}",
            _percent(share.share),
            f"{_percent(low)} to {_percent(high)}",
            PUBLISHED.get(share.name, ""),
        )
    Console().print(table)
    click.echo(KNOWN_CASES)


def _wrong(one: Judged) -> list[str]:
    unsafe = [f"unsafe: {one.decision.recommend.id} must never be the result"] if one.unsafe else []
    return unsafe + ([] if one.unanswered else list(one.wrong))


def _test_json(
    cases: Iterable[Judged], covered: Iterable[Coverage], figures: Iterable[Share]
) -> dict[str, object]:
    return {
        "cases": [
            {
                "id": one.case.id,
                "recommendation": one.decision.recommend.id,
                "expected": one.case.expected.id,
                "unsafe": one.unsafe,
                "wrong": list(one.wrong),
            }
            for one in cases
        ],
        "coverage": {
            each.share.name: {**_share_json(each.share), "not_used": list(each.missed)}
            for each in covered
        },
        "vignettes": {
            share.name: {
                **_share_json(share),
                "interval": [round(end, 4) for end in share.interval],
            }
            for share in figures
        },
    }


def _share_json(share: Share) -> dict[str, object]:
    return {"part": share.part, "whole": share.whole, "share": round(share.share, 4)}


def _verdict(one: Checked) -> str:
    return f"[red]{len(one.failures)} failed[/red]" if one.failures else "[green]holds[/green]"


def _several(report: Report) -> str:
    number = len(report.failures)
    return f"{number} failure{'' if number == 1 else 's'}"


def _milliseconds(seconds: float) -> str:
    return f"{1000 * seconds:.1f} ms"


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"
