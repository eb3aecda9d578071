"""Where a tick ended the questions, by the definition alone."""

from __future__ import annotations

from assessment.engine.answers import Answers
from assessment.engine.decision import Engine
from assessment.engine.questions import NONE, NOT_SURE


def cut_short_at(engine: Engine, answers: Answers) -> str | None:
    """Return the list on which the first emergency was told, or the last answer was given.

    Private and optional answers end nothing. The last answer counts where nothing that is left out
    after it matters.
    """
    question, private = engine.protocol.question, engine.protocol.private
    on_the_way = [
        name
        for name in engine.asked(answers)
        if not question[name].optional and name not in private
    ]
    given = [name for name in on_the_way if name in answers]
    so_far = [{name: answers[name] for name in given[: end + 1]} for end in range(len(given))]
    ended = [name for name, each in zip(given, so_far, strict=True) if engine.is_emergency(each)]
    if given[-1:] != on_the_way[-1:] and not set(engine.missing(answers)) - private:
        ended += given[-1:]
    if not ended:
        return None
    answer = answers[ended[0]]
    is_ticked = isinstance(answer, frozenset) and not answer & {NONE, NOT_SURE}
    return ended[0] if is_ticked else None
