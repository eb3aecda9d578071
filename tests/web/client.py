"""A client that inspects every page that it touches, and somebody who walks with it."""

from __future__ import annotations

import gzip
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import cast
from xml.etree.ElementTree import Element

from flask import Flask
from werkzeug.test import TestResponse

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import html5lib

Given = str | Sequence[str]
LOCAL = "http://127.0.0.1:8000"
EVERY_PAGE = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
DISCLAIMER = "This is not a diagnosis."


@dataclass(frozen=True)
class Page:
    """A page as it came: its status, its headers and its tree."""

    response: TestResponse

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def html(self) -> str:
        data = self.response.data
        packed = self.response.headers.get("Content-Encoding") == "gzip"
        return (gzip.decompress(data) if packed else data).decode()

    @property
    def goes_to(self) -> str:
        """Where a redirect leads."""
        assert self.status == 303, f"{self.status}: {self.html[:300]}"
        return self.response.headers["Location"]

    @cached_property
    def tree(self) -> Element:
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        return cast("Element", parser.parse(self.html))

    def all(self, tag: str, **attributes: str) -> list[Element]:
        return [
            one
            for one in self.tree.iter(tag)
            if all(one.get(name.rstrip("_")) == value for name, value in attributes.items())
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} of {tag} {attributes}"
        return found[0]

    @property
    def text(self) -> str:
        """The words of `main`."""
        return text_of(self.one("main"))

    @property
    def heading(self) -> str:
        return text_of(self.one("h1"))

    @property
    def title(self) -> str:
        return text_of(self.one("title"))

    @property
    def token(self) -> str:
        return self.all("input", name="csrf_token")[0].get("value") or ""

    @property
    def inputs(self) -> list[Element]:
        return self.all("input", name="answer")

    @property
    def ticked(self) -> list[str]:
        """The values of what is ticked, or typed."""
        return [
            one.get("value") or ""
            for one in self.inputs
            if "checked" in one.attrib or (one.get("type") not in ("radio", "checkbox"))
        ]

    @property
    def links(self) -> list[str]:
        return [one.get("href") or "" for one in self.all("a")]

    def check(self) -> None:
        """Fail unless this page keeps what every page promises."""
        for name, value in EVERY_PAGE.items():
            assert self.response.headers.get_all(name) == [value], name
        assert "default-src 'none'" in self.response.headers["Content-Security-Policy"]
        assert "unsafe" not in self.response.headers["Content-Security-Policy"]
        assert self.response.headers.get_all("Cache-Control") == ["no-store"]
        self.heading  # noqa: B018  exactly one h1
        assert self.title.strip()
        assert self.one("html").get("lang") == "en"
        assert DISCLAIMER in text_of(self.one("body"))
        numbers = ("112", "999")  # of the site, and of a clinic in the United Kingdom
        assert any(number in text_of(self.one("body")) for number in numbers)
        assert not self.all("script")
        assert not self.all("style")
        self._check_elements()

    def _check_elements(self) -> None:
        ids = [one.get("id") for one in self.tree.iter() if one.get("id")]
        assert len(ids) == len(set(ids)), "an id twice"
        labelled = {one.get("for") for one in self.all("label")}
        inside = {id(child) for label in self.all("label") for child in label.iter("input")}
        for element in self.tree.iter():
            assert "style" not in element.attrib
            assert not [name for name in element.attrib if name.startswith("on")]
            for name in (element.get("aria-describedby") or "").split():
                assert name in ids, f"nothing has the id {name}"
            href = element.get("href") or ""
            if href.startswith("#") and element.tag == "a":
                assert href[1:] in ids, f"{href} leads nowhere"
            if element.tag == "input" and element.get("type") != "hidden":
                assert id(element) in inside or element.get("id") in labelled, "no label"


class Client:
    """A browser of one person, that keeps cookies and looks hard at every page."""

    def __init__(self, app: Flask, base: str = LOCAL) -> None:
        self._client = app.test_client()
        self._base = base

    def get(self, path: str, **headers: str) -> Page:
        """Open a page."""
        return self._look(
            self._client.get(
                path, base_url=self._base, headers=_header_names(headers), buffered=True
            )
        )

    def post(self, path: str, data: Mapping[str, Given] | None = None, **headers: str) -> Page:
        """Send a form."""
        return self._look(
            self._client.post(
                path,
                data=data or {},
                base_url=self._base,
                headers=_header_names(headers),
                buffered=True,
            )
        )

    def answer(self, path: str, *values: str, **headers: str) -> Page:
        """Answer the question on a page as its form would."""
        page = self.get(path)
        assert page.status == 200, f"{path}: {page.status} {page.response.headers}"
        return self.post(path, {"csrf_token": page.token, "answer": list(values)}, **headers)

    def start(self) -> Page:
        """Press the button of the first page."""
        return self.post("/", {"csrf_token": self.get("/").token})

    def start_as(self, value: str) -> Page:
        """Press the button of the first page that says this, or the only one."""
        page = self.get("/")
        named = [(one.get("name"), one.get("value")) for one in page.all("button")]
        chosen = {name: value for name, offered in named if name and offered == value}
        return self.post("/", {"csrf_token": page.token, **chosen})

    def walk(self, given: Mapping[str, Given], start: str | None = None) -> str:
        """Answer every question as given, else with the last answer offered; return the end."""
        path = start or self.start().goes_to
        for _ in range(60):
            if not path.startswith("/questions/"):
                return path
            name = path.removeprefix("/questions/").partition("?")[0]
            values = given.get(name) or self._usual(self.get(path))
            listed = [values] if isinstance(values, str) else list(values)
            path = self.answer(path, *listed).goes_to
        raise AssertionError("the questions never end")

    @property
    def cookies(self) -> dict[str, str]:
        """The cookies that it holds."""
        jar = self._client._cookies or {}
        return {cookie.key: cookie.value for cookie in jar.values()}

    def set_cookie(self, name: str, value: str) -> None:
        """Hold another value."""
        self._client.set_cookie(name, value, domain="127.0.0.1")

    def forget(self) -> None:
        """Lose every cookie."""
        for name in list(self.cookies):
            self._client.delete_cookie(name, domain="127.0.0.1")

    def _usual(self, page: Page) -> list[str]:
        offered = [one.get("value") or "" for one in page.inputs if one.get("type")]
        if not offered or page.inputs[0].get("type") not in ("radio", "checkbox"):
            return ["40"]
        return ["none"] if "none" in offered else [offered[-1]]

    def _look(self, response: TestResponse) -> Page:
        page = Page(response)
        assert page.status != 500, page.html
        if response.mimetype == "text/html" and page.status != 303:
            page.check()
        return page


def body_of(html: bytes) -> Element:
    """Return the body of some other HTML."""
    return next(html5lib.parse(html, namespaceHTMLElements=False).iter("body"))


def text_of(element: Element) -> str:
    """Return the words inside an element."""
    return " ".join("".join(_words(element)).split())


def _words(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag not in ("svg", "title") or element.tag == "head":
            yield from _words(child)
        yield " " + (child.tail or "")


def _header_names(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
