"""Where walks that belong to a clinic begin: its public address, and the links it sends."""

from __future__ import annotations

import re

from flask import Blueprint, request
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from assessment.practice.intake.links import Link, Links
from assessment.practice.practice import Practice
from assessment.practice.returning import Returning
from assessment.records.ids import ClinicId, InvitationId
from assessment.records.refusals import Unavailable
from assessment.web.html.assets import FOR_A_DAY
from assessment.web.html.error_pages import (
    LINK_CLOSED,
    LINK_USED,
    NO_LINK,
    NOTHING_TO_WITHDRAW,
    PAGES,
    WITHDRAWN,
)
from assessment.web.html.render import go_to
from assessment.web.intake.after_sending import AfterSending
from assessment.web.intake.returning import HOME, ComingBack
from assessment.web.intake.send import Sending
from assessment.web.intake.send_pages import InvitedPage, UsedLinkPage
from assessment.web.intake.waiting import WaitingPages
from assessment.web.server.logs import Rejection, in_places, log, reject
from assessment.web.server.throttle import Throttle
from assessment.web.walk.services import Services
from assessment.web.walk.session import CLOSED, Walk
from assessment.web.walk.start import TRY_AGAIN, Starts, is_stale, way_back
from assessment.web.walk.start_buttons import chosen
from assessment.web.walk.state import WalkState
from assessment.web.walk.theme import Theme
from assessment.web.walk.versions import Version

KEPT = "24 hours"
_TOKEN = "[A-Za-z0-9_-]{43}"  # noqa: S105  what one looks like
_SLUG = "[a-z0-9-]*[a-z0-9]"
NO_INDEX = ("X-Robots-Tag", "noindex")


class ClinicAddress:
    """A clinic's public address: the self-assessment in its theme, and its files."""

    def __init__(self, services: Services, practice: Practice) -> None:
        self._themes = services.themes
        self._clinics = practice.clinics
        self._walk = Walk(services)
        self._starts = Starts(services, self._walk)

    def register(self, blueprint: Blueprint) -> None:
        """Give every page its route."""
        blueprint.add_url_rule("/c/<path:slug>", "clinic_start", self.start, methods=["GET"])
        blueprint.add_url_rule("/c/<slug>", "clinic_begin", self.begin, methods=["POST"])
        blueprint.add_url_rule("/c/<slug>/logo", "clinic_logo", self.logo, methods=["GET"])
        blueprint.add_url_rule(
            "/c/<slug>/style-<fingerprint>.css", "clinic_style", self.style, methods=["GET"]
        )

    def start(self, slug: str) -> Response:
        """Show what this is, in the theme of the clinic."""
        clean = unglued(slug, _SLUG)
        if clean != slug:
            return go_to(f"/c/{clean}")
        return self._starts.page(self._theme(slug), self._walk.here(ahead=True))

    def begin(self, slug: str) -> Response:
        """Start a walk whose answers can be sent to this clinic in the end."""
        theme = self._theme(slug)
        return self._starts.begin(theme, theme.clinic)

    def logo(self, slug: str) -> Response:
        """Give the clinic's logo; its address changes with it."""
        clinic = self._theme(slug).clinic
        found = None if clinic is None else self._clinics.logo(clinic.id)
        if found is None:
            raise NotFound
        data, kind = found
        return Response(data, mimetype=kind, headers={"Cache-Control": FOR_A_DAY})

    def style(self, slug: str, fingerprint: str) -> Response:
        """Give the clinic's stylesheet; only the one that was asked for may be kept."""
        style = self._themes.style(slug, request.path)
        if style is None:
            raise NotFound
        response = style.response(request)
        if style.path != request.path:
            response.headers["Cache-Control"] = "no-store"
        return response

    def _theme(self, slug: str) -> Theme:
        theme = self._themes.by_slug(slug)
        if theme is None:
            raise NotFound
        return theme


class LinkPages:
    """Links that clinics send to clients. Looking at one changes nothing."""

    def __init__(self, services: Services, links: Links, returning: Returning) -> None:
        self._themes = services.themes
        self._errors = services.errors
        self._walk = Walk(services)
        self._links = links
        self._returning = returning
        self._versions = services.versions
        self._throttle = Throttle("links", services.settings.starts_per_hour, services.counts)

    def register(self, blueprint: Blueprint) -> None:
        """Give every page its route."""
        blueprint.add_url_rule("/i/<path:token>", "link", self.look_at, methods=["GET"])
        blueprint.add_url_rule("/i/<token>", "open_link", self.open, methods=["POST"])
        blueprint.add_url_rule("/close", "close_link", self.close, methods=["POST"])

    def look_at(self, token: str) -> Response:
        """Show a page with one button; whoever opens mail to check it can do no harm."""
        clean = unglued(token, _TOKEN)
        if clean != token:
            return _unlisted(go_to(f"/i/{clean}"))
        return _unlisted(self._looked_at(token))

    def open(self, token: str) -> Response:
        """Begin, or go on with, a walk for this invitation."""
        return _unlisted(self._opened(token))

    def close(self) -> Response:
        """Close the invitation of a walk: nothing is sent with it, and nobody is reminded."""
        state = self._walk.of_form()
        if isinstance(state, Response):
            return state
        if state.visit.clinic is None or state.visit.invitation is None:
            return go_to(state.href)
        self._links.close(ClinicId(state.visit.clinic), InvitationId(state.visit.invitation))
        return self._walk.closed(state, go_to(f"/result?{CLOSED}=1"))

    def _looked_at(self, token: str) -> Response:
        link = self._found(token)
        if isinstance(link, Response):
            return link
        state = self._walk.here(ahead=True)
        if link.used:
            if state is not None and _sent_by(state, link):
                return go_to("/sent")
            return self._used(link)
        return self._page(link, state)

    def _opened(self, token: str) -> Response:
        link = self._found(token)
        if isinstance(link, Response):
            return link
        if link.used:
            return self._withdrawn(link) if "withdraw" in request.form else self._used(link)
        state = self._walk.here(ahead=True)
        if "close" in request.form:  # replaces no answers, so it may come from any page of the link
            return self._closed(link, state)
        if state is not None and state.is_begun and is_stale(state):
            return self._page(link, state, 400)
        opened = self._links.open(token)
        if opened is None:
            return self._errors.response(NO_LINK)
        clinic, invitation = opened.clinic, opened.invitation.id
        if state is not None and "go_on" in request.form and self._can_go_on(link, state):
            return self._walk.moved(state, clinic, invitation)
        version = self._asked(link)
        back = self._returning.offers(clinic.id, invitation, version.protocol)
        answers = chosen(version.screening, request.form)
        first = HOME if back else None
        return self._walk.started(answers, clinic, invitation, first, version=version)

    def _found(self, token: str) -> Link | Response:
        """Return what a token opens, or the page that says that it opens nothing."""
        if not self._throttle.take(request.remote_addr or ""):
            reject(Rejection.LINKS)
            return self._errors.response(429, TRY_AGAIN)
        found = self._links.look_at(token)
        if found is None:
            reject(Rejection.LINK)
        if found is None or (found.invitation.follows and self._versions.after is None):
            return self._errors.response(NO_LINK)
        return found

    def _asked(self, link: Link) -> Version:
        """Return what a link asks: the self-assessment, or what comes after a visit."""
        after = self._versions.after if link.invitation.follows else None
        return after or self._versions.served

    def _closed(self, link: Link, state: WalkState | None) -> Response:
        """Close a link before anything was answered, or instead of going on."""
        self._links.close(link.clinic.id, link.invitation.id)
        response = self._themes.of_clinic(link.clinic).errors.response(LINK_CLOSED)
        if state is None or state.visit.invitation != link.invitation.id:
            return response
        return self._walk.closed(state, response)

    def _used(self, link: Link) -> Response:
        theme = self._themes.of_clinic(link.clinic)
        page = UsedLinkPage(PAGES[LINK_USED], request.path)
        return theme.renderer.response("link_used.html", page)

    def _withdrawn(self, link: Link) -> Response:
        """Take back the agreement; whoever holds the link may, and what was sent stays unseen."""
        what = WITHDRAWN if self._links.withdraw(link) else NOTHING_TO_WITHDRAW
        return self._themes.of_clinic(link.clinic).errors.response(what)

    def _can_go_on(self, link: Link, state: WalkState) -> bool:
        """Whether the answers on this device were given by an invitation of the same client."""
        visit = state.visit
        if not state.is_begun or state.is_sent or visit.invitation is None:
            return False
        if visit.clinic != link.clinic.id or state.is_after_visit != bool(link.invitation.follows):
            return False
        return self._links.is_same_client(link.invitation, InvitationId(visit.invitation))

    def _page(self, link: Link, state: WalkState | None, status: int = 200) -> Response:
        theme = self._asked(link).themes.of_clinic(link.clinic)
        after = bool(link.invitation.follows)
        can_go_on = state is not None and self._can_go_on(link, state)
        other = None if state is None or can_go_on else way_back(state)
        page = InvitedPage(
            title="After your visit" if after else "Questions before your visit",
            start=theme.start,
            kept=KEPT,
            csrf="" if state is None else state.token,
            can_go_on=can_go_on,
            other=other,
            after=after,
        )
        return theme.renderer.response("invited.html", page, status)


def register(blueprint: Blueprint, services: Services, practice: Practice) -> None:
    """Give the pages of clinics' clients their routes."""
    ClinicAddress(services, practice).register(blueprint)
    LinkPages(services, practice.links, practice.returning).register(blueprint)
    ComingBack(services, practice.returning).register(blueprint)
    Sending(services).register(blueprint)
    AfterSending(services, practice.links).register(blueprint)
    WaitingPages(services).register(blueprint)

    session = Walk(services)

    @blueprint.app_errorhandler(Unavailable)
    def away(error: Unavailable) -> Response:
        log.error("%s", in_places(error))
        return session.errors_at_hand().response(503, {"Retry-After": "30"})


def _sent_by(state: WalkState, link: Link) -> bool:
    """Whether what was sent with a link was sent from this device."""
    return state.is_sent and state.visit.invitation == link.invitation.id


def _unlisted(response: Response) -> Response:
    """Keep an address that is a secret out of what search engines list."""
    response.headers.add(*NO_INDEX)
    return response


def unglued(text: str, form: str) -> str:
    """Return the part of an address that has this form, without what a mail or a person glued on.

    Programs take a full stop, a bracket or a space for a part of the link before it. Text that
    holds anything else is returned as it is.
    """
    found = re.fullmatch(rf"[^A-Za-z0-9]*?({form})[^A-Za-z0-9]*", text)
    return text if found is None else found[1]
