"""A browser as small as can be: cookies, forms, and a memory of all that it was sent."""

from __future__ import annotations

import http.client
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode

TIMEOUT = 30.0
Filled = dict[str, list[str]]
"""A form as it is sent."""


class Cut(Exception):
    """The line went dead. `sent` says whether the whole request had left."""

    def __init__(self, *, sent: bool) -> None:
        super().__init__(f"sent: {sent}")
        self.sent = sent


@dataclass
class Form:
    """A form as it came: every field with its values, and what each control is."""

    action: str
    method: str = "get"
    values: dict[str, list[str]] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    offered: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def filled(self, **typed: str | Sequence[str]) -> Filled:
        """Return what is sent when these fields are filled in."""
        unknown = set(typed) - set(self.kinds)
        assert not unknown, f"{self.action}: no field {unknown} among {set(self.kinds)}"
        given = {name: [one] if isinstance(one, str) else [*one] for name, one in typed.items()}
        return {**self.values, **given}


class _Forms(HTMLParser):
    """Reads the forms of a page."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._path = path
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "form":
            method = named.get("method", "get").lower()
            self.forms.append(Form(named.get("action") or self._path, method))
        name = named.get("name")
        if not self.forms or not name:
            return
        form = self.forms[-1]
        kind = named.get("type", "text") if tag == "input" else tag
        if tag == "button":
            form.buttons.append((name, named.get("value", "")))
            return
        if kind in ("radio", "checkbox"):
            value = named.get("value", "on")
            form.kinds[name] = kind
            form.offered.setdefault(name, []).append(value)
            if "checked" in named:
                form.values.setdefault(name, []).append(value)
        elif tag == "textarea":
            form.kinds[name] = kind
            form.values[name] = [""]
            self._area = name
        elif tag in ("input", "select"):
            form.kinds.setdefault(name, kind)
            form.values.setdefault(name, []).append(named.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            # A browser leaves out the line end that stands first in a text area.
            before = self.forms[-1].values[self._area][0]
            self.forms[-1].values[self._area] = [before + (data if before else data.lstrip("\n"))]


@dataclass(frozen=True)
class Reply:
    """What came back."""

    path: str
    status: int
    headers: Mapping[str, str]
    body: str
    took: float

    @property
    def goes_to(self) -> str:
        """Where a redirect leads."""
        assert self.status == 303, f"{self.path}: {self.status} {self.body[-1500:]}"
        return self.headers["location"]

    @property
    def forms(self) -> list[Form]:
        """The forms on the page."""
        reader = _Forms(self.path)
        reader.feed(self.body)
        return reader.forms

    def form(self, *names: str) -> Form:
        """Return the form that has all of these fields."""
        found = [form for form in self.forms if set(names) <= set(form.kinds)]
        assert found, f"{self.path} ({self.status}): no form with {names}: {self.body[-1500:]}"
        return found[0]


@dataclass(frozen=True)
class ErrorPage:
    """A page with a status of 400 or more, and what had been sent in the form before it."""

    status: int
    sent: str
    body: str


@dataclass
class Memory:
    """Everything that a server sent to phones, for those who look for a word in it."""

    addresses: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    errors: list[ErrorPage] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)


class Phone:
    """One person's phone."""

    def __init__(self, port: int, memory: Memory | None = None) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self.memory = memory

    @property
    def site(self) -> str:
        """The address of the site, as a browser has it."""
        return f"http://127.0.0.1:{self.port}"

    def line(self) -> http.client.HTTPConnection:
        """Return a connection to it."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT)

    def get(self, path: str) -> Reply:
        """Open a page; raises Cut when the line goes dead."""
        return self._request("GET", path, None)

    def post(self, path: str, values: Filled) -> Reply:
        """Send a form; raises Cut when the line goes dead."""
        return self._request("POST", path, urlencode(values, doseq=True))

    def follow(self, reply: Reply) -> Reply:
        """Open the page that a redirect leads to."""
        return self.get(reply.goes_to)

    def send(self, form: Form, values: Filled) -> Reply:
        """Send a form in the way that it asks for."""
        if form.method == "post":
            return self.post(form.action, values)
        return self.get(f"{form.action.partition('?')[0]}?{urlencode(values, doseq=True)}")

    def copy(self) -> Phone:
        """Return another phone with the same cookies."""
        other = type(self)(self.port, self.memory)
        other.cookies = dict(self.cookies)
        return other

    def _request(self, method: str, path: str, body: str | None) -> Reply:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if not self.cookies:
            del headers["Cookie"]
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Origin"] = self.site
        headers["Host"] = self.site.partition("://")[2]
        line = self.line()
        sent = False
        began = time.perf_counter()
        try:
            line.request(method, path, body, headers)
            sent = True
            response = line.getresponse()
            text = response.read().decode("utf-8", "replace")
        except (OSError, http.client.HTTPException):
            raise Cut(sent=sent) from None
        finally:
            line.close()
        taken = {name.lower(): value for name, value in response.getheaders()}
        reply = Reply(path, response.status, taken, text, time.perf_counter() - began)
        self._keep(response.headers.get_all("Set-Cookie") or [], reply, body or "")
        return reply

    def _keep(self, cookies: list[str], reply: Reply, sent: str) -> None:
        for line in cookies:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0" or not morsel.value:
                    del self.cookies[name]
        if self.memory is None:
            return
        self.memory.addresses += [reply.path, reply.headers.get("location", "")]
        self.memory.cookies += cookies
        self.memory.headers.append(repr({**reply.headers, "set-cookie": ""}))
        if reply.status >= 400:
            self.memory.errors.append(ErrorPage(reply.status, sent, reply.body))
