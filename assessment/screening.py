"""What a person who answers can do: answer, see where they are, get a decision."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace

from assessment.engine.answers import (
    Answer,
    AnswerProblem,
    Answers,
    all_to_json,
    is_unsure,
    parse,
)
from assessment.engine.changes import Change, would_change
from assessment.engine.conditions import every_test
from assessment.engine.decision import Decision, Engine
from assessment.engine.firing import NotedPrecaution
from assessment.engine.protocol import Protocol, Support
from assessment.engine.questions import Question, Safety
from assessment.engine.signs import Signs, cut_short, tells_a_sign
from assessment.engine.words import answer_in_words, because_in_words

AFTER_VISIT = "after_massage"
"""The protocol that is asked some days after a visit, by a link of its own."""
WORDS_A_MINUTE = 238
"""Silent reading of plain texts (Brysbaert 2019, Journal of Memory and Language 109:104047)."""

SECONDS_A_SCREEN = 4
"""What choosing and pressing is taken as."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a person is: a fold of their answers over the questions, never stored.

    `question` is the first one that is asked, unanswered and not settled; there is none when
    nothing is left to ask or when an emergency has ended the questions. `asked` are those on the
    path that have an answer, and `question`; `answered` are those of them that have one, without
    what the start page or the result asks. `look_over`: there is a result that is no emergency, and
    something in the answers is worth a second look before it.
    """

    question: Question | None
    emergency: bool
    asked: tuple[str, ...]
    answered: tuple[str, ...]
    look_over: bool


@dataclass(frozen=True, slots=True)
class Why:
    """The reasons of a decision, in the order of the questions.

    `private` ones rest on private answers and are for the person's own eyes.
    """

    reasons: tuple[str, ...]
    private: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What one answer tells: phrases that complete "you said you have ..." and "... have not"."""

    question: Question
    have: tuple[str, ...]
    have_not: tuple[str, ...]


class Screening:
    """The self-assessment over one protocol. Nothing here is stored or changed."""

    def __init__(self, protocol: Protocol) -> None:
        self.protocol = protocol
        self.engine = Engine(protocol)
        self._findings = {finding.id: finding.when for finding in protocol.findings}
        self._signs = Signs(protocol)
        self._optional = frozenset(one.id for one in protocol.questions if one.optional)
        self.engine.decide({})  # makes ready what shortens a walk, before the first person waits

    @property
    def is_after_visit(self) -> bool:
        """Whether this asks what happened since a visit, and not before one."""
        return self.protocol.id == AFTER_VISIT

    def restore(self, stored: Mapping[str, object]) -> dict[str, Answer]:
        """Return those stored answers that this protocol still understands.

        The others are asked again: the protocol may have changed since they were given.
        """
        answers: dict[str, Answer] = {}
        questions = self.protocol.question
        for question_id, raw in stored.items():
            question = questions.get(question_id)
            if question is None:
                continue
            try:
                answers[question_id] = parse(question, raw)
            except AnswerProblem:
                continue
        return answers

    def reopen(self, stored: Mapping[str, object]) -> dict[str, Answer]:
        """Return what `store` gave for exactly this protocol, without looking at it again."""
        return reopened(stored)

    def store(self, answers: Answers) -> Mapping[str, object]:
        """Return the answers as JSON values that `restore` takes."""
        return all_to_json(answers, self.protocol.question)

    def answer(self, answers: Answers, question_id: str, raw: object) -> dict[str, Answer]:
        """Return the answers with this one given or replaced.

        Raises AnswerProblem when `raw` is no answer to the question, KeyError when there is no
        such question.
        """
        return {**answers, question_id: parse(self.protocol.question[question_id], raw)}

    def position(self, answers: Answers) -> Position:
        """Return where these answers lead."""
        emergency = self.engine.is_emergency(answers)
        now = None if emergency else self.engine.next_question(answers)
        asked = [name for name in self.engine.asked(answers) if name in answers or name == now]
        question = None if now is None else self.protocol.question[now]
        look_over = question is None and not emergency and self._is_worth_a_look(asked, answers)
        answered = [name for name in asked if name in answers and name not in self._optional]
        return Position(question, emergency, tuple(asked), tuple(answered), look_over)

    def minutes(self) -> int:
        """Return about how long it takes: what the protocol says, or what it would say.

        A protocol with a population says the median that was counted for it; for any other the
        questions are counted that are always asked.
        """
        if self.protocol.minutes is not None:
            return self.protocol.minutes
        questions = self.protocol.questions
        asked = [one for one in questions if one.enable_when is None and not one.optional]
        words = sum(len(text.split()) for question in asked for text in question.read_words())
        return max(1, round(words / WORDS_A_MINUTE + len(asked) * SECONDS_A_SCREEN / 60))

    def decide(self, answers: Answers) -> Decision:
        """Return the decision on these answers."""
        return self.engine.decide(answers)

    def why(self, answers: Answers, decision: Decision, *, invited: bool = False) -> Why:
        """Return the reasons of the rules that gave the recommendation, each once.

        `invited`: they are for somebody who answers a clinic's link.
        """
        carer = self.engine.is_carer(answers)
        order = {name: place for place, name in enumerate(self.protocol.question)}
        winning = sorted(
            decision.winning,
            key=lambda fired: min((order[name] for name in fired.answers), default=len(order)),
        )
        reasons, private = (
            tuple(
                dict.fromkeys(
                    because_in_words(fired, self.protocol, carer=carer, invited=invited)
                    for fired in winning
                    if fired.private is hidden
                )
            )
            for hidden in (False, True)
        )
        return Why(reasons, private)

    def precautions(self, decision: Decision) -> tuple[NotedPrecaution, ...]:
        """Return what a therapist may read: precautions that rest on no private answer."""
        return tuple(noted for noted in decision.precautions if not noted.private)

    def last_cause(self, answers: Answers, decision: Decision) -> Question | None:
        """Return the last question whose answer led to the decision; None when none did."""
        causes = {name for fired in decision.winning for name in fired.answers}
        return self._last_asked(answers, causes)

    def offered(self, answers: Answers) -> tuple[Question, ...]:
        """Return the optional questions that a person may still answer."""
        return tuple(self.protocol.question[name] for name in self.engine.offered(answers))

    def asks_for(self, support: Support, answers: Answers) -> Question | None:
        """Return the last question whose answer calls for this support; None when none does."""
        named = {test.question for test in every_test(support.when, self._findings)}
        return self._last_asked(answers, named)

    def without_private(self, answers: Answers) -> dict[str, Answer]:
        """Return the answers that somebody else may see."""
        return {name: one for name, one in answers.items() if name not in self.protocol.private}

    def seen_emergency(self, answers: Answers) -> bool:
        """Whether they are an emergency by what somebody else may see."""
        return self.engine.is_emergency(self.without_private(answers))

    def not_asked(self, answers: Answers) -> dict[Safety, tuple[str, ...]]:
        """Return the signs on questions that this walk did not show, by what they call for.

        Those of the places where it hurts come first. Nothing private is among them: the list
        would tell who answered it.
        """
        shown = {name: answers[name] for name in self.engine.asked(answers) if name in answers}
        return self._signs.not_asked(shown, carer=self.engine.is_carer(answers))

    def would_change(self, answers: Answers, decision: Decision) -> tuple[Change, ...]:
        """Return the single changes that would make the advice more urgent."""
        return would_change(self.engine, answers, decision)

    def said(self, answers: Answers) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return what completes "you said you have" and "you said you do not have".

        Of what they do not have only signs that count alone are told, for the rest says little.
        Private questions are left out, and so is what the person was not sure of. Nothing is denied
        on a list whose tick ended the questions.
        """
        said = self.said_of(answers)
        return (
            tuple(words for one in said for words in one.have),
            tuple(words for one in said for words in one.have_not),
        )

    def said_of(self, answers: Answers) -> tuple[Said, ...]:
        """Return the same, question by question."""
        carer = self.engine.is_carer(answers)
        ended = cut_short(self.engine, answers)
        told = []
        for question_id in self.engine.asked(answers):
            question = self.protocol.question[question_id]
            answer = answers.get(question_id)
            private = question_id in self.protocol.private
            if not (private or answer is None or isinstance(answer, int)):
                said = _said(question, answer, carer=carer)
                told.append(replace(said, have_not=()) if question_id == ended else said)
        return tuple(told)

    def in_words(self, question: Question, answer: Answer, *, carer: bool) -> tuple[str, ...]:
        """Return the answer as the person sees it, one phrase for each thing ticked."""
        return answer_in_words(question, answer, carer=carer)

    def _last_asked(self, answers: Answers, among: Container[str]) -> Question | None:
        """Return the last of these questions that is asked on a page of its own, if any is."""
        start = self.protocol.start_asks
        path = [name for name in self.engine.asked(answers) if name in among and name != start]
        return self.protocol.question[path[-1]] if path else None

    def _is_worth_a_look(self, asked: Iterable[str], answers: Answers) -> bool:
        """Whether something is not sure, or a sign is ticked."""
        questions = self.protocol.question
        return any(
            is_unsure(answers[name]) or tells_a_sign(questions[name], answers[name])
            for name in asked
            if name in answers
        )


def reopened(stored: Mapping[str, object]) -> dict[str, Answer]:
    """Return answers as they were before they were stored, under whatever protocol."""
    return {
        name: frozenset(value) if isinstance(value, list) else value  # type: ignore[misc]  # `store` made it
        for name, value in stored.items()
    }


def _said(question: Question, answer: str | frozenset[str], *, carer: bool) -> Said:
    unsure = is_unsure(answer)
    have: list[str] = []
    have_not: list[str] = []
    for option in question.options:
        if option.says is None:
            continue
        if option.id == answer or (isinstance(answer, frozenset) and option.id in answer):
            have.append(option.says.to(carer=carer))
        elif option.safety is not None and not unsure:
            have_not.append(option.says.to(carer=carer))
    return Said(question, tuple(have), tuple(have_not))
