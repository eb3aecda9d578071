"""What the cases would say if the rules are right, for their author to judge."""

from __future__ import annotations

from collections.abc import Iterable

from assessment.proof.cases import Judged
from assessment.protocols.case_file import Correction


def correction(one: Judged) -> Correction | None:
    """Return what a wrongly decided case would say instead; None when only its author can say.

    A case never comes to expect what it calls unsafe, or what no rule decided, and never forgets a
    precaution.
    """
    if one.unsafe or one.not_told or not one.winning:
        return None
    return Correction(
        expected=None if one.acceptable else one.decision.recommend.id,
        rule=one.winning[0] if one.other_rule else None,
    )


def corrections(cases: Iterable[Judged]) -> dict[str, Correction]:
    """Return the corrections of those cases that have one, by their ids."""
    found = ((one.case.id, correction(one)) for one in cases)
    return {case: each for case, each in found if each is not None}


def in_words(one: Judged) -> str:
    """Return what a wrongly decided case got and what it expects, in one line."""
    case, got = one.case, one.decision.recommend
    by = f" by {', '.join(one.winning)}" if one.winning else ", as no rule decides"
    wanted = [] if one.exact else [case.expected.id]
    if one.acceptable and not one.exact:
        wanted, by = [], f"{by}, which is acceptable"
    elif wanted and case.acceptable:
        wanted.append(f"acceptable {' or '.join(each.id for each in case.acceptable)}")
    by_what = [f"the rule {case.rule}"] if one.other_rule else []
    by_what += [f"the precaution {name}" for name in one.not_told]
    expected = " by ".join(filter(None, (" or ".join(wanted), " and ".join(by_what))))
    unsafe = " It must never be that." if one.unsafe else ""
    return f"{case.id}: got {got.id}{by}; expected {expected or 'a rule that decides'}.{unsafe}"
