"""Makes the clauses of everything that a protocol claims, from its YAML alone.

Nothing here is shared with `assessment`, and of what is installed only PyYAML is used. README.md
beside this file says what each variable is called and how gates are made; `check.py` holds a
certificate against these clauses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from copy import copy
from functools import cache
from itertools import combinations, pairwise, product
from operator import neg
from typing import Any

import yaml

EMERGENCY, TODAY, CLEARANCE = "emergency", "urgent_medical", "medical_clearance_first"
MASSAGE = ("deep_tissue", "regular_plan", "certified_therapist")
RANK = (EMERGENCY, TODAY, CLEARANCE, *MASSAGE, "self_care")  # in order of precedence
URGENCY = dict(zip(RANK, (3, 2, 1, 0, 0, 0, 0), strict=True))
PRESSURE = dict(zip(RANK, (0, 0, 0, 2, 1, 1, 0), strict=True))
TAGS = (None, "no_deep", "no_massage", "clearance", "urgent", "emergency")  # from mild to grave
LEAST = dict(zip(TAGS, (0, 0, 0, 1, 2, 3), strict=True))  # the urgency of a tag,
MOST = dict(zip(TAGS, (2, 1, 0, 2, 2, 2), strict=True))  # and its pressure
LESS_SURE = (0, 1, 1, 2)  # the urgency that is left of each for somebody who is not sure
LIMITING = {"no_massage", "no_deep_pressure"}  # what keeps a recommendation off a place
WORDS = ("all", "any", "not", "count", "finding")
# Every key that a part of a protocol may have, by its kind: the verifier stops at any other.
KNOWN = """
question id type ask short hint why section evidence enable_when private optional clarify options
question lasts ordered none not_sure worse low high minimum maximum unit
option id label hint ask says safety informs evidence side
finding says when
rule id when recommend because evidence if_unsure
precaution id when limits therapist person evidence places
support id when headline lines evidence alone
advice id headline short do_now expect sooner tell guide requires requires_says places
promise id promise when then asked evidence
then urgency_at_least pressure_at_most limits places
file findings rules precautions support
"""
TRUE, FALSE = 1, -1
Node = Any  # what YAML holds
Literal = int
# Of "yes" and then of "yes or unknown": true whatever becomes of open questions; possibly true.
Value = tuple[Literal, ...]
Claim = tuple[str, str, Literal]  # code, subject, and what is never true (or must be, at times)


class Circuit:
    """Clauses over named variables and gates; a gate that was built before is returned again."""

    def __init__(self) -> None:
        self.required = [[TRUE]]
        self.named: dict[str, Literal] = {}
        self.gates: dict[tuple[Literal, ...], Literal] = {}

    @property
    def last(self) -> Literal:
        return TRUE + len(self.named) + len(self.gates)

    def variable(self, name: str) -> Literal:
        return self.named.setdefault(name, self.last + 1)

    def require(self, *literals: Literal) -> None:
        self.required.append(list(literals))

    def conj(self, literals: Iterable[Literal]) -> Literal:
        wanted = set(literals) - {TRUE}
        if FALSE in wanted or any(-each in wanted for each in wanted):
            return FALSE
        if len(wanted) < 2:
            return wanted.pop() if wanted else TRUE
        return self.gates.setdefault(tuple(sorted(wanted)), self.last + 1)

    def disj(self, literals: Iterable[Literal]) -> Literal:
        return -self.conj(map(neg, literals))

    def same(self, one: Literal, other: Literal) -> Literal:
        return self.disj((self.conj((one, other)), self.conj((-one, -other))))

    def unlike(self, some: Iterable[Literal], others: Iterable[Literal]) -> Literal:
        return self.disj([-self.same(*pair) for pair in zip(some, others, strict=True)])

    def gained(self, before: Iterable[Literal], after: Iterable[Literal]) -> Literal:
        return self.disj([self.conj((-one, now)) for one, now in zip(before, after, strict=True)])

    def at_least(self, number: int, literals: list[Literal]) -> Literal:
        number -= literals.count(TRUE)
        row = [TRUE] + [FALSE] * max(number, 0)
        for each in (one for one in literals if abs(one) != TRUE):
            gained = [self.conj((each, before)) for before in row[:-1]]
            row = [TRUE, *map(self.disj, zip(row[1:], gained, strict=True))]
        return row[-1]

    def clauses(self) -> Iterator[list[Literal]]:
        yield from self.required
        for key, gate in self.gates.items():
            yield from ([-gate, each] for each in key)
            yield [gate, *map(neg, key)]


class Part(dict[str, Node]):
    """A part of a protocol: what is left out is None."""

    def __missing__(self, key: str) -> None:
        return None


def parts(kind: str, found: Iterable[Node] | None) -> list[Part]:
    """Return the parts of one kind. Raises ValueError at a key that is not known."""
    lines = [line.split() for line in KNOWN.split("\n") if line.startswith(f"{kind} ")]
    for strange in set().union(*found or ()) - {key for line in lines for key in line[1:]}:
        raise ValueError(f"a {kind} has the key `{strange}`, which this verifier does not know")
    return [Part(part) for part in found or ()]


def questions_of(found: Iterable[Node]) -> Iterator[Part]:
    """Yield each question, and the lines that are asked where somebody is not sure of a list."""
    for one in parts("question", found):
        one |= {key: None for key in one if one[key] == "false"}  # in quotes it is no less false
        name, options = one["id"], parts("option", one["options"])
        one["options"] = {option["id"]: option for option in options}
        one["values"] = [*one["options"], *(["none"] if one["none"] else [])]
        one["informs"] = any(option["informs"] for option in options)
        high = 10 if one["maximum"] is None else one["maximum"]
        one["numbers"] = () if options else range(one["minimum"] or 0, high + 1)
        yield one
        for option in options if one["clarify"] else []:
            line = Part(id=f"{name}__{option['id']}", line=True, type="choice", not_sure=True)
            line["options"] = {"yes": option, "no": Part()}
            line |= {"values": ["yes", "no"], "numbers": (), "informs": option["informs"]}
            yield Part(line | {"enable_when": (name, option["id"]), "private": one["private"]})


def listed(node: Node) -> list[Node]:
    return node if isinstance(node, list) else [node]


class Protocol:
    """What a protocol's YAML says of decisions; it stands in five files, in this order."""

    def __init__(self, texts: Iterable[str]) -> None:
        head, questions, rules, advice, safety = map(yaml.safe_load, texts)
        [rules] = parts("file", [rules])
        self.rules, self.support = parts("rule", rules["rules"]), parts("support", rules["support"])
        self.precautions = parts("precaution", rules["precautions"])
        self.findings, self.promises = rules["findings"] or {}, parts("promise", safety)
        parts("finding", self.findings.values())
        self.told = [one["when"] for one in self.support]
        self.told += [head["carer_when"]] if "carer_when" in head else []
        self.noted = [one["when"] for one in self.precautions]
        self.questions = {one["id"]: one for one in questions_of(questions)}
        self.advice = {one["id"]: one for one in parts("advice", advice)}
        self.requires = {name: self._required(self.advice.get(name, Part())) for name in RANK}

    def _required(self, advice: Part) -> Node:
        """Return what a recommendation requires: its own words, and a place free of limits."""
        wanted, free = [advice["requires"]] if advice["requires"] else [], []
        for place in advice["places"] or ():
            maps = [one for one in self.questions.values() if one["type"] == "areas"]
            here = {"any": [{one["id"]: place} for one in maps if place in one["values"]]}
            of = [one for one in self.precautions if place in listed(one["places"])]
            limits = [one["when"] for one in of if LIMITING & set(listed(one["limits"]))]
            free.append({"all": [here, {"not": {"any": limits}}]} if limits else here)
        wanted += [{"any": free}] if free else []
        return {"all": wanted} if wanted else None


def promised(promise: Part) -> tuple[Part, int, int]:
    """Return the outcome that a promise names, and its bounds of urgency and of pressure."""
    [then] = parts("then", [promise["then"] or {}])
    most = 2 if then["pressure_at_most"] is None else then["pressure_at_most"]
    return then, URGENCY[then["urgency_at_least"] or "self_care"], most


def denied(value: Value) -> Value:
    return tuple(map(neg, reversed(value)))


def merged(how: Callable[[list[Literal]], Literal], values: Iterable[Value]) -> Value:
    return tuple(how(list(each)) for each in zip(*values, strict=True))


class Sheet:
    """One unknown answer set, and the decision on it.

    `var` has for each question a literal for each option, for `not_sure`, and for each step of a
    number (`>=16`); all are false where it is not asked. `but` is asked of this sheet and of the
    one `beside` it, and answered otherwise.
    """

    def __init__(
        self, circuit: Circuit, protocol: Protocol, beside: Sheet | None = None, but: str = ""
    ) -> None:
        self.circuit, self.protocol, self.beside, self.but = circuit, protocol, beside, but
        self.asked: dict[str, Literal] = {}
        self.left = dict.fromkeys(protocol.questions, FALSE)
        self.var: dict[str, dict[str, Literal]] = {}
        self._places = {name: place for place, name in enumerate(protocol.questions)}
        self._read: set[tuple[str, str]] = set()
        self._values: dict[tuple[int, int], tuple[Node, Value, frozenset[tuple[str, str]]]] = {}
        self._rests: dict[int, frozenset[str]] = {}
        self._owed = cache(self._owing)
        self.private: set[str] = set()
        for name, one in protocol.questions.items():
            self._add(name, one)
            # A private answer, and what it opens, counts for nothing before the end.
            if one["private"] or self.private & self.rests(one["enable_when"]):
                self.private.add(name)
                self._places[name] = len(protocol.questions)
        votes: dict[str, list[Literal]] = {name: [] for name in RANK}
        self.fires = []
        for rule in protocol.rules:
            gives, unsure = rule["recommend"], rule["if_unsure"]
            yes = circuit.conj((self.yes(rule["when"]), self.yes(protocol.requires[gives])))
            needs = self.yes(protocol.requires[unsure]) if unsure else FALSE
            self.fires.append((yes, circuit.conj((self.unknown(rule["when"]), needs))))
            votes[gives].append(yes)
            votes[unsure or gives].append(self.fires[-1][1])
        given = [circuit.disj(votes[name]) for name in RANK]
        self.undecided = circuit.conj(map(neg, given))
        first = [circuit.conj((vote, *map(neg, given[:at]))) for at, vote in enumerate(given)]
        self.wins = dict(zip(RANK, first, strict=True))
        self.wins[CLEARANCE] = circuit.disj((self.wins[CLEARANCE], self.undecided))

    def least(self, which: dict[str, int], number: int) -> Literal:
        """Return "the decision has at least this urgency", or this pressure."""
        return self.circuit.disj(self.wins[name] for name in RANK if which[name] >= number)

    def breaks(self, urgency: int, pressure: int) -> Literal:
        """Return "the decision is less urgent than this, or has more pressure"."""
        urgent, too_much = self.least(URGENCY, urgency), self.least(PRESSURE, pressure + 1)
        return self.circuit.disj((-urgent, too_much))

    def tells(self, limit: str, place: str | None) -> Literal:
        """Return "a precaution that a therapist may read gives this limit", to body or place."""
        noted, private = [], self.private
        for one in self.protocol.precautions:
            body = place is None or limit != "avoid_area"  # of this only its words say where
            given = place in listed(one["places"]) if one["places"] else body
            if given and limit in listed(one["limits"]) and not private & self.rests(one["when"]):
                noted.append(self.maybe(one["when"]))
        return self.circuit.disj(noted)

    def tier(self, name: str, option: str) -> int:
        """Return the urgency of the gravest sign that an option is or opens, or any of them."""
        of, options = self.protocol.questions[name], self.protocol.questions[name]["options"]
        every = not option or (option == "not_sure" and of["not_sure"])  # where it is offered
        found = [LEAST[options[each]["safety"]] for each in (options if every else [option])]
        for each, one in self.protocol.questions.items():
            read = self.reads(one["enable_when"]) if not one["line"] else ()
            if any(test[0] == name and (every or test[1] == option) for test in read):
                found.append(self.tier(each, ""))
        return max(found, default=0)

    def excused(self, name: str, tier: int) -> Literal:
        """Return "the decision is as urgent as any answer here could have asked for"."""
        c = self.circuit
        owed = [TRUE] * tier + self._owed(name)[tier:]
        return c.conj(c.disj((-each, self.least(URGENCY, at))) for at, each in enumerate(owed, 1))

    def _owing(self, name: str) -> list[Literal]:
        """Return by urgency "some promise could ask for it", were this and what it opens open."""
        questions, found = self.protocol.questions, [[FALSE] for _ in range(4)]
        later = (each for each, one in questions.items() if name in self.rests(one["enable_when"]))
        family, end = {name, *later}, len(questions)
        view, view.protocol = copy(self), copy(self.protocol)
        view.protocol.questions = {**questions, name: Part(questions[name] | {"enable_when": None})}
        view._places = {each: end if each in family else at for at, each in enumerate(questions)}
        view._values = {}
        for one in self.protocol.promises:
            _, urgency, _ = promised(one)
            if urgency and family & self.rests(one["when"]):
                _, sure, _, most = view.value(one["when"], end)
                found[urgency].append(sure)
                found[LESS_SURE[urgency]].append(most)
        return [self.circuit.disj(each) for each in found[1:]]

    def unknown(self, when: Node) -> Literal:
        """Return "this is neither yes nor no"."""
        return self.circuit.conj((-self.yes(when), self.maybe(when)))

    def _add(self, name: str, one: Part) -> None:
        c, mark = self.circuit, "2:" if self.beside else ""
        alike = self.beside if name != self.but else None
        asks = self.maybe(one["enable_when"])
        if alike and asks == alike.maybe(one["enable_when"]):  # so it is answered alike
            self.var[name], self.asked[name] = alike.var[name], alike.asked[name]
            return
        offered = c.variable(f"{name}.offered") if one["optional"] else TRUE
        asked = self.asked[name] = c.conj((asks, offered))
        keys = [*(f">={step}" for step in one["numbers"][1:]), *one["values"]]
        keys += ["not_sure"] if one["not_sure"] else []
        var = self.var[name] = {key: c.variable(f"{mark}{name}.{key}") for key in keys}
        for literal in var.values():
            c.require(-literal, asked)
        for key, other in combinations(keys, 2):
            if one["type"] == "choice" or "none" in (key, other):
                c.require(-var[key], -var[other])
        if one["numbers"]:
            var["given"] = c.conj((asked, -var.get("not_sure", FALSE)))
            for lower, higher in pairwise(["given", *keys[: len(one["numbers"]) - 1]]):
                c.require(-var[higher], var[lower])
        else:
            c.require(-asked, *var.values())
        if alike:
            for key, sign in product(keys, (1, -1)):
                c.require(-asked, -alike.asked[name], -sign * var[key], sign * alike.var[name][key])

    def value(self, when: Node, place: int = -1) -> Value:
        """Return what a condition comes to.

        With a `place` only answers to questions before it are known; all others may be any.
        """
        behind = place  # nothing changes but when one more that it rests on is behind
        if place >= 0:
            behind = sum(self._places[name] < place for name in self.rests(when))
        if (id(when), behind) not in self._values:
            outer, self._read = self._read, set()
            made = self._made(when, place)
            # The condition is kept, so that its id stays its own.
            self._values[id(when), behind] = when, made, frozenset(self._read)
            self._read = outer
        _, value, read = self._values[id(when), behind]
        self._read |= read
        return value

    def yes(self, when: Node) -> Literal:
        return self.value(when)[0]

    def maybe(self, when: Node) -> Literal:
        return self.value(when)[2]

    def reads(self, when: Node) -> frozenset[tuple[str, str]]:
        """Return what a condition reads: questions, each with what it tests of it, and findings."""
        self.value(when)
        return self._values[id(when), -1][2]

    def rests(self, when: Node) -> frozenset[str]:
        """Return the questions that a condition reads, and those that what asks them rests on."""
        if id(when) not in self._rests:
            names = frozenset(name for name, _ in self.reads(when)) - {"finding"}
            asking = [self.protocol.questions[name]["enable_when"] for name in names]
            self._rests[id(when)] = names.union(*map(self.rests, asking))
        return self._rests[id(when)]

    def _made(self, when: Node, place: int) -> Value:
        if isinstance(when, tuple):  # a line is asked where its list is unsure, and not so ticked
            ticked = denied(self._atom(when[0], when[1], place))
            return merged(self.circuit.conj, (self._atom(when[0], "not_sure", place), ticked)) * 2
        if when is None:
            return (TRUE,) * 4
        if not when or (len(when) > 1 and set(WORDS) & set(when)):
            raise ValueError(f"{when} is no condition")
        found = [self._word(word, inner, place) for word, inner in when.items()]
        return merged(self.circuit.conj, found)

    def _word(self, word: str, inner: Node, place: int) -> Value:
        c = self.circuit
        if word == "finding":
            self._read.add((word, inner))
            return self.value(self.protocol.findings[inner]["when"], place)
        if word == "not":
            return denied(self.value(inner, place))
        if word not in WORDS:
            one = self.protocol.questions[word]
            named = inner.items() if isinstance(inner, dict) else [("is", inner)]
            return merged(c.conj, [self._test(one, each, listed(of), place) for each, of in named])
        found = [self.value(part, place) for part in (inner["of"] if word == "count" else inner)]
        if word == "count":
            return merged(lambda each: c.at_least(inner["at_least"], each), found)
        return merged(c.conj if word == "all" else c.disj, found)

    def _test(self, one: Part, operator: str, operand: list[Node], place: int) -> Value:
        c, name = self.circuit, one["id"]
        if operator in ("is", "none_of"):
            found = self._is(one, operand, place)
            return found if operator == "is" else denied(found)
        if operator == "all_of":
            return merged(c.conj, [self._is(one, [each], place) for each in operand])
        if operator not in ("at_least", "at_most", "between"):
            raise ValueError(f"there is no test `{operator}`")
        low = operand[:1] if operator != "at_most" else []
        high = operand[-1:] if operator != "at_least" else []
        if set(operand) - {*one["numbers"], *one["options"]}:
            raise ValueError(f"`{name}` has no answer {operand}")
        if ids := list(one["options"]):
            first, last = ids.index((low or ids)[0]), ids.index((high or ids)[-1])
            return self._is(one, ids[first : last + 1], place)
        keys = [*(f">={each}" for each in low), *(f"<={each}" for each in high)]
        yes = merged(c.conj, [self._atom(name, key, place) for key in keys])
        return yes + merged(c.disj, (yes, self._atom(name, "not_sure", place)))

    def _is(self, one: Part, operand: list[Node], place: int) -> Value:
        """Return "one of these is ticked"; on a list that clarifies, or its line says so."""
        c, name = self.circuit, one["id"]
        if strange := set(operand) - set(one["values"]):
            raise ValueError(f"`{name}` has no option {strange}")
        ticked = [self._atom(name, each, place) for each in operand]
        unsure = [] if one["clarify"] else [self._atom(name, "not_sure", place)]
        for number, each in enumerate(operand if one["clarify"] else []):
            key, options = ("no", list(one["options"])) if each == "none" else ("yes", [each])
            said = [self._atom(f"{name}__{line}", key, place) for line in options]
            doubt = [self._atom(f"{name}__{line}", "not_sure", place) for line in options]
            if each == "none":
                doubt = [merged(c.disj, pair) for pair in zip(said, doubt, strict=True)]
            ticked[number] = merged(c.disj, (ticked[number], merged(c.conj, said)))
            unsure.append(merged(c.conj, doubt))
        yes = merged(c.disj, ticked)
        return yes + merged(c.disj, (yes, *unsure))

    def _atom(self, name: str, key: str, place: int) -> Value:
        """Return what makes something true of an answer, by what is known before a place."""
        c, one, var = self.circuit, self.protocol.questions[name], self.var[name]
        self._read.add((name, key))
        key = "given" if one["numbers"] and key == f">={one['numbers'][0]}" else key
        literal = var.get(key, FALSE)
        if key[:2] == "<=":
            literal = c.conj((var["given"], -var.get(f">={int(key[2:]) + 1}", FALSE)))
        if place < 0:
            return literal, literal
        if key == "not_sure" and not one["not_sure"]:
            return FALSE, FALSE
        if self._places[name] >= place:  # it may become any answer, where it may be asked
            return FALSE, self.value(one["enable_when"], place)[3]
        if key == "not_sure":
            return c.conj((literal, -self.left[name])), literal
        return literal, c.disj((literal, self.left[name]))

    def settled(self) -> dict[str, Literal]:
        """Return "it can no longer matter" for each question, by what is known before it."""
        c, protocol = self.circuit, self.protocol
        told, noted = protocol.told, protocol.noted
        certain, found = dict.fromkeys(RANK, FALSE), {}
        every = protocol.questions.items()
        informing = {each for each, one in every if one["informs"] or one["type"] == "areas"}
        gates = [protocol.questions[each]["enable_when"] for each in informing]
        for place, (name, one) in enumerate(protocol.questions.items()):
            may = [(gives, self._votes(gives, name, place)[1]) for gives in RANK]
            notes = [self.value(each, place)[3] for each in noted if name in self.rests(each)]
            informs = [self.value(each, place)[3] for each in gates if name in self.rests(each)]
            informs += [TRUE] if name in informing else []
            may += [(TODAY, c.disj(notes)), (CLEARANCE, c.disj(informs))]
            past = [c.disj((certain[gives], -possible)) for gives, possible in may]
            says = [self.value(each, place)[1] for each in told if name in self.rests(each)]
            found[name] = FALSE if one["optional"] else c.conj((*past, -c.disj(says)))
            for number, gives in enumerate(RANK):
                gained = self._votes(gives, name, place + 1)[0]
                for lower in RANK[number:]:
                    certain[lower] = c.disj((certain[lower], gained))
        return found

    def _votes(self, gives: str, name: str, place: int) -> Value:
        """Return "this is certain" and "this is possible", of the rules that rest on a question."""
        c, needs = self.circuit, self.protocol.requires[gives]
        votes: list[Value] = [(FALSE, FALSE)]
        for rule in self.protocol.rules:
            both = rule["recommend"], rule["if_unsure"]
            if gives in both and name in self.rests(rule["when"]) | self.rests(needs):
                yes, perhaps, maybe, most = self.value(rule["when"], place)
                votes += [(yes, perhaps)] if both[0] == gives else []
                votes += [(c.conj((maybe, -perhaps)), most)] if both[1] == gives else []
        return merged(c.conj, (merged(c.disj, votes), self.value(needs, place)[:2]))


class ShortSheet(Sheet):
    """The answers of another sheet, with those to some questions left out."""

    def __init__(self, full: Sheet) -> None:
        self._full = full
        self.dropped: dict[str, Literal] = {}
        super().__init__(full.circuit, full.protocol)

    def _add(self, name: str, one: Part) -> None:
        c, full, asked = self.circuit, self._full, self.maybe(one["enable_when"])
        dropped = self.dropped[name] = FALSE if one["optional"] else c.variable(f"{name}.dropped")
        c.require(-dropped, full.asked[name])
        given = c.conj((asked, full.asked[name], -dropped))
        left = self.left[name] = FALSE if one["optional"] else c.conj((asked, -given))
        self.var[name] = {key: c.conj((given, each)) for key, each in full.var[name].items()}
        self.var[name]["not_sure"] = c.disj((self.var[name].get("not_sure", FALSE), left))
        self.asked[name] = c.disj((given, left))

    def unknown(self, when: Node) -> Literal:
        """Return "this is unknown whatever the answers to what was left out would have been"."""
        _, perhaps, maybe, _ = self.value(when, len(self._places) + 1)
        return self.circuit.conj((self.circuit.conj((maybe, -perhaps)), -self.yes(when)))


def bounded(protocol: Protocol, sheet: Sheet) -> Iterator[Claim]:
    """Yield what is claimed of decisions on one answer set: total, floors, promises."""
    conj = sheet.circuit.conj
    yield "no-rule-decides", "rules", sheet.undecided
    for name, one in protocol.questions.items():
        tags = {option: said["safety"] for option, said in one["options"].items()}
        for option, tag in tags.items():
            code = "below-floor" if LEAST[tag] else "too-much-pressure"
            broken = conj((sheet.var[name][option], sheet.breaks(LEAST[tag], MOST[tag])))
            yield from [(code, f"{name}.{option}", broken)] if tag else []
        if one["not_sure"] and not one["clarify"]:
            least = max((LESS_SURE[LEAST[tag]] for tag in tags.values()), default=0)
            most = min((MOST[tag] for tag in tags.values()), default=2)
            subject, unsure = f"{name}.not_sure", sheet.var[name]["not_sure"]
            low, high = (conj((unsure, sheet.breaks(*each))) for each in ((least, 2), (0, most)))
            yield from [("not-sure-below-floor", subject, low)] if least else []
            yield from [("not-sure-too-much-pressure", subject, high)] if most < 2 else []
    for one in protocol.promises:
        then, least, most = promised(one)
        yes, maybe = sheet.yes(one["when"]), sheet.maybe(one["when"])
        bounds = [(sheet.breaks(least, most), sheet.breaks(LESS_SURE[least], most))]
        bounds = bounds if (least, most) != (0, 2) else []
        for limit, place in product(listed(then["limits"] or []), listed(then["places"] or None)):
            bounds.append((-sheet.tells(limit, place),) * 2)
        for sure, unsure in bounds:
            yield "promise-broken", one["id"], conj((yes, sure))
            yield "promise-not-sure", one["id"], conj((maybe, -yes, unsure))


def asked(protocol: Protocol, sheet: Sheet) -> Iterator[Claim]:
    """Yield the signs that a walk must not pass by."""
    settled = sheet.settled()
    for one in protocol.promises:
        for sign in listed(one["asked"] or []):
            name, _, option = sign.partition(".")
            shown = sheet.circuit.conj((sheet.asked[name], -settled[name]))
            excused = sheet.excused(name, max(1, sheet.tier(name, option)))
            missed = sheet.circuit.conj((sheet.maybe(one["when"]), -shown, -excused))
            yield "sign-not-asked", f"{one['id']}: {sign}", missed


def interrupts(protocol: Protocol, full: Sheet) -> Iterator[Claim]:
    """Yield that an emergency stays one, and its signs lead to it, whatever else is left out."""
    c, so_far = full.circuit, ShortSheet(full)
    ends = [one for one in protocol.rules if one["recommend"] == EMERGENCY]
    ended = c.disj(so_far.yes(one["when"]) for one in ends)
    for one in ends:
        back = c.conj((so_far.yes(one["when"]), -full.wins[EMERGENCY]))
        yield "interrupt-taken-back", one["id"], back
    for name, one in protocol.questions.items():
        for option in (each for each, said in one["options"].items() if LEAST[said["safety"]] == 3):
            waits = c.conj((so_far.var[name][option], -ended))
            yield "sign-does-not-interrupt", f"{name}.{option}", waits


def worse(question: Part, one: Sheet, other: Sheet) -> Iterator[tuple[str, Literal]]:
    """Yield each way in which an answer gets worse from one to the other."""
    c, name, options = one.circuit, question["id"], question["options"]
    mine, its = one.var[name], other.var[name]
    grave = {option: TAGS.index(said["safety"]) for option, said in options.items()}
    for option in (each for each in options if grave[each]):
        if question["type"] in ("choices", "areas"):  # it is ticked as well, and `none` goes
            kept = [c.same(mine[key], its[key]) for key in mine if key not in (option, "none")]
            kept += [one.asked[name], other.asked[name], -mine[option], its[option]]
            yield f"{name}.{option}", c.conj(kept)
        else:
            milder = c.disj(mine[each] for each in options if grave[each] < grave[option])
            yield f"{name}.{option}", c.conj((milder, its[option]))
    if question["worse"] == "down":
        mine, its = its, mine
    if question["worse"] and options:
        ids = list(options)
        steps = [(c.disj(mine[low] for low in ids[:at]), its[each]) for at, each in enumerate(ids)]
        yield name, c.disj(map(c.conj, steps))
    elif question["worse"]:
        low, high = ([var[key] for key in mine if key[0] == ">"] for var in (mine, its))
        kept = [c.disj((-before, after)) for before, after in zip(low, high, strict=True)]
        yield name, c.conj((mine["given"], its["given"], *kept, c.gained(low, high)))


def monotone(name: str, protocol: Protocol, one: Sheet) -> Iterator[Claim]:
    """Yield that a worse answer makes nothing less urgent, nor as urgent with more pressure."""
    c, other = one.circuit, Sheet(one.circuit, protocol, one, name)
    before, after = ([each.least(URGENCY, level) for level in (1, 2, 3)] for each in (one, other))
    pressure = [[each.least(PRESSURE, level) for level in (1, 2)] for each in (one, other)]
    more = c.conj((*map(c.same, before, after), c.gained(*pressure)))
    for subject, change in worse(protocol.questions[name], one, other):
        yield "worse-is-less-urgent", subject, c.conj((change, c.gained(after, before)))
        yield "worse-has-more-pressure", subject, c.conj((change, more))


def short_walks(protocol: Protocol, full: Sheet) -> Iterator[Claim]:
    """Yield that leaving settled questions out changes nothing that counts."""
    c, short, code = full.circuit, ShortSheet(full), "short-walk-differs"
    for name, literal in full.settled().items():
        c.require(-short.dropped[name], literal)
    again = [c.conj((short.left[name], -literal)) for name, literal in short.settled().items()]
    yield code, "questions", c.disj(again)
    yield code, "rules", c.disj(map(c.gained, full.fires, short.fires))
    yield code, "recommendations", c.unlike(full.wins.values(), short.wins.values())
    told = [one["when"] for one in protocol.support]
    yield code, "support", c.unlike(map(full.yes, told), map(short.yes, told))
    noted = []
    for when in protocol.noted:
        both = [(sheet.yes(when), sheet.unknown(when)) for sheet in (full, short)]
        calm = c.conj((-full.least(URGENCY, 2), c.unlike(*both)))
        noted.append(c.disj((calm, c.gained(*both))))
    yield code, "precautions", c.disj(noted)
