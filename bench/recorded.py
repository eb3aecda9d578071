"""Walks once from start to result as a careful browser does, and records what it asks for.

It looks at every page for the files that it loads, and keeps them as their headers allow: a file
is fetched once a walk. What is recorded is sent again by `bench.herd`, with cookies and tokens of
its own.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from urllib.parse import urlencode

from bench.load import Answer, Request, WrongAnswer
from bench.typical import Typed
from bench.walker import BROWSER, MOST_STEPS

TOKEN = "csrf_token"  # noqa: S105  the name of a field
ENDS = ("/result", "/check")
"""Where a walk leads when nothing is left to ask; the check page has a link to the result."""

Send = Callable[[Request], Answer]


@dataclass(frozen=True, slots=True)
class Step:
    """One request of a walk, and what must come of it: a status, and where it leads.

    `fields` is the body of its form without the token; None where nothing is sent.
    """

    path: str
    fields: str | None
    status: int
    leads_to: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A walk, page by page: what is asked for from one press until all of the next page is there.

    `size` is how many bytes its answers have, heads and all.
    """

    pages: tuple[tuple[Step, ...], ...]
    size: int

    @property
    def requests(self) -> int:
        return sum(map(len, self.pages))


@dataclass(slots=True)
class _Browser:
    """Cookies, and the files that are kept."""

    url: str
    send: Send
    cookie: str = ""
    size: int = 0
    kept: set[str] = field(default_factory=set)

    def get(self, path: str) -> tuple[list[Step], _Page]:
        """Fetch a page and each file on it that is not kept."""
        answer = self._exchange(Request(f"{self.url}{path}", "GET", self._headers))
        if answer.status != 200:
            raise WrongAnswer(f"GET {path}: {answer.status}")
        page = _Page()
        page.feed(_text(answer))
        steps = [Step(path, None, 200)]
        for file in [file for file in page.files if file not in self.kept]:
            found = self._exchange(Request(f"{self.url}{file}", "GET", self._headers))
            steps.append(Step(file, None, found.status))
            if re.search(r"max-age=[1-9]", found.header("Cache-Control")):
                self.kept.add(file)
        return steps, page

    def post(self, path: str, token: str, fields: list[tuple[str, str]]) -> Step:
        """Send a form, and return the step; it has to lead on."""
        headers = {**self._headers, "Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode([(TOKEN, token), *fields])
        answer = self._exchange(Request(f"{self.url}{path}", "POST", headers, body))
        if answer.status != 303:
            raise WrongAnswer(f"POST {path}: {answer.status}, not 303")
        self.cookie = answer.header("Set-Cookie").partition(";")[0] or self.cookie
        return Step(path, urlencode(fields), 303, answer.header("Location"))

    def _exchange(self, request: Request) -> Answer:
        answer = self.send(request)
        self.size += answer.size
        return answer

    @property
    def _headers(self) -> Mapping[str, str]:
        return {
            **BROWSER,
            "Connection": "close",
            **({"Cookie": self.cookie} if self.cookie else {}),
        }


def record(url: str, typed: Typed, send: Send) -> Recorded:
    """Walk from the first page to the result with these answers.

    Raises WrongAnswer where a page is not as a walk needs it.
    """
    browser = _Browser(url.rstrip("/"), send)
    steps, page = browser.get("/")
    pages = [tuple(steps)]
    path, fields = "/", page.start(typed)
    while len(pages) < MOST_STEPS:
        pressed = browser.post(path, page.token, fields)
        path = pressed.leads_to
        steps, page = browser.get(path)
        pages.append((pressed, *steps))
        if path in ENDS:
            return Recorded((*pages, *_the_result(browser, path)), browser.size)
        fields = [("answer", value) for value in typed[path.removeprefix("/questions/")]]
    raise WrongAnswer("the questions never end")


def _the_result(browser: _Browser, path: str) -> tuple[tuple[Step, ...], ...]:
    return () if path == "/result" else (tuple(browser.get("/result")[0]),)


class _Page(HTMLParser):
    """What a browser needs of a page: its files, its token, its buttons that start."""

    def __init__(self) -> None:
        super().__init__()
        self.token = ""
        self.files: list[str] = []
        self._buttons: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "input" and given.get("name") == TOKEN:
            self.token = given["value"]
        elif tag == "button" and given.get("name"):
            self._buttons.append((given["name"], given["value"]))
        elif tag == "link" and given.get("rel") in ("stylesheet", "icon"):
            self.files.append(given["href"])
        elif tag in ("script", "img") and given.get("src"):
            self.files.append(given["src"])

    def start(self, typed: Typed) -> list[tuple[str, str]]:
        """The button that this person presses on the first page."""
        return [(name, value) for name, value in self._buttons if value in typed.get(name, ())][:1]


def _text(answer: Answer) -> str:
    packed = answer.header("Content-Encoding") == "gzip"
    return (gzip.decompress(answer.body) if packed else answer.body).decode()


def shorter(walk: Recorded, pages: int) -> Recorded:
    """Return the beginning of a walk: somebody who is still on the way."""
    return replace(walk, pages=walk.pages[:pages])
