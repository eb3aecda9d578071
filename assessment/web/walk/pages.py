"""What the first page and the question pages show: one frozen context for each template."""

from __future__ import annotations

from dataclasses import dataclass

from assessment.web.html.pages import Link
from assessment.web.walk.cookie import Undone
from assessment.web.walk.progress import Progress


@dataclass(frozen=True, slots=True)
class CaseChoice:
    """A case that can be walked."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Button:
    """A button that starts, with the answer that it gives to the first question."""

    name: str
    value: str
    label: str


@dataclass(frozen=True, slots=True)
class StartPage:
    """`start.html`: the signs to stop for, then the buttons that start.

    `stop` are signs for which to call for help now. `minutes` and `kept` are phrases ("About 4
    minutes", "60 minutes"). Without `buttons` there is one that only starts. `audience` says whom
    it is for, where the protocol does. `resume` leads to the place where an earlier start stopped.
    `clinic` is the name of the clinic whose page it is, if it is one's. `cases` can be walked, in
    local mode.
    """

    title: str
    stop: tuple[str, ...]
    minutes: str
    buttons: tuple[Button, ...]
    purpose: str
    audience: str | None
    kept: str
    disclaimer: tuple[str, ...]
    csrf: str
    resume: Link | None
    clinic: str | None = None
    cases: tuple[CaseChoice, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """One radio button or checkbox; `id` is the element's id."""

    id: str
    value: str
    label: str
    hint: str | None
    checked: bool
    area: str | None = None
    side: str | None = None


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """`question.html`.

    `kind` is choice, choices, areas, scale or number. `exclusive` holds "None of these" and
    `unsure` "Not sure", shown after an "or". `first_input` is the id that the error summary
    links to; for a number it is the id of its text field. A scale has its numbers as `choices`.
    `progress` is missing on questions that are not on the way. `notice` tells that the questions
    changed while the person was answering. `changing`: one answer of many is being changed.
    `was_emergency`: what undid an emergency, if something did.
    """

    title: str
    id: str
    kind: str
    ask: str
    hint: str | None
    why: str | None
    choices: tuple[Choice, ...]
    exclusive: Choice | None
    unsure: Choice | None
    value: str
    minimum: int | None
    maximum: int | None
    unit: str | None
    low: str | None
    high: str | None
    error: str | None
    first_input: str
    csrf: str
    progress: Progress | None
    back: str
    notice: str | None
    changing: bool
    was_emergency: Undone | None
