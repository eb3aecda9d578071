"""A program that calls the API of a clinic."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from assessment.practice.practice import Practice
from assessment.records.keys import ApiKey, Scope
from tests.web.client import EVERY_PAGE, LOCAL
from tests.web.clinic.conftest import (
    can_mail,
    clinic_app,
    database,
    make_staff,
    migrated_file,
    practice,
    staff,
    stranger,
)
from tests.web.clinic.staff import Staff

__all__ = [
    "can_mail", "clinic_app", "database", "make_staff", "migrated_file", "practice", "staff",
    "stranger",
]  # fmt: skip

ALL = frozenset(Scope)


@dataclass(frozen=True)
class Program:
    """A program with a key; every answer of the API is looked at."""

    app: Flask
    secret: str | None
    key: ApiKey | None = None

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.call("GET", path, headers=headers)

    def post(self, path: str, body: object = None, **headers: str) -> TestResponse:
        return self.call("POST", path, json=body, headers=headers)

    def call(self, method: str, path: str, **more: Any) -> TestResponse:
        headers = dict(more.pop("headers", {}))
        if self.secret is not None:
            headers.setdefault("Authorization", f"Bearer {self.secret}")
        client = self.app.test_client(use_cookies=False)
        answer = client.open(path, method=method, base_url=LOCAL, headers=headers, **more)
        check(answer)
        return answer

    def invite(self, **more: object) -> Mapping[str, Any]:
        """Make an invitation, and return what is told of it."""
        answer = self.post("/api/v1/invitations", {"name": "Zoe Fischer", **more})
        assert answer.status_code == 201, answer.text
        told: Mapping[str, Any] = answer.get_json()
        return told


def check(answer: TestResponse) -> None:
    """Fail unless an answer keeps what every answer of the API promises."""
    for name, value in EVERY_PAGE.items():
        assert answer.headers.get_all(name) == [value], name
    assert answer.headers.get_all("Cache-Control") == ["no-store"]
    assert "Set-Cookie" not in answer.headers
    if answer.status_code >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.headers.get("WWW-Authenticate") == (
            "Bearer" if answer.status_code == 401 else None
        )
        if answer.data:
            problem = answer.get_json(force=True)
            assert problem["status"] == answer.status_code
            assert problem["title"]
            assert problem["detail"]


MakeProgram = Callable[..., Program]


@pytest.fixture
def make_program(clinic_app: Flask, practice: Practice) -> MakeProgram:
    """Give a program the key that an owner makes for it."""

    def make(owner: Staff, scopes: frozenset[Scope] = ALL, name: str = "Bookings") -> Program:
        made = practice.keys.make(owner.who, name, scopes)
        return Program(clinic_app, made.secret, made.key)

    return make


@pytest.fixture
def program(make_program: MakeProgram, staff: Staff) -> Program:
    """A program that may do everything at "Riverside Massage"."""
    return make_program(staff)
