"""Passwords from breaches: a file of the operator says which nobody may choose."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from assessment.practice.staff.breached import Breached
from assessment.practice.staff.passwords import Cost, Passwords
from assessment.practice.staff.refusals import Refusal, Refused
from assessment.web.clinic.refusal_texts import what_to_do
from assessment.web.serve import load
from assessment.web.server.settings import BadSettings, read_settings
from tests.web.conftest import SMALL

LEAKED = [f"maroon kettle drifts over {number} hills" for number in range(300)]
"""Hard to guess, and known all the same."""


def hash_of(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def lines(end: str = "\r\n") -> list[str]:
    hashes = sorted(map(hash_of, LEAKED))
    return [f"{one}:{7 ** (place % 11)}{end}" for place, one in enumerate(hashes)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "pwned-passwords-sha1-ordered-by-hash.txt"
    path.write_bytes("".join(lines()).encode())
    return path


def test_asvs_6_2_12_a_password_from_a_breach_is_refused_however_good_it_is(file: Path) -> None:
    cheap = Cost(memory=8, rounds=1, lanes=1)
    Passwords(cheap).refuse_weak(LEAKED[0])
    passwords = Passwords(cheap, Breached(file))
    for leaked in (LEAKED[0], LEAKED[171], LEAKED[-1]):
        with pytest.raises(Refused) as refused:
            passwords.refuse_weak(leaked)
        assert refused.value.kind is Refusal.BREACHED
        assert "change it wherever else you use it" in what_to_do(refused.value)
    passwords.refuse_weak("maroon kettle drifts over no hills")


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("many", [2, 3, 300])
def test_asvs_6_2_12_every_line_of_the_file_is_found_and_nothing_else(
    file: Path, end: str, many: int
) -> None:
    kept = lines(end)[:many]
    file.write_bytes("".join(kept).removesuffix(end).encode())
    breached = Breached(file)
    listed = {one[:40] for one in kept}

    assert [one for one in LEAKED if (one in breached) != (hash_of(one) in listed)] == []
    assert not any(f"another {one}" in breached for one in LEAKED)


def test_asvs_6_2_12_a_file_that_would_find_nothing_is_told_at_start(file: Path) -> None:
    by_count = sorted(lines(), key=lambda line: -int(line.partition(":")[2]))
    for content in ("", "passwordpassword\n", "".join(reversed(lines())), "".join(by_count)):
        file.write_bytes(content.encode())
        with pytest.raises(BadSettings, match=r"BREACHED_PASSWORDS: .* ordered by hash"):
            read_settings(breached_passwords=str(file))
    with pytest.raises(BadSettings, match=r"BREACHED_PASSWORDS: .* cannot be read"):
        read_settings(breached_passwords=str(file.with_name("missing.txt")))
    file.write_bytes("".join(lines()).encode())
    assert LEAKED[5] in (read_settings(breached_passwords=str(file)).breached_passwords or ())


def test_asvs_6_2_12_the_server_looks_passwords_up_where_its_operator_says(
    file: Path, tmp_path: Path
) -> None:
    settings = read_settings(
        instance=tmp_path / "instance", protocol=str(SMALL), breached_passwords=str(file)
    )
    practice = load(settings).practice
    code = practice.enrolment.new_setup_code()
    with pytest.raises(Refused) as refused:
        practice.enrolment.set_up(code, "Elm", "Ana", "ana@example.org", LEAKED[7])
    assert refused.value.kind is Refusal.BREACHED
    practice.database.close()
