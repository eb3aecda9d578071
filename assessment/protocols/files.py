"""The description of every file of a protocol: what may stand where."""

from __future__ import annotations

from collections.abc import Mapping

from assessment.engine.protocol import Limit, Part, Recommend
from assessment.engine.questions import Kind, Safety, Side, Worse
from assessment.protocols import beyond_keys, hover
from assessment.protocols.diagnostics import Code
from assessment.protocols.scalars import Day, Flag, OneOf, Pattern, Schema, Whole, Words
from assessment.protocols.shape import (
    Either,
    Elsewhere,
    FlagOr,
    ListOf,
    ListOr,
    MapOf,
    Record,
    Shape,
)

BIGGEST = 1_000_000
LOCKED_TEXTS = ("disclaimer_short", "disclaimer", "emergency_lead", "emergency_say", "not_reviewed")


def record(
    required: Mapping[str, Shape],
    optional: Mapping[str, Shape] | None = None,
    codes: Mapping[str, Code] | None = None,
    about: Mapping[str, str] | None = None,
    also: tuple[Schema, ...] = (),
) -> Record:
    """Return a record with these keys."""
    return Record(required, optional or {}, codes or {}, about=about or {}, also=also)


ID = Pattern(
    r"(?!.*__)[a-z][a-z0-9_]{0,59}",
    "an id of a-z, 0-9 and single _, starting with a letter",
    Code.BAD_ID,
)
EVIDENCE_ID = Pattern(r"[A-Z][A-Za-z0-9_.-]{0,15}", "an evidence id such as RF13", Code.BAD_ID)
GUIDE_ID = Pattern(r"[a-z][a-z0-9_]{0,59}", "the name of a guide page", Code.BAD_ID)
SIGN = Pattern(rf"{ID.pattern}\.{ID.pattern}", "a question and its option, as `numb.new`")
ASKED = Pattern(rf"{ID.pattern}(\.{ID.pattern})?", "a question, also with its option: `numb.new`")
DATE = Day()
TEXT_ID = Pattern(r"[a-z][a-z0-9_.]*", "the id of a text")
LANGUAGE = Pattern(r"[a-z]{2}(-[A-Z]{2})?", "a language such as en")
TEXT: Shape = Either(
    record(
        {"text": Words()},
        {"carer": Words(), "invited": Words(), "carer_invited": Words()},
        about=hover.TEXT,
    ),
    Words(),
    "words, or a text in its forms",
)
RECOMMEND = OneOf(tuple(recommend.id for recommend in Recommend), code=Code.UNKNOWN_RECOMMENDATION)
MEDICAL = OneOf(
    tuple(recommend.id for recommend in Recommend if recommend.is_medical),
    code=Code.UNKNOWN_RECOMMENDATION,
)
LIMIT = OneOf(tuple(Limit))
EVIDENCE = ListOf(EVIDENCE_ID, at_least=1)
CONDITION = Elsewhere("condition")
_EVIDENCE_CODES = {"evidence": Code.NO_EVIDENCE, "because": Code.NO_REASON}

OPTION = record(
    {"id": ID, "label": TEXT},
    {
        "hint": TEXT,
        "ask": TEXT,
        "says": TEXT,
        "safety": OneOf(tuple(Safety)),
        "evidence": EVIDENCE,
        "informs": OneOf(("therapist",)),
        "side": OneOf(tuple(Side)),
    },
    about=hover.OPTION,
    also=beyond_keys.OPTION,
)
QUESTION = record(
    {"id": ID, "type": OneOf(tuple(Kind)), "ask": TEXT, "short": TEXT},
    {
        "section": ID,
        "hint": TEXT,
        "why": TEXT,
        "options": ListOf(OPTION, at_least=1),
        "ordered": Flag(),
        "none": FlagOr(TEXT),
        "not_sure": FlagOr(TEXT),
        "minimum": Whole(-100_000, 100_000),
        "maximum": Whole(-100_000, 100_000),
        "unit": TEXT,
        "low": TEXT,
        "high": TEXT,
        "worse": OneOf(tuple(Worse)),
        "enable_when": CONDITION,
        "evidence": EVIDENCE,
        "private": Flag(),
        "optional": Flag(),
        "clarify": Flag(),
        "lasts": Flag(),
    },
    about=hover.QUESTION,
    also=beyond_keys.QUESTION,
)
FINDING = record({"says": TEXT, "when": CONDITION}, about=hover.FINDING)
RULE = record(
    {"id": ID, "when": CONDITION, "recommend": RECOMMEND, "because": TEXT, "evidence": EVIDENCE},
    {"if_unsure": RECOMMEND},
    _EVIDENCE_CODES,
    hover.RULE,
    beyond_keys.RULE,
)
PRECAUTION = record(
    {
        "id": ID,
        "when": CONDITION,
        "limits": ListOf(LIMIT, at_least=1),
        "therapist": TEXT,
        "evidence": EVIDENCE,
    },
    {"person": TEXT, "places": ListOf(ID, at_least=1)},
    _EVIDENCE_CODES,
    hover.PRECAUTION,
)
SUPPORT = record(
    {
        "id": ID,
        "when": CONDITION,
        "headline": TEXT,
        "lines": ListOf(TEXT, at_least=1),
        "evidence": EVIDENCE,
    },
    {"alone": Flag()},
    _EVIDENCE_CODES,
    hover.SUPPORT,
)
ADVICE = record(
    {"id": RECOMMEND, "headline": TEXT, "do_now": ListOf(TEXT, at_least=1)},
    {
        "expect": ListOf(TEXT),
        "sooner": ListOf(TEXT),
        "tell": ListOf(TEXT),
        "guide": ListOf(GUIDE_ID),
        "requires": CONDITION,
        "requires_says": TEXT,
        "short": TEXT,
        "places": ListOf(ID, at_least=1),
    },
    about=hover.ADVICE,
    also=beyond_keys.ADVICE,
)
PROMISE = Record(
    {"id": ID, "promise": TEXT},
    {
        "when": CONDITION,
        "then": record(
            {},
            {
                "urgency_at_least": MEDICAL,
                "pressure_at_most": Whole(0, 2),
                "limits": Either(ListOf(LIMIT, at_least=1), LIMIT, "limits"),
                "places": ListOf(ID, at_least=1),
            },
            about=hover.THEN,
            also=beyond_keys.THEN,
        ),
        "asked": ListOf(ASKED, at_least=1),
        "evidence": EVIDENCE,
    },
    codes={},
    one_of=("then", "asked"),
    about=hover.PROMISE,
)
CASE = record(
    {"id": ID, "title": Words(), "answers": Elsewhere("answers"), "expected": RECOMMEND},
    {
        "acceptable": ListOf(RECOMMEND),
        "never": ListOf(RECOMMEND),
        "rule": ID,
        "precautions": ListOf(ID, at_least=1),
    },
    about=hover.CASE,
)
CASES = record({"cases": ListOf(CASE)}, {"usual": Elsewhere("answers")}, about=hover.CASES)
_SAYS = ListOf(Either(ListOf(Words(), at_least=1), Words(), "words, or a list of them"), at_least=1)
_SAID: Mapping[str, Shape] = {"says": _SAYS}
_NEVER: Mapping[str, Shape] = {"never": ListOf(Words())}
DEMAND = record(
    {"id": ID, "texts": ListOf(TEXT_ID, at_least=1), **_SAID},
    {**_NEVER, "in": MapOf(LANGUAGE, record(_SAID, _NEVER, about=hover.DEMAND))},
    about=hover.DEMAND,
)
READ = record({"date": DATE, "by": Words(), "wording": Words()}, about=hover.READ)
SUMMARY = record({}, {part.value: ListOf(ID, at_least=1) for part in Part}, about=hover.SUMMARY)
FILES: Mapping[str, Shape] = {
    "protocol.yaml": record(
        {
            "id": ID,
            "title": TEXT,
            "version": Words(),
            "date": DATE,
            "author": Words(),
            "intended_purpose": TEXT,
            "language": LANGUAGE,
        },
        {
            "languages": ListOf(LANGUAGE),
            "audience": TEXT,
            "therapist": TEXT,
            "carer_when": CONDITION,
            "start_asks": ID,
            "minutes": Whole(1, 120),
            "waiver": record({"by": Words(), "date": DATE, "why": Words()}, about=hover.WAIVER),
            "withdraws": Either(ListOf(Words(), at_least=1), Words(), "versions"),
            "summary": SUMMARY,
        },
        about=hover.PROTOCOL,
    ),
    "questions.yaml": ListOf(QUESTION, at_least=1),
    "rules.yaml": record(
        {"rules": ListOf(RULE, at_least=1)},
        {
            "findings": MapOf(ID, FINDING),
            "precautions": ListOf(PRECAUTION),
            "support": ListOf(SUPPORT),
        },
        about=hover.RULES_FILE,
    ),
    "recommendations.yaml": ListOf(ADVICE, at_least=1, also=beyond_keys.EVERY_ADVICE),
    "safety.yaml": ListOf(PROMISE),
    "cases.yaml": ListOr(ListOf(CASE), CASES),
    "texts.yaml": MapOf(ID, TEXT, needs=LOCKED_TEXTS),
    "safety_texts.yaml": record(
        {"must_say": ListOf(DEMAND, at_least=1)},
        {"never": MapOf(LANGUAGE, ListOf(Words())), "reviewed": ListOf(READ)},
        about=hover.SAFETY_TEXTS,
    ),
    "evidence.yaml": ListOf(
        record({"id": EVIDENCE_ID, "claim": Words(), "source": Words()}, about=hover.EVIDENCE),
        at_least=1,
    ),
}
OPTIONAL_FILES = frozenset({"safety.yaml", "cases.yaml", "safety_texts.yaml"})
REVIEW = record(
    {
        "reviewer": Words(),
        "role": Words(),
        "date": DATE,
        "rules_hash": Words(),
        "wording_hash": Words(),
    },
    {"content_hash": Words()},
)
"""Without `content_hash` it was made before a sign-off covered everything, and counts no more."""
TRANSLATION = MapOf(TEXT_ID, TEXT)
