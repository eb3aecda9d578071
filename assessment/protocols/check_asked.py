"""Whom signs are asked of, and when: of some only with a promise, and an emergency first.

What is optional can have no such promise: its signs are offered to everybody."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from assessment.engine.conditions import Condition
from assessment.engine.opens import SAME_DAY, Opening
from assessment.engine.protocol import Promise, Sign
from assessment.engine.questions import Question, Safety
from assessment.protocols.diagnostics import Code, Place, Report
from assessment.protocols.fields import records
from assessment.protocols.nodes import Value


def check_asked(
    questions: Sequence[Question],
    findings: Mapping[str, Condition],
    promises: Collection[Promise],
    tree: Value | None,
    report: Report,
) -> None:
    """Report each sign of a day or an emergency behind an `enable_when` that no `asked` names.

    What opens such a sign is one as well. A question without `enable_when` is asked of everybody;
    should it ever get one, it is reported then. `tree` is that of the questions.
    """
    opening = Opening(questions, findings)
    asked = {sign for promise in promises for sign in promise.asked}
    conditional = {one.id for one in questions if one.enable_when is not None}
    places = dict(_places(tree))
    for sign in opening.signs():
        if sign.question in conditional and asked.isdisjoint((sign, Sign(sign.question))):
            report.add(
                places[sign],
                Code.SIGN_NOT_PROMISED,
                f"no promise that `{sign}` is asked (urgency {opening.tier(sign)}), though its "
                "question has `enable_when`",
                f"`asked: [{sign}]` in safety.yaml, with whom the evidence asks about it",
            )


def check_first(questions: Sequence[Question], tree: Value | None, report: Report) -> None:
    """Report each sign of an emergency that waits for other questions of its section.

    It ends the walk at once, so whoever leaves on an earlier page was never told. Only what
    everybody is asked counts: what an answer opens has to wait for that answer.
    """
    waits_for: dict[str, str] = {}
    places = dict(_places(tree))
    for one in questions:
        if one.section is None or one.enable_when is not None or one.line is not None:
            continue
        if not any(option.safety is Safety.EMERGENCY for option in one.options):
            waits_for.setdefault(one.section, one.id)
        elif one.section in waits_for and not one.optional:
            report.add(
                places[Sign(one.id)],
                Code.EMERGENCY_WAITS,
                f"`{one.id}`, which asks about an emergency, after `{waits_for[one.section]}`",
                f"it first of what everybody is asked in the section `{one.section}`",
            )


def check_optional(
    questions: Sequence[Question],
    findings: Mapping[str, Condition],
    tree: Value | None,
    report: Report,
) -> None:
    """Report each question with signs of a day or an emergency that is offered to some only."""
    places = dict(_places(tree))
    for name in offered_to_some(questions, findings):
        report.add(
            places[Sign(name)],
            Code.OFFERED_TO_SOME,
            f"`{name}`, which is optional, with `enable_when` and a sign of an emergency or of the "
            "same day",
            "no `enable_when`, or no `optional` and a promise that says of whom it is asked",
        )


def offered_to_some(
    questions: Sequence[Question], findings: Mapping[str, Condition]
) -> Iterator[str]:
    """Yield the optional questions with a condition that have or open a sign of a day or more.

    No promise can name them, so nothing would notice a condition that is too narrow.
    """
    opening = Opening(questions, findings)
    for one in questions:
        gated = one.optional and one.enable_when is not None and one.line is None
        if gated and opening.tier(Sign(one.id)) >= SAME_DAY:
            yield one.id


def _places(tree: Value | None) -> Iterator[tuple[Sign, Place]]:
    """Yield where each question and each option stands."""
    for fields in records(tree):
        name = fields.words("id")
        yield Sign(name), fields.place_of("id")
        for option in fields.records("options"):
            yield Sign(name, option.words("id")), option.place_of("id")
