"""Everything that somebody can type or press at every place of a talk, and what it leads to.

Without a store, so that there is time for all of it. The texts stand once each, at the end.
"""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import count

from handlers.context import View
from handlers.messages import (
    ButtonPress,
    EditedMessage,
    MessageContent,
    TextMessage,
    UnresolvedPress,
    UnusableMessage,
)
from handlers.outcome import LookupPurpose
from handlers.reporter.decide import decide
from handlers.reporter.questions import open_question
from handlers.reporter.telling import MOST_PIECES
from handlers.reporter.typed_text import BARE
from store.model.drafts import Phase, StoredAnswer
from store.model.permissions import DeliveryStage, HeldHandover, HistoryEntry, StandingHandover
from store.model.snapshot import AskedErasure, OpenedCase, Snapshot
from tests.transcript import of_reply
from tests.unit.handlers.talks import (
    ASH,
    CODE,
    HOUR,
    OAK,
    PLATFORM,
    READERS,
    SETTING,
    WORDS,
    Talk,
    draft,
)

STORY = "33" * 16
BEGUN = ("/start", "1", "3")
TOLD = (*BEGUN, "a story", "another part")
FORK = (*TOLD, "/done")
NEVER = (*FORK, "read", "none", "/skip", "/skip")
READ = (*NEVER, "none", "Oak")
OVERVIEW = (*READ, "all", "listen", "yes, keep it")
REVIEW = (*OVERVIEW, "yes, that's right")
PLACES: dict[str, tuple[str, ...]] = {
    "before anything": (),
    "how to clean": BEGUN[:2],
    "a story, nothing told": BEGUN,
    "a story": TOLD,
    "a story, after a bare stop": (*TOLD, "stop"),
    "a story, after the command": (*TOLD, "/stop"),
    "a story, erasing": (*TOLD, "/erase"),
    "a story, one piece shown": (*TOLD, "/show 1"),
    "the fork": FORK,
    "the fork, stopped": (*FORK, "stop"),
    "what would help": (*FORK, "read"),
    "something else that would help": (*FORK, "read", "other"),
    "a wish": (*FORK, "read", "none"),
    "a person": (*FORK, "read", "none", "/skip"),
    "readers": (*NEVER, "none"),
    "parts": READ,
    "never": NEVER,
    "act": (*READ, "all"),
    "keep": (*READ, "all", "listen"),
    "overview": OVERVIEW,
    "a line of it": (*OVERVIEW, "change who reads"),
    "the story once more": (*BEGUN, "a story", "/done", "/back"),
    "review": REVIEW,
    "review, one piece shown": (*REVIEW, "/show 1"),
    "the ways back, held": (*REVIEW, "hold"),
    "the ways back, handed over": (*REVIEW, "now"),
    "the two words": (*REVIEW, "now", "twelve words"),
    "only kept, the review": (*FORK, "keep", "yes, that's right"),
    "only kept, the ways back": (*FORK, "keep", "yes, that's right", "yes, keep it"),
    "not kept, the code": (*READ, "all", "listen", "no", "yes, that's right", "now"),
    "nothing allowed, the review": (
        *(*FORK, "read", "none", "/skip", "/skip", "nobody", "no"),
        "yes, that's right",
    ),
}
SAID = (
    *(f"/{command}" for command in sorted(BARE)),
    *("/show 1", "/show 0", "/show 9", "/show all", "/nonsense", "/", "/STOP", "/stop@bot"),
    *("/withdraw zone zoo wolf wood", "/erase zone zoo wolf wood", "/open zone zoo wolf wood"),
    f"/open {' '.join(WORDS)}",
    f"/withdraw {' '.join(WORDS)}",
    *sorted(BARE),
    *("Stop!", "STOP.", "i am not safe", "I am not safe!", "help me", "yes", "no", "none", "keep"),
    *("1", "2", "3", "4", "0", "99", "1, 2", "1 2", "2 and 3", "Oak, Ash", "Oak and nobody"),
    *(
        "it",
        "yes, that's right",
        "maybe later on",
        "",
        " ",
        "\x00",
        "a\x00b",
        "\u202ea",
        "x" * 2001,
    ),
    "zone zoo wolf wood",
    " ".join(WORDS),
    *("I changed my mind, please don't send it!!!", "delete everything"),
)
OTHER: dict[str, MessageContent] = {
    "a press of another question": ButtonPress("fate", ("keep",)),
    "a press of a stop that is over": ButtonPress("bot.stop", ("story",)),
    "a press of the review": ButtonPress("bot.review", ("now",)),
    "a press of nothing": ButtonPress("", ()),
    "a press that stops a hand-over": ButtonPress("bot.hold", ("cd" * 16,)),
    "a tap": UnresolvedPress("nobody knows"),
    "an edit of something else": EditedMessage("other words", "1"),
    "an edit that is too long": EditedMessage("x" * 2001, "1"),
    **{
        f"unusable: {kind}": UnusableMessage(kind)
        for kind in ("", "edit", "reaction", "plain", "key", "missed", "unknown")
    },
}


@dataclass
class Counted(Talk):
    """A talk whose chance is a row of numbers of its own."""

    numbers: "count[int]" = field(default_factory=lambda: count(1))

    @property
    def view(self) -> View:
        return View(self.snapshot, self.settings, PLATFORM, self._draw)

    def another(self) -> "Counted":
        """The same place, where something else is said."""
        numbers, texts = copy.copy(self.numbers), dict(self.texts)
        return Counted(self.snapshot, self.settings, texts=texts, numbers=numbers)

    def _draw(self, size: int) -> bytes:
        return next(self.numbers).to_bytes(max(size, 4), "big")[-size:]


def _hold(*, kept: bool) -> HeldHandover:
    number = "cd" if kept else "ef"
    return HeldHandover(2 * number * 16, HOUR + 12, kept, number * 16, (OAK.id,))


def _held(*kept: bool) -> Snapshot:
    *older, last = (_hold(kept=each) for each in kept)
    return Snapshot(readers=READERS, held=last, older_holds=tuple(older))


def _opened(*stages: DeliveryStage, given: bool = True) -> Snapshot:
    shares = tuple(
        StandingHandover(
            f"{n:02}" * 32, (OAK.id,) if n else (ASH.id, OAK.id), stage, HOUR + 12, 202648
        )
        for n, stage in enumerate(stages)
    )
    history = (
        HistoryEntry(1, "keep", (), revoked=False),
        HistoryEntry(2, "named", (OAK.id, ASH.id), revoked=True),
        HistoryEntry(3, "named", (OAK.id, "dd" * 10), revoked=False),
    )
    answers = (StoredAnswer("story", (), (STORY,)), StoredAnswer("fate", ("keep",)))
    opened = OpenedCase(shares, history if given else (), answers, SETTING.flow.revision)
    return Snapshot(opened=opened, readers=READERS, words=WORDS, kept=True)


def _before_the_words() -> Snapshot:
    """Return what an earlier version left: the code was shown, and no words yet."""
    told = (StoredAnswer("story", (), (STORY,)), StoredAnswer("fate", ("keep",)))
    left = draft(*told, phase=Phase.BACK, code=1)
    return Snapshot(draft=left, readers=READERS, words=WORDS, code_words=CODE, kept=True)


SITUATIONS = {
    "held, and not kept": _held(False),
    "held, and kept": _held(True),
    "held, two of them": _held(False, True),
    "held, asked whether to erase it": replace(
        _held(False),
        asked=AskedErasure("77" * 16, statements=(_hold(kept=False).statement,)),
    ),
    "asked whether to erase it all": Snapshot(
        readers=READERS, asked=AskedErasure("77" * 16, locator=b"\x05" * 16)
    ),
    "ended elsewhere": replace(
        Snapshot(draft=draft(phase=Phase.BACK), readers=READERS), ended=True
    ),
    "only kept, the ways back as they were asked before": _before_the_words(),
    "opened, nothing given": _opened(given=False),
    "opened, not shared": _opened(),
    "opened, held": _opened(DeliveryStage.HELD),
    "opened, released": _opened(DeliveryStage.RELEASED),
    "opened, fetched": _opened(DeliveryStage.FETCHED),
    "opened, all of these": _opened(
        DeliveryStage.HELD, DeliveryStage.RELEASED, DeliveryStage.FETCHED
    ),
}


def talks() -> Iterator[tuple[str, Counted]]:
    """Every place."""
    for name, lines in PLACES.items():
        talk = Counted()
        if lines:
            talk.say(*lines)
        yield name, talk
    for name, snapshot in SITUATIONS.items():
        yield name, Counted(snapshot, texts={STORY: ("story", "a story")})
    many = tuple(f"{number:032x}" for number in range(MOST_PIECES))
    full = draft(StoredAnswer("story", (), many, closed=False))
    snapshot = Snapshot(draft=full, readers=READERS, words=WORDS)
    yield "a full story", Counted(snapshot, texts=dict.fromkeys(many, ("story", "")))


@dataclass
class Table:
    """Every reply once, by a hash: so another reply changes no name but its own."""

    known: dict[tuple[str, ...], str] = field(default_factory=dict)

    def __call__(self, lines: tuple[str, ...]) -> str:
        name = sha256("\n".join(lines).encode()).hexdigest()[:8]
        return self.known.setdefault(lines, name)


def every_line() -> Iterator[str]:
    """All places and all that can be said there, then the replies."""
    table = Table()
    for name, talk in talks():
        yield f"# {name}: {talk.question}"
        for text in SAID:
            yield f"{_shown(text)} → {_led_to(talk, TextMessage(text), table)}"
        for called, heard in OTHER.items():
            yield f"({called}) → {_led_to(talk, heard, table)}"
        for purpose in LookupPurpose:
            for text in ("/help", "stop", "maybe", " ".join(WORDS)):
                waited = _led_to(talk, TextMessage(text), table, purpose)
                yield f"({purpose.value}) {_shown(text)} → {waited}"
        yield ""
    for lines, name in table.known.items():
        yield f"{name}:"
        yield from lines


def _shown(text: str) -> str:
    return repr(text) if len(text) < 200 else f"{len(text)} signs"


def _led_to(
    talk: Counted, heard: MessageContent, table: Table, waiting: LookupPurpose | None = None
) -> str:
    """The question that is open then, how many pieces there are, and what was said."""
    after = talk.another()
    if waiting is None:
        outcome = after.hear(heard)
    else:
        outcome = decide(after.view, heard, waiting)
        rendered = (after.rendered(s) for s in (*outcome.direct, *outcome.says))
        after.replies += [reply for reply in rendered if reply]
    said = " ".join(table(tuple(of_reply(reply))) for reply in after.replies)
    looks = f", looks up to {outcome.lookup.purpose.value}" if outcome.lookup else ""
    waits = f", waits for words to {outcome.waiting.value}" if outcome.waiting else ""
    pieces = len(after.snapshot.pieces)
    asked = open_question(after.view).id
    return f"{asked}, {pieces} pieces{looks}{waits}: {said}".rstrip()
