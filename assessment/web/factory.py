"""Makes the application."""

from __future__ import annotations

import time
from collections.abc import Callable

from werkzeug.middleware.proxy_fix import ProxyFix

from assessment.engine.protocol import Protocol
from assessment.practice.practice import Practice
from assessment.web.clinic.area import register as register_clinic
from assessment.web.clinic.desk import Desk
from assessment.web.flow import Flow
from assessment.web.incoming import SmallRequest
from assessment.web.invited import register as register_clients
from assessment.web.logs import QuietFlask, name_routes
from assessment.web.parts import NOTHING, Offered, make_parts
from assessment.web.place import Walk
from assessment.web.reading import Reading
from assessment.web.security import Gate
from assessment.web.settings import Settings


def make_app(
    settings: Settings,
    protocol: Protocol,
    key: bytes,
    clock: Callable[[], float] = time.time,
    offered: Offered = NOTHING,
    practice: Practice | None = None,
) -> QuietFlask:
    """Return the WSGI application that serves one protocol, and the clinics of a practice.

    `key` (32 random bytes) seals the cookies; every process of one site needs the same one.
    `clock` gives Unix time. `offered` is what else this server can show; cases to walk only in
    local mode, or ValueError is raised. Without a `practice` there is no clinic area.
    """
    if offered.cases and not settings.local:
        raise ValueError("cases can be walked in local mode only")
    app = QuietFlask("assessment", static_folder=None, template_folder=None)
    app.request_class = SmallRequest
    app.debug = False  # whatever FLASK_DEBUG says
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False
    parts = make_parts(settings, protocol, key, clock, offered, practice)
    parts.errors.register(app, Walk(parts).errors)
    parts.assets.register(app)
    Flow(parts).register(app)
    Reading(parts).register(app)
    if practice is not None:
        register_clients(app, parts, practice)
        register_clinic(app, Desk(practice, settings, parts.site, key, clock))
    if settings.access_log:
        name_routes(app)
    app.wsgi_app = Gate(app.wsgi_app, parts.errors.response(400), settings)  # type: ignore[method-assign]  # as Flask documents it
    if settings.proxy_hops:
        hops = settings.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_host=hops)  # type: ignore[method-assign]  # as Flask documents it
    return app
