"""What the check page, the result and its printed copy say, from the answers and the decision."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from assessment.engine.answers import Answer, Answers
from assessment.engine.decision import Decision
from assessment.engine.protocol import Recommend
from assessment.engine.questions import Question
from assessment.engine.text import Text
from assessment.exports.pdf import Copy
from assessment.screening import Screening
from assessment.web.pages import (
    Change,
    CheckPage,
    EmergencyPage,
    Link,
    Number,
    ResultPage,
    Row,
    Section,
    Site,
    SupportLines,
)
from assessment.web.settings import Settings

LEADS_TO = {
    Recommend.EMERGENCY: "Emergency care",
    Recommend.URGENT_MEDICAL: "A doctor today",
    Recommend.MEDICAL_CLEARANCE_FIRST: "A doctor or physiotherapist first",
}
NO_REASON = "Your answers, taken together, led to this suggestion."
FAIL_SAFE = (
    "Your answers did not lead to a clear suggestion, so we suggest asking a doctor or "
    "physiotherapist first."
)
PRIVATE = "For you only: this part is not printed or saved"
EVERYTHING_ELSE = "Your answers"


class ResultView:
    """Says what was decided, in the words of one protocol."""

    def __init__(self, screening: Screening, settings: Settings, site: Site) -> None:
        self._screening = screening
        self._protocol = screening.protocol
        self._settings = settings
        self._site = site
        self._guide = {page.id: Link(page.title, f"/guide/{page.id}") for page in guide}
        ...
