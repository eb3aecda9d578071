"""A text before and after, whole, with the words that differ marked.

The marks are plain characters, which a terminal, a mail and Markdown all show as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

GONE = "[-", "-]"
NEW = "{+", "+}"
ONLY_SPACES = "(only spaces or line ends differ)"


def marked(before: str, after: str) -> tuple[str, str]:
    """Return both, each as one line, with the words that only one of them has marked."""
    old, new = before.split(), after.split()
    left: list[str] = []
    right: list[str] = []
    for same, gone, came in _aligned(old, new):
        left += gone if same else _between(GONE, gone)
        right += came if same else _between(NEW, came)
    return " ".join(left), " ".join(right)


def side_by_side(before: str | None, after: str | None) -> Iterator[str]:
    """Yield the lines that show both whole, one under the other; None is no text at all.

    Of several lines or paragraphs, those that are the same stand once, as `both`.
    """
    if before is None or after is None:
        yield from _block("old", before)
        yield from _block("new", after)
        return
    if before == after:
        yield from _block("same", after)
        return
    if before.split() == after.split():
        yield from _block("both", after)
        yield f"{'':6}{ONLY_SPACES}"
        return
    for same, gone, came in _aligned(_lines(before), _lines(after)):
        if same:
            yield from _block("both", "\n".join(came))
            continue
        pairs = zip(gone, came, strict=True) if len(gone) == len(came) else [_joined(gone, came)]
        for one, other in pairs:
            left, right = marked(one, other)
            yield from _block("old", left)
            yield from _block("new", right)


def _block(name: str, text: str | None) -> Iterator[str]:
    if text is None:
        yield f"{name + ':':6}(nothing)"
        return
    for place, line in enumerate(_lines(text)):
        yield f"{name + ':' if place == 0 else '':6}{line}"


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def _joined(gone: Sequence[str], came: Sequence[str]) -> tuple[str, str]:
    return " ".join(gone), " ".join(came)


def _between(marks: tuple[str, str], words: Sequence[str]) -> list[str]:
    return [f"{marks[0]}{' '.join(words)}{marks[1]}"] if words else []


def _aligned(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[bool, list[str], list[str]]]:
    """Yield runs of what is the same in both, and of what is not."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for how, start, end, begin, stop in matcher.get_opcodes():
        yield how == "equal", list(old[start:end]), list(new[begin:stop])
