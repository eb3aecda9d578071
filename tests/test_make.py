"""Setting up works, or ends in one line that says what to do."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

INSTALL = ROOT / "locks" / "install.sh"
OLD = """#!/bin/sh
exec {python} -c 'import sys; sys.version_info = (3, 10, 13, "final", 0); exec(sys.argv[1])' "$2"
"""


def program(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    file.chmod(0o755)
    return file


def run(*command: str | Path, **environment: str) -> tuple[int, str]:
    """Return the exit status and everything that was said."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**clean, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def test_a_python_that_is_too_old_is_one_line(tmp_path: Path) -> None:
    old = program(tmp_path / "python3.10", OLD.format(python=sys.executable))

    status, said = run(INSTALL, "new", tmp_path / "venv", old)

    assert (status, said) == (1, f"This needs Python 3.11 or newer; {old} is 3.10\n")
    assert not (tmp_path / "venv").exists()


def test_a_python_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    status, said = run(INSTALL, "new", tmp_path / "venv", "python3.99")

    assert (status, said) == (1, "This needs Python 3.11 or newer; there is no python3.99\n")


def test_make_uses_the_python_that_is_named_and_an_environment_of_its_own() -> None:
    told = run("make", "-n", "-W", "locks/dev.txt", "test-core", PYTHON="/no/python3.99")[1]

    assert "locks/install.sh new .venv--no-python3.99 /no/python3.99\n" in told
    assert "\n.venv--no-python3.99/bin/python -m pytest" in told


@pytest.mark.parametrize(
    ("report", "line"),
    [
        (
            "WARNING: Retrying (Retry(total=4)) after connection broken by 'NewConnectionError'\n"
            "ERROR: No matching distribution found for flask",
            "No network, or an index without these packages; PIP_INDEX_URL names another index",
        ),
        (
            "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on "
            "device",
            "The disk is full: nothing more can be written to {venv}",
        ),
        (
            "ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n  flask",
            "What was downloaded is not what the lock names; nothing was installed",
        ),
        ("Collecting\nERROR: something else\nWARNING: never mind", "ERROR: something else"),
    ],
)
def test_what_keeps_pip_from_installing_is_one_line(tmp_path: Path, report: str, line: str) -> None:
    venv = tmp_path / "venv"
    program(venv / "bin" / "python", f'#!/bin/sh\necho "{report}" >&2\nexit 1\n')

    status, said = run(INSTALL, "pip", venv, "flask")

    assert (status, said) == (1, line.format(venv=venv) + "\n")


def test_no_index_that_can_be_reached_is_one_line(tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    assert run(INSTALL, "new", venv, sys.executable) == (0, "")

    status, said = run(
        INSTALL,
        "pip",
        venv,
        "flask",
        PIP_CONFIG_FILE=os.devnull,
        PIP_INDEX_URL="http://127.0.0.1:9/",
        PIP_RETRIES="0",
    )

    assert status == 1
    assert said.startswith("No network, or")
    assert said.count("\n") == 1


def a_wheel(folder: Path) -> Path:
    file = folder / "nothing-1-py3-none-any.whl"
    info = "nothing-1.dist-info"
    with zipfile.ZipFile(file, "w") as wheel:
        wheel.writestr("nothing.py", "")
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: nothing\nVersion: 1\n")
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
    return file


def test_it_works_with_settings_for_pip_and_on_a_file_system_without_links(
    tmp_path: Path,
) -> None:
    no_links = program(
        tmp_path / "stubs" / "sitecustomize.py",
        "import os\n"
        "def symlink(*_, **__):\n"
        "    raise PermissionError(1, 'Operation not permitted')\n"
        "os.symlink = symlink\n",
    ).parent
    program(no_links / "ln", "#!/bin/sh\nexit 1\n")
    path = f"{no_links}{os.pathsep}{os.environ['PATH']}"
    venv = tmp_path / "venv"

    made = run(INSTALL, "new", venv, sys.executable, PYTHONPATH=str(no_links), PATH=path)
    installed = run(
        INSTALL, "pip", venv, "--no-index", a_wheel(tmp_path), PIP_USER="1", PIP_TARGET="/nowhere"
    )

    assert (made, installed) == ((0, ""), (0, ""))
    assert not any(file.is_symlink() for file in venv.rglob("*"))
    assert run(venv / "bin" / "python", "-c", "import nothing") == (0, "")


def test_integration_runs_on_each_other_interpreter_once(tmp_path: Path) -> None:
    whole = program(tmp_path / "bin" / "python3", f'#!/bin/sh\nexec {sys.executable} "$@"\n').parent
    other = "#!/bin/sh\necho 3.19\n"
    for patch in ("3.19.0", "3.19.1"):
        program(tmp_path / ".pyenv" / "versions" / patch / "bin" / "python3.19", other)
    broken = tmp_path / ".pyenv" / "versions" / "3.18.0" / "bin" / "python3.18"
    program(broken, "#!/bin/sh\nexit 1\n")
    path = f"{whole}{os.pathsep}{os.environ['PATH']}"

    status, said = run(ROOT / ".ci" / "others", "--list", HOME=str(tmp_path), PATH=path)

    mine = f"Python {sys.version_info.major}.{sys.version_info.minor}:"
    listed = said.splitlines()
    assert status == 0
    assert [line for line in listed if line.startswith(mine)] == []
    assert sum(line.startswith("Python 3.19: ") for line in listed) == 1
    assert not any("3.18" in line for line in listed)
