"""The hazard log: `docs/safety/hazards.yaml`, what shows its controls, and its page.

`python -m tests.hazard_log` writes the page anew.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import yaml
from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass as parsed

from assessment.engine.protocol import Protocol
from assessment.proof import report
from assessment.protocols import diagnostics

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "safety"
LOG, PAGE = FOLDER / "hazards.yaml", FOLDER / "hazards.md"
NOT_ACCEPTABLE = 4
"""From this risk on, as the log's `acceptance` says."""
_INTRODUCTION = """# Hazard log

What could go wrong, how bad it would be, and what is done about it. In the shape of DCB0129 and
ISO 14971; it claims conformity with neither. Each control names what shows it: a promise that is
proven over all answers, a claim of `assessment prove`, a fault that `assessment check` reports, a
demand on a safety text, a test, or a page. A test fails when one of these is gone.

This page is made from [hazards.yaml](hazards.yaml) by `python -m tests.hazard_log`. The argument
for the whole is the [safety case](../safety-case.md).
"""
_STRICT = ConfigDict(extra="forbid")


@parsed(frozen=True, config=_STRICT)
class Control:
    """What is done about a hazard, and by what it is shown."""

    says: str
    promise: tuple[str, ...] = ()
    proof: tuple[str, ...] = ()
    check: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    test: tuple[str, ...] = ()
    page: tuple[str, ...] = ()

    def shown_by(self) -> Iterator[tuple[str, str]]:
        """Yield each thing that shows it, with its kind."""
        for one in fields(self)[1:]:
            for name in getattr(self, one.name):
                yield one.name, name


@parsed(frozen=True, config=_STRICT)
class Residual:
    """What is left when the controls work."""

    likelihood: str
    says: str


@parsed(frozen=True, config=_STRICT)
class Hazard:
    """One thing that could go wrong; `signs` are the options that it is about.

    `relies_on` are options without a tag on which a control rests.
    """

    id: str
    hazard: str
    causes: tuple[str, ...]
    effect: str
    severity: str
    likelihood: str
    controls: tuple[Control, ...]
    residual: Residual
    signs: tuple[str, ...] = ()
    relies_on: tuple[str, ...] = ()
    owner: str | None = None

    def named(self, kind: str) -> set[str]:
        """Return everything of a kind that shows its controls."""
        return {name for one in self.controls for of, name in one.shown_by() if of == kind}


@parsed(frozen=True, config=_STRICT)
class Log:
    """The whole log, with the scales that it is judged by.

    `owner` is that of every hazard which names none of its own.
    """

    judged: str
    owner: str
    severity: Mapping[str, str]
    likelihood: Mapping[str, str]
    risk: Mapping[str, tuple[int, ...]]
    acceptance: Mapping[int, str]
    hazards: tuple[Hazard, ...]

    def risk_of(self, hazard: Hazard, likelihood: str) -> int:
        """Return the risk, 1 to 5."""
        return self.risk[likelihood][list(self.severity).index(hazard.severity)]

    def left(self, hazard: Hazard) -> int:
        """Return the risk that is left when the controls work."""
        return self.risk_of(hazard, hazard.residual.likelihood)


def read_log(path: Path = LOG) -> Log:
    """Return the log; raises pydantic's ValidationError where it has another shape."""
    written = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return TypeAdapter(Log).validate_python(written)


@dataclass(frozen=True)
class Known:
    """Everything that a control may name."""

    protocol: Protocol

    def missing(self, log: Log) -> list[str]:
        """Return what is named and not there, with the hazard that names it."""
        return [
            f"{hazard.id}: no {kind} `{name}`"
            for hazard in log.hazards
            for control in hazard.controls
            for kind, name in control.shown_by()
            if not self._is_there(kind, name)
        ]

    def _is_there(self, kind: str, name: str) -> bool:
        if kind == "test":
            path, _, function = name.partition("::")
            return (ROOT / path).is_file() and function in _tests(ROOT / path)
        if kind == "page":
            return (ROOT / name).is_file()
        return name in self._names(kind)

    def _names(self, kind: str) -> Collection[str]:
        texts = self.protocol.safety_texts
        return {
            "promise": [one.id for one in self.protocol.promises],
            "proof": [code.value for code in report.Code],
            "check": [code.value for code in diagnostics.Code],
            "text": () if texts is None else texts.demands,
        }[kind]


def _tests(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def page_of(log: Log) -> str:
    """Return the page, as Markdown."""
    return "\n".join(_page(log)) + "\n"


def _page(log: Log) -> Iterator[str]:
    yield _INTRODUCTION
    yield f"**{log.judged.strip()}**"
    yield ""
    if open_ones := [one for one in log.hazards if log.left(one) >= NOT_ACCEPTABLE]:
        listed = ", ".join(f"[{_plain(one.id)}](#{one.id})" for one in open_ones)
        yield f"**What is left is not acceptable yet** for {len(open_ones)} of them: {listed}."
        yield "Until that has changed, the product is not to be offered to real people."
        yield ""
    yield from _scale("severity", log.severity)
    yield from _scale("likelihood", log.likelihood)
    yield from _scale("risk", {str(key): value for key, value in log.acceptance.items()})
    yield from _matrix(log)
    yield "## All hazards"
    yield ""
    yield "| hazard | risk without controls | risk that is left |"
    yield "|---|---|---|"
    for one in log.hazards:
        before = log.risk_of(one, one.likelihood)
        yield f"| [{one.hazard}](#{one.id}) | {before} | {log.left(one)} |"
    for one in log.hazards:
        yield from _hazard(log, one)


def _scale(name: str, scale: Mapping[str, str]) -> Iterator[str]:
    yield f"| {name} | means |"
    yield "|---|---|"
    yield from (f"| {_plain(key)} | {means} |" for key, means in scale.items())
    yield ""


def _matrix(log: Log) -> Iterator[str]:
    yield f"| risk | {' | '.join(_plain(one) for one in log.severity)} |"
    yield f"|---|{'---|' * len(log.severity)}"
    for likelihood, risks in log.risk.items():
        yield f"| {_plain(likelihood)} | {' | '.join(str(one) for one in risks)} |"
    yield ""


def _hazard(log: Log, one: Hazard) -> Iterator[str]:
    yield ""
    yield f"## {one.id}"
    yield ""
    yield f"**{one.hazard}.** {one.effect}."
    yield ""
    yield f"- Causes: {'. '.join(one.causes)}."
    for kind, options in (("Signs", one.signs), ("Relies on", one.relies_on)):
        if options:
            yield f"- {kind}: {', '.join(f'`{option}`' for option in options)}."
    before = log.risk_of(one, one.likelihood)
    yield f"- Without controls: {_judged(one, one.likelihood)}, risk {before}."
    for control in one.controls:
        yield f"- Control: {control.says.strip()}."
        for kind, shown in groupby(control.shown_by(), key=itemgetter(0)):
            yield f"  - {kind}: {', '.join(f'`{name}`' for _, name in shown)}"
    yield f"- What is left: {_judged(one, one.residual.likelihood)}, risk {log.left(one)}."
    yield f"  {one.residual.says.strip()}"
    yield f"- Owner: {one.owner or log.owner}."


def _judged(one: Hazard, likelihood: str) -> str:
    return f"{_plain(one.severity)}, {_plain(likelihood)}"


def _plain(key: str) -> str:
    return key.replace("_", " ")


if __name__ == "__main__":
    PAGE.write_text(page_of(read_log()), encoding="utf-8")
