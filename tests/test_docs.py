"""The documents say what the product does: codes, keys, files and commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assessment import cli
from assessment.engine.conditions import Operator
from assessment.engine.decision import Engine
from assessment.engine.protocol import Limit, Recommend
from assessment.engine.questions import Kind, Safety, Side, Worse
from assessment.proof.prove import prove
from assessment.protocols import files
from assessment.protocols.conditions import WORDS
from assessment.protocols.diagnostics import Code
from assessment.protocols.folder import REVIEW_FILE
from assessment.protocols.load import load_protocol
from assessment.protocols.shape import ListOf, ListOr, MapOf, Record, Shape
from tests.printed import pages_of

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
LANGUAGE = (DOCS / "rule-language.md").read_text(encoding="utf-8")
KEYS_OF_SOME_TYPES = {
    "options", "ordered", "none", "minimum", "maximum", "unit", "low", "high", "worse", "side"
}  # fmt: skip
"""They stand with the types of questions."""
DIAGNOSTICS = (DOCS / "diagnostics.md").read_text(encoding="utf-8")


def test_every_diagnostic_code_has_its_section_in_order() -> None:
    assert re.findall(r"^## (.+)$", DIAGNOSTICS, re.MULTILINE) == [code.value for code in Code]


def test_every_section_says_how_to_mend_it() -> None:
    _, *sections = DIAGNOSTICS.split("\n## ")

    assert [part.splitlines()[0] for part in sections if "**Fix it:**" not in part] == []


def keys_of(shape: Shape) -> Iterator[str]:
    """Every key of a shape and of what is inside it."""
    match shape:
        case Record():
            for key, inner in {**shape.required, **shape.optional}.items():
                yield key
                yield from keys_of(inner)
        case ListOf():
            yield from keys_of(shape.item)
        case ListOr():
            yield from keys_of(shape.mapping)
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


@pytest.mark.parametrize(
    ("row", "shape"),
    [
        ("`protocol.yaml`", files.FILES["protocol.yaml"]),
        ("`questions.yaml`", files.QUESTION),
        ("- `options`", files.OPTION),
        ("`rules.yaml`", files.FILES["rules.yaml"]),
        ("- `findings`", files.FINDING),
        ("- `rules`", files.RULE),
        ("- `precautions`", files.PRECAUTION),
        ("- `support`", files.SUPPORT),
        ("`recommendations.yaml`", files.ADVICE),
        ("`safety.yaml`?", files.PROMISE),
        ("`cases.yaml`?", files.CASE),
        ("- or a mapping", files.CASES),
        ("`safety_texts.yaml`?", files.FILES["safety_texts.yaml"]),
        ("- `must_say`", files.DEMAND),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_language_page_says_which_keys_may_be_left_out(row: str, shape: Record) -> None:
    [keys] = re.findall(rf"^\| {re.escape(row)} \| (.*) \|$", LANGUAGE, re.MULTILINE)
    optional = set(re.findall(r"`(\w+)(?:: \w+)?`\?", keys))

    assert optional == shape.optional.keys() - KEYS_OF_SOME_TYPES
    assert [key for key in shape.required if f"`{key}`" not in keys] == []


def test_the_small_protocol_is_whole_and_proven(tmp_path: Path) -> None:
    page = (DOCS / "small-protocol.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    _, *parts = re.split(r"^# (.+)\n", example, flags=re.MULTILINE)
    for name, content in zip(parts[::2], parts[1::2], strict=True):
        (tmp_path / name).write_text(content, encoding="utf-8")

    assert parts[::2] == list(files.FILES)
    assert prove(Engine(load_protocol(tmp_path))).failures == ()


def test_the_language_fits_on_two_pages_of_a4() -> None:
    assert pages_of(LANGUAGE) == 2


def test_a_longer_language_would_need_a_third_page() -> None:
    assert pages_of(LANGUAGE + "\nOne more paragraph.\n" * 40) == 3


DOCUMENTS = sorted(
    path
    for folder in (ROOT, DOCS, DOCS / "decisions", DOCS / "safety", ROOT / "rules")
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


NAMED_FILE = re.compile(
    r"(?<![\w./<-])((?:[\w.-]+/)*[\w.-]+\.(?:py|html|css|js|ya?ml|json|md|typ|toml|txt|sh))\b(?![/-])"
)
"""A file in a document, with its folders where they are told."""
STAND_FOR_ANY = {"guide/NAME.md", "versions/VERSION.json"}


@pytest.mark.parametrize("document", sorted(DOCS.rglob("*.md")), ids=lambda path: path.name)
def test_every_file_with_its_folder_that_a_document_names_exists(document: Path) -> None:
    named = set(NAMED_FILE.findall(document.read_text(encoding="utf-8"))) - STAND_FOR_ANY
    roots = (ROOT, ROOT / "assessment", document.parent)
    paths = {name for name in named if "/" in name}
    assert [name for name in sorted(paths) if not any((one / name).exists() for one in roots)] == []


def test_every_module_that_a_document_names_without_its_folder_exists() -> None:
    folders = ("assessment", "tests", "verify", "bench")
    there = {path.name for folder in folders for path in (ROOT / folder).rglob("*.py")}
    texts = [path.read_text(encoding="utf-8") for path in DOCS.rglob("*.md")]
    named = {name for text in texts for name in NAMED_FILE.findall(text) if name.endswith(".py")}
    assert {name for name in named if "/" not in name} - there == set()


FOLDERS = sorted(path.parent for path in (ROOT / "assessment").glob("*/README.md"))


def test_every_folder_of_the_program_has_a_readme() -> None:
    folders = {path.parent for path in (ROOT / "assessment").glob("*/__init__.py")}
    assert set(FOLDERS) == folders


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_readme_of_a_folder_names_every_file_in_it(folder: Path) -> None:
    told = re.findall(r"`(\w+\.py)`", (folder / "README.md").read_text(encoding="utf-8"))
    there = {path.name for path in folder.rglob("*.py")} - {"__init__.py"}
    there -= {path.name for path in folder.rglob("migrations/**/*.py")}
    assert there - set(told) == set()


def test_the_readme_of_the_templates_names_every_template() -> None:
    folder = ROOT / "templates"
    told = re.findall(r"`(\w+\.(?:html|typ))`", (folder / "README.md").read_text(encoding="utf-8"))
    assert {path.name for path in folder.rglob("*.*")} - {"README.md"} - set(told) == set()
