"""OWASP ASVS 5.0: what can be seen in the code itself."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from assessment.practice.practice import Practice
from assessment.records.vault import Vault
from assessment.web.server.settings import ROOT
from tests.web.clinic.staff import Staff

FILES = sorted((ROOT / "assessment").rglob("*.py"))
TAKES_SQL = {"text", "execute", "executemany", "exec_driver_sql", "executescript"}
REACHES_OUT = {
    "urllib.request",
    "http",
    "socket",
    "ssl",
    "ftplib",
    "requests",
    "httpx",
    "aiohttp",
    "opentelemetry",
    "redis",
    "limits.storage",
}
MAY_REACH = {
    "listening.py": {"socket"},
    "gunicorn_server.py": {"socket"},
    "hosts.py": {"socket"},
    "counts.py": {"redis", "limits.storage"},
    "store_urls.py": {"redis"},
    "counts_in_memory.py": {"limits.storage"},
    "address.py": {"http", "socket", "ssl"},
    "certificate.py": {"socket", "ssl"},
    "worker.py": {"socket"},
    "connection.py": {"socket"},
    "port.py": {"socket", "http"},
    "traces.py": {"opentelemetry"},
    "mail.py": {"ssl", "socket"},
    "http_client.py": {"ssl", "socket", "http"},
    "destinations.py": {"socket"},
}
"""The server listens, also to those who look at metrics; its workers hang up; a host has a name;
mail, traces and counts go to the server that the operator named, and webhooks to public addresses
only (`tests/practice/hooks/test_calling.py`). The doctor looks at this site's own address."""


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call, with the last part of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            yield name, node


def is_put_together(node: ast.expr) -> bool:
    """Whether a text is made from parts; a PRAGMA takes no parameters, and its are our own."""
    if isinstance(node, ast.JoinedStr):
        first = node.values[0]
        return not (isinstance(first, ast.Constant) and str(first.value).startswith("PRAGMA "))
    return isinstance(node, ast.BinOp) or (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("format", "join", "replace")
    )


def test_asvs_1_2_4_no_statement_is_put_together_from_texts() -> None:
    found = [
        f"{path.name}:{call.lineno}"
        for path in FILES
        for name, call in calls(ast.parse(path.read_text("utf-8")))
        if name in TAKES_SQL and call.args and is_put_together(call.args[0])
    ]
    assert found == []
    assert is_put_together(ast.parse('f"SELECT {x}"', mode="eval").body)


@pytest.mark.parametrize("words", ["'; DROP TABLE clients; --", '" OR 1=1 --', "%_\\", "\0"])
def test_asvs_1_2_4_words_that_look_like_a_statement_are_words(staff: Staff, words: str) -> None:
    form = {"name": f"Cy {words}", "email": "", "days": "7", "note": words}
    before = len(staff.practice.invitations.listed(staff.who).invitations)
    made = staff.post("/clinic/invitations/new", form)
    found = staff.post("/clinic/inbox", {"name": words})
    assert found.status in (303, 422)
    after = staff.practice.invitations.listed(staff.who).invitations
    assert len(after) == before + (made.status == 303)
    assert made.status in (303, 422)


def test_asvs_1_3_6_nothing_but_mail_and_webhooks_goes_out() -> None:
    found = []
    for path in FILES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            found += [
                f"{path.name}: {name}"
                for name in names
                for one in REACHES_OUT
                if (name == one or name.startswith(f"{one}."))
                and one not in MAY_REACH.get(path.name, set())
            ]
    assert found == []


def test_asvs_1_3_6_a_worker_hangs_up_on_who_called_and_calls_nobody() -> None:
    web = ROOT / "assessment" / "web"
    trees = [
        ast.parse(path.read_text("utf-8"))
        for path in (web / "worker.py", web / "server" / "connection.py")
    ]
    used = {
        node.attr
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "socket"
    }
    # A type, how to hang up, and how long somebody may take to read.
    assert used == {"socket", "SHUT_RD", "SOL_SOCKET", "SO_SNDTIMEO"}
    called = {name for tree in trees for name, _ in calls(tree)}
    assert not {"socket", "connect", "connect_ex", "create_connection"} & called


def test_asvs_11_3_2_what_is_sealed_is_aes_256_gcm_under_a_key_of_its_own() -> None:
    key = bytes(range(32))
    sealed = Vault([key]).seal({"name": "Zoë"}, "clients", "c/1", "sealed")
    own = HKDF(SHA256(), 32, None, b"clinic records: seal").derive(key)
    place = json.dumps(("clients", "c/1", "sealed")).encode()
    opened = AESGCM(own).decrypt(sealed[4:16], sealed[16:], place)
    assert json.loads(opened) == {"name": "Zoë"}


def test_asvs_11_5_1_every_secret_comes_from_the_system_and_none_is_a_uuid(
    practice: Practice,
) -> None:
    modules = {
        alias
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in (
            [one.name for one in node.names] if isinstance(node, ast.Import) else [node.module]
        )
    }
    assert "secrets" in modules
    assert not {"uuid", "numpy.random"} & modules
    drawn = {path.parent.name for path in FILES if "from random import" in path.read_text("utf-8")}
    assert drawn == {"measure"}  # persons of a population, drawn again from a seed
    codes = {practice.enrolment.new_setup_code() for _ in range(20)}
    assert len(codes) == 20
