"""What can happen, as data: a run is a list of steps, drawn from the seed before anything happens.

The details of a step follow from its own number, so that a step taken out of the list leaves the
others as they are: that is how a failing run is made short.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from random import Random

from msupply.simulation.fate import pick

CENTRAL = 1


class Verb(Enum):
    """Kinds of steps; most are about one site."""

    EDIT = "edits"
    CYCLE = "synchronises"
    CONTEST = "edits what others edit"
    WORK = "integrates"
    REINSTALL = "is installed anew"
    MERGE = "merges"
    DECIDE = "decides"


class Trouble(Enum):
    """What can go wrong with a message, or with a machine during a cycle."""

    LOSE_REQUEST = "the request is lost"
    LOSE_ANSWER = "the answer is lost"
    CUT_REQUEST = "the request is cut short"
    CUT_ANSWER = "the answer is cut short"
    REPEAT = "the request arrives twice"
    LATE_COPY = "a copy of the request comes late"
    LINE_BREAKS = "the line breaks until the end of the cycle"
    SITE_DIES = "the site loses power"
    SITE_DIES_NEXT = "the site loses power at the first commit that follows"
    CENTRAL_DIES = "the central server loses power"
    IDLE_WORKER = "the central server integrates nothing meanwhile"
    MEANWHILE = "meanwhile"


@dataclass(frozen=True)
class Mishap:
    """A trouble at the `at`-th message (or commit) of a cycle."""

    trouble: Trouble
    at: int
    number: int = 0
    step: "Step | None" = None


@dataclass(frozen=True)
class Step:
    """One thing that happens; `number` decides its details."""

    verb: Verb
    site: int
    number: int
    mishaps: tuple[Mishap, ...] = ()


Weights = Mapping[Verb | Trouble, float]

_MISHAPS: dict[Verb | Trouble, float] = {
    Trouble.LOSE_REQUEST: 2,
    Trouble.LOSE_ANSWER: 4,
    Trouble.CUT_REQUEST: 1,
    Trouble.CUT_ANSWER: 1,
    Trouble.REPEAT: 3,
    Trouble.LATE_COPY: 2,
    Trouble.LINE_BREAKS: 12,
    Trouble.SITE_DIES: 9,
    Trouble.SITE_DIES_NEXT: 9,
    Trouble.CENTRAL_DIES: 5,
    Trouble.IDLE_WORKER: 1,
    Trouble.MEANWHILE: 6,
}
_VERBS: dict[Verb | Trouble, float] = {
    Verb.EDIT: 24,
    Verb.CYCLE: 9,
    Verb.WORK: 2,
    Verb.REINSTALL: 0.4,
    Verb.MERGE: 1,
    Verb.DECIDE: 4,
    Verb.CONTEST: 1,
}
# Each run does some things more often and others never: chance alone would do a little of all.
_OFTEN: dict[Verb | Trouble, tuple[float, ...]] = {
    Verb.CYCLE: (9, 20),
    Verb.MERGE: (0, 1, 5),
    Verb.DECIDE: (0, 4, 14),
    Verb.CONTEST: (0, 2, 6),
    Trouble.LINE_BREAKS: (12, 60),
    Trouble.SITE_DIES_NEXT: (9, 80),
    Trouble.MEANWHILE: (6, 40),
}
# Messages and commits of an ordinary cycle: what is said to happen later does not. The second to the
# fourth message are pushes, where there is something to push.
_MESSAGES, _COMMITS = (1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 6, 7, 8, 9, 10, 11), 40
# By then it has pushed, and something may have arrived.
_PULLS = (6, 7, 8, 9)


def draw(chance: Random, sites: int, steps: int) -> list[Step]:
    """Draw what happens in a country of so many sites."""
    weights = _VERBS | _MISHAPS | {what: pick(chance, some) for what, some in _OFTEN.items()}
    return [_step(chance, sites, weights) for _ in range(steps)]


def _step(chance: Random, sites: int, weights: Weights, within: Verb | None = None) -> Step:
    verbs = [verb for verb in _VERBS if isinstance(verb, Verb)]
    (verb,) = chance.choices(verbs, [weights[verb] for verb in verbs])
    if within and verb in (Verb.REINSTALL, Verb.CONTEST):
        verb = Verb.EDIT
    site = chance.randrange(CENTRAL + 1, CENTRAL + 1 + sites)
    at_central = verb in (Verb.EDIT, Verb.MERGE) and chance.random() < 0.25
    if at_central or verb in (Verb.WORK, Verb.DECIDE):
        site = CENTRAL
    mishaps: tuple[Mishap, ...] = ()
    if verb is Verb.CYCLE and within is None and chance.random() < 0.8:
        mishaps = tuple(
            _mishap(chance, sites, weights) for _ in range(pick(chance, (1, 1, 1, 2, 3)))
        )
    if verb is Verb.CONTEST:
        mishaps = _working_on(chance, site)
    return Step(verb, site, chance.getrandbits(32), mishaps)


def _working_on(chance: Random, site: int) -> tuple[Mishap, ...]:
    """Let people go on working at a site that synchronises."""
    return tuple(
        Mishap(Trouble.MEANWHILE, at, step=Step(Verb.EDIT, site, chance.getrandbits(32)))
        for at in _PULLS
    )


def _mishap(chance: Random, sites: int, weights: Weights) -> Mishap:
    troubles = [trouble for trouble in _MISHAPS if isinstance(trouble, Trouble)]
    (trouble,) = chance.choices(troubles, [weights[trouble] for trouble in troubles])
    at_commit = trouble in (Trouble.SITE_DIES, Trouble.CENTRAL_DIES)
    at = chance.randint(1, _COMMITS) if at_commit else pick(chance, _MESSAGES)
    step = _step(chance, sites, weights, Verb.CYCLE) if trouble is Trouble.MEANWHILE else None
    return Mishap(trouble, at, chance.getrandbits(8), step)
