"""A whole walk at once: each question is asked of a function instead of a person.

The pages ask where somebody is before each question, and work everything out anew. Who walks ten
thousand times, to count or to compare, asks once: the walk is one printed function, which reads the
answers in the order of the questions. Here reading an answer is what asks for it.
"""

from __future__ import annotations

from collections.abc import Callable, Container

from assessment.engine.answers import Answer, Answers


class WalkEnded(Exception):
    """An emergency has ended the walk."""


class Walking:
    """Answers that are asked for when they are read, but where the question is settled.

    `given` are those that were asked for so far, those that were there already among them.
    """

    def __init__(
        self,
        given: Answers,
        ask: Callable[[str], Answer],
        optional: Container[str],
        is_emergency: Callable[[Answers], bool],
    ) -> None:
        self.given = dict(given)
        self.settled = False
        """Whether the question that is read next can no longer matter."""
        self._ask = ask
        self._optional = optional
        self._is_emergency = is_emergency

    def get(self, name: str, unanswered: Answer) -> Answer:
        """Return the answer to a question that is asked now.

        Raises WalkEnded when it is an emergency.
        """
        if name not in self.given and not (self.settled or name in self._optional):
            self.given[name] = self._ask(name)
            if self._is_emergency(self.given):
                raise WalkEnded
        return self.given.get(name, unanswered)

    def __contains__(self, name: str) -> bool:
        return name in self.given
