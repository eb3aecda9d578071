"""Pages to read, and addresses for machines: guide, about, privacy, health, robots."""

from __future__ import annotations

import json

from flask import Blueprint
from markdown_it import MarkdownIt
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from assessment.engine.protocol import Protocol
from assessment.proof.report import Kind
from assessment.web.html.pages import AboutPage, GuidePage, Link, ProofNote, SourceRow, TextPage
from assessment.web.html.render import go_to
from assessment.web.html.voice import ANYBODY
from assessment.web.walk.services import Services
from assessment.web.walk.session import Walk

WALK = ("/questions/", "/back", "/check", "/result", "/send", "/sent")
ROBOTS = "\n".join(["User-agent: *", *[f"Disallow: {path}" for path in WALK], ""])


PROVEN = {
    Kind.TOTAL: "There is always a rule that decides.",
    Kind.FLOORS: "A warning sign always gets at least the care that it needs, whatever else is "
    "answered, and “not sure” is never read as “no” ({count} checks).",
    Kind.MONOTONE: "A worse answer never gives less urgent advice, or firmer pressure in a "
    "massage ({count} checks).",
    Kind.PROMISES: "Every safety promise is kept ({count}).",
    Kind.ASKED: "Every warning sign is asked about where it must be ({count} checks).",
    Kind.CONFIRMED: "No advice to see a doctor today rests only on what you confirm when you come "
    "back ({count} checks).",
    Kind.INTERRUPTS: "A sign of an emergency ends the questions at once, and no later "
    "answer could have made it less urgent ({count} checks).",
    Kind.DEAD: "Every rule, question and answer can matter ({count} checks).",
    Kind.SHORT: "A question that is left out could not have changed the advice ({count} checks).",
    Kind.CASES: "Every example case gets the right advice ({count}).",
}
"""What each kind of check says, for everybody."""


class SitePages:
    """Pages that are the same for everybody."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._walk = Walk(services)
        self._guides = {one.name: _guide(one.protocol) for one in services.versions.every}
        self._about = _about(services)

    def register(self, blueprint: Blueprint) -> None:
        """Give every page its route."""
        for path, view in (
            ("/guide/<page>", self.guide),
            ("/about", self.about),
            ("/privacy", self.privacy),
            ("/accessibility", self.accessibility),
            ("/healthz", self.healthz),
            ("/robots.txt", self.robots),
            ("/favicon.ico", self.favicon),
        ):
            blueprint.add_url_rule(path, view.__name__, view, methods=["GET"])

    def guide(self, page: str) -> Response:
        """Show one page of the guide, as the version has it that somebody walks under."""
        state = self._walk.here(ahead=True)
        version = self._services.versions.served if state is None else state.version
        if page not in self._guides[version.name]:
            raise NotFound
        return self._page("guide.html", self._guides[version.name][page])

    def about(self) -> Response:
        """Show what this is for, who made it and from what."""
        return self._page("about.html", self._about)

    def privacy(self) -> Response:
        """Show what is kept, and what is not."""
        return self._text("privacy.html", "Privacy")

    def accessibility(self) -> Response:
        """Show how everybody can use it, and what is missing."""
        return self._text("accessibility.html", "Accessibility")

    def healthz(self) -> Response:
        """Tell a monitor that this works, and which protocol it serves."""
        protocol = self._services.screening.protocol
        hashes = {"id": protocol.id, "rules": protocol.rules_hash, "wording": protocol.wording_hash}
        body = json.dumps({"ok": True, "protocols": [hashes]})
        return Response(body, mimetype="application/json")

    def robots(self) -> Response:
        """Tell search engines to leave the walk alone."""
        return Response(ROBOTS, mimetype="text/plain")

    def favicon(self) -> Response:
        """Send browsers that do not read the page's icon link to the icon."""
        return go_to(self._services.assets.icon.path)

    def _text(self, template: str, title: str) -> Response:
        services = self._services
        sends = services.practice is not None
        return self._page(template, TextPage(title, services.settings.keep_minutes, sends))

    def _page(self, template: str, page: object) -> Response:
        """Return a page in the theme of the clinic that somebody came from, if they did."""
        visit = self._walk.visit()
        theme = self._walk.theme(visit)
        return theme.renderer.response(template, page)


def _guide(protocol: Protocol) -> dict[str, GuidePage]:
    markdown = MarkdownIt("commonmark", {"html": False})
    pages = protocol.guide
    return {
        page.id: GuidePage(
            title=page.title,
            body=markdown.render(page.markdown),
            others=tuple(
                Link(other.title, f"/guide/{other.id}") for other in pages if other is not page
            ),
        )
        for page in pages
    }


def _about(services: Services) -> AboutPage:
    protocol = services.screening.protocol
    return AboutPage(
        title="About this self-assessment",
        purpose=protocol.intended_purpose.text,
        protocol=protocol.id,
        date=protocol.date,
        rules_hash=protocol.rules_hash,
        wording_hash=protocol.wording_hash,
        disclaimer=ANYBODY.lines(protocol.texts["disclaimer"]),
        sources=tuple(
            SourceRow(row.id, row.claim, row.source) for row in protocol.sources.values()
        ),
        guide=tuple(Link(page.title, f"/guide/{page.id}") for page in protocol.guide),
        proof=_proof(services),
    )


def _proof(services: Services) -> ProofNote | None:
    proof = services.offered.proof
    if proof is None:
        return None
    name = services.settings.protocol
    return ProofNote(
        when=proof.when,
        holds=tuple(PROVEN[kind].format(count=count) for kind, count in proof.checked if count),
        command=f"assessment prove {'FOLDER' if '/' in name else name}",
    )
