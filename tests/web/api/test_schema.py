"""What the API answers is what its OpenAPI document says, whatever is sent."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.web.api.conftest import Program
from tests.web.client import LOCAL
from tests.web.clinic.sent import EMERGENCY, send_to
from tests.web.clinic.staff import Staff

ADDRESS = "/api/v1/openapi.json"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
EXAMPLES = 6
"""For each address, as it should be called and as it should not."""


@pytest.fixture
def known(program: Program, staff: Staff) -> dict[str, str]:
    """Ids that are there."""
    response = send_to(staff, EMERGENCY)
    return {"response_id": response, "invitation_id": str(program.invite()["id"])}


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=str)
@pytest.mark.usefixtures("can_mail")
def test_no_call_finds_a_fault_or_an_answer_that_is_not_described(
    program: Program, clinic_app: Flask, known: dict[str, str], mode: GenerationMode
) -> None:
    schema = schemathesis.openapi.from_wsgi(ADDRESS, clinic_app, base_url=LOCAL)
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) == 6
    for operation in operations:
        statuses = answered(operation, mode, program, known)
        assert mode is GenerationMode.NEGATIVE or min(statuses) < 300, operation.label


def answered(
    operation: Any,  # noqa: ANN401
    mode: GenerationMode,
    program: Program,
    known: dict[str, str],
) -> set[int]:
    """Call an address in many ways; return what it was answered with."""
    statuses = set()

    @settings(
        max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy(generation_mode=mode), is_known=st.booleans())
    def try_it(case: Any, is_known: bool) -> None:  # noqa: ANN401
        if is_known and mode is GenerationMode.POSITIVE:
            ours = {name: known[name] for name in case.path_parameters if name in known}
            case.path_parameters.update(ours)
        headers = {"Authorization": f"Bearer {program.secret}"}
        answer = case.call(base_url=LOCAL, headers=headers)
        statuses.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS, headers=headers)

    try_it()
    return statuses
