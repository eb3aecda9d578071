"""Everything that decides or is shown is named by `diff` when it changes."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from assessment.engine.conditions import Operator, Test
from assessment.engine.protocol import Protocol, Review
from assessment.engine.text import Text
from assessment.proof.changed import changed_files, changed_parts
from assessment.proof.diff import Difference
from assessment.proof.diff_words import difference_in_words
from assessment.protocols.compared import CARRIED, Compared, other_files
from tests.proof import full, leaf_kinds
from tests.proof.leaf_kinds import SHAPES, Leaf

NOTHING = Difference((), (), (), (), (), (), 0, (), 0.0)
LEAVES = {leaf.kind: leaf for file in SHAPES for leaf in leaf_kinds.leaves(file)}
"""One leaf of each kind."""
CALLED = {
    "type": "kind",
    "none": "none_label",
    "not_sure": "not_sure_label",
    "low": "low_label",
    "high": "high_label",
    "languages": "translations",
}
"""What keys are called where they are not called as in the file."""


def lines(old: Protocol, new: Protocol) -> list[str]:
    """Return what diff says of a change, solver aside."""
    return both_lines(Compared(old), Compared(new))


def both_lines(old: Compared, new: Compared) -> list[str]:
    one, other = old.protocol, new.protocol
    changed = (*changed_parts(one, other), *changed_files(old.others, new.others))
    return [line.strip() for line in difference_in_words(one, other, changed, NOTHING, ())]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Compared:
    folder = tmp_path_factory.mktemp("old")
    return Compared(full.whole(folder), others=other_files(folder))


@pytest.fixture(scope="module")
def old(whole: Compared) -> Protocol:
    return whole.protocol


def test_the_full_protocol_has_a_leaf_of_each_kind() -> None:
    """Whoever gives the language a key gives it an example, and sees that diff tells of it."""
    every = {kind for file, shape in SHAPES.items() for kind in leaf_kinds.kinds(shape, file)}
    assert every == LEAVES.keys()


@pytest.mark.parametrize("leaf", LEAVES.values(), ids=LEAVES)
def test_each_kind_of_leaf_is_named_when_it_changes(
    leaf: Leaf, whole: Compared, tmp_path: Path
) -> None:
    told = both_lines(whole, leaf_kinds.changed(tmp_path, leaf))
    wanted = line_of(leaf)
    assert any(re.match(rf"{re.escape(wanted)}(\..*)?:", f"{line}:") for line in told), told


def line_of(leaf: Leaf) -> str:
    """Return how the line begins that names a leaf."""
    steps = [step for step in leaf.location if isinstance(step, str)]
    if leaf.file not in (*CARRIED, "de.yaml"):
        # A demand under another id is another demand, told whole.
        return f"{leaf.file}: {leaf_kinds.way(leaf).removesuffix('.id')}"
    part = leaf_kinds.part_of(leaf)
    if steps[-1] == "id" and part != "protocol":
        return f"{part}: removed"
    if leaf.file == "de.yaml":
        field = f"translations.de.{steps[0]}"
    elif leaf.file in ("texts.yaml", "cases.yaml") and len(steps) == 1:
        field = {"usual": "answers.lasts"}.get(steps[0], "")
    else:
        inner = steps if leaf.file == "protocol.yaml" else steps[-1:]
        field = ".".join(CALLED.get(step, step) for step in inner)
    return ": ".join(filter(None, (part, ".".join(filter(None, (field, leaf.form))))))


def test_a_file_that_the_protocol_does_not_carry_is_compared_as_it_is_written(
    whole: Compared, tmp_path: Path
) -> None:
    persons = "facts:\n- {id: sore, percent: 3, because: It was counted.}\n"
    (full.written(tmp_path) / "population.yaml").write_text(persons, "utf-8")
    new = Compared(whole.protocol, others=other_files(tmp_path))
    assert "population.yaml: added" in both_lines(whole, new)
    (tmp_path / "population.yaml").write_text(persons.replace("3", "4"), "utf-8")
    other = Compared(whole.protocol, others=other_files(tmp_path))
    assert "population.yaml: facts.sore.percent: 3 -> 4" in both_lines(new, other)


def test_a_guide_page_is_shown_paragraph_by_paragraph(old: Protocol, tmp_path: Path) -> None:
    new = full.whole(tmp_path, guide="# A plan\n\nFirst words.\n\nOther words.\n")
    told = lines(old, new)
    start = told.index("guide page plan: markdown:")
    assert told[start + 1 : start + 4] == [
        "both: First words.",
        "old:  [-Last-] words.",
        "new:  {+Other+} words.",
    ]


def test_a_paragraph_that_became_two_is_shown_whole(old: Protocol, tmp_path: Path) -> None:
    new = full.whole(tmp_path, guide="# A plan\n\nFirst words.\n\nLast\n\nand new words.\n")
    told = lines(old, new)
    start = told.index("guide page plan: markdown:")
    assert told[start + 1 : start + 4] == [
        "both: First words.",
        "old:  Last words.",
        "new:  Last {+and new+} words.",
    ]


def test_a_review_that_came_is_told(old: Protocol) -> None:
    new = replace(old, review=Review("A. Name", "physiotherapist", "2026-01-02"))
    assert "protocol: review.date: none -> 2026-01-02" in lines(old, new)


def test_what_no_line_names_is_told_all_the_same(old: Protocol) -> None:
    new = replace(old, wording_hash="f" * 64)
    assert "protocol: changed in a way that has no name here" in lines(old, new)


def test_another_order_is_told_of_everything_that_is_shown_in_order(old: Protocol) -> None:
    turned = {
        "questions": replace(old, questions=old.questions[::-1]),
        "rules": replace(old, rules=old.rules[::-1]),
        "promises": replace(old, promises=old.promises[::-1]),
        "guide": replace(old, guide=old.guide[::-1]),
        "sources": replace(old, sources=dict(reversed(list(old.sources.items())))),
        "advice": replace(old, advice=dict(reversed(list(old.advice.items())))),
    }
    for name, new in turned.items():
        assert any(line.startswith(f"protocol: order of {name}:") for line in lines(old, new))
    question = old.question["signs"]
    other = replace(question, options=question.options[::-1])
    new = replace(old, questions=tuple(other if one is question else one for one in old.questions))
    assert "question signs: order of options: a, b -> b, a" in lines(old, new)


def test_what_was_added_or_removed_is_shown_whole(old: Protocol) -> None:
    new = replace(old, rules=old.rules[1:])
    for pair, how in (((old, new), "removed"), ((new, old), "added")):
        told = lines(*pair)
        start = told.index(f"rule red_flag: {how}")
        assert told[start + 1 : start + 6] == [
            "when: “Flag” is “Yes, a red one”",
            "recommend: emergency",
            "because: You told us about a flag.",
            "evidence: T1, T2",
            "if_unsure: urgent_medical",
        ]


def test_long_texts_are_whole_and_only_what_differs_is_marked(old: Protocol) -> None:
    words = " ".join(f"word{number}" for number in range(200))
    before, after = Text(f"{words} may hurt."), Text(f"{words} may not hurt.")
    told = lines(
        replace(old, texts={**old.texts, "long": before}),
        replace(old, texts={**old.texts, "long": after}),
    )
    start = told.index("text long:")
    assert told[start + 1 : start + 3] == [
        f"old:  {words} may hurt.",
        f"new:  {words} may {{+not+}} hurt.",
    ]


def test_the_form_that_nobody_changed_is_shown_beside_the_one_that_was(old: Protocol) -> None:
    before = Text("You may book.", carer="They may book.")
    after = replace(before, text="You may not book.")
    told = lines(
        replace(old, texts={**old.texts, "book": before}),
        replace(old, texts={**old.texts, "book": after}),
    )
    start = told.index("text book: carer:")
    assert told[start + 1] == "same: They may book."


def test_texts_that_differ_in_spaces_alone_do_not_look_alike(old: Protocol) -> None:
    told = lines(
        replace(old, texts={**old.texts, "book": Text("You may book.")}),
        replace(old, texts={**old.texts, "book": Text("You  may book.")}),
    )
    assert "(only spaces or line ends differ)" in told


def test_conditions_that_read_alike_are_told_apart(old: Protocol) -> None:
    """Two questions may have one short name: the ids tell which is meant."""
    signs = old.question["signs"]
    twin = replace(signs, id="twin", enable_when=None)
    both = replace(old, questions=(*old.questions, twin))
    rule = replace(old.rules[1], when=Test("twin", Operator.IS, ("none",)))
    told = lines(both, replace(both, rules=(old.rules[0], rule)))
    start = told.index("rule rest: when:")
    assert "signs" in told[start + 1]
    assert "twin" in told[start + 2]


# the inbox


def test_what_a_therapist_no_longer_sees_is_told(old: Protocol) -> None:
    signs = replace(old.question["signs"], private=True)
    new = replace(old, questions=tuple(signs if q.id == "signs" else q for q in old.questions))
    assert set(lines(old, new)) >= {
        "question signs: private: no -> yes",
        "In the inbox:",
        "answers to question signs are hidden from the therapist now",
        "the reason of rule rest is hidden from the therapist now",
        "precaution gently is hidden from the therapist now",
    }
    assert "precaution gently is shown to the therapist now" in lines(new, old)


def test_a_question_that_is_asked_because_of_a_private_one_is_hidden_too(old: Protocol) -> None:
    flag = replace(old.question["flag"], private=True)
    new = replace(old, questions=tuple(flag if q.id == "flag" else q for q in old.questions))
    assert "answers to question signs are hidden from the therapist now" in lines(old, new)
