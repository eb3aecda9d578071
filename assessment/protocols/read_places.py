"""Places of the body that something is about, from their tree."""

from __future__ import annotations

from collections.abc import Mapping

from assessment.engine.questions import Kind, Question
from assessment.protocols.diagnostics import Code, Report
from assessment.protocols.fields import Fields


def read_places(
    fields: Fields, questions: Mapping[str, Question], report: Report
) -> tuple[str, ...]:
    """Return the areas under `places`, each once; what is no area is reported."""
    named = fields.scalars("places")
    areas = {
        option.id
        for question in questions.values()
        if question.kind is Kind.AREAS
        for option in question.options
    }
    if named and not areas:
        report.add(
            fields.place_of_key("places"),
            Code.UNKNOWN_OPTION,
            "`places`, though no question has areas",
            "a question of type areas",
        )
        return ()
    for item in named:
        if item.text not in areas:
            report.unknown(item.place, Code.UNKNOWN_OPTION, item.text, "an area", areas)
    return tuple(dict.fromkeys(item.text for item in named if item.text in areas))
