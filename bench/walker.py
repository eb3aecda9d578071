"""Walks the questions as a browser without JavaScript does, to reach a page in their middle."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from urllib.parse import urlencode

from bench.load import Answer, Request, WrongAnswer, send

BROWSER = {
    "User-Agent": "Mozilla/5.0 (Android 16; Mobile; rv:145.0) Gecko/145.0 Firefox/145.0",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "en-GB,en;q=0.5",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Sec-Fetch-Site": "same-origin",
}
MOST_STEPS = 60


@dataclass(frozen=True, slots=True)
class Middle:
    """Half-way through: the page to answer now, its answer, and the page answered before."""

    page: Request
    answer: Request
    answered_page: Request


def middle(url: str) -> Middle:
    """Walk once to count the questions, and once more half of the way."""
    count = len(_Walk(url).all_the_way())
    walk = _Walk(url)
    for _ in range(count // 2):
        walk.step()
    return Middle(walk.page(walk.path), walk.answer(), walk.page(walk.before))


class _Walk:
    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._cookie = ""
        self.before = ""
        self.path = "/"
        self._go(self._post("/", {}))

    def all_the_way(self) -> list[str]:
        """Answer until nothing is asked any more; return the pages that asked."""
        paths = []
        while self.path.startswith("/questions/"):
            paths.append(self.path)
            if len(paths) > MOST_STEPS:
                raise WrongAnswer("the questions never end")
            self.step()
        return paths

    def step(self) -> None:
        """Answer the question at hand and follow."""
        self._go(self.answer())

    def page(self, path: str) -> Request:
        cookie = {"Cookie": self._cookie} if self._cookie else {}
        return Request(f"{self._url}{path}", "GET", {**BROWSER, **cookie})

    def answer(self) -> Request:
        """The request that answers the question at hand, as somebody who is well would."""
        shown = send(self.page(self.path))
        if shown.status != 200:
            raise WrongAnswer(f"{self.path}: {shown.status}")
        form = _Form()
        form.feed(_text(shown))
        return self._post(self.path, {"csrf_token": form.token, "answer": form.ordinary})

    def _post(self, path: str, fields: dict[str, str]) -> Request:
        request = self.page(path)
        headers = {**request.headers, "Content-Type": "application/x-www-form-urlencoded"}
        return replace(request, method="POST", headers=headers, body=urlencode(fields))

    def _go(self, request: Request) -> None:
        answer = send(request)
        if answer.status != 303:
            raise WrongAnswer(f"POST {request.url}: {answer.status}, not 303")
        self._cookie = answer.header("Set-Cookie").partition(";")[0] or self._cookie
        self.before, self.path = self.path, answer.header("Location")


class _Form(HTMLParser):
    """What a question page offers: "None of these", a number in the middle, else the last."""

    def __init__(self) -> None:
        super().__init__()
        self.token = ""
        self._values: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("name") == "csrf_token":
            self.token = given.get("value") or ""
        elif tag == "input" and given.get("name") == "answer":
            self._values.append(given.get("value") or "40")

    @property
    def ordinary(self) -> str:
        if "none" in self._values:
            return "none"
        sure = [value for value in self._values if value != "not_sure"]
        return "4" if "10" in sure else sure[-1]


def _text(answer: Answer) -> str:
    packed = answer.header("Content-Encoding") == "gzip"
    return (gzip.decompress(answer.body) if packed else answer.body).decode()
