"""What can go wrong between a bot and Telegram, switched on and off by tests.

Rules are asked in the order in which they were added, for every call; what is left to chance
comes from a seed, so that a run can be repeated.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any


class Fault(Enum):
    """One way in which a call fails."""

    FLOOD = auto()
    """429 with ``retry_after``; nothing happened."""
    BROKEN = auto()
    """502 with a body of HTML; nothing happened."""
    ERROR = auto()
    """500 in the Bot API's own form; nothing happened."""
    DROP_BEFORE = auto()
    """The connection ends; nothing happened."""
    DROP_AFTER = auto()
    """It happened, and the connection ends before the answer."""
    SILENT = auto()
    """Nothing happens and nothing is answered, until the client gives up."""
    DELAY = auto()
    """It happens later; other rules still apply."""
    HELD = auto()
    """It happens when the test opens the rule's gate."""


@dataclass(slots=True, eq=False)
class Rule:
    """When a fault strikes: every so many calls, or by chance, of those that the rule is about."""

    fault: Fault
    every: int = 1
    share: float = 0.0
    """Instead of ``every``: how likely a call is struck."""
    methods: frozenset[str] = frozenset()
    """Lower case; empty for all, getUpdates excepted unless ``polls``."""
    polls: bool = False
    chat: int | None = None
    times: int | None = None
    """So many strikes are left; None for no end."""
    seconds: float = 1.0
    """``retry_after``, or the delay."""
    calls: int = 0
    """How many calls it was about so far."""
    gate: asyncio.Event = field(default_factory=asyncio.Event, repr=False)
    """What is held waits for it."""

    def concerns(self, method: str, params: Mapping[str, Any]) -> bool:
        """Whether it is about such a call."""
        if self.times == 0 or (self.chat is not None and params.get("chat_id") != self.chat):
            return False
        if self.methods:
            return method.lower() in self.methods
        return self.polls or method != "getUpdates"

    def strikes(self, chance: random.Random) -> bool:
        """Whether it strikes this one; counts it."""
        self.calls += 1
        struck = chance.random() < self.share if self.share else self.calls % self.every == 0
        if struck and self.times is not None:
            self.times -= 1
        return struck


@dataclass(slots=True)
class Faults:
    """All rules that hold now."""

    chance: random.Random = field(repr=False)
    rules: list[Rule] = field(default_factory=list)
    struck: Counter[Fault] = field(default_factory=Counter)

    def add(
        self,
        fault: Fault,
        *,
        every: int = 1,
        share: float = 0.0,
        methods: Iterable[str] = (),
        polls: bool = False,
        chat: int | None = None,
        times: int | None = None,
        seconds: float = 1.0,
    ) -> Rule:
        """A further rule; without more it strikes every call but getUpdates."""
        named = frozenset(method.lower() for method in methods)
        rule = Rule(fault, every, share, named, polls, chat, times, seconds)
        self.rules.append(rule)
        return rule

    def remove(self, rule: Rule) -> None:
        """That one holds no more."""
        self.rules.remove(rule)

    def clear(self) -> None:
        """Everything works again."""
        self.rules.clear()

    def strike(self, method: str, params: Mapping[str, Any]) -> tuple[float, Rule | None]:
        """How long this call is delayed, and the rule that makes it fail."""
        delay = 0.0
        for rule in self.rules:
            if not rule.concerns(method, params) or not rule.strikes(self.chance):
                continue
            self.struck[rule.fault] += 1
            if rule.fault is not Fault.DELAY:
                return delay, rule
            delay += rule.seconds
        return delay, None


@dataclass(slots=True)
class Delivery:
    """How updates reach the bot otherwise than once and in order; each a share of all updates."""

    twice: float = 0.0
    """Two times in one answer."""
    again: float = 0.0
    """Once more in a later answer, even after it was confirmed."""
    late: float = 0.0
    """Held back until updates with higher ids were confirmed, or nothing else came for a while."""
    shuffled: bool = False
    """In any order inside one answer."""
    patience: float = 0.2
    """Seconds without anything else after which what is held back comes anyway."""
