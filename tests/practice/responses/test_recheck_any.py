"""Whatever the protocol and the answers: deciding again loses nothing that is known."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from assessment.engine.decision import Engine
from assessment.engine.lines import lines_of
from assessment.engine.protocol import Protocol
from assessment.engine.text import Text
from assessment.practice.intake.for_clinic import ForClinic
from assessment.practice.responses.recheck import Rechecker, Redecided
from assessment.screening import Screening
from tests.bare import WORDS
from tests.engine.strategies import answers as some_answers
from tests.engine.strategies import protocols as some_protocols

EXAMPLES = settings(max_examples=80, deadline=None)


@st.composite
def protocols(draw: st.DrawFn) -> Protocol:
    """A protocol that asks nothing in private."""
    found = draw(some_protocols())
    asked = [replace(one, private=False) for one in found.questions if one.line is None]
    return replace(
        found,
        texts=dict.fromkeys(("disclaimer", "disclaimer_short", "not_reviewed"), WORDS),
        questions=tuple(each for one in asked for each in (one, *lines_of(one))),
    )


def again(before: Protocol, after: Protocol, stored: dict[str, object]) -> Redecided:
    """What the one protocol says of answers to the other."""
    nothing = cast("Any", None)  # deciding needs neither a database nor a clock
    return Rechecker(nothing, nothing, Screening(after), nothing).decide(before, stored)


@EXAMPLES
@given(st.data())
def test_the_same_rules_say_the_same_again(data: st.DataObject) -> None:
    protocol = data.draw(protocols())
    engine = Engine(protocol)
    drawn = data.draw(some_answers(protocol, complete=True))
    answers = engine.walk(drawn.__getitem__, {})
    stored = json.loads(json.dumps(ForClinic(protocol).stored(answers)))

    once, twice = engine.decide(answers), again(protocol, protocol, stored)
    assert twice.recommend is once.recommend
    if once.complete:
        assert twice.stored["complete"] is True
        assert twice.unknown == ()


@EXAMPLES
@given(st.data())
def test_what_is_certain_without_the_answers_that_are_lost_still_counts(
    data: st.DataObject,
) -> None:
    before = data.draw(protocols())
    reworded = {data.draw(st.sampled_from(before.questions)).id}
    after = replace(
        before,
        questions=tuple(
            replace(one, ask=Text("other words")) if one.id in reworded else one
            for one in before.questions
        ),
    )
    drawn = data.draw(some_answers(before, complete=True))
    stored = json.loads(json.dumps(ForClinic(before).stored(drawn)))
    found = again(before, after, stored)

    kept = {name: one for name, one in drawn.items() if name in stored and name not in reworded}
    sure = Engine(after).most_urgent(kept)
    assert sure is None or found.recommend.urgency >= sure.urgency
    assert found.stored["urgency"] == found.recommend.urgency
    assert found.stored["headline"] == after.advice[found.recommend].headline.text
    rules = cast("list[dict[str, object]]", found.stored["rules"])
    if not found.stored["fail_safe"]:
        assert found.recommend.id in {one["recommend"] for one in rules}, "it has a reason"
    if not found.stored["complete"]:
        assert found.recommend.urgency >= 1, "care comes first where something is not known"
