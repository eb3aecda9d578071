"""What is shipped has a certificate that anybody can check."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from assessment.cli import main
from assessment.protocols.load import RULES_FOLDER
from tests.verify.verifier import run


@pytest.mark.slow
def test_the_certificate_of_the_shipped_protocol_is_shown(tmp_path: Path) -> None:
    arguments = ["prove", "muscle_pain", "--certificate", str(tmp_path / "certificate")]
    assert CliRunner().invoke(main, arguments).exit_code == 0

    code, said = run(RULES_FOLDER / "muscle_pain", tmp_path / "certificate")

    assert code == 0, said
