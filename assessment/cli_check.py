"""`assessment check`: what is wrong with a protocol, and what its cases would say instead."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from assessment.cli_given import DEFAULT_PROTOCOL, given_protocol, protocol_but_cases
from assessment.engine.decision import Engine
from assessment.engine.promised import options, unpromised
from assessment.engine.protocol import Protocol
from assessment.engine.words import offered
from assessment.exports.machine import review_in_words
from assessment.one_line import BadInput
from assessment.proof.cases import Judged, judged, unanswered, wrongly_decided
from assessment.proof.correct import corrections, in_words
from assessment.proof.words import reach_in_words
from assessment.protocols.case_file import CaseFile
from assessment.protocols.revision import named_folder
from assessment.protocols.safety_texts import FILE

NOTHING_DEMANDED = (
    f"Safety texts: not checked, because there is no {FILE} to say what they must contain. "
    "Without it, this protocol is not served when PUBLIC_URL is set."
)


@click.command()
@click.argument("protocol", default=DEFAULT_PROTOCOL)
@click.option(
    "--update-cases",
    "update",
    is_flag=True,
    help="Show what the failing cases would say if the rules are right. Asks before writing.",
)
@click.option("--yes", is_flag=True, help="With --update-cases: write without asking.")
def check(protocol: str, update: bool, yes: bool) -> None:
    """Report every fault in a protocol, each with its file, line and column."""
    folder = named_folder_of(protocol)
    loaded, faults = protocol_but_cases(protocol)
    if faults:
        click.echo(faults, err=True)
        click.echo("The cases with these faults are left out below.", err=True)
    failed = _report(loaded, folder)
    served = _can_be_served(loaded)
    if faults and update:
        click.echo("No cases are updated while cases.yaml has faults.", err=True)
    elif failed and update:
        _update(folder, failed, yes=yes)
        failed = _report(given_protocol(protocol), folder)
    elif any(not one.unanswered for one in failed):
        click.echo(
            f"`assessment check {protocol} --update-cases` shows what these cases would say "
            "instead, and asks before it writes."
        )
    if failed or faults or update:
        click.echo(f"`assessment prove {protocol}` says whether every promise still holds.")
    sys.exit(1 if failed or faults or not served else 0)


def named_folder_of(protocol: str) -> Path:
    """Return the folder of a protocol that is named on the command line."""
    try:
        return named_folder(protocol)
    except ValueError as error:
        raise BadInput(str(error)) from None


def _report(loaded: Protocol, folder: Path) -> Sequence[Judged]:
    """Print the cases that fail and the summary; return the failing ones."""
    cases = judged(Engine(loaded))
    for line in _failures(loaded, cases, CaseFile(folder)):
        click.echo(line)
    failed = [one for one in cases if one.wrong]
    click.echo(
        f"{loaded.id} {loaded.version}: {len(loaded.questions)} questions, "
        f"{len(loaded.rules)} rules, {len(loaded.promises)} promises, "
        f"{len(loaded.cases)} cases, {len(failed)} of them failed. {review_in_words(loaded)}"
    )
    click.echo(_safety_texts(loaded))
    for line in _promised(loaded):
        click.echo(line)
    return failed


def _can_be_served(protocol: Protocol) -> bool:
    """Whether the cookie holds whatever somebody answers; say so when it does not."""
    from assessment.web.walk.cookie import Seal
    from assessment.web.walk.cookie_size import TOO_LONG, fits

    # The longest value is as long under any key.
    if fits(Seal(bytes(32), "answers", 0), protocol):
        return True
    click.echo(f"It cannot be served: {TOO_LONG}.")
    return False


def _safety_texts(protocol: Protocol) -> str:
    """Return what is demanded of the safety texts, and who read their wording last."""
    texts = protocol.safety_texts
    if texts is None:
        return NOTHING_DEMANDED
    return (
        f"Safety texts: {len(texts.demands)} demands met. Wording: {texts.read_by}, {texts.date}."
    )


def _promised(protocol: Protocol) -> list[str]:
    """Return how far the promises reach."""
    lines, rest = [], len(unpromised(protocol))
    if rest:
        of = len(options(protocol))
        lines.append(f"{rest} of {of} options have no safety tag, and no promise reads them.")
    lines += reach_in_words(protocol)
    if (waiver := protocol.waiver) is not None:
        lines.append(f"Waived by {waiver.by} on {waiver.date}: {waiver.why}")
    return lines


def _failures(protocol: Protocol, cases: Sequence[Judged], file: CaseFile) -> list[str]:
    lines = []
    for one in unanswered(cases):
        place, question = file.place(one.cases[0].case.id), protocol.question[one.question]
        expected = f"an answer to `{one.question}` there or under `usual`: {offered(question)}"
        lines.append(f"{place}: {one.question}: {one.says}; expected {expected}.")
    lines += [f"{file.place(one.case.id)}: {in_words(one)}" for one in wrongly_decided(cases)]
    return lines


def _update(folder: Path, failed: Sequence[Judged], *, yes: bool) -> None:
    """Show what would be written, and write it when it is wanted."""
    file = CaseFile(folder)
    found = corrections(one for one in failed if not one.unanswered)
    if not found:
        click.echo("No cases can be updated automatically: their author has to change these.")
        return
    corrected = file.corrected(found)
    for line in file.difference(corrected):
        click.echo(line)
    number = f"{len(found)} case{'' if len(found) == 1 else 's'}"
    if yes or click.confirm(f"Is this what these people should be told? Write {number}?"):
        try:
            file.write(corrected)
        except OSError as error:
            raise BadInput(f"cases.yaml cannot be written: {error.strerror}") from None
