"""Writes the benchmark's protocol, 30 questions and 60 rules, always the same.

    .venv/bin/python -m bench.generate

The result is kept in `protocol/` and is what the benchmark measures; `twin.py` says the same by
hand. The protocol has the shape of a real one but no clinical meaning.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent / "protocol"
SEED = 3061

Tree = dict[str, object]

OPTIONS: dict[str, list[str]] = {  # every question, in the order in which they are asked
    "who": ["me", "someone"],
    "age": [],
    "injury": ["fall", "sport", "absent"],
    "numbness": ["spreading", "patch", "absent"],
    "weakness": ["new", "known", "absent"],
    "fever": ["high", "mild", "absent"],
    "swelling": ["one_side", "both_sides", "absent"],
    "signs": ["sweating", "weight_loss", "night_pain", "rash", "cough"],
    "health": ["heart", "diabetes", "cancer", "bones", "pregnant"],
    "medicines": ["blood_thinner", "steroid", "painkiller"],
    "places": ["neck", "shoulder", "back", "hip", "calf", "foot"],
    "pain": [],
    "onset": ["sudden", "overnight", "slow"],
    "feels": ["pulled", "burning", "dull", "sharp"],
    "knot": ["present", "tender", "absent"],
    "spread": ["down", "up", "absent"],
    "duration": ["days", "weeks", "months", "years"],
    "worst_pain": [],
    "how_often": ["rarely", "weekly", "daily"],
    "heat": ["relief_lasts", "relief_fades", "worse", "untried"],
    "rubs": ["relief_lasts", "relief_fades", "worse", "untried"],
    "worse_with": ["sitting", "lifting", "walking", "stress"],
    "rest": ["better", "worse", "same"],
    "tried": ["rest", "heat", "stretching", "massage", "therapy"],
    "sessions": [],
    "stiffness": [],
    "stress": [],
    "limits": ["not_at_all", "little", "much", "fully"],
    "weeks": [],
    "goals": ["sleep", "work", "sport", "relax"],
}
ORDER = list(OPTIONS)
ORDERED = ["duration", "how_often", "limits"]
SETS = ["signs", "health", "medicines", "places", "feels", "worse_with", "tried", "goals"]
SCALES = ["pain", "worst_pain", "stiffness", "stress"]
NUMBERS = {"age": (0, 120), "sessions": (0, 50), "weeks": (0, 200)}
RANGES: dict[str, list[Tree]] = {
    "age": [{"at_most": 17}, {"at_least": 65}, {"between": [40, 64]}],
    "sessions": [{"at_least": 4}, {"at_most": 3}],
    "weeks": [{"at_least": 12}, {"between": [2, 11]}],
}
ENABLED_WHEN: dict[str, Tree] = {
    "swelling": {"injury": ["fall", "sport"]},
    "spread": {"places": ["neck", "shoulder", "back"]},
    "worst_pain": {"pain": {"at_least": 4}},
    "how_often": {"duration": {"at_least": "weeks"}},
    "rubs": {"heat": ["relief_lasts", "relief_fades", "worse"]},
    "rest": {"worse_with": ["lifting", "walking"]},
    "sessions": {"tried": ["massage", "therapy"]},
    "stiffness": {"any": [{"knot": ["present", "tender"]}, {"age": {"at_least": 65}}]},
    "weeks": {"limits": {"at_least": "little"}},
    "goals": {"who": "me"},
}
NOT_SURE = [
    *["numbness", "weakness", "fever", "swelling", "signs", "health"],
    *["pain", "onset", "knot", "heat", "limits"],
]
FORMS = {"one": 20, "two": 16, "any": 6, "mixed": 4, "count": 5, "not": 3, "finding": 6}
RULES_WITH_IF_UNSURE = 15
MEDICAL = ["emergency", "urgent_medical", "medical_clearance_first"]
OTHER = ["deep_tissue", "regular_plan", "certified_therapist", "self_care"]
TEXTS = ["disclaimer_short", "disclaimer", "emergency_lead", "emergency_say", "not_reviewed"]


class Writer:
    """Draws the rules from one seeded generator."""

    def __init__(self) -> None:
        self._random = random.Random(SEED)
        self._findings = {
            f"finding_{number}": {"says": f"finding {number}", "when": self._condition("any")}
            for number in range(4)
        }

    def write(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        files: dict[str, object] = {
            "protocol": {
                "id": "benchmark",
                "title": "The benchmark's protocol",
                "version": "1",
                "date": "2026-01-01",
                "author": "bench/generate.py",
                "intended_purpose": "To measure the engine. It has no clinical meaning.",
                "language": "en",
            },
            "questions": [_question(name) for name in ORDER],
            "rules": {
                "findings": self._findings,
                "rules": list(self._rules()),
                "precautions": list(self._precautions()),
            },
            "recommendations": [
                {"id": name, "headline": f"Headline of {name}.", "do_now": ["Do this."]}
                for name in (*MEDICAL, *OTHER)
            ],
            "safety": [],
            "cases": [],
            "texts": dict.fromkeys(TEXTS, "This is a benchmark."),
            "evidence": [{"id": "B1", "claim": "None.", "source": "The benchmark"}],
        }
        for name, tree in files.items():
            with (folder / f"{name}.yaml").open("w", encoding="utf-8") as file:
                yaml.dump(tree, file, Plain, sort_keys=False, width=100, default_flow_style=None)

    def _rules(self) -> Iterator[Tree]:
        conditions = self._conditions()
        may_be_unsure = [when for when in conditions if self._read_by(when) & set(NOT_SURE)]
        with_if_unsure = self._random.sample(may_be_unsure, RULES_WITH_IF_UNSURE)
        for number, when in enumerate(conditions):
            rule: Tree = {"id": f"rule_{number:02}", "when": when}
            if when in with_if_unsure:
                place = self._random.choice([0, 1, 1, 2, 2, 2])
                rule |= {"recommend": MEDICAL[place], "if_unsure": MEDICAL[min(place + 1, 2)]}
            else:
                rule["recommend"] = self._random.choice(OTHER)
            yield rule | {"because": f"You gave the answers of rule {number}.", "evidence": ["B1"]}

    def _precautions(self) -> Iterator[Tree]:
        for number, name in enumerate(["age", "health", "medicines", "places"]):
            yield {
                "id": f"precaution_{number}",
                "when": self._test(name),
                "limits": ["no_deep_pressure"],
                "therapist": f"Precaution {number}.",
                "evidence": ["B1"],
            }

    def _conditions(self) -> list[Tree]:
        """One condition for each rule, no two alike."""
        forms = [form for form, number in FORMS.items() for _ in range(number)]
        conditions: list[Tree] = []
        while forms:
            when = self._condition(forms[-1])
            if when not in conditions:
                conditions.append(when)
                forms.pop()
        self._random.shuffle(conditions)
        return conditions

    def _condition(self, form: str) -> Tree:
        match form:
            case "one":
                return self._tests(1)[0]
            case "two":
                first, second = self._tests(2)
                return first | second
            case "any":
                return {"any": self._tests(self._random.randint(2, 3))}
            case "mixed":
                *some, last = self._tests(3)
                return {"all": [{"any": some}, last]}
            case "count":
                return {"count": {"at_least": 2, "of": self._tests(4)}}
            case "not":
                first, second = self._tests(2)
                return {"all": [first, {"not": second}]}
            case _:
                finding = self._random.choice(sorted(self._findings))
                return {"all": [{"finding": finding}, *self._tests(1)]}

    def _tests(self, number: int) -> list[Tree]:
        """Tests of so many different questions."""
        return [self._test(name) for name in self._random.sample(ORDER, number)]

    def _test(self, name: str) -> Tree:
        if name in SCALES:
            return {name: {"at_least": self._random.choice([6, 7, 8])}}
        if name in NUMBERS:
            return {name: self._random.choice(RANGES[name])}
        if name in ORDERED:
            return {name: {"at_least": self._random.choice(OPTIONS[name][1:])}}
        if name in SETS and self._random.random() < 0.2:
            return {name: {self._random.choice(["all_of", "none_of"]): self._some(name, 2)}}
        chosen = self._some(name, self._random.choice([1, 1, 2]))
        return {name: chosen[0] if len(chosen) == 1 else chosen}

    def _some(self, name: str, number: int) -> list[str]:
        """So many options in their order; of a choice, the last is the ordinary answer."""
        options = OPTIONS[name] if name in SETS else OPTIONS[name][:-1]
        chosen = self._random.sample(options, min(number, len(options)))
        return sorted(chosen, key=options.index)

    def _read_by(self, when: object) -> set[str]:
        """The questions that a condition reads."""
        if isinstance(when, list):
            return set[str]().union(*map(self._read_by, when))
        if not isinstance(when, dict):
            return set()
        if "finding" in when:
            return self._read_by(self._findings[when["finding"]]["when"])
        return {name for name in when if name in OPTIONS}.union(*map(self._read_by, when.values()))


class Plain(yaml.SafeDumper):
    """YAML without anchors."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _question(name: str) -> Tree:
    tree: Tree = {"id": name, "ask": f"{_label(name)}?", "short": _label(name)}
    if name in SCALES:
        tree["type"] = "scale"
    elif name in NUMBERS:
        low, high = NUMBERS[name]
        tree |= {"type": "number", "minimum": low, "maximum": high}
    else:
        tree["type"] = "choices" if name in SETS else "choice"
        tree["options"] = [{"id": one, "label": _label(one)} for one in OPTIONS[name]]
    if name in ORDERED:
        tree["ordered"] = True
    if name in SETS:
        tree["none"] = True
    if name in NOT_SURE:
        tree["not_sure"] = True
    if name in ENABLED_WHEN:
        tree["enable_when"] = ENABLED_WHEN[name]
    return tree


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


if __name__ == "__main__":
    Writer().write(FOLDER)
