"""A process of its own that makes one PDF after another; `typesetters.py` starts it.

It reads jobs from its input and writes files to its output, and ends when its input does. A job is
its length (4 bytes), then JSON: the template, and attempts in their order, each with its texts,
whether the fonts of the system may help, and the standards that the file has to keep to. An answer
is `+` and the file or `-` and the type of the last error, after its length (4 bytes).

It runs as a script, by itself, so that nothing but typst is loaded. Its arguments are folders whose
fonts count as the system's.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

_POLITE = 10
"""How far it steps back for whoever answers pages."""


def main() -> None:
    """Answer jobs until there are no more."""
    with suppress(OSError):
        os.nice(_POLITE)
    jobs = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # nothing but answers gets in between
    fonts = _Fonts(sys.argv[1:])
    while size := jobs.read(4):
        mark, answer = _answered(json.loads(jobs.read(int.from_bytes(size))), fonts)
        _write(answers, mark, answer)


class _Fonts:
    """The fonts that come with typst, and those with the ones of the system, read when needed."""

    def __init__(self, more: list[str]) -> None:
        self._more = more
        self._read: dict[bool, Any] = {}

    def of(self, *, system: bool) -> Any:  # noqa: ANN401  typst is imported late
        import typst  # 30 MB

        if system not in self._read:
            self._read[system] = typst.Fonts(
                include_system_fonts=system,
                include_embedded_fonts=True,
                font_paths=[*self._more] if system else [],
            )
        return self._read[system]


def _answered(job: dict[str, Any], fonts: _Fonts) -> tuple[bytes, bytes]:
    failure = "nothing was tried"
    for inputs, system, standards in job["attempts"]:
        try:
            return b"+", _compiled(
                Path(job["template"]), inputs, fonts.of(system=system), standards
            )
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            failure = type(error).__name__  # and no more: the message can quote the text at hand
    return b"-", failure.encode()


def _compiled(template: Path, inputs: dict[str, str], fonts: Any, standards: list[str]) -> bytes:  # noqa: ANN401
    import typst

    compiler = typst.Compiler(
        template, root=template.parent, font_paths=fonts, ignore_system_fonts=True,
        sys_inputs=inputs,
    )  # fmt: skip
    made = compiler.compile(pdf_standards=standards)  # type: ignore[arg-type]  # names, as it says
    if not isinstance(made, bytes):
        raise TypeError("no single file")
    return made


def _write(answers: BinaryIO, mark: bytes, answer: bytes) -> None:
    answers.write(mark + len(answer).to_bytes(4) + answer)
    answers.flush()


if __name__ == "__main__":
    main()
