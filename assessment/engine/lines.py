"""The lines of a list, asked one by one when somebody is not sure about the list.

"Not sure" on a question with `clarify: true` does not raise anything by itself. It brings each
option that is not ticked as a question of its own: a *line question*, right after the list. An
option then holds when it is ticked or its line is answered "Yes", and is unknown while its line is
"Not sure" (`operators.py` lowers it so). This is the only place that makes line questions; for
everything else they are questions like any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from assessment.engine.conditions import Unsure
from assessment.engine.questions import NO, YES, Kind, Option, Question, line_id
from assessment.engine.text import Text

YES_LABEL = Text("Yes")
NO_LABEL = Text("No")


def lines_of(question: Question, yes: Text = YES_LABEL, no: Text = NO_LABEL) -> Iterator[Question]:
    """Yield the line questions of a question, in the order of its options.

    `yes` and `no` are the labels. There are none where the question does not clarify.
    """
    for option in question.options if question.clarify else ():
        yield Question(
            id=line_id(question.id, option.id),
            kind=Kind.CHOICE,
            ask=_asked(option.label) if option.ask is None else option.ask,
            short=option.label,
            why=question.why,
            hint=question.ask,
            options=(
                Option(
                    YES,
                    yes,
                    says=option.says,
                    safety=option.safety,
                    evidence=option.evidence,
                    informs=option.informs,
                ),
                Option(NO, no),
            ),
            not_sure_label=question.not_sure_label,
            enable_when=Unsure(question.id, option.id),
            evidence=option.evidence,
            private=question.private,
            section=question.section,
        )


def _asked(label: Text) -> Text:
    """Return a label as a question, in each of its forms."""
    forms = {form.name: getattr(label, form.name) for form in fields(label)}
    return Text(**{name: words and f"{words.rstrip('.?')}?" for name, words in forms.items()})
