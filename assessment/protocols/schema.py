"""The JSON Schema of each file, for editors; made from the same description as the errors."""

from __future__ import annotations

import json
from pathlib import Path

from assessment.protocols.condition_schema import condition_schema
from assessment.protocols.files import FILES, TRANSLATION
from assessment.protocols.scalars import Schema

_ANSWERS: Schema = {
    "type": "object",
    "additionalProperties": {
        "anyOf": [
            {"type": ["string", "integer"]},
            {"type": "array", "items": {"type": "string"}, "minItems": 1},
        ]
    },
}


def file_schema(name: str) -> Schema:
    """Return the JSON Schema (2020-12) of one file of a protocol; KeyError for other files."""
    shape = TRANSLATION if name == "translation.yaml" else FILES[name]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": name,
        **shape.schema(),
        "$defs": {"condition": condition_schema(), "answers": _ANSWERS},
    }


def all_schemas() -> dict[str, Schema]:
    """Return every schema by the name of its file."""
    return {
        f"{Path(name).stem}.schema.json": file_schema(name) for name in (*FILES, "translation.yaml")
    }


def as_file(schema: Schema) -> str:
    """Return a schema as its file holds it."""
    return json.dumps(schema, indent=1) + "\n"


def stale_schemas(folder: Path) -> list[str]:
    """Return the names of the files in a folder that are not, or no longer, what is made."""
    return [
        name
        for name, made in all_schemas().items()
        if not (path := folder / name).is_file()
        or path.read_text(encoding="utf-8") != as_file(made)
    ]


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into a folder and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in all_schemas().items():
        path = folder / name
        path.write_text(as_file(schema), encoding="utf-8")
        written.append(path)
    return written
