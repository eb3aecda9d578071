"""Certificates with one fault each, and what the verifier says of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

Spoil = Callable[[Path], str]


def a_lemma_that_does_not_follow(certificate: Path) -> str:
    with (certificate / "worse-pain.names").open("a") as names:
        names.write("900000 duration.days\n")
    file = certificate / "worse-pain/0001.drup"
    *head, lemmas = file.read_text().split("\n", 2)
    file.write_text("\n".join([*head, "900000 0", lemmas]))
    return "worse-is-less-urgent pain: lemma 1 does not follow"


def a_shared_lemma_that_does_not_follow(certificate: Path) -> str:
    with (certificate / "worse-pain.names").open("a") as names:
        names.write("900000 duration.days\n")
    with (certificate / "worse-pain.shared").open("a") as shared:
        shared.write("900000 0\n")
    return "worse-is-less-urgent pain: what the part shares cannot be read: "


def a_shared_contradiction(certificate: Path) -> str:
    with (certificate / "interrupts.shared").open("a") as shared:
        shared.write("0\n")
    return "interrupt-taken-back red_flag: what the part shares cannot be read: "


def shared_lemmas_that_are_gone(certificate: Path) -> str:
    (certificate / "one.shared").unlink()
    return "below-floor flag.red: what the part shares cannot be read: "


def a_proof_cut_short(certificate: Path) -> str:
    file = certificate / "worse-pain/0001.drup"
    file.write_text(file.read_text().removesuffix("0\n"))
    return "worse-is-less-urgent pain: it ends before the empty clause"


def a_proof_that_is_gone(certificate: Path) -> str:
    (certificate / "asked/0002.drup").unlink()
    return "sign-not-asked asked: signs.c: its file cannot be read"


def a_line_that_is_no_lemma(certificate: Path) -> str:
    file = certificate / "short/0001.drup"
    file.write_text(file.read_text().replace("\n0\n", "\nnothing\n0\n"))
    return "short-walk-differs questions: its file cannot be read"


def files_of_two_claims_swapped(certificate: Path) -> str:
    one, other = certificate / "one/0002.drup", certificate / "one/0003.drup"
    text = one.read_text()
    one.write_text(other.read_text())
    other.write_text(text)
    return "below-floor flag.red: its file is that of another claim"


def parts_swapped(certificate: Path) -> str:
    (certificate / "worse-flag").rename(certificate / "aside")
    (certificate / "worse-pain").rename(certificate / "worse-flag")
    (certificate / "aside").rename(certificate / "worse-pain")
    return "worse-is-less-urgent pain: its file is that of another claim"


def a_variable_under_two_names(certificate: Path) -> str:
    (certificate / "one.names").write_text("7 flag.red\n7 flag.amber\n")
    return "no-rule-decides rules: what the part shares cannot be read: "


def a_variable_that_there_is_not(certificate: Path) -> str:
    (certificate / "one.names").write_text("7 flag.blue\n")
    return "no-rule-decides rules: what the part shares cannot be read: "


def a_claim_that_is_not_named(certificate: Path) -> str:
    def drop(claims: list[list[str]]) -> None:
        claims.remove(["below-floor", "flag.red"])

    _change_claims(certificate, drop)
    return "below-floor flag.red: the certificate does not name it"


def a_claim_too_many(certificate: Path) -> str:
    _change_claims(certificate, lambda claims: claims.append(["below-floor", "flag.absent"]))
    return "below-floor flag.absent: not checked: the protocol makes no such claim"


def _change_claims(certificate: Path, change: Callable[[list[list[str]]], None]) -> None:
    file = certificate / "certificate.json"
    about = json.loads(file.read_text())
    change(about["claims"])
    file.write_text(json.dumps(about))


def _change_witness(certificate: Path, code: str, subject: str, **answers: object) -> str:
    """Change the last answer set that shows something."""
    file = certificate / "witnesses.json"
    every = json.loads(file.read_text())
    [one] = [each for each in every if (each["code"], each["subject"]) == (code, subject)]
    one["answers"][-1] = {
        name: answer
        for name, answer in {**one["answers"][-1], **answers}.items()
        if answer is not None
    }
    file.write_text(json.dumps(every))
    return f"{code} {subject}: "


def answers_that_do_not_show_it(certificate: Path) -> str:
    said = _change_witness(certificate, "rule-never-fires", "red_flag", flag="amber")
    return f"{said}the answers do not show it"


def answers_that_nobody_can_give(certificate: Path) -> str:
    return _change_witness(certificate, "rule-never-fires", "rest", signs=["none", "a"])


def an_answer_left_out(certificate: Path) -> str:
    return _change_witness(certificate, "rule-never-fires", "red_flag", pain=None)


def two_answers_to_a_choice(certificate: Path) -> str:
    return _change_witness(certificate, "rule-never-fires", "red_flag", flag=["red", "amber"])


def an_answer_that_is_not_offered(certificate: Path) -> str:
    return _change_witness(certificate, "rule-never-fires", "red_flag", duration="years")


def another_question_answered_otherwise(certificate: Path) -> str:
    file = certificate / "witnesses.json"
    [one] = [each for each in json.loads(file.read_text()) if each["subject"] == "flag.red"]
    other = "days" if one["answers"][1]["duration"] != "days" else "weeks"
    return _change_witness(certificate, "option-never-matters", "flag.red", duration=other)


def witnesses_that_are_gone(certificate: Path) -> str:
    (certificate / "witnesses.json").write_text("[]")
    return "rule-never-fires red_flag: no answers show it"


SPOILT: list[Spoil] = [
    a_lemma_that_does_not_follow,
    a_shared_lemma_that_does_not_follow,
    a_shared_contradiction,
    shared_lemmas_that_are_gone,
    a_proof_cut_short,
    a_proof_that_is_gone,
    a_line_that_is_no_lemma,
    files_of_two_claims_swapped,
    parts_swapped,
    a_variable_under_two_names,
    a_variable_that_there_is_not,
    a_claim_that_is_not_named,
    a_claim_too_many,
    answers_that_do_not_show_it,
    answers_that_nobody_can_give,
    an_answer_left_out,
    two_answers_to_a_choice,
    an_answer_that_is_not_offered,
    another_question_answered_otherwise,
    witnesses_that_are_gone,
]
