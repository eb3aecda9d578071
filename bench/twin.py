"""The rules of `protocol/` as somebody would write them by hand in Python.

The same job with the same three values: the ids of the rules that are yes, and of those with an
`if_unsure` that are unknown. Each answer is read once; a question that is not asked holds nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

UNKNOWN_SET = frozenset({"not_sure"})
NO_SET: frozenset[str] = frozenset()
NO_NUMBER = float("nan")  # compares false with everything


def fired(answers: Mapping[str, Any]) -> tuple[list[str], list[str]]:  # noqa: C901  a flat list
    get = answers.get

    who = get("who", "not_sure")
    age = get("age", "not_sure")
    age_unknown = age == "not_sure"
    if age_unknown:
        age = NO_NUMBER
    injury = get("injury", "not_sure")
    numbness = get("numbness", "not_sure")
    weakness = get("weakness", "not_sure")
    fever = get("fever", "not_sure")
    swelling = ""
    if injury in {"fall", "sport", "not_sure"}:
        swelling = get("swelling", "not_sure")
    signs = get("signs", UNKNOWN_SET)
    health = get("health", UNKNOWN_SET)
    medicines = get("medicines", UNKNOWN_SET)
    places = get("places", UNKNOWN_SET)
    pain = get("pain", "not_sure")
    pain_unknown = pain == "not_sure"
    if pain_unknown:
        pain = NO_NUMBER
    onset = get("onset", "not_sure")
    feels = get("feels", UNKNOWN_SET)
    knot = get("knot", "not_sure")
    spread = ""
    if "neck" in places or "shoulder" in places or "back" in places or "not_sure" in places:
        spread = get("spread", "not_sure")
    duration = get("duration", "not_sure")
    worst_pain = NO_NUMBER
    if pain >= 4 or pain_unknown:
        worst_pain = get("worst_pain", "not_sure")
        if worst_pain == "not_sure":
            worst_pain = NO_NUMBER
    how_often = ""
    if duration != "days":
        how_often = get("how_often", "not_sure")
    heat = get("heat", "not_sure")
    rubs = ""
    if heat != "untried":
        rubs = get("rubs", "not_sure")
    worse_with = get("worse_with", UNKNOWN_SET)
    rest = ""
    if "lifting" in worse_with or "walking" in worse_with or "not_sure" in worse_with:
        rest = get("rest", "not_sure")
    tried = get("tried", UNKNOWN_SET)
    sessions = NO_NUMBER
    sessions_unknown = False
    if "massage" in tried or "therapy" in tried or "not_sure" in tried:
        sessions = get("sessions", "not_sure")
        sessions_unknown = sessions == "not_sure"
        if sessions_unknown:
            sessions = NO_NUMBER
    stiffness = NO_NUMBER
    stiffness_unknown = False
    if knot != "absent" or age >= 65 or age_unknown:
        stiffness = get("stiffness", "not_sure")
        stiffness_unknown = stiffness == "not_sure"
        if stiffness_unknown:
            stiffness = NO_NUMBER
    stress = get("stress", "not_sure")
    if stress == "not_sure":
        stress = NO_NUMBER
    limits = get("limits", "not_sure")
    weeks = NO_NUMBER
    if limits != "not_at_all":
        weeks = get("weeks", "not_sure")
        if weeks == "not_sure":
            weeks = NO_NUMBER
    goals = NO_SET
    if who in {"me", "not_sure"}:
        goals = get("goals", UNKNOWN_SET)

    finding_0 = how_often in {"weekly", "daily"} or worst_pain >= 8
    finding_1 = sessions <= 3 or "hip" in places or weeks >= 12
    finding_2 = duration in {"weeks", "months", "years"} or numbness == "patch" or "cough" in signs
    finding_2_unknown = duration == "not_sure" or numbness == "not_sure" or "not_sure" in signs
    finding_3 = (
        how_often in {"weekly", "daily"}
        or duration == "years"
        or not ("shoulder" in places or "calf" in places or "not_sure" in places)
    )
    finding_3_unknown = how_often == "not_sure" or duration == "not_sure" or "not_sure" in places

    yes: list[str] = []
    unknown: list[str] = []

    if age <= 17 and "diabetes" in health:
        yes.append("rule_00")
    elif (age <= 17 or age_unknown) and ("diabetes" in health or "not_sure" in health):
        unknown.append("rule_00")
    if knot == "tender" and (stiffness >= 7 or who == "me"):
        yes.append("rule_01")
    if weakness in {"new", "known"} and "weight_loss" in signs and "cough" in signs:
        yes.append("rule_02")
    if (
        (pain >= 6)
        + (swelling in {"one_side", "both_sides"})
        + ("steroid" in medicines)
        + (rubs in {"relief_lasts", "relief_fades"})
    ) >= 2:
        yes.append("rule_03")
    if who == "me":
        yes.append("rule_04")
    if weakness in {"new", "known"}:
        yes.append("rule_05")
    if onset == "sudden":
        yes.append("rule_06")
    elif onset == "not_sure":
        unknown.append("rule_06")
    if worst_pain >= 6:
        yes.append("rule_07")
    if stiffness >= 6:
        yes.append("rule_08")
    if numbness == "spreading" and "pregnant" in health:
        yes.append("rule_09")
    if worst_pain >= 6 and weeks >= 12:
        yes.append("rule_10")
    if finding_2 and sessions >= 4:
        yes.append("rule_11")
    elif (finding_2 or finding_2_unknown) and (sessions >= 4 or sessions_unknown):
        unknown.append("rule_11")
    if pain >= 8:
        yes.append("rule_12")
    if onset in {"sudden", "overnight"} and not (pain >= 7 or pain_unknown):
        yes.append("rule_13")
    if rubs == "worse" or "calf" in places:
        yes.append("rule_14")
    if limits == "fully" and who == "me":
        yes.append("rule_15")
    if "sleep" in goals and stress >= 7:
        yes.append("rule_16")
    if weakness == "known":
        yes.append("rule_17")
    elif weakness == "not_sure":
        unknown.append("rule_17")
    if onset == "sudden" and finding_2:
        yes.append("rule_18")
    elif onset in {"sudden", "not_sure"} and (finding_2 or finding_2_unknown):
        unknown.append("rule_18")
    if onset == "sudden" or pain >= 8:
        yes.append("rule_19")
    elif onset == "not_sure" or pain_unknown:
        unknown.append("rule_19")
    if spread in {"down", "up"} and not (
        "night_pain" in signs or "rash" in signs or "not_sure" in signs
    ):
        yes.append("rule_20")
    if knot == "tender" and finding_3:
        yes.append("rule_21")
    elif knot in {"tender", "not_sure"} and (finding_3 or finding_3_unknown):
        unknown.append("rule_21")
    if (
        (injury in {"fall", "sport"}) + (rubs == "worse") + (spread in {"down", "up"}) + (pain >= 8)
    ) >= 2:
        yes.append("rule_22")
    elif (
        (injury != "absent")
        + (rubs in {"worse", "not_sure"})
        + (spread in {"down", "up", "not_sure"})
        + (pain >= 8 or pain_unknown)
    ) >= 2:
        unknown.append("rule_22")
    if 2 <= weeks <= 11:
        yes.append("rule_23")
    if how_often == "daily" and stress >= 7:
        yes.append("rule_24")
    if "work" in goals or weeks >= 12:
        yes.append("rule_25")
    if (
        "blood_thinner" in medicines
        or "steroid" in medicines
        or duration in {"weeks", "months", "years"}
        or "weight_loss" in signs
        or "cough" in signs
    ):
        yes.append("rule_26")
    elif "not_sure" in medicines or duration == "not_sure" or "not_sure" in signs:
        unknown.append("rule_26")
    if worst_pain >= 7 and (
        "blood_thinner" in medicines
        or "steroid" in medicines
        or ("burning" in feels and "dull" in feels)
    ):
        yes.append("rule_27")
    if "hip" in places and spread not in {"up", "not_sure"}:
        yes.append("rule_28")
    if (
        injury in {"fall", "sport"}
        or "dull" in feels
        or "stretching" in tried
        or "therapy" in tried
    ):
        yes.append("rule_29")
    if stiffness >= 8 or stress >= 6 or ("heat" in tried and "stretching" in tried):
        yes.append("rule_30")
    if not ("blood_thinner" in medicines or "painkiller" in medicines or "not_sure" in medicines):
        yes.append("rule_31")
    if (
        (not ("sitting" in worse_with or "lifting" in worse_with or "not_sure" in worse_with))
        + (weakness in {"new", "known"})
        + ("sport" in goals)
        + (stiffness >= 8)
    ) >= 2:
        yes.append("rule_32")
    if finding_0 and "neck" in places and "shoulder" in places:
        yes.append("rule_33")
    if finding_0 and rubs in {"relief_lasts", "worse"}:
        yes.append("rule_34")
    if (
        (swelling == "both_sides")
        + (limits in {"little", "much", "fully"})
        + (stiffness >= 6)
        + ("sitting" in worse_with)
    ) >= 2:
        yes.append("rule_35")
    elif (
        (swelling in {"both_sides", "not_sure"})
        + (limits != "not_at_all")
        + (stiffness >= 6 or stiffness_unknown)
        + ("sitting" in worse_with or "not_sure" in worse_with)
    ) >= 2:
        unknown.append("rule_35")
    if injury == "sport" and rubs in {"relief_lasts", "relief_fades"}:
        yes.append("rule_36")
    if how_often == "daily" and onset not in {"sudden", "not_sure"}:
        yes.append("rule_37")
    if stiffness >= 8 and "therapy" in tried:
        yes.append("rule_38")
    if pain >= 8 and (fever == "high" or ("sweating" in signs and "night_pain" in signs)):
        yes.append("rule_39")
    if ("bones" in health or "pregnant" in health) and "pulled" in feels and "burning" in feels:
        yes.append("rule_40")
    elif ("bones" in health or "pregnant" in health or "not_sure" in health) and (
        "not_sure" in feels or ("pulled" in feels and "burning" in feels)
    ):
        unknown.append("rule_40")
    if "steroid" in medicines:
        yes.append("rule_41")
    if "night_pain" in signs:
        yes.append("rule_42")
    elif "not_sure" in signs:
        unknown.append("rule_42")
    if "cough" in signs and onset in {"sudden", "overnight"}:
        yes.append("rule_43")
    elif onset != "slow" and ("cough" in signs or "not_sure" in signs):
        unknown.append("rule_43")
    if spread in {"down", "up"}:
        yes.append("rule_44")
    if rubs == "relief_fades" and numbness in {"spreading", "patch"}:
        yes.append("rule_45")
    if age <= 17 and rest == "better":
        yes.append("rule_46")
    if rubs == "worse":
        yes.append("rule_47")
    if age >= 65 and finding_1:
        yes.append("rule_48")
    if "back" in places:
        yes.append("rule_49")
    if how_often == "daily" and ("sleep" in goals or "work" in goals):
        yes.append("rule_50")
    if injury == "sport":
        yes.append("rule_51")
    if ("heart" in health or "bones" in health) and (
        pain >= 7 or ("sitting" in worse_with and "stress" in worse_with)
    ):
        yes.append("rule_52")
    elif ("heart" in health or "bones" in health or "not_sure" in health) and (
        pain >= 7
        or pain_unknown
        or "not_sure" in worse_with
        or ("sitting" in worse_with and "stress" in worse_with)
    ):
        unknown.append("rule_52")
    if spread == "down":
        yes.append("rule_53")
    if (
        (spread == "down") + (rest in {"better", "worse"}) + (age <= 17) + (weakness == "known")
    ) >= 2:
        yes.append("rule_54")
    elif (
        (spread in {"down", "not_sure"})
        + (rest in {"better", "worse", "not_sure"})
        + (age <= 17 or age_unknown)
        + (weakness in {"known", "not_sure"})
    ) >= 2:
        unknown.append("rule_54")
    if age <= 17:
        yes.append("rule_55")
    if "massage" in tried and limits in {"much", "fully"}:
        yes.append("rule_56")
    if spread == "up":
        yes.append("rule_57")
    if stiffness >= 8:
        yes.append("rule_58")
    if heat == "relief_fades":
        yes.append("rule_59")

    return yes, unknown
