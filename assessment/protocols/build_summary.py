"""Which questions a therapist reads first, from their tree."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from assessment.engine.protocol import Part
from assessment.engine.questions import Question
from assessment.protocols.diagnostics import Code, Report
from assessment.protocols.fields import Fields


def read_summary(
    head: Fields, questions: Mapping[str, Question], report: Report, broken: Collection[str]
) -> dict[Part, tuple[str, ...]]:
    """Return the questions of each part that `protocol.yaml` names.

    A question that nobody has, a private one and one named twice are reported; of `broken` ones
    nothing more is said.
    """
    fields = Fields(head.get("summary"), head.place)
    read: dict[Part, tuple[str, ...]] = {}
    seen: set[str] = set()
    for part in Part:
        for item in fields.scalars(part):
            name = item.text
            question = questions.get(name)
            if question is None:
                if name not in broken:
                    report.unknown(item.place, Code.UNKNOWN_QUESTION, name, "a question", questions)
            elif question.private:
                report.add(
                    item.place, Code.BAD_VALUE, f"`{name}`, which is private", "other questions"
                )
            elif name in seen:
                report.add(item.place, Code.DUPLICATE_ID, f"`{name}` again", "each question once")
            else:
                seen.add(name)
                read[part] = (*read.get(part, ()), name)
    return read
