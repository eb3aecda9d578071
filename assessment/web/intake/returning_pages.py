"""What the pages for a client who comes back show: one frozen context for each template."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.practice.returning import Told


@dataclass(frozen=True, slots=True)
class CodePage:
    """`back_code.html`: offers a code by mail, and takes it once one was sent.

    `waits`: a code is out. `wrong`: what was typed was not it. `notice` says what came of a press.
    `onward` is the first question, for whoever would rather be asked everything. `after`: it opens
    what they named before a visit; `onward` does without.
    """

    title: str
    waits: bool
    wrong: bool
    notice: str | None
    onward: str
    csrf: str
    after: bool


@dataclass(frozen=True, slots=True)
class ToldGroup:
    """One answer as it was told, `since` in words; `is_open`: nothing was chosen for it."""

    told: Told
    since: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class ToldPage:
    """`back_told.html`: what lasts, line by line, ticked or not, each with two ways on.

    `shown` is the mark of these lines: only what was shown can be confirmed.
    """

    title: str
    notice: str | None
    groups: tuple[ToldGroup, ...]
    shown: str
    onward: str
    csrf: str

    @property
    def faults(self) -> tuple[ToldGroup, ...]:
        """The groups for which nothing was chosen."""
        return tuple(group for group in self.groups if group.is_open)
