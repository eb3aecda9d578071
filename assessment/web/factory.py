"""Makes the application."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Blueprint
from werkzeug.middleware.proxy_fix import ProxyFix

from assessment.engine.protocol import Protocol
from assessment.practice.practice import Practice
from assessment.screening import Screening
from assessment.web.api.app import beside, make_api
from assessment.web.api.problems import NotDone, answer
from assessment.web.clinic.area import StaffArea
from assessment.web.clinic.routes import register as register_clinic
from assessment.web.html.clinic_cache import ClinicCache
from assessment.web.intake.invited import register as register_clients
from assessment.web.server.logs import QuietFlask, name_routes
from assessment.web.server.reference import References
from assessment.web.server.request_limits import SmallRequest
from assessment.web.server.security import Gate
from assessment.web.server.settings import Settings
from assessment.web.site import SitePages
from assessment.web.walk.flow import Flow
from assessment.web.walk.services import NOTHING, Offered, Services, make_services
from assessment.web.walk.session import Walk

if TYPE_CHECKING:
    from wsgiref.types import WSGIApplication


def make_app(
    settings: Settings,
    protocol: Protocol,
    key: bytes,
    clock: Callable[[], float] = time.time,
    offered: Offered = NOTHING,
    practice: Practice | None = None,
    screening: Screening | None = None,
    known: ClinicCache | None = None,
) -> QuietFlask:
    """Return the WSGI application that serves one protocol, and the clinics of a practice.

    `key` (32 random bytes) seals the cookies; every process of one site needs the same one.
    `clock` gives Unix time. `offered` is what else this server can show; cases to walk only in
    local mode, or ValueError is raised. Without a `practice` there is no clinic area.
    `screening` is that of the protocol, and `known` remembers clinics, where somebody has made them
    already.
    """
    if offered.cases and not settings.local:
        raise ValueError("cases can be walked in local mode only")
    app = QuietFlask("assessment", static_folder=None, template_folder=None)
    app.request_class = SmallRequest
    app.debug = False  # whatever FLASK_DEBUG says
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False
    services = make_services(settings, protocol, key, clock, offered, practice, screening, known)
    session = Walk(services)
    services.errors.register(app, session.errors, session.errors_at_hand)
    services.assets.register(app)
    for blueprint in _blueprints(services, key):
        app.register_blueprint(blueprint)
    name_routes(app)
    app.wsgi_app = _behind(app.wsgi_app, services)  # type: ignore[assignment, method-assign]  # as Flask documents it
    return app


def _behind(inside: WSGIApplication, services: Services) -> WSGIApplication:
    """Return the pages, and the API beside them, with what stands in front of both."""
    settings = services.settings
    refusal: WSGIApplication = services.errors.response(400)
    if services.practice is not None:
        api = make_api(services.practice, settings, services.clock, services.counts)
        inside = beside(inside, api.wsgi_app)
        refusal = beside(refusal, answer(NotDone(400)))
    inside = References(Gate(inside, refusal, settings), from_proxy=bool(settings.proxy_hops))
    hops = settings.proxy_hops
    return ProxyFix(inside, x_for=hops, x_host=hops) if hops else inside


def _blueprints(services: Services, key: bytes) -> list[Blueprint]:
    """Return every area of the site, each with its addresses."""
    walk, site = Blueprint("walk", __name__), Blueprint("site", __name__)
    Flow(services).register(walk)
    SitePages(services).register(site)
    practice = services.practice
    if practice is None:
        return [walk, site]
    intake, clinic = Blueprint("intake", __name__), Blueprint("clinic", __name__)
    register_clients(intake, services, practice)
    area = StaffArea(practice, services.settings, services.site, key, services.clock)
    register_clinic(clinic, area)
    return [walk, site, intake, clinic]
