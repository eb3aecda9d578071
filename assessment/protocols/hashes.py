"""The hashes of a protocol: what can change a decision, what is read, and everything there is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from assessment.engine.conditions import Condition, Count, FindingRef, Test, Unsure, parts_of
from assessment.engine.protocol import Advice, Precaution, Protocol, Recommend, Rule, Support
from assessment.engine.questions import Question
from assessment.engine.text import Text
from assessment.protocols.nodes import Entries, Items, Value

LATER_TEXTS = frozenset({"protocol.audience", "protocol.therapist"})
"""Texts that the first wording hash did not know."""


def rules_hash(protocol: Protocol) -> str:
    """Return the SHA-256 (hex) of everything that can change a decision, its evidence included."""
    advice = protocol.advice
    return _sha256(
        [
            [_question(question) for question in protocol.questions],
            sorted([finding.id, _condition(finding.when)] for finding in protocol.findings),
            sorted(_rule(rule) for rule in protocol.rules),
            [_advice(advice[one]) for one in Recommend if one in advice],
            sorted(_precaution(one) for one in protocol.precautions),
            sorted(_support(one) for one in protocol.support),
        ]
    )


def content_hash(covered: Iterable[tuple[str, Value | str]]) -> str:
    """Return the SHA-256 (hex) of these files, whole: what a sign-off is bound to.

    No key is picked out, so that nothing can be forgotten. Layout, comments and the order of keys
    make no difference; the order of a list does.
    """
    return _sha256([[name, _written(value)] for name, value in covered])


def _written(value: Value | str) -> object:
    match value:
        case str():
            return value
        case Items():
            return ["list", [_written(item) for item in value.items]]
        case Entries():
            return ["map", sorted([key.text, _written(inner)] for key, inner in value.entries)]
        case _:
            return [type(value.value).__name__, value.text]


def words_hash(languages: Mapping[str, Mapping[str, Text]], demands: Iterable[Value | None]) -> str:
    """Return a short hash (16 hex digits) of some texts in each language, and demands on them.

    It is there to be copied into a file by people.
    """
    texts = [[language, _texts(languages[language])] for language in sorted(languages)]
    asked = [None if one is None else _written(one) for one in demands]
    return _sha256([texts, asked])[:16]


def wording_hashes(
    protocol: Protocol,
    texts: Mapping[str, Text],
    translations: Mapping[str, Mapping[str, Text]],
) -> tuple[str, ...]:
    """Return the SHA-256 (hex) of what a person reads, in every language and by whom it is read.

    `texts` are those in the protocol's own language. The first is the hash; the second is what
    earlier programs made of the same words, under which responses and walks were kept.

    Versions are found again by their hashes: what is new in the language must leave the hash of a
    protocol without it as it was.
    """
    first = {name: text for name, text in texts.items() if name not in LATER_TEXTS}
    later: list[object] = []
    if protocol.carer_when is not None:
        later.append(["carer_when", _condition(protocol.carer_when)])
    if sections := [[one.id, one.section] for one in protocol.questions if one.section]:
        later.append(["sections", sections])
    known = (
        _wording(protocol, texts, translations, later),
        _wording(protocol, first, translations),
    )
    return tuple(dict.fromkeys(known))


def _wording(
    protocol: Protocol,
    texts: Mapping[str, Text],
    translations: Mapping[str, Mapping[str, Text]],
    later: Sequence[object] = (),
) -> str:
    parts: list[object] = [
        _texts(texts),
        [[language, _texts(translations[language])] for language in sorted(translations)],
        [[page.id, page.title, page.markdown] for page in protocol.guide],
        [[row.id, row.claim, row.source] for row in protocol.sources.values()],
    ]
    if summary := protocol.summary:
        parts.append([[part, list(summary[part])] for part in sorted(summary)])
    if protocol.start_asks is not None:
        parts.append(["start_asks", protocol.start_asks])
    if protocol.minutes is not None:
        parts.append(["minutes", protocol.minutes])
    if (waiver := protocol.waiver) is not None:
        parts.append(["waiver", waiver.by, waiver.date, waiver.why])
    return _sha256([*parts, *later])


def _texts(texts: Mapping[str, Text]) -> list[list[str | None]]:
    return [[name, *_forms(texts[name])] for name in sorted(texts)]


def _forms(text: Text) -> list[str | None]:
    invited = [text.invited, text.carer_invited]
    return [text.text, text.carer, *(invited if any(invited) else [])]


def _sha256(parts: object) -> str:
    data = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(data.encode()).hexdigest()


def _question(question: Question) -> list[object]:
    new = [name for name in ("optional", "clarify", "lasts") if getattr(question, name)]
    return [
        question.id,
        question.kind,
        [[option.id, option.safety] for option in question.options],
        question.ordered,
        question.offers_none,
        question.offers_not_sure,
        question.minimum,
        question.maximum,
        question.worse,
        _maybe(question.enable_when),
        question.private,
        *new,
    ]


def _rule(rule: Rule) -> list[object]:
    unsure = "" if rule.if_unsure is None else rule.if_unsure.id
    return [rule.id, _condition(rule.when), rule.recommend.id, unsure, sorted(rule.evidence)]


def _advice(one: Advice) -> list[object]:
    return [one.recommend.id, _maybe(one.requires), *_places(one.places)]


def _precaution(one: Precaution) -> list[object]:
    limits, places = sorted(one.limits), _places(one.places)
    return [one.id, _condition(one.when), limits, sorted(one.evidence), *places]


def _places(places: Sequence[str]) -> list[list[str]]:
    return [sorted(places)] if places else []


def _support(one: Support) -> list[object]:
    return [one.id, _condition(one.when), *(["alone"] if one.alone else [])]


def _maybe(condition: Condition | None) -> object:
    return None if condition is None else _condition(condition)


def _condition(condition: Condition) -> list[object]:
    match condition:
        case Test(question, operator, operand):
            return ["test", question, operator, list(operand)]
        case FindingRef(finding):
            return ["finding", finding]
        case Unsure(question, option):
            return ["unsure", question, option]
        case Count(at_least, _):
            return ["count", at_least, [_condition(part) for part in parts_of(condition)]]
        case _:
            name = type(condition).__name__.lower()
            return [name, [_condition(part) for part in parts_of(condition)]]
