"""What is wrong with a protocol is reported, all of it at once, each at its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessment.engine.decision import Engine
from assessment.engine.protocol import Review
from assessment.protocols.diagnostics import BrokenProtocol, Code
from assessment.protocols.files import BIGGEST, FILES
from assessment.protocols.load import load_kept, load_protocol
from assessment.protocols.sign_off import sign_off
from assessment.protocols.versions import load_files, read_files, version_of
from tests import tiny
from tests.protocols.faults import FAULTS, Fault

ALSO_SHOWN = {  # these need more than a change in one file; their tests are below
    Code.MISSING_FILE,
    Code.STRAY_FILE,
    Code.NOT_TEXT,
    Code.TOO_LARGE,
    Code.UNKNOWN_TEXT,
    Code.SAFETY_TEXT,  # in test_safety_texts.py, as the next
    Code.UNREVIEWED_WORDING,
}


def report_of(folder: Path, language: str | None = None) -> list[str]:
    """The lines of the report; no lines when the protocol loads."""
    try:
        load_protocol(folder, language)
    except BrokenProtocol as broken:
        report, count = str(broken), len(broken.diagnostics)
    else:
        return []
    *lines, last = report.splitlines()
    assert len(lines) == count
    assert last.startswith(f"{count} fault")
    return lines


def test_the_tiny_protocol_has_no_fault(tmp_path: Path) -> None:
    assert report_of(tiny.write(tmp_path)) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.code}: {fault.new[:40]}")
def test_a_fault_is_reported_at_its_place(tmp_path: Path, fault: Fault) -> None:
    lines = report_of(tiny.write(tmp_path, **{fault.file: fault.content()}))

    assert lines == fault.report.splitlines()
    assert f": {fault.code}: " in fault.report


def test_every_code_has_an_example() -> None:
    assert {fault.code for fault in FAULTS} | ALSO_SHOWN == set(Code)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.code}: {fault.new[:40]}")
def test_what_is_said_to_be_found_stands_at_the_place(fault: Fault) -> None:
    """Guards the expected lines above: places were not merely copied from a report."""
    files = {**tiny.FILES, fault.file: fault.content()}
    for report in fault.report.splitlines():
        line = re.match(r"(\w+)\.yaml:(\d+):(\d+): \S+ found `([^` ]+)`", report)
        if line is not None:
            name, row, column, found = line.groups()
            written = files[name].splitlines()[int(row) - 1][int(column) - 1 :]
            assert written.lstrip("\"'").startswith(found)


# faults that are no change in one file


def test_missing_files_are_reported(tmp_path: Path) -> None:
    folder = tiny.write(tmp_path, texts=None, evidence=None, rules=None)

    assert report_of(folder) == [
        f"{name}.yaml:1:1: missing-file: found no file; expected `{name}.yaml`."
        for name in ("evidence", "rules", "texts")
    ]


def test_promises_and_cases_may_be_missing(tmp_path: Path) -> None:
    assert report_of(tiny.write(tmp_path, safety=None, cases=None)) == []


def test_a_missing_folder_is_reported(tmp_path: Path) -> None:
    folder = tmp_path / "nothing"

    assert report_of(folder) == [
        f"{folder}:1:1: missing-file: found no such folder; expected a protocol folder."
    ]


def test_bytes_that_are_no_text_are_reported(tmp_path: Path) -> None:
    tiny.write(tmp_path)
    (tmp_path / "texts.yaml").write_bytes(b"disclaimer: x\nother: \xff\xfe")
    (tmp_path / "guide").mkdir()
    (tmp_path / "guide" / "heat.md").write_bytes(b"# Heat\n\xff")

    assert report_of(tmp_path) == [
        "guide/heat.md:2:1: not-text: found bytes; expected text in UTF-8.",
        "texts.yaml:2:1: not-text: found bytes; expected text in UTF-8.",
    ]


def test_a_file_that_is_too_large_is_reported_with_its_size_and_the_limit(tmp_path: Path) -> None:
    folder = tiny.write(tmp_path, texts=tiny.TEXTS + "# " + "x" * BIGGEST)
    size = (folder / "texts.yaml").stat().st_size

    assert report_of(folder) == [
        f"texts.yaml:1:1: too-large: found {size:,} bytes; expected 1,000,000 at most."
    ]


def test_a_file_that_cannot_be_read_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    tiny.write(tmp_path)
    monkeypatch.setattr(Path, "read_bytes", refuse)

    assert (
        "rules.yaml:1:1: not-text: found a file that cannot be read (Permission denied); "
        "expected text in UTF-8."
    ) in report_of(tmp_path)


def test_a_file_with_almost_the_right_name_is_reported(tmp_path: Path) -> None:
    folder = tiny.write(tmp_path, safty="[]", old="[]", found="", de="", safety=None)
    (folder / "rules.yml").mkdir()

    assert report_of(folder) == [
        "rules.yml:1:1: stray-file: found `rules.yml`, which nothing reads; expected "
        "`rules.yaml`, or a name of its own.",
        "safty.yaml:1:1: stray-file: found `safty.yaml`, which nothing reads; expected "
        "`safety.yaml`, or a name of its own.",
    ]


def leave_behind(folder: Path) -> Path:
    """What file systems and editors leave beside the files that somebody works on."""
    (folder / "guide").mkdir(exist_ok=True)
    (folder / "guide" / "plan.md").write_text("# Plan\n\nA plan.\n")
    for name in ("._rules.yaml", "guide/._plan.md", ".rules.yaml.swp", "rules.yaml~"):
        (folder / name).write_bytes(b"\x00\x05\x16\x07\xff")
    for name in (".#rules.yaml", "guide/.#plan.md"):
        (folder / name).symlink_to("somebody@nowhere.1:1")
    for name in ("de.yaml", "old.yaml"):
        (folder / name).mkdir()
    return folder


def test_what_editors_leave_behind_is_no_part_of_a_protocol(tmp_path: Path) -> None:
    folder = leave_behind(tiny.write(tmp_path))

    protocol = load_protocol(folder)
    kept = read_files(folder)

    assert [page.id for page in protocol.guide] == ["plan"]
    assert kept.keys() == {*FILES, "guide/plan.md"} - {"safety_texts.yaml"}
    assert load_files(kept, version_of(protocol)).guide == protocol.guide


@pytest.mark.parametrize("change", ["bom", "crlf", "cr", "all"])
def test_how_an_editor_ends_lines_does_not_undo_a_sign_off(tmp_path: Path, change: str) -> None:
    folder = leave_behind(tiny.write(tmp_path))
    texts = folder / "texts.yaml"
    texts.write_text(tiny.TEXTS.replace("Call now.", "|\n  Call now.\n  Say where."))
    sign_off(folder, load_protocol(folder), Review("R. Viewer", "nurse", "2026-01-02"))
    mark = b"\xef\xbb\xbf" if change in ("bom", "all") else b""
    end = {"crlf": b"\r\n", "cr": b"\r", "all": b"\r\n"}.get(change, b"\n")

    for path in (folder / "guide" / "plan.md", texts, folder / "questions.yaml"):
        path.write_bytes(mark + path.read_bytes().replace(b"\n", end))

    protocol = load_protocol(folder)
    assert protocol.review is not None
    assert load_files(read_files(folder), version_of(protocol)).guide == protocol.guide


def test_pages_that_were_kept_with_other_line_ends_are_found_under_their_old_name(
    tmp_path: Path,
) -> None:
    """Before line ends were read alike, they were part of the name."""
    page = "# Plan\r\n\r\nA plan.\r\nTwo lines.\r\n"
    folder = leave_behind(tiny.write(tmp_path))
    (folder / "guide" / "plan.md").write_bytes(page.encode())
    old_name = version_of(load_kept(folder))

    assert old_name != version_of(load_protocol(folder))
    kept = {**read_files(folder), "guide/plan.md": page}
    assert load_files(kept, old_name).guide[0].markdown == "A plan.\r\nTwo lines."


def test_an_empty_file_is_reported_alone(tmp_path: Path) -> None:
    assert report_of(tiny.write(tmp_path, questions="# nothing yet\n")) == [
        "questions.yaml:1:1: wrong-type: found nothing; expected a list."
    ]


def test_guide_pages_need_a_title_and_a_plain_name(tmp_path: Path) -> None:
    tiny.write(tmp_path)
    (tmp_path / "guide").mkdir()
    (tmp_path / "guide" / "Hot Packs.md").write_text("# Hot packs")
    (tmp_path / "guide" / "rubs.md").write_text("Rubs are many.")

    assert report_of(tmp_path) == [
        "guide/Hot Packs.md:1:1: bad-id: found `Hot Packs`; expected the name of a guide page.",
        "guide/rubs.md:1:1: bad-value: found `Rubs are many.`; expected `# Title` first.",
    ]


def test_a_fault_in_the_review_is_reported_with_the_others(tmp_path: Path) -> None:
    tiny.write(tmp_path, texts=tiny.TEXTS.replace("disclaimer:", "disclaimr:"), review="[")

    assert [line.split(":")[0] for line in report_of(tmp_path)] == ["review.yaml", "texts.yaml"]


def test_texts_that_are_no_texts_cannot_be_translated(tmp_path: Path) -> None:
    folder = tiny.write(
        tmp_path,
        protocol=f"{tiny.PROTOCOL}languages: [de]",
        de=f"{tiny.GERMAN}question.flag.aks: Was?\n",
    )

    [line] = report_of(folder)

    assert line.startswith(
        "de.yaml:19:1: unknown-text: found `question.flag.aks`; expected the id of a text: "
    )
    assert line.endswith(" Did you mean `question.flag.ask`?")


# all at once, and no more than that


def test_faults_in_several_files_are_all_reported_in_order(tmp_path: Path) -> None:
    folder = tiny.write(
        tmp_path,
        cases="- {id: one, title: One, expected: self_care, answers: {flag: gren}}",
        evidence=tiny.EVIDENCE.replace("T1", "t1"),
        protocol=tiny.PROTOCOL.replace("version:", "verzion:"),
        questions=tiny.QUESTIONS.replace("type: scale", "type: scael").replace("id: c,", "id: C,"),
        recommendations=tiny.RECOMMENDATIONS.replace("[Rest.]", "Rest."),
        rules=tiny.RULES.replace("{signs: none}", "{signs: nothing}").replace("amber}", "ambr}"),
        safety="- {id: one, promise: One., when: {flagg: red}, then: {pressure_at_most: 3}}",
        texts=tiny.TEXTS.replace("Call now.", "on"),
    )

    lines = report_of(folder)
    places = [(one[0], int(one[1]), int(one[2])) for one in (line.split(":") for line in lines)]

    assert places == sorted(places)
    assert {line.split(":")[0] for line in lines} == {f"{name}.yaml" for name in tiny.FILES}


QUESTIONS_BY_FINDING = tiny.QUESTIONS.replace("{signs: a}", "{finding: any_sign}")
ADVICE_BY_FINDING = tiny.RECOMMENDATIONS.replace("[Try.]", "[Try.], requires: {finding: any_sign}")
CASES = "- {id: one, title: One, expected: self_care, answers: {flag: red}, rule: rest}"


@pytest.mark.parametrize(
    "changed",
    [
        {"questions": tiny.QUESTIONS.replace("- id: pain", "\t- id: pain")},
        {"protocol": f"{tiny.PROTOCOL}languages: [de]", "rules": "\t" + tiny.RULES},
        {"protocol": f"{tiny.PROTOCOL}languages: [de]", "recommendations": "\t- id: emergency"},
        {"questions": QUESTIONS_BY_FINDING, "rules": tiny.RULES.replace("    when", "\twhen")},
        {"recommendations": ADVICE_BY_FINDING, "rules": tiny.RULES.replace("    when", "\twhen")},
        {"questions": tiny.QUESTIONS.replace("type: choices", "type: chioces")},
        {"evidence": None},
        {"recommendations": "]"},
        {"texts": "'"},
        {"rules": "{"},
    ],
)
def test_what_follows_from_one_fault_is_not_reported_again(
    tmp_path: Path, changed: dict[str, str | None]
) -> None:
    assert (
        len(report_of(tiny.write(tmp_path, **{"cases": CASES, "de": tiny.GERMAN, **changed}))) == 1
    )


def test_a_report_is_one_line_a_fault(tmp_path: Path) -> None:
    questions = tiny.QUESTIONS.replace("short: Flag", '"sh\\nort\\e[31m": Flag')

    lines = report_of(tiny.write(tmp_path, questions=questions))

    assert any("found `sh\\nort\\x1b[31m`" in line for line in lines)


def test_a_broken_question_is_not_held_against_its_cases(tmp_path: Path) -> None:
    questions = tiny.QUESTIONS.replace("type: scale", "type: scael")
    cases = "- {id: one, title: One, expected: self_care, answers: {pain: 1}}"

    assert len(report_of(tiny.write(tmp_path, questions=questions, cases=cases))) == 1


def test_a_case_that_is_there_twice_is_reported(tmp_path: Path) -> None:
    case = "- {id: one, title: One, expected: self_care, answers: {pain: 1}}\n"

    assert report_of(tiny.write(tmp_path, cases=case + case)) == [
        "cases.yaml:2:8: duplicate-id: found `one` again; expected each id once."
    ]


def test_options_in_order_cannot_be_ticked(tmp_path: Path) -> None:
    questions = tiny.QUESTIONS.replace("none: true", "none: true\n  ordered: true")
    rules = tiny.rules("{signs: {between: [none, a]}}", "{signs: {at_least: none}}")

    lines = report_of(tiny.write(tmp_path, questions=questions, rules=rules))

    assert (
        "questions.yaml:20:3: key-not-for-type: found `ordered` on a choices question; "
        "expected it only on choice." in lines
    )


# whatever is written, there is a protocol or a report


WORDS = """[ { ] } ' " *a # % yes null ~ << --- ... -1 1e9 none not_sure all any count finding
between [none,a] {} []"""
LINES = ["ordered: true", "none: true", "type: areas", "enable_when: {flag: red}"]
JUNK = st.text(max_size=3) | st.sampled_from(
    [*WORDS.split(), *LINES, "- ", ": ", "? ", "| ", "&a ", "!!x ", "\n", "\t", "\x7f", "é"]
)


@st.composite
def mutilated(draw: st.DrawFn) -> dict[str, bytes]:
    """Some of the files, cut, doubled, interrupted by junk."""
    files = {}
    for name in draw(st.lists(st.sampled_from(sorted(tiny.FILES)), min_size=1, max_size=2)):
        text = tiny.FILES[name]
        for _ in range(draw(st.integers(1, 4))):
            start = draw(st.integers(0, len(text)))
            end = min(len(text), start + draw(st.integers(0, 12)))
            kind = draw(st.sampled_from(("replace", "cut", "double", "truncate", "drop line")))
            if kind == "replace":
                text = text[:start] + draw(JUNK) + text[end:]
            elif kind == "cut":
                text = text[:start] + text[end:]
            elif kind == "double":
                text = text[:end] + text[start:]
            elif kind == "truncate":
                text = text[:start]
            else:
                lines = text.split("\n")
                del lines[draw(st.integers(0, len(lines) - 1))]
                text = "\n".join(lines)
        files[name] = text.encode(errors="surrogatepass")
    return files


def loads_or_reports(folder: Path, files: dict[str, bytes]) -> None:
    """Anything but a report fails here; and what loads can decide."""
    tiny.write(folder)
    for name, content in files.items():
        (folder / f"{name}.yaml").write_bytes(content)
    try:
        protocol = load_protocol(folder)
    except BrokenProtocol:
        return
    assert Engine(protocol).decide({}).missing


hostile = settings(
    max_examples=250,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@hostile
@given(files=mutilated())
def test_mutilated_files_load_or_are_reported(tmp_path: Path, files: dict[str, bytes]) -> None:
    loads_or_reports(tmp_path, files)


@settings(hostile, max_examples=100)
@given(name=st.sampled_from(sorted(tiny.FILES)), content=st.binary(max_size=200))
def test_bytes_load_or_are_reported(tmp_path: Path, name: str, content: bytes) -> None:
    loads_or_reports(tmp_path, {name: content})


@pytest.mark.parametrize(
    "content",
    ["[" * 200_000, "- " * 200_000, "? " * 200_000, "{a: " * 200_000, "a: &x [*x]", "[\n" * 99_999],
    ids=lambda content: content[:8],
)
def test_deep_nesting_is_reported(tmp_path: Path, content: str) -> None:
    assert len(report_of(tiny.write(tmp_path, questions=content))) == 1
