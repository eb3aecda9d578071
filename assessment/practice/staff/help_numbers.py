"""Whom people call for help in a country: filled in at set-up, for the owner to check.

A number here works in the whole country, or says where it does not. Beside each one is the page
that it was checked against in November 2026. Where nothing confirms a number there is none. A
clinic there shows the emergency numbers of the site until its owner enters some. The tests hold
each emergency number against those that `phonenumbers` knows of its country.
"""

from __future__ import annotations

from collections.abc import Mapping

from babel.core import Locale

# Every member state of the European Union: docslib.org/doc/4662405, a leaflet of the Commission.
_UNION = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
_EMERGENCY: Mapping[str, str] = {
    **dict.fromkeys(_UNION.split(), "112"),
    "AU": "000",  # www.healthdirect.gov.au/what-care-do-i-need
    "BR": "192",  # www.gov.br/saude/pt-br/campanhas-da-saude/2025/samu-192: nine people in ten
    "CA": "911",  # www.alberta.ca, www.santeestrie.qc.ca; not in some remote places
    "CH": "144",  # ch.ch/en/road-accident-what-should-i-do
    "GB": "999",  # belfasttrust.hscni.net/service/emergency-departments, nwas.nhs.uk
    "GG": "999",  # ambulance.gg/ambulance-response-awareness-campaign
    "HK": "999",  # www.hzmb.gov.hk/en/info/info.html
    "IL": "101",  # mdauk.org: all calls to 101 are handled by Magen David Adom
    "IM": "999",  # www.gov.im/news/2023/sep/09/999-day-honours-emergency-services
    "IN": "112",  # www.ndtv.com/india-news, 19 February 2019; Delhi: www.dnaindia.com, January 2026
    "IS": "112",  # 112.is/en/samtal-vid-1-1-2
    "JE": "999",  # www.gov.je/Health/Hospitals/EmergencyOutHours/Pages/999.aspx
    "JP": "119",  # www.city.odate.lg.jp/city/foreign-language/english/emergency-call
    "KR": "119",  # www.jnmeditour.or.kr, "Emergency Medical Care for Foreigners"
    "LI": "144",  # presseportal.ch/de/pm/100000148/100009015, by the government
    "MX": "911",  # etcetera.com.mx, all states since 9 January 2017
    "NO": "113",  # www.lom.kommune.no, "Nytt nasjonalt legevaktnummer"
    "NZ": "111",  # www.newdunedinhospital.nz, "Where to go for care"
    "SG": "995",  # www.scdf.gov.sg, "SCDF Emergency Medical Services"
    "TR": "112",  # www.trthaber.com/haber/gundem/tum-acil-cagrilar-112de-toplandi-615890.html
    "TW": "119",  # www.hcfd.gov.tw/eng/about/about5.asp
    "US": "911",  # internationalmentalhealth.org/resources
}
"""The number that brings an ambulance."""
_SAME_DAY: Mapping[str, str] = {
    "AT": "1450",  # gesundheit.gv.at: in all of Austria since November 2019
    "AU": "1800 633 422",  # mforum.com.au: 1800MEDICARE, in every state since January 2026
    "DE": "116117",  # 116117.de/de/haeufige-fragen.php
    "FI": "116117",  # stm.fi/en/urgent-and-emergency-health-services
    "GB": "111",  # www.nwas.nhs.uk, www.nhs24.scot; Wales: en.wikipedia.org/wiki/NHS_111
    "NO": "116117",  # www.lom.kommune.no, "Nytt nasjonalt legevaktnummer"
    "NZ": "0800 611 116",  # www.health.govt.nz, "Common questions about Healthline"
    "PT": "808 24 24 24",  # www.sns24.gov.pt/en/sobre-nos
    "SE": "1177",  # www.1177.se, "Om 1177 Vårdguiden på telefon"
}
"""The number for advice on the same day, where the country has one."""
_SHORT = {"GB": "UK", "US": "USA"}
_NOT_EVERYWHERE = {
    "FI": "Finland except Lapland",  # www.verkkouutiset.fi, June 2023
    "GB": "Great Britain",  # Northern Ireland has none: gpoutofhours.hscni.net
}
"""Where a same-day number works, when that is not the whole country."""


def emergency(country: str | None) -> str | None:
    """Return the emergency number of a country as the settings hold it, such as "999 UK"."""
    return _in(country, _EMERGENCY, _SHORT)


def same_day(country: str | None) -> str | None:
    """Return the number for a same-day doctor as the settings hold it; None where none is known."""
    return _in(country, _SAME_DAY, _NOT_EVERYWHERE)


def _in(country: str | None, numbers: Mapping[str, str], places: Mapping[str, str]) -> str | None:
    if country is None or country not in numbers:
        return None
    place = places.get(country) or str(Locale("en").territories[country])
    return f"{numbers[country]} {place}"
