"""PDF from a template and data, by typst. Decision 0006 says why typst."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def typeset(template: Path, name: str, data: Mapping[str, object]) -> bytes:
    """Return the PDF that a template makes of `data`, which it reads as JSON under `name`.

    The texts are never read as markup. The file keeps to PDF/UA-1, which asks that every letter
    can be shown. The fonts that come with typst lack some scripts, and all pictures: where one is
    needed the fonts of the system help out, and where these lack it too, the file is made without
    that promise, and the template finds `lossy` set. Raises RuntimeError when the template breaks
    the standard.
    """
    import typst  # 30 MB that only this needs

    def compiled(*, system_fonts: bool, lossy: bool) -> bytes:
        options: dict[str, Any] = {} if lossy else {"pdf_standards": ["ua-1"]}
        made: bytes = typst.compile(
            str(template),
            root=str(template.parent),
            ignore_system_fonts=not system_fonts,
            sys_inputs={name: as_json(data), "lossy": "yes" if lossy else ""},
            **options,
        )
        return made

    for system_fonts in (False, True):
        try:
            return compiled(system_fonts=system_fonts, lossy=False)
        except typst.TypstError as error:
            if "could not be displayed" not in str(error):
                raise
    return compiled(system_fonts=True, lossy=True)


def as_json(data: Mapping[str, object]) -> str:
    """Return what a template reads: no control characters, which no font has, but line breaks."""
    text = json.dumps(_printable(data), ensure_ascii=False)
    return text.encode(errors="replace").decode()  # half a surrogate pair cannot be printed


def _printable(value: object) -> object:
    match value:
        case str():
            return "".join(
                " " if unicodedata.category(letter) == "Cc" and letter != "\n" else letter
                for letter in value
            )
        case Mapping():
            return {name: _printable(one) for name, one in value.items()}
        case list() | tuple():
            return [_printable(one) for one in value]
        case _:
            return value
