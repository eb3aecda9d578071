"""What a walk holds of answers that were told on an earlier visit and only confirmed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assessment.engine.answers import Answers
from assessment.engine.conditions import Operator, Test
from assessment.engine.questions import NONE, Question
from assessment.screening import Position, Screening
from assessment.web.walk.cookie import Visit

LEFT_ASIDE = (
    "You said that “{short}” is still right, so please choose “{line}” here too. "
    "If that has changed, you can correct it before you see the result."
)


@dataclass(frozen=True, slots=True)
class Aside:
    """What was confirmed and today's answer to its gate leaves out; `notice` says so."""

    gate: Question
    notice: str


def still_confirmed(visit: Visit, before: Answers, now: Answers) -> Mapping[str, int] | None:
    """Return what was confirmed and is not answered otherwise since."""
    told = visit.confirmed or {}
    kept = {name: when for name, when in told.items() if now.get(name) == before.get(name)}
    return kept or None


def left_aside(
    confirmed: Mapping[str, int], screening: Screening, position: Position, answers: Answers
) -> Aside | None:
    """Return the first list that would not count, though something on it was confirmed.

    The gate of such a list is asked again: without it the advice would be softer than if the list
    had been answered today. An emergency ends every walk, whatever else was told.
    """
    if position.question is not None or position.emergency:
        return None
    for name in confirmed:
        if name not in position.asked and answers.get(name) not in (None, frozenset({NONE})):
            aside = _aside(screening, name, answers)
            if aside is not None and aside.gate.id in position.asked:
                return aside
    return None


def _aside(screening: Screening, name: str, answers: Answers) -> Aside | None:
    questions = screening.protocol.question
    match questions[name].enable_when:
        case Test(gate, Operator.IS, opens):
            carer = screening.engine.is_carer(answers)
            lines = [one.label.to(carer=carer) for one in questions[gate].options]
            ids = [one.id for one in questions[gate].options]
            named = [line for line, one in zip(lines, ids, strict=True) if one in opens]
            short = questions[name].short.to(carer=carer)
            notice = LEFT_ASIDE.format(short=short, line="” or “".join(named))
            return Aside(questions[gate], notice)
        case _:
            return None
