"""Doing what is due until nothing is left, shared by mails and webhooks.

They differ in what a claim means. A mail is taken out of the queue before it is sent, and so goes
out at most once; a webhook is put down to be sent again before it is sent, and so at least once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from typing import Protocol, TypeVar

AT_ONCE = 50
"""How many are looked up together."""

Stop = Callable[[], bool]


class _Due(Protocol):
    @property
    def id(self) -> Hashable: ...


_One = TypeVar("_One", bound=_Due)
_End = TypeVar("_End", bound=Hashable)


def drain(
    due: Callable[[], Sequence[_One]], tried: Callable[[_One], _End], stop: Stop
) -> Counter[_End]:
    """Try each of what is `due` once, until `stop`; return how many came to what.

    One at which we fail keeps none of the others waiting.
    """
    done: Counter[_End] = Counter()
    seen: set[Hashable] = set()
    while found := [one for one in due() if one.id not in seen]:
        for one in found:
            if stop():
                return done
            seen.add(one.id)
            done[tried(one)] += 1
    return done
