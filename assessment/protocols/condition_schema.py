"""The JSON Schema of a condition, from the same table of operators that reads one."""

from __future__ import annotations

from assessment.engine.conditions import Operator
from assessment.engine.operators import OPERATORS, Takes
from assessment.protocols.conditions import WORDS
from assessment.protocols.scalars import Schema

_THIS: Schema = {"$ref": "#/$defs/condition"}
_SEVERAL: Schema = {"type": "array", "items": _THIS, "minItems": 1}
_VALUE: Schema = {"type": ["string", "integer"]}
_VALUES: Schema = {"type": "array", "items": _VALUE, "minItems": 1}
_OPERAND: dict[Takes, Schema] = {
    Takes.OPTIONS: {"anyOf": [_VALUE, _VALUES]},
    Takes.ONE_VALUE: _VALUE,
    Takes.TWO_VALUES: {**_VALUES, "minItems": 2, "maxItems": 2},
}
_COUNT: Schema = {
    "type": "object",
    "properties": {"at_least": {"type": "integer", "minimum": 1}, "of": _SEVERAL},
    "required": ["at_least", "of"],
    "additionalProperties": False,
}
_FORMS: dict[str, Schema] = {
    "all": _SEVERAL,
    "any": _SEVERAL,
    "not": _THIS,
    "count": _COUNT,
    "finding": {"type": "string"},
}


def condition_schema() -> Schema:
    """Return the JSON Schema of a condition."""
    alone = [
        {"type": "object", "properties": {word: form}, "required": [word], "maxProperties": 1}
        for word, form in _FORMS.items()
    ]
    questions: Schema = {
        "type": "object",
        "propertyNames": {"not": {"enum": list(WORDS)}},
        "additionalProperties": {"anyOf": [_VALUE, _VALUES, _tests()]},
        "minProperties": 1,
    }
    return {"anyOf": [*alone, questions]}


def _tests() -> Schema:
    return {
        "type": "object",
        "properties": {
            operator.value: _OPERAND[row.takes]
            for operator, row in OPERATORS.items()
            if operator is not Operator.IS
        },
        "additionalProperties": False,
        "minProperties": 1,
    }
