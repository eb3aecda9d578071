"""From which age somebody signs for themselves, by the country of a clinic.

Beside each age is the page that it was checked against in November 2026. Where sources differ, or
only an older one was found, the later age counts: a guardian too many is asked for rather than one
too few. Canada has 18 in some provinces and 19 in others, and 19 counts. The United States have 18:
the few states with a later age let people of 18 consent to care of their health, or younger ones
(www.guttmacher.org/graphics/gr030406t).
"""

from __future__ import annotations

from collections.abc import Mapping

USUAL = 18
ELSEWHERE: Mapping[str, int] = {
    "CA": 19,  # www.thoughtco.com/age-of-majority-in-canada-510008
    "DZ": 19,  # www.equalrightstrust.org/node/5416: Code civil, article 40
    "KR": 19,  # Korea Herald, 12 January 2011: Civil Act as from July 2013
    "NZ": 20,  # www.legislation.govt.nz: Age of Majority Act 1970, section 4
    "TH": 20,  # champ-lawfirm.com/minors-law: Civil and Commercial Code, section 19
    "BH": 21,  # www.worldlawdigest.com; the Child Law says 18 for children
    "CM": 21,  # camerounweb.com, "La fille camerounaise et la loi"
    "EG": 21,  # iasj.net/iasj/article/166251: Civil Code
    "ID": 21,  # hwmalaw.com/read/2/legal-age-of-adult: Civil Code 21, later laws 18
    "KW": 21,  # www.worldlawdigest.com
    "PR": 21,  # wikipedia.org, "Emancipation of minors"
    "SG": 21,  # www.mof.gov.sg, 25 August 2008: common law, though 18 for contracts
    # Only a list of 2014 was found: blogs.mediapart.fr/ficanas/blog/181214/quel-age-est-majeur
    **dict.fromkeys(("CI", "GA", "GN", "LS", "MG", "SZ"), 21),
}
"""The age of majority where it is later than usual; where it is earlier, the usual one counts."""


def majority(country: str | None) -> int:
    """Return from which age in years nobody else has to sign, in the `country` of a clinic."""
    return ELSEWHERE.get(country or "", USUAL)
