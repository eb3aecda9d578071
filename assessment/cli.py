"""The `assessment` command."""

from __future__ import annotations

import datetime
import json
import sys
from pathlib import Path
from typing import IO

import click

from assessment.cli_check import check
from assessment.cli_clinic import clinic
from assessment.cli_doctor import doctor
from assessment.cli_given import (
    DEFAULT_PROTOCOL,
    given_protocol,
    given_text,
    protocol_but_cases,
)
from assessment.cli_keys import rotate_keys
from assessment.cli_measure import MEASURES
from assessment.engine.decision import Engine
from assessment.engine.protocol import Review
from assessment.engine.words import in_words
from assessment.exports.machine import (
    decision_json,
    decision_words,
    questions_json,
    review_in_words,
    to_line,
)
from assessment.one_line import BadInput, OneLineGroup
from assessment.protocols.compared import Compared, compared
from assessment.protocols.diagnostics import BrokenProtocol
from assessment.protocols.given import documents, read_answers
from assessment.protocols.load import RULES_FOLDER, find_protocol
from assessment.protocols.revision import named_folder
from assessment.protocols.schema import all_schemas, stale_schemas, write_schemas
from assessment.protocols.sign_off import sign_off
from assessment.release import version


@click.group(cls=OneLineGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version(), prog_name="assessment", message="%(prog)s %(version)s")
def main() -> None:
    """Check, try out and serve self-assessment protocols.

    PROTOCOL is a folder, or the name of one under rules/.
    """


@main.command()
@click.argument("protocol", default=DEFAULT_PROTOCOL)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
def questions(protocol: str, as_json: bool) -> None:
    """Print every question, in the order they are asked."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    loaded = given_protocol(protocol)
    if as_json:
        click.echo(json.dumps(questions_json(loaded), ensure_ascii=False, indent=1))
        return
    table = Table("id", "type", "question", "asked when")
    for question in loaded.questions:
        condition = question.enable_when
        table.add_row(
            question.id,
            question.kind,
            escape(question.ask.text),
            "always" if condition is None else escape(in_words(condition, loaded)),
        )
    Console().print(table)


@main.command()
@click.argument("protocol", default=DEFAULT_PROTOCOL)
@click.option("--answers", "file", required=True, type=click.File("r", encoding="utf-8-sig"))
@click.option("--json", "as_json", is_flag=True, help="Print each decision as one line of JSON.")
def decide(protocol: str, file: IO[str], as_json: bool) -> None:
    """Print the decision on some answers.

    Answers are one JSON object, or one per line (JSON Lines); `-` reads standard input.
    """
    engine = Engine(given_protocol(protocol))
    broken = False
    lines = list(documents(given_text(file)))
    if not lines:
        raise BadInput("--answers is empty; expected a JSON object of question ids to answers")
    for number, line in lines:
        try:
            answers = read_answers(line, engine.protocol)
        except ValueError as error:
            broken = True
            click.echo(to_line({"error": str(error), "line": number}))
            continue
        decision = engine.decide(answers)
        if as_json:
            click.echo(to_line(decision_json(engine, answers, decision)))
        else:
            click.echo(decision_words(engine, answers, decision))
    sys.exit(1 if broken else 0)


@main.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write files here.")
@click.option("--check", "check_only", is_flag=True, help="Fail if rules/schema is out of date.")
def schema(out: Path | None, check_only: bool) -> None:
    """Print the JSON Schemas, or write them to files for editors."""
    if check_only:
        if stale := ", ".join(stale_schemas(RULES_FOLDER / "schema")):
            click.echo(
                f"out of date: {stale}; run `assessment schema --out rules/schema`", err=True
            )
            sys.exit(1)
    elif out is not None:
        try:
            written = write_schemas(out)
        except OSError as error:
            raise BadInput(f"--out `{out}` cannot be written: {error.strerror}") from None
        for path in written:
            click.echo(str(path))
    else:
        click.echo(json.dumps(all_schemas(), indent=1))


@main.command()
@click.argument("protocol", default=DEFAULT_PROTOCOL)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.option(
    "--save-case",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Add each counterexample to this file as a case, with its answers as JSON beside it.",
)
@click.option(
    "--certificate",
    type=click.Path(path_type=Path),
    help="Write a proof of every claim into this new folder, for verify/check.py to check.",
)
def prove(protocol: str, as_json: bool, save_case: Path | None, certificate: Path | None) -> None:
    """Prove what must hold for all answers, or show answers that break it."""
    from assessment.proof.certificate_command import certify, unfit
    from assessment.proof.commands import prove_protocol

    loaded, faults = protocol_but_cases(protocol)
    if faults:
        click.echo(f"{faults}\nThe cases with these faults are left out.", err=True)
    if certificate is not None and (why_not := unfit(certificate)):
        raise BadInput(f"--certificate `{certificate}` {why_not}; expected a new folder")
    try:
        proven = prove_protocol(loaded, as_json=as_json, save_case=save_case)
    except (OSError, ValueError) as error:
        raise BadInput(f"--save-case: {error}") from None
    if certificate is not None:
        try:
            proven = certify(loaded, named_folder(protocol), certificate, proven=proven)
        except OSError as error:
            why_not = f"cannot be written: {error.strerror}"
            raise BadInput(f"--certificate `{certificate}` {why_not}") from None
    sys.exit(0 if proven and not faults else 1)


@main.command()
@click.argument("protocol", default=DEFAULT_PROTOCOL)
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.option(
    "--coverage",
    type=click.FloatRange(0, 100),
    default=0,
    help="Fail if the cases cover less than this percentage of anything in the list.",
)
def test(protocol: str, as_json: bool, coverage: float) -> None:
    """Run the cases; show what they cover, and how the vignettes did."""
    from assessment.proof.commands import run_cases

    sys.exit(0 if run_cases(given_protocol(protocol), at_least=coverage, as_json=as_json) else 1)


@main.command()
@click.argument("old")
@click.argument("new")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.option(
    "--map",
    "file",
    type=click.Path(path_type=Path),
    help="A YAML file that says what OLD's questions and options are called in NEW.",
)
@click.option(
    "--exit-code", is_flag=True, help="Exit with 1 if anything changed, and with 0 if nothing did."
)
def diff(old: str, new: str, as_json: bool, file: Path | None, exit_code: bool) -> None:
    """Show what changed from OLD to NEW, and which answers now get a different recommendation.

    Each is a folder, the name of a protocol, or REVISION:FOLDER in git, such as HEAD:muscle_pain.
    Exits with 0 whether or not anything changed, and with 1 if that could not be settled.
    """
    from assessment.proof.diff_command import diff_protocols
    from assessment.protocols.renames import read_renames

    before, after = _compared(old), _compared(new)
    try:
        renames = None if file is None else read_renames(file, before.protocol, after.protocol)
    except ValueError as error:
        raise BadInput(f"--map: {error}") from None
    outcome = diff_protocols(before, after, as_json=as_json, renames=renames)
    sys.exit(1 if not outcome.settled or (exit_code and outcome.changed) else 0)


@main.command()
@click.argument("protocol", default=DEFAULT_PROTOCOL)
@click.option("--answers", "file", required=True, type=click.File("r", encoding="utf-8-sig"))
def explain(protocol: str, file: IO[str]) -> None:
    """Explain a decision part by part. Answers are one JSON object; `-` reads standard input."""
    from assessment.exports.explain import explained

    loaded = given_protocol(protocol)
    try:
        answers = read_answers(given_text(file), loaded)
    except ValueError as error:
        raise BadInput(f"--answers: {error}") from None
    click.echo("\n".join(explained(Engine(loaded), answers)))


@main.command()
@click.argument("protocol", default=DEFAULT_PROTOCOL)
@click.option("--format", "form", type=click.Choice(["mermaid", "svg"]), default="mermaid")
def graph(protocol: str, form: str) -> None:
    """Draw the questions in order, findings, rules and recommendations."""
    from assessment.exports import graph, mermaid, svg

    drawn = graph.graph_of(given_protocol(protocol))
    click.echo(svg.as_svg(drawn) if form == "svg" else mermaid.as_mermaid(drawn))
    if form == "mermaid" and (edges := mermaid.edges_drawn(drawn)) > mermaid.MOST_EDGES:
        click.echo(f"{edges} edges: Mermaid draws that many only with a higher maxEdges", err=True)


@main.command()
@click.option(
    "--case",
    type=click.Path(path_type=Path),
    help="Offer to fill in these answers, or cases, in the browser (local mode only).",
)
def serve(case: Path | None) -> None:
    """Serve the product. HOST, PORT and INSTANCE are read from the environment."""
    from assessment.web.serve import main as serve_main

    sys.exit(serve_main(case))


@main.command(name="sign-off")
@click.argument("protocol")
@click.option("--reviewer", prompt=True, help="Who reviewed it.")
@click.option("--role", prompt=True, help="Their professional role.")
@click.option("--date", default=None, help="When (YYYY-MM-DD); today by default.")
def sign_off_command(protocol: str, reviewer: str, role: str, date: str | None) -> None:
    """Record that a clinician reviewed exactly this protocol."""
    loaded = given_protocol(protocol)
    try:
        day = datetime.date.fromisoformat(date) if date else datetime.datetime.now().date()  # noqa: DTZ005  the reviewer's own day
    except ValueError:
        raise BadInput(f"--date `{date}` is not a date; expected one such as 2026-11-23") from None
    if not reviewer.strip() or not role.strip():
        raise BadInput("--reviewer and --role must not be blank")
    review = Review(reviewer.strip(), role.strip(), day.isoformat())
    try:
        path = sign_off(find_protocol(protocol), loaded, review)
    except OSError as error:
        raise BadInput(f"the review of `{protocol}` cannot be written: {error.strerror}") from None
    click.echo(f"{path}: {review_in_words(given_protocol(protocol))}")


clinic.add_command(rotate_keys)
for command in (check, clinic, doctor, *MEASURES):
    main.add_command(command)


def _compared(name: str) -> Compared:
    try:
        return compared(name)
    except ValueError as error:
        raise BadInput(str(error)) from None
    except BrokenProtocol as report:
        raise BadInput(f"`{name}` cannot be used:\n{report}") from None


if __name__ == "__main__":
    main()
