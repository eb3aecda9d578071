"""What the printed copy of a result says."""

from __future__ import annotations

from assessment.engine.protocol import Protocol
from assessment.exports.pdf import Copy
from assessment.web.html.pages import Site
from assessment.web.walk.result_pages import EmergencyPage, ResultPage


def copy_of(
    page: ResultPage, emergency: EmergencyPage | None, protocol: Protocol, site: Site
) -> Copy:
    """Return a result as it may be kept; of an `emergency` nothing but help."""
    missed = page.not_asked
    groups = () if missed is None or emergency else missed.groups
    return Copy(
        title=f"{page.title}, {site.name}",
        language=site.language,
        clinic=site.name,
        emergency=emergency is not None,
        emergency_numbers=tuple((one.number, one.where) for one in site.emergency_numbers),
        numbers=tuple((one.number, one.where) for one in page.numbers),
        headline=page.headline,
        do_now=(page.action, *page.steps),
        reasons=page.reasons,
        say_heading=emergency.lead if emergency else "",
        say=emergency.say if emergency else (),
        sooner=() if emergency else page.sooner,
        expect=() if emergency else page.expect,
        tell=() if emergency else (*page.precautions, *page.tell),
        said_heading=page.said.heading,
        said=page.said.lines,
        said_not_heading=page.said_not.heading,
        said_not=() if emergency else page.said_not.lines,
        not_asked_lead="" if missed is None or emergency else missed.lead,
        not_asked=tuple((one.heading, one.lines) for one in groups),
        disclaimer=page.disclaimer,
        if_wrong=site.if_wrong_later if emergency else "".join(one.text for one in site.if_wrong),
        author=site.author,
        review=site.review,
        version=f"{protocol.id} {site.version}",
        rules_hash=protocol.rules_hash,
        wording_hash=protocol.wording_hash,
        made=page.printed,
    )
