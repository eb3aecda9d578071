"""Unique words typed into every field of clients and therapists, then looked for everywhere.

Pages of the clinic may show them to the clinic, and a form that is shown again to who typed it.
Anything else that leaves the server or stays on its disk must not hold them.
"""

from __future__ import annotations

import random
import re
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import create_engine, text

from tests.conftest import ROOT
from tests.stress.canary import Search, can_find
from tests.stress.clinic import EMAIL, PASSWORD, Clinic, clinic_of, is_acknowledged, send_form
from tests.stress.hooked import Hooks
from tests.stress.outside import Outside
from tests.stress.outside import running as outside_running
from tests.stress.person import PATIENCE, Person
from tests.stress.phone import ErrorPage, Filled, Form, Memory, Phone, Reply
from tests.stress.postgres import Stoppable
from tests.stress.server import Server
from tests.stress.staff import Staff, Told

SMALL = ROOT / "tests" / "protocols" / "web_small"
RARE = "97531"
"""The age that somebody gives. No rule and no text has this number, and no port of a server."""
BORN = ("1903", "11", "27")
EXACT = {
    "a rare answer": RARE,
    **{
        f"a date of birth ({written})": written
        for written in ("1903-11-27", "27 november 1903", "27.11.1903", "27/11/1903", "27 11 1903")
    },
}


@dataclass(frozen=True)
class Figures:
    """What was typed, and where it was looked for. `broken` is empty when nothing was found."""

    fields: tuple[str, ...]
    places: int
    megabytes: float
    pages: int
    errors: int
    broken: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{len(self.fields)} fields on {self.pages} pages, {self.errors} error pages; looked "
            f"at {self.places} places, {self.megabytes:.1f} MB, {len(self.broken)} found"
        )


def run(folder: Path, url: str | None, postgres: Stoppable | None, seed: int) -> Figures:
    """Type everything on a server of its own, break some things, and look everywhere."""
    began = time.time() - 1
    protocol = _protocol(folder / "protocol")
    settings = {"ACCESS_LOG": "1", "PROTOCOL": str(protocol)}
    if url:
        settings["DATABASE_URL"] = url
    told, memory = Told(seed), Memory()
    chance = random.Random(seed)
    broken: list[str] = []
    with ExitStack() as stack:
        outside = stack.enter_context(outside_running(folder / "outside"))
        server = Server(folder, program="tests.stress.faster", **settings, **outside.settings)
        clinic = stack.enter_context(clinic_of(server, url, str(protocol)))
        hooks = Hooks(clinic, outside.program)
        invited = clinic.invite(2)
        stack.enter_context(server.running())
        staff = Staff(Phone(server.port, memory), told)
        _sign_in(staff, told)
        staff.look_around("/clinic/inbox")
        if not staff.links:
            broken.append("no invitation could be made")
        token = staff.links[0] if staff.links else invited[0].token
        broken += _send(Person(Phone(server.port, memory), chance), token, told, "client")
        staff.look_around("/clinic/inbox")
        _nonsense(Phone(server.port, memory), told)
        broken += _forced(server, clinic, staff, invited[1].token, told, memory, chance)
        broken += _arrived(outside, hooks)
        search = Search(told.words, EXACT)
        _look(search, server, staff, memory, told)
        outside.look(search, lambda mail: _whose(mail, told))
        _look_at_store(search, server, clinic, postgres, began)
    if not can_find(told.words):
        broken.append("the search does not find what is there")
    broken += sorted({str(hit) for hit in search.hits})
    return Figures(
        tuple(told.words),
        search.places,
        search.looked / 1e6,
        len(staff.seen),
        len(memory.errors),
        tuple(broken),
    )


def _sign_in(staff: Staff, told: Told) -> None:
    """Sign in at the third try: at first with an unknown address, then with a wrong password."""
    staff.sign_in(f"{told.word('wrong e-mail')}@mail.example", told.word("unknown password"))
    staff.sign_in(EMAIL, told.word("wrong password") * 2)
    staff.phone.follow(staff.sign_in(EMAIL, PASSWORD))


def _protocol(folder: Path) -> Path:
    """Return the small protocol with an age that nobody has ever had."""
    shutil.copytree(SMALL, folder)
    questions = folder / "questions.yaml"
    written = questions.read_text("utf-8")
    assert "maximum: 120" in written
    questions.write_text(written.replace("maximum: 120", "maximum: 100000"), "utf-8")
    return folder


def _send(person: Person, token: str, told: Told, who: str) -> Iterator[str]:
    """Send answers: at first without agreeing, which shows the form again."""
    person.walk(person.open_link(token), age=RARE)
    page = person.phone.get("/send")
    form = send_form(page)
    typed = _typed(form, told, who)
    refused = person.phone.post("/send", form.filled(**typed, consent=[]))
    if refused.status != 422:
        yield f"a Send without consent: {refused.status}"
    sent = person.phone.post("/send", _agreed(form, typed))
    if not is_acknowledged(sent):
        yield f"a Send: {sent.status}"
    else:
        person.phone.follow(sent)


def _agreed(form: Form, typed: Filled) -> Filled:
    """Return a form that is filled in: they agree, and are sure of a birth that fits no age."""
    filled = form.filled(**typed, consent=form.offered["consent"])
    return {**filled, "sure": [f"{RARE} {'-'.join(BORN)}"]}


def _typed(form: Form, told: Told, who: str) -> Filled:
    """Return a word for every field of the Send page, and a date of birth."""
    year, month, day = BORN
    dates = {"year": year, "month": month, "day": day}
    return {
        name: [dates.get(name) or told.word(f"{who}: {name}")]
        for name, kind in form.kinds.items()
        if kind in ("text", "textarea")
    }


def _nonsense(phone: Phone, told: Told) -> None:
    """Send words where no page asks for any."""
    word = told.word("an address that does not exist")
    memory, phone.memory = phone.memory, None  # here the addresses are our own
    pages = [
        phone.get(f"/{word}"),
        phone.get(f"/i/{word}"),
        phone.get(f"/c/{word}"),
        phone.get(f"/clinic/responses/{word}?q={word}"),
        phone.get(f"/?{word}={word}"),
        phone.post(f"/questions/{word}", {word: [word]}),
        phone.post(f"/i/{word}", {word: [word]}),
        phone.post("/send", {word: [word]}),
        phone.post("/clinic/sign-in", {word: [word * 2000]}),
    ]
    phone.cookies = {"answers": word, "clinic": word}
    pages += [phone.get("/check"), phone.get("/clinic/inbox")]
    assert memory is not None
    memory.errors += [ErrorPage(one.status, "", one.body) for one in pages if one.status >= 400]


def _forced(
    server: Server,
    clinic: Clinic,
    staff: Staff,
    token: str,
    told: Told,
    memory: Memory,
    chance: random.Random,
) -> Iterator[str]:
    """Damage a row, then take a table away, while people read and Send."""
    person = Person(Phone(server.port, memory), chance)
    person.walk(person.open_link(token), age=RARE)
    form = send_form(person.phone.get("/send"))
    values = _agreed(form, _typed(form, told, "another client"))
    pages = [path for path in staff.seen if path.startswith("/clinic/")]
    with _without_table(clinic, "notes"):
        yield from _all_explained(staff.phone.get(path) for path in pages)
    with _without_table(clinic, "responses"):
        yield from _all_explained(staff.phone.get(path) for path in pages)
        reply = person.phone.post("/send", values)
        if reply.status not in (500, 503):
            yield f"a Send without its table: {reply.status}"
    again = person.phone.post("/send", values)
    if not is_acknowledged(again):
        yield f"a Send after its table came back: {again.status}"
    _sql(clinic, "UPDATE responses SET sealed = notes.sealed FROM notes WHERE true")
    yield from _all_explained(staff.phone.get(path) for path in pages)


def _all_explained(replies: Iterator[Reply]) -> Iterator[str]:
    for reply in replies:
        if "traceback" in reply.body.lower() or "sqlalchemy" in reply.body.lower():
            yield f"{reply.path} shows what went wrong inside"


@contextmanager
def _without_table(clinic: Clinic, name: str) -> Iterator[None]:
    _sql(clinic, f"ALTER TABLE {name} RENAME TO {name}_away")
    try:
        yield
    finally:
        _sql(clinic, f"ALTER TABLE {name}_away RENAME TO {name}")


def _sql(clinic: Clinic, statement: str) -> None:
    url = clinic.url.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _arrived(outside: Outside, hooks: Hooks) -> Iterator[str]:
    """Wait for what is on its way, and say what never came."""
    end = time.monotonic() + PATIENCE
    while (hooks.is_waiting() or not outside.mail.mails) and time.monotonic() < end:
        time.sleep(0.05)
    if not any("/i/" in str(one.get_content()) for one in outside.mail.mails):
        yield "no mail with a link arrived"
    if not outside.program.taken:
        yield "no webhook arrived"


def _whose(mail: EmailMessage, told: Told) -> list[str]:
    """Return the fields that an address was typed into to which a mail goes."""
    return [name for name, word in told.words.items() if f"{word}@" in mail["To"].lower()]


def _look(search: Search, server: Server, staff: Staff, memory: Memory, told: Told) -> None:
    """Look at everything that left the server but for the pages meant to show it."""
    search.look(server.said(), "what the server printed")
    search.look(Phone(server.port).get("/healthz").body, "what a monitor is told")
    for address in memory.addresses:
        search.look(address, "an address")
    for header in memory.headers:
        search.look(header, "a header")
    for cookie in memory.cookies:
        search.look_at_cookie(cookie, "a cookie")
    for page in memory.errors:
        search.look(page.body, f"an error page ({page.status})", _shown_again(page, told))
    for shown in staff.seen.values():
        title = re.search(r"<title>(.*?)</title>", shown.body, re.DOTALL)
        search.look(title[1] if title else "", f"the title of {shown.path}")
        for href in re.findall(r'(?:href|src|action)="([^"]*)"', shown.body):
            if urlsplit(href).scheme not in ("mailto", "sms"):
                search.look(href, f"a link on {shown.path}")


def _shown_again(page: ErrorPage, told: Told) -> list[str]:
    """Return the fields that may be on an error page: those of the very form that was sent.

    A form of the clinic that is shown again to who is signed in may name its client. The Send page
    that somebody sent with a date of birth may ask which is right, that or the age they gave.
    """
    if page.status == 422 and 'action="/clinic/sign-out"' in page.body:
        return list(told.words)
    is_form = page.status in (400, 401, 422, 500, 503) and "<form" in page.body
    typed = [name for name, word in told.words.items() if is_form and word in page.sent]
    is_own = is_form and 'action="/send"' in page.body and f"year={BORN[0]}" in page.sent
    return [*typed, *EXACT] if is_own else typed


def _look_at_store(
    search: Search, server: Server, clinic: Clinic, postgres: Stoppable | None, since: float
) -> None:
    """Look at every file that the server or its database wrote, and at a backup."""
    search.look_at_folder(server.folder, "the server's folder")
    if postgres is not None:
        search.look(postgres.dump(clinic.url), "a backup")
        search.look_at_folder(postgres.folder, "PostgreSQL's folder", since)
    elif clinic.file is not None:
        backup = server.folder / "backup.db"
        _sql(clinic, f"VACUUM INTO '{backup}'")
        search.look(backup.read_bytes(), "a backup")
