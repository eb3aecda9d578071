"""The documents say what the product does: codes, keys, files and commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessment import cli
from assessment.engine.conditions import Operator
from assessment.engine.protocol import Limit, Recommend
from assessment.engine.questions import Kind, Safety, Side, Worse
from assessment.protocols import files
from assessment.protocols.conditions import WORDS
from assessment.protocols.diagnostics import Code
from assessment.protocols.load import REVIEW_FILE
from assessment.protocols.shape import ListOf, MapOf, Record, Shape

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
LANGUAGE = (DOCS / "rule-language.md").read_text(encoding="utf-8")
DIAGNOSTICS = (DOCS / "diagnostics.md").read_text(encoding="utf-8")


def test_every_diagnostic_code_has_its_section_in_order() -> None:
    assert re.findall(r"^## (.+)$", DIAGNOSTICS, re.MULTILINE) == [code.value for code in Code]


def test_every_section_says_how_to_mend_it() -> None:
    _, *sections = DIAGNOSTICS.split("\n## ")

    assert [part.splitlines()[0] for part in sections if "**Mend it:**" not in part] == []


def keys_of(shape: Shape) -> Iterator[str]:
    """Every key of a shape and of what is inside it."""
    match shape:
        case Record():
            for key, inner in {**shape.required, **shape.optional}.items():
                yield key
                yield from keys_of(inner)
        case ListOf():
            yield from keys_of(shape.item)
        case MapOf():
            yield from keys_of(shape.value)


def is_named(word: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", LANGUAGE) is not None


@pytest.mark.parametrize("name", files.FILES)
def test_the_language_page_names_every_file_and_its_keys(name: str) -> None:
    assert f"`{name}`" in LANGUAGE
    assert [key for key in keys_of(files.FILES[name]) if not is_named(key)] == []


def test_the_language_page_names_every_word_of_the_language() -> None:
    words = [*WORDS, *files.LOCKED_TEXTS, REVIEW_FILE]
    for listed in (Kind, Safety, Worse, Side, Limit):
        words += [member.value for member in listed]
    words += [operator.value for operator in Operator if operator is not Operator.IS]
    words += [recommend.id for recommend in Recommend]

    assert [word for word in words if not is_named(word)] == []


def test_the_language_page_names_no_key_that_does_not_exist() -> None:
    """Keys at the start of a line in its examples are keys of the files, or ids of examples."""
    known = {key for shape in files.FILES.values() for key in keys_of(shape)}
    known |= {"findings", "text", "carer", "cauda_equina_signs"}
    examples = "\n".join(re.findall(r"```yaml\n(.*?)```", LANGUAGE, re.DOTALL))

    assert set(re.findall(r"^[ -]*(\w+):", examples, re.MULTILINE)) <= known


def test_the_language_fits_on_one_page() -> None:
    assert len(LANGUAGE.splitlines()) <= 200


DOCUMENTS = sorted(
    path
    for folder in (ROOT, DOCS, DOCS / "decisions", ROOT / "rules")
    for path in folder.glob("*.md")
)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", text)
    local = [target for target in targets if not re.match(r"[a-z]+:", target)]

    assert [target for target in local if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_commands_in_documents_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    named = re.findall(r"(?:bin/|`)assessment ([a-z][a-z-]*)", text)

    assert set(named) <= set(cli.main.commands)


def test_every_decision_record_is_listed() -> None:
    listed = (DOCS / "decisions" / "README.md").read_text(encoding="utf-8")
    records = [path.name for path in (DOCS / "decisions").glob("0*.md")]

    assert [name for name in records if name not in listed] == []
