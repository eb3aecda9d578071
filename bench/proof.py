"""How long it takes to prove everything, beside another solver on the same claims.

    .venv/bin/python -m bench.proof

z3 is given the written definition, as in the tests (`tests/proof/second_opinion.py`), once and on
the shipped protocol only: it takes too long for more. It does less than `prove`, which also looks
for the longest path, replays answers and runs the cases.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from importlib.util import find_spec

from assessment.engine.decision import Engine
from assessment.engine.protocol import Protocol
from assessment.proof.prove import prove
from assessment.protocols.load import find_protocol, load_protocol
from bench.engine import SHIPPED
from bench.measure import REPEATS, Bar, Spread, table
from bench.synthetic import synthetic_protocol


def run() -> list[Bar]:
    """Measure, print the figures and return the bars."""
    protocols = [load_protocol(find_protocol(SHIPPED)), synthetic_protocol()]
    seconds = [proof_seconds(protocol) for protocol in protocols]
    rows = [("", "questions", "rules", "claims", "seconds")]
    for protocol, taken in zip(protocols, seconds, strict=True):
        checked = sum(one.count for one in prove(Engine(protocol)).checked)
        questions, rules = len(protocol.questions), len(protocol.rules)
        rows.append((protocol.id, f"{questions}", f"{rules}", f"{checked}", f"{Spread.of(taken)}"))
    print(f"\nProof: seconds of CPU time, median of {REPEATS} (lowest to highest).\n")
    print(table(rows))
    _beside_z3(protocols[0], seconds[0])
    return [
        Bar(f"everything on {protocol.id}, seconds", Spread.of(taken), at_most=most)
        for protocol, taken, most in zip(protocols, seconds, (3.0, 10.0), strict=True)
    ]


def proof_seconds(protocol: Protocol) -> list[float]:
    """The CPU time of each repeat; everything must hold."""
    engine = Engine(protocol)
    found = []
    for _ in range(REPEATS):
        started = time.process_time()
        report = prove(engine)
        found.append(time.process_time() - started)
        assert report.proven, report.failures[:3]
    return found


def _beside_z3(protocol: Protocol, ours: list[float]) -> None:
    if find_spec("z3") is None:
        print("\nz3 is not installed, so it is not measured.")
        return
    from tests.proof.second_opinion import SecondOpinion

    taken = _cpu(lambda: SecondOpinion(protocol).failures())
    print(f"\nz3, the written definition of the same claims on {protocol.id}: {taken:.1f} s, once;")
    print(f"that is {taken / Spread.of(ours).median:.0f} times as long.")


def _cpu(call: Callable[[], object]) -> float:
    started = time.process_time()
    assert not call()
    return time.process_time() - started


if __name__ == "__main__":
    print(*run(), sep="\n")
