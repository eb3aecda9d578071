"""Who calls: nobody gets past without a key that works and has the scope. What they are shown
leaves its entry in the audit log first, by the owner who made the key.

Only the header counts; no cookie is read or set, so no page of another site can call for somebody.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from flask import request
from werkzeug.wrappers import Response

from assessment.practice.staff.audit_log import AuditLog
from assessment.practice.staff.keys import Caller, Keys
from assessment.records.acts import Act
from assessment.records.keys import Scope
from assessment.web.api.problems import NotDone
from assessment.web.server.counts import Counts
from assessment.web.server.logs import Event, tell
from assessment.web.server.throttle import Throttle

CALLS_PER_HOUR = 3600
"""Calls that a key may make, in each worker or, with Redis, in all of them."""
WRONG_PER_HOUR = 60
"""Keys that open nothing which one address may try, counted likewise, before it has to wait."""
_LONGEST_KEY = 200

View = Callable[..., Response]


class Guard:
    """Lets in who comes with a key."""

    def __init__(self, keys: Keys, audit_log: AuditLog, counts: Counts) -> None:
        self._keys = keys
        self._audit_log = audit_log
        self._calls = Throttle("calls", CALLS_PER_HOUR, counts)
        self._wrong = Throttle("wrong keys", WRONG_PER_HOUR, counts)

    def protect(self, view: View, scope: Scope, shows: Act | None) -> View:
        """Return the view for those whose key has the scope: `view(caller, **args)`.

        What it `shows` is put down before anybody gets to see it; where that cannot be done,
        nothing is shown.
        """

        @wraps(view)
        def guarded(**args: str) -> Response:
            caller = self._caller()
            if scope not in caller.key.scopes:
                tell(Event.API_DENIED)
                raise NotDone(403)
            answer = view(caller, **args)
            if shows is not None:
                self._audit_log.saw(caller.who, shows, tuple(args.values()))
            return answer

        return guarded

    def _caller(self) -> Caller:
        sent = request.authorization
        token = sent.token if sent is not None and sent.type == "bearer" else None
        caller = self._keys.caller(token) if token and len(token) <= _LONGEST_KEY else None
        if caller is None:
            tell(Event.KEY_REFUSED)
            raise NotDone(401 if self._wrong.take(request.remote_addr or "") else 429)
        if not self._calls.take(f"key {caller.key.id}"):
            raise NotDone(429)
        return caller
