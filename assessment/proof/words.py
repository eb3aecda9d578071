"""A proof in words for a person, and as JSON for a machine."""

from __future__ import annotations

from collections.abc import Iterator

from assessment.engine.answers import Answer, Answers, all_to_json
from assessment.engine.decision import Decision
from assessment.engine.promised import no_emergency_promised, nothing_promised
from assessment.engine.protocol import Protocol
from assessment.engine.questions import AGE, Question
from assessment.engine.questions import Kind as QuestionKind
from assessment.engine.words import answer_in_words
from assessment.proof.domains import calm
from assessment.proof.report import Failure, Kind, Report, Witness

Json = dict[str, object]

WHAT = {
    Kind.TOTAL: "At least one rule always decides",
    Kind.FLOORS: "A safety tag gives at least its tier, whatever else is answered",
    Kind.MONOTONE: "A worse answer never lowers the urgency, nor raises the pressure",
    Kind.PROMISES: "The promises of safety.yaml",
    Kind.ASKED: "Every sign is asked where safety.yaml says so",
    Kind.CONFIRMED: "No care that is due today depends only on confirmed answers",
    Kind.INTERRUPTS: "An emergency ends the questions at once, and stays one",
    Kind.DEAD: "Every rule, question, option, finding and recommendation can matter",
    Kind.SHORT: "Leaving settled questions out changes nothing that counts",
    Kind.CASES: "Every case gets what it expects",
}
"""What each kind of check says, for a table."""
NOTHING_PROMISED = (
    "Nothing was promised: no safety tag and no promise asks for medical care, so none is proven. "
    "docs/proof.md says what to do."
)
NO_EMERGENCY_PROMISED = (
    "No emergency is promised: no safety tag and no promise asks for emergency care, so none is "
    "proven to lead to it. docs/proof.md says what to do."
)


def reach_in_words(protocol: Protocol) -> Iterator[str]:
    """Yield the gravest kind of care that nothing promises, if there is one."""
    if nothing_promised(protocol):
        yield NOTHING_PROMISED
    elif no_emergency_promised(protocol):
        yield NO_EMERGENCY_PROMISED


def failure_in_words(protocol: Protocol, failure: Failure) -> Iterator[str]:
    """Yield the lines that explain one failure, with its answers where it has some."""
    yield f"{failure.code} {failure.subject}: {failure.says}"
    if failure.witness is not None:
        yield from _witness(protocol, failure.witness)
    if failure.witness is not None and failure.worse is not None:
        yield "  With one worse answer:"
        before = failure.witness.answers
        yield from answers_in_words(
            protocol, {k: v for k, v in failure.worse.answers.items() if before.get(k) != v}
        )
        gone = [
            protocol.question[name].short.text for name in before.keys() - failure.worse.answers
        ]
        if gone:
            yield f"    no longer asked: {'; '.join(sorted(gone))}"
        yield f"  the decision is {decision_in_words(failure.worse.decision)}."
    if failure.witness is not None and failure.short is not None:
        left_out = failure.witness.answers.keys() - failure.short.answers.keys()
        names = [protocol.question[name].short.text for name in left_out]
        yield f"  With these left out: {'; '.join(sorted(names))}"
        yield f"  the decision is {decision_in_words(failure.short.decision)}."


def report_json(protocol: Protocol, report: Report) -> Json:
    """Return the report as `assessment prove --json` prints it."""
    few, most = report.questions_asked or (None, None)
    return {
        "protocol": protocol_json(protocol),
        "proven": report.proven,
        "seconds": round(report.seconds, 6),
        "fewest_questions": few,
        "most_questions": most,
        "checks": [
            {
                "kind": one.kind.value,
                "says": WHAT[one.kind],
                "count": one.count,
                "seconds": round(one.seconds, 6),
                "failed": len(one.failures),
            }
            for one in report.checked
        ],
        "failures": [failure_json(protocol, failure) for failure in report.failures],
    }


def failure_json(protocol: Protocol, failure: Failure) -> Json:
    """Return one failure with its answers."""
    return {
        "code": failure.code.value,
        "subject": failure.subject,
        "says": failure.says,
        "witness": witness_json(protocol, failure.witness),
        "worse": witness_json(protocol, failure.worse),
        "short": witness_json(protocol, failure.short),
    }


def protocol_json(protocol: Protocol) -> Json:
    """Return which protocol, in which version, something was proven of."""
    return {
        "id": protocol.id,
        "version": protocol.version,
        "rules": protocol.rules_hash,
        "wording": protocol.wording_hash,
    }


def witness_json(protocol: Protocol, witness: Witness | None) -> Json | None:
    """Return answers with what is decided on them."""
    if witness is None:
        return None
    decision = witness.decision
    return {
        "answers": all_to_json(witness.answers, protocol.question),
        "recommendation": decision.recommend.id,
        "fail_safe": decision.fail_safe,
        "rules": [fired.rule.id for fired in decision.fired],
    }


def answers_in_words(protocol: Protocol, answers: Answers) -> Iterator[str]:
    """Yield each answer as a line."""
    for name, answer in answers.items():
        question = protocol.question[name]
        yield f"    {question.short.text}: {'; '.join(answer_in_words(question, answer))}"


def out_of_the_ordinary(protocol: Protocol, answers: Answers) -> Answers:
    """Return who it is, where it hurts, and the answers that are not calm ones."""
    return {
        name: answer
        for name, answer in answers.items()
        if _tells_who(protocol.question[name]) or not _is_calm(protocol.question[name], answer)
    }


def decision_in_words(decision: Decision) -> str:
    """Return the decision and the rules that made it, as a phrase."""
    if decision.fail_safe:
        return f"{decision.recommend.id}, by the fail-safe alone"
    rules = [
        f"{fired.rule.id}{' (not sure)' if fired.unsure else ''}" for fired in decision.winning
    ]
    return f"{decision.recommend.id}, by {', '.join(rules)}"


def _witness(protocol: Protocol, witness: Witness) -> Iterator[str]:
    shown = out_of_the_ordinary(protocol, witness.answers)
    yield "  With these answers:" if shown else "  With nothing out of the ordinary:"
    yield from answers_in_words(protocol, shown)
    if shown and len(shown) < len(witness.answers):
        yield "    and nothing out of the ordinary elsewhere"
    yield f"  the decision is {decision_in_words(witness.decision)}."


def _tells_who(question: Question) -> bool:
    return question.id == AGE or question.kind is QuestionKind.AREAS


def _is_calm(question: Question, answer: Answer) -> bool:
    usual = calm(question)
    return usual is not None and answer in (usual, frozenset({usual}))
