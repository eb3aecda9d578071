"""What a condition may still become, before another solver (z3): three flags.

Parts of a condition become what they may each by itself, as in `tests/engine/left_out.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import z3

from tests.proof.person import Bool

CAN, CANNOT = z3.BoolVal(True), z3.BoolVal(False)


@dataclass(frozen=True)
class May:
    """What a condition may still be."""

    yes: Bool
    no: Bool
    unknown: Bool = CANNOT

    @property
    def turned(self) -> May:
        return May(self.no, self.yes, self.unknown)

    @property
    def only_yes(self) -> Bool:
        return all_of(self.yes, denied(self.no), denied(self.unknown))

    @property
    def only_unknown(self) -> Bool:
        return all_of(self.unknown, denied(self.no), denied(self.yes))

    @property
    def not_no(self) -> Bool:
        """It may be something else than no."""
        return any_of(self.yes, self.unknown)

    def where(self, holds: Bool, otherwise: May) -> May:
        """Return this where something holds, and the other where it does not."""
        mine, other = (self.yes, self.no, self.unknown), otherwise
        rest = (other.yes, other.no, other.unknown)
        return May(
            *(
                any_of(all_of(holds, one), all_of(denied(holds), two))
                for one, two in zip(mine, rest, strict=True)
            )
        )


def every(parts: Sequence[May]) -> May:
    """Return what "all of these" may be, each part by itself."""
    return some([part.turned for part in parts]).turned


def some(parts: Sequence[May]) -> May:
    no = all_of(*(part.no for part in parts))
    not_yes = all_of(*(any_of(part.no, part.unknown) for part in parts))
    unknown = all_of(not_yes, any_of(*(part.unknown for part in parts)))
    return May(any_of(*(part.yes for part in parts)), no, unknown)


def count(least: int, parts: Sequence[May]) -> May:
    yes, no = [part.yes for part in parts], [part.no for part in parts]
    unknown = [part.unknown for part in parts]
    forced, free = [part.only_yes for part in parts], [part.not_no for part in parts]
    return May(
        _number(yes) >= least,
        len(parts) - _number(no) < least,
        z3.And(_number(forced) < least, z3.Or(unknown), _number(free) >= least),
    )


def _number(flags: Sequence[Bool]) -> z3.ArithRef:
    return z3.Sum([z3.If(flag, 1, 0) for flag in flags])


def all_of(*facts: Bool) -> Bool:
    rest = [fact for fact in facts if not z3.is_true(fact)]
    if any(z3.is_false(fact) for fact in rest):
        return CANNOT
    return z3.And(rest) if rest else CAN


def any_of(*facts: Bool) -> Bool:
    rest = [fact for fact in facts if not z3.is_false(fact)]
    if any(z3.is_true(fact) for fact in rest):
        return CAN
    return z3.Or(rest) if rest else CANNOT


def denied(fact: Bool) -> Bool:
    if z3.is_true(fact) or z3.is_false(fact):
        return CANNOT if z3.is_true(fact) else CAN
    return z3.Not(fact)
