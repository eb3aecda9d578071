"""The verifier as its own modules, and as the command that anybody can run."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

VERIFY = Path(__file__).resolve().parents[2] / "verify"
sys.path.append(str(VERIFY))  # as `python verify/check.py` has it

rup: Any = import_module("rup")
encode: Any = import_module("encode")
check: Any = import_module("check")


def run(*arguments: str | Path) -> tuple[int, str]:
    """Run the command without any of this project's packages; return how it ended, what it said."""
    alone = [sys.executable, "-P", str(VERIFY / "check.py"), *map(str, arguments)]
    ended = subprocess.run(
        alone,
        capture_output=True,
        text=True,
        check=False,
        cwd=VERIFY.parent,
        env={"PYTHONPATH": str(VERIFY)},
    )
    return ended.returncode, ended.stdout + ended.stderr
