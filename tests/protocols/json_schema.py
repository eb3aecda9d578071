"""The part of JSON Schema (2020-12) that our schemas use, checked as an editor would."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Schema = Mapping[str, object]

TYPES: Mapping[object, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "boolean": (bool,),
}


def is_valid(value: object, schema: object, root: Schema) -> bool:
    """Whether the value is as the schema says; KeyError on a keyword that is not known here."""
    if isinstance(schema, bool):
        return schema
    assert isinstance(schema, dict)
    return all(CHECKS[keyword](value, given, schema, root) for keyword, given in schema.items())


def _type(value: object, given: object, *_: object) -> bool:
    names = given if isinstance(given, list) else [given]
    return any(
        isinstance(value, TYPES[name]) and (name == "boolean") == isinstance(value, bool)
        for name in names
    )


def _reference(value: object, given: object, _: Schema, root: Schema) -> bool:
    definitions = root["$defs"]
    assert isinstance(definitions, dict)
    return is_valid(value, definitions[str(given).removeprefix("#/$defs/")], root)


def _any_of(value: object, given: object, _: Schema, root: Schema) -> bool:
    assert isinstance(given, list)
    return any(is_valid(value, one, root) for one in given)


def _all_of(value: object, given: object, _: Schema, root: Schema) -> bool:
    assert isinstance(given, list)
    return all(is_valid(value, one, root) for one in given)


def _if_then(value: object, given: object, schema: Schema, root: Schema) -> bool:
    return not is_valid(value, given, root) or is_valid(value, schema["then"], root)


def _contains(value: object, given: object, _: Schema, root: Schema) -> bool:
    return not isinstance(value, list) or any(is_valid(item, given, root) for item in value)


def _one_of(value: object, given: object, _: Schema, root: Schema) -> bool:
    assert isinstance(given, list)
    return sum(is_valid(value, one, root) for one in given) == 1


def _items(value: object, given: object, _: Schema, root: Schema) -> bool:
    return not isinstance(value, list) or all(is_valid(item, given, root) for item in value)


def _properties(value: object, given: object, _: Schema, root: Schema) -> bool:
    assert isinstance(given, dict)
    return not isinstance(value, dict) or all(
        is_valid(inner, given[key], root) for key, inner in value.items() if key in given
    )


def _patterns(value: object, given: object, _: Schema, root: Schema) -> bool:
    assert isinstance(given, dict)
    return not isinstance(value, dict) or all(
        is_valid(inner, one, root)
        for key, inner in value.items()
        for pattern, one in given.items()
        if re.search(pattern, str(key))
    )


def _others(value: object, given: object, schema: Schema, root: Schema) -> bool:
    known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    assert isinstance(known, dict)
    assert isinstance(patterns, dict)
    others = [
        inner
        for key, inner in (value.items() if isinstance(value, dict) else ())
        if key not in known and not any(re.search(one, str(key)) for one in patterns)
    ]
    return not others if given is False else all(is_valid(one, given, root) for one in others)


def _names(value: object, given: object, _: Schema, root: Schema) -> bool:
    return not isinstance(value, dict) or all(is_valid(key, given, root) for key in value)


CHECKS: Mapping[str, Callable[[Any, Any, Any, Any], object]] = {
    "$schema": lambda *_: True,
    "description": lambda *_: True,
    "format": lambda *_: True,
    "then": lambda *_: True,
    "if": _if_then,
    "allOf": _all_of,
    "contains": _contains,
    "const": lambda value, given, *_: value == given and type(value) is type(given),
    "title": lambda *_: True,
    "$defs": lambda *_: True,
    "$ref": _reference,
    "type": _type,
    "enum": lambda value, given, *_: value in given,
    "pattern": lambda value, given, *_: not isinstance(value, str) or re.search(given, value),
    "minimum": lambda value, given, *_: not isinstance(value, int) or value >= given,
    "maximum": lambda value, given, *_: not isinstance(value, int) or value <= given,
    "minItems": lambda value, given, *_: not isinstance(value, list) or len(value) >= given,
    "maxItems": lambda value, given, *_: not isinstance(value, list) or len(value) <= given,
    "minProperties": lambda value, given, *_: not isinstance(value, dict) or len(value) >= given,
    "maxProperties": lambda value, given, *_: not isinstance(value, dict) or len(value) <= given,
    "required": lambda value, given, *_: not isinstance(value, dict) or set(given) <= set(value),
    "not": lambda value, given, _, root: not is_valid(value, given, root),
    "anyOf": _any_of,
    "oneOf": _one_of,
    "items": _items,
    "properties": _properties,
    "patternProperties": _patterns,
    "additionalProperties": _others,
    "propertyNames": _names,
}
