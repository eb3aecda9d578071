"""Every answer that was given, in words, each with its way to change it."""

from __future__ import annotations

from collections.abc import Iterable

from assessment.engine.answers import Answers
from assessment.screening import Screening
from assessment.web.html.voice import Voice
from assessment.web.walk.result_pages import Row, Section

NO_SECTION = "Your answers"


class AnswersView:
    """Says what somebody answered, under the headings of the protocol."""

    def __init__(self, screening: Screening) -> None:
        self._screening = screening
        self._protocol = screening.protocol

    def sections(
        self, answers: Answers, asked: Iterable[str], shown_on: str
    ) -> tuple[Section, ...]:
        """Return the answers to these questions; a change leads back to the page `shown_on`.

        What the start page asked is changed there, before the first question is answered.
        """
        voice = Voice(carer=self._screening.engine.is_carer(answers))
        start = self._protocol.start_asks
        sections: dict[str | None, list[Row]] = {}
        for name in asked:
            if name not in answers:
                continue
            question = self._protocol.question[name]
            row = Row(
                id=name,
                question=voice.says(question.short),
                answers=self._screening.in_words(question, answers[name], carer=voice.carer),
                change=None if name == start else f"/questions/{name}?from={shown_on}",
                private=name in self._protocol.private,
            )
            sections.setdefault(question.section, []).append(row)
        return tuple(
            Section(self._heading(section, voice), tuple(rows))
            for section, rows in sections.items()
        )

    def _heading(self, section: str | None, voice: Voice) -> str:
        text = self._protocol.texts.get(f"section_{section}")
        return NO_SECTION if text is None else voice.says(text)
