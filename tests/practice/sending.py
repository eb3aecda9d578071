"""Responses as clients send them, for tests of what therapists do with these."""

from __future__ import annotations

from collections.abc import Mapping

from assessment.practice.intake.consent import asked_by
from assessment.practice.intake.intake import Intake
from assessment.practice.intake.submission import Submission
from assessment.records.ids import ResponseId, new_id
from assessment.records.model import Clinic
from assessment.screening import Screening


def send(
    intake: Intake,
    clinic: Clinic,
    screening: Screening,
    answers: Mapping[str, object],
    *,
    name: str = "Zoe Fischer",
    birth: str = "1982-05-03",
    message: str = "",
) -> ResponseId:
    """Send these answers to a clinic, from its public page; return the response."""
    submission = Submission(
        clinic=clinic.id,
        invitation=None,
        visit=new_id(),
        answers=screening.restore(answers),
        name=name,
        birth=birth,
        message=message,
        agreed=asked_by(clinic, carer=False),
    )
    return intake.send(submission).response
