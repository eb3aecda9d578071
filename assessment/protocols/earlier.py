"""What is no fault of a protocol of an earlier day: the language allowed it, and it is all read."""

from __future__ import annotations

from collections.abc import Iterable

from assessment.protocols.diagnostics import Code, Diagnostic

_DEMANDED_SINCE = frozenset(
    {
        Code.TOO_MANY_OPTIONS,
        Code.CUT_TEXT,
        Code.SPLIT_TEXT,
        Code.NO_REASON,
        Code.NO_EVIDENCE,
        Code.NO_IF_UNSURE,
        Code.IF_UNSURE_TOO_HIGH,
        Code.IF_UNSURE_TOO_LOW,
        Code.SIGN_NOT_PROMISED,
        Code.OFFERED_TO_SOME,
        Code.EMERGENCY_WAITS,
        Code.MISSING_LOCKED_TEXT,
        Code.SAFETY_TEXT,
        Code.UNREVIEWED_WORDING,
    }
)
"""Demands on what is written, or on what else should be: nothing is left out for want of them."""
_THEN_AND_NOW = ("`says`", "no `therapist`")
"""The words of a precaution have another key since 1.0.0; they are read under either."""


def faults_then(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return the faults that a protocol had on its own day as well.

    A key that nobody knows now may have been one of the language; one that is nearly another is a
    slip, and what stands under it would be left out.
    """
    listed = sorted(set(diagnostics), key=lambda one: one.place)
    renamed = _renamed(listed)
    return tuple(one for one in listed if one not in renamed and not _was_allowed(one))


def _was_allowed(one: Diagnostic) -> bool:
    unknown = one.code is Code.UNKNOWN_KEY and one.nearest is None
    return unknown or one.code in _DEMANDED_SINCE


def _renamed(listed: list[Diagnostic]) -> frozenset[Diagnostic]:
    """Return the reports of precautions without `therapist` in which `says` stands instead."""
    then, now = _THEN_AND_NOW
    found, lacking = set(), None
    for one in listed:
        if one.place.file == "rules.yaml" and one.code is Code.MISSING_KEY and one.found == now:
            lacking = one
        elif lacking and one.code is Code.UNKNOWN_KEY and one.found == then:
            found.add(lacking)
            lacking = None
    return frozenset(found)
