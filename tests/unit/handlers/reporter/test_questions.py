"""The open question, and what a whole conversation costs a reporter."""

from dataclasses import replace
from functools import cache

import pytest

from flows.checks.paths import TEXT_GIVEN, Path
from flows.model import SAMPLE_READERS as PATH_READERS
from handlers.messages import ButtonPress, TextMessage
from handlers.permissions.routing import consent_of
from handlers.reporter.conversation import conversation_of
from handlers.reporter.markers import (
    AGAIN,
    BACK,
    CASE,
    CLEAN,
    CODE,
    ERASE,
    OVERVIEW,
    PIECE,
    REOPENED,
    REVIEW,
    SAFE,
    STOP,
    WORD_CHECK,
    flow_answers,
    with_flow_answers,
    with_marker,
    without_markers,
)
from handlers.reporter.questions import changeable_steps, open_question
from handlers.texts.english import ENGLISH
from store.model.drafts import Phase, StoredAnswer
from store.model.permissions import DeliveryStage, StandingHandover
from store.model.readers import Reader
from store.model.snapshot import OpenedCase, Snapshot
from tests.unit.flows.path_listing import cost, paths
from tests.unit.handlers.talks import FLOW, OAK, PLATFORM, READERS, Talk, draft, view_of

REGISTER_MESSAGES, REGISTER_TAPS = 12, 7
READER_MESSAGES, REACHED_MESSAGES, MOST_MESSAGES = 22, 28, 30
"""To let one reader read, with being reached, and where something else would help as well; the
message about what is held counts, which talks in memory left out before."""
REACH = ("called", "reach", "reach_when", "reach_message", "reach_as", "reach_others")
LISTED = replace(FLOW, steps=tuple(step for step in FLOW.steps if step.id not in REACH))
"""The questionnaire without the questions how to be reached, which are answered whenever they are
asked: its ways are few enough to go each of them."""
TOLD = StoredAnswer("story", items=("ab" * 16,))
SHARED = (
    TOLD,
    StoredAnswer("fate", ("read",)),
    StoredAnswer("needs", ("none",)),
    StoredAnswer("wish"),
    StoredAnswer("person"),
    StoredAnswer("never", ("none",)),
    StoredAnswer("read", (OAK.id,)),
    StoredAnswer("parts", ("all",)),
    StoredAnswer("act", ("listen",)),
)
LINES = ("fork", "never", "read", "parts", "act", "keep")
KEPT = (*SHARED, StoredAnswer("keep", ("yes",)))


def asked(*answers: StoredAnswer, **more: object) -> str:
    snapshot = Snapshot(draft=draft(*answers, **more), readers=READERS)
    return open_question(view_of(snapshot)).id


def test_without_a_conversation_the_question_is_whether_it_is_safe() -> None:
    question = open_question(view_of(Snapshot()))
    assert question.id == SAFE
    assert [o.id for o in question.offers] == ["go", "unsure", "back"]


def test_how_the_screen_is_cleared_is_asked_before_anything_else() -> None:
    fresh = replace(draft(), answers=())
    assert open_question(view_of(Snapshot(draft=fresh))).id == CLEAN
    blind = view_of(Snapshot(draft=fresh), platform=replace(PLATFORM, can_clear=False))
    assert open_question(blind).id == "story"


@pytest.mark.parametrize(
    ("answers", "question"),
    [
        ((), "story"),
        ((replace(TOLD, closed=False),), "story"),
        ((TOLD,), "fate"),
        ((TOLD, StoredAnswer("fate", ("keep",))), OVERVIEW),
        (SHARED, "keep"),
        (KEPT, OVERVIEW),
        ((*KEPT, StoredAnswer(AGAIN, ("act",))), "act"),
        ((*KEPT, StoredAnswer(STOP)), STOP),
        ((*KEPT, StoredAnswer(ERASE)), ERASE),
        ((*KEPT, StoredAnswer(PIECE, ("ab",))), PIECE),
    ],
)
def test_the_question_follows_from_the_answers(
    answers: tuple[StoredAnswer, ...], question: str
) -> None:
    assert asked(*answers) == question


def test_the_phase_says_what_the_answers_do_not() -> None:
    assert asked(*KEPT, phase=Phase.REVIEW) == REVIEW
    assert asked(*KEPT, phase=Phase.BACK) == BACK
    assert asked(*SHARED, phase=Phase.BACK) == CODE
    assert asked(*KEPT, StoredAnswer(REOPENED), phase=Phase.BACK) == CODE
    assert asked(*KEPT, StoredAnswer(CODE, ("words",)), phase=Phase.BACK) == CODE
    assert asked(*KEPT, phase=Phase.WORDS) == WORD_CHECK


def test_a_question_asked_in_between_leaves_the_other_open_behind_it() -> None:
    told = replace(TOLD, closed=False)
    stopped = Snapshot(draft=draft(told, StoredAnswer(STOP)))
    assert [o.id for o in open_question(view_of(stopped)).offers] == ["keep", "erase", "go"]
    halted = Snapshot(draft=draft(told, StoredAnswer(STOP, ("ab",))))
    offered = [o.id for o in open_question(view_of(halted)).offers]
    assert offered == ["keep", "erase", "story", "go"]
    elsewhere = Snapshot(draft=draft(*KEPT, StoredAnswer(STOP)), readers=READERS)
    assert [o.id for o in open_question(view_of(elsewhere)).offers] == ["keep", "erase", "go"]


def test_markers_are_no_answers_and_answers_leave_markers_alone() -> None:
    marked = with_marker(with_marker(draft(TOLD), StoredAnswer(STOP)), StoredAnswer(STOP, ("x",)))
    assert [a.step for a in flow_answers(marked)] == ["story"]
    assert [a for a in marked.answers if a.step == STOP] == [StoredAnswer(STOP, ("x",))]
    assert {a.step for a in with_flow_answers(marked, ()).answers} == {CLEAN, STOP}
    assert [a.step for a in without_markers(marked, STOP, CLEAN).answers] == ["story"]


def test_every_line_of_the_overview_can_be_changed() -> None:
    conversation = conversation_of(view_of(Snapshot(draft=draft(*KEPT), readers=READERS)))
    assert conversation is not None
    labels = [ENGLISH.labels[f"change.{line}"] for line in LINES]
    steps = ["fate", *LINES[1:]]
    changeable = [(label, step.id) for label, step in changeable_steps(conversation)]
    assert changeable == list(zip(labels, steps, strict=True))


def test_what_was_kept_stays_kept_until_that_is_refused() -> None:
    reopened = Snapshot(draft=draft(*SHARED), readers=READERS, kept=True)
    assert consent_of(view_of(reopened)).keeps_case
    refused = replace(reopened, draft=draft(*SHARED, StoredAnswer("keep", ("no",))))
    assert not consent_of(view_of(refused)).keeps_case
    assert not consent_of(view_of(replace(reopened, kept=False))).keeps_case


def test_nothing_is_given_where_nothing_was_said() -> None:
    assert not consent_of(view_of(Snapshot())).allowed.read
    assert not consent_of(view_of(Snapshot())).allowed.keep


def test_an_open_case_offers_only_what_is_possible() -> None:
    def offers(*shares: StandingHandover) -> list[str]:
        case = Snapshot(opened=OpenedCase(shares, ()))
        question = open_question(view_of(case))
        assert question.id == CASE
        return [o.id for o in question.offers]

    held = StandingHandover("aa", (OAK.id,), DeliveryStage.HELD)
    assert offers() == ["change", "read", "erase", "close"]
    assert offers(held) == ["change", "read", "withdraw", "now", "erase", "close"]
    assert offers(replace(held, stage=DeliveryStage.FETCHED)) == [
        "change",
        "read",
        "withdraw",
        "erase",
        "close",
    ]


# What a talk costs: every way through the questionnaire, from hello to goodbye


def shape(path: Path) -> tuple[object, ...]:
    """Ways of one shape differ in names only, and cost the same."""
    return (fork_of(path), *((step, len(taken)) for step, taken in path))


@cache
def shapes() -> tuple[Path, ...]:
    """One way of each shape."""
    return tuple({shape(path): path for path in paths(LISTED)}.values())


@cache
def walked(path: Path) -> tuple[int, int]:
    """Messages of the bot and choices of the person, in the way that costs most."""
    asked_first = tuple((step, taken) for step, taken in path if step != "review")
    talk = _copied(_after(asked_first))
    taps = 2 + cost(FLOW, asked_first).taps
    while talk.snapshot.draft is not None and not _is_waiting(talk, asked := talk.question):
        taps += _finish(talk, asked)
    return len(talk.replies), taps


@cache
def _after(path: Path) -> Talk:
    """The talk so far; ways that part later share it."""
    if not path:
        pair = tuple(Reader(r.id, r.text, "", must_pass_on=False) for r in PATH_READERS)
        talk = Talk(Snapshot(readers=pair))
        talk.say("/start")
        talk.press("go")
        talk.press("self")
        return talk
    talk = _copied(_after(path[:-1]))
    _answer(talk, *path[-1])
    return talk


def _copied(talk: Talk) -> Talk:
    """A talk that goes on by itself."""
    return replace(talk, texts={**talk.texts}, replies=[*talk.replies], handed=[*talk.handed])


def _answer(talk: Talk, step: str, taken: tuple[str, ...]) -> None:
    while talk.question in REACH and step not in REACH:
        taken_there = ("yes",) if talk.question == "reach_message" else TEXT_GIVEN
        _answer(talk, talk.question, taken_there)
    assert talk.question == step
    if not taken:
        talk.say("/skip" if step != "keep" else "no")  # keeping is not skipped
    elif taken == TEXT_GIVEN:
        talk.say("something")
        if talk.question == step:
            talk.say("/done")
    else:
        talk.press(*taken)


def _is_waiting(talk: Talk, question: str) -> bool:
    """Decided later, or nothing is left to read: that is the end of today's talk."""
    empty = question == "bot.review" and talk.offered == ["show", "change"]
    return question == "fate" or empty


def _finish(talk: Talk, question: str) -> int:
    """One of the bot's own questions; 1 where it is answered with a choice."""
    ways = {OVERVIEW: "right", BACK: "words", CODE: "have", ERASE: "yes"}
    match question:
        case "bot.review":
            first = talk.view
            offers = {o.id for o in open_question(first).offers}
            talk.hear(ButtonPress(question, (*({"hold", "keep", "finish"} & offers),)))
        case "bot.asked":
            asked_back = next(a for a in talk.view.snapshot.draft.answers if a.step == WORD_CHECK)  # type: ignore[union-attr]  # there is a draft
            talk.say(" ".join(talk.snapshot.words[int(p) - 1] for p in asked_back.choices))
            return 0
        case _:
            talk.hear(ButtonPress(question, (ways[question],)))
    return 1


def fork_of(path: Path) -> str:
    return "".join(dict(path).get("fate", ())) or "skipped"


def test_only_registering_takes_at_most_twelve_messages_and_seven_choices() -> None:
    ways = [walked(path) for path in shapes() if fork_of(path) == "keep"]
    assert ways
    assert max(messages for messages, _ in ways) <= REGISTER_MESSAGES
    assert max(taps for _, taps in ways) <= REGISTER_TAPS


def test_deciding_later_and_erasing_cost_no_more_than_registering() -> None:
    ways = [walked(p) for p in shapes() if fork_of(p) in {"later", "erase", "skipped"}]
    assert ways
    assert max(messages for messages, _ in ways) <= REGISTER_MESSAGES
    assert max(taps for _, taps in ways) <= REGISTER_TAPS


@pytest.mark.timeout(400)  # some 2,500 ways are walked
def test_letting_somebody_read_takes_few_messages() -> None:
    ways = {path: walked(path)[0] for path in shapes() if fork_of(path) == "read"}
    assert len(ways) > 1_000
    assert max(ways.values()) <= MOST_MESSAGES
    short = {path: n for path, n in ways.items() if "needs_other" not in dict(path)}
    assert max(short.values()) <= REACHED_MESSAGES
    unreached = [n for path, n in short.items() if not is_reached(path)]
    assert max(unreached) <= READER_MESSAGES


def is_reached(path: Path) -> bool:
    """Whether it is asked how the readers may reach somebody."""
    said = dict(path)
    acts = bool(said.get("act")) and said.get("act") != ("named",)
    return bool(said.get("read")) and not (said.get("needs") == ("none",) and acts)


def test_withdrawing_once_inside_takes_one_word_and_at_most_three_messages() -> None:
    talk = Talk(Snapshot(draft=draft(*KEPT), readers=READERS), texts={"ab" * 16: ("story", "a")})
    talk.press("right")
    talk.press("hold")
    before = len(talk.replies)
    talk.hear(TextMessage("/withdraw"))
    assert talk.taken_back == 1
    assert len(talk.replies) - before <= 3
    held = StandingHandover("aa", (OAK.id,), DeliveryStage.HELD)
    inside = Talk(Snapshot(opened=OpenedCase((held,), ()), readers=READERS))
    inside.hear(ButtonPress(CASE, ("withdraw",)))
    assert inside.taken_back == 1
    assert len(inside.replies) <= 3
