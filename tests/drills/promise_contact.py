"""Laws about being reached: what readers are told of a name and of a way, and what stays out."""

from handlers.permissions.contact import CALLED, FOLLOWING, MESSAGE, REACH
from tests.drills.promise_judge import NotMeant, Said
from tests.drills.promise_speech import names_in

OPEN_LINE = "Not answered."
IN_WORDS = tuple(step for step in FOLLOWING if step != MESSAGE)


async def contact_is_told(said: Said) -> None:
    """What to call somebody, and how to reach them: each is sealed, or is not, as is said."""
    given = set(said.sentence.name.partition("[")[2].removesuffix("]").split("+"))
    told = {step for step in (CALLED, REACH) if said.told_to(step)}
    assert told == given, f"{told} was told"


async def nobody_else_is_given_it(said: Said) -> None:
    """Whoever is named for it is among those who are to read."""
    plan = said.case.plan if said.case else None
    names = names_in(said.blanks["readers"])
    assert plan is None or names <= plan.reads | said.after.names(), "others are named"


async def no_name_is_told(said: Said) -> None:
    """Nothing is sealed that they could be called."""
    assert not said.told_to(CALLED), "a name is sealed"


async def no_way_is_told(said: Said) -> None:
    """Nothing is sealed by which they could be reached."""
    assert not said.told_to(REACH, *FOLLOWING), "a way is sealed"


async def way_is_told(said: Said) -> None:
    """A way to reach them is sealed."""
    assert said.told_to(REACH), "no way is told"


async def was_asked_for_a_way(said: Said) -> None:
    """Nobody is said to refuse what they were never asked."""
    assert "FLOW[reach]" in _asked(said), "they were never asked"


async def was_never_given_a_way(said: Said) -> None:
    """Nobody is said to have given no way who refused to be reached."""
    assert "FLOW[reach]" not in _asked(said), "they were asked, and refused"


def _asked(said: Said) -> set[str]:
    assert said.case is not None
    if "FLOW[act]" not in said.case.asked:
        raise NotMeant  # a drill wrote the answers down, and nobody was asked anything
    return said.case.asked


async def way_stands_in_report(said: Said) -> None:
    """Readers who may get in touch are shown in which way, and by which name."""
    await way_is_told(said)
    for text in said.told_to(CALLED, REACH, *FOLLOWING):
        assert text in said.text, "what was told of it does not stand in the report"


async def these_are_left_open(said: Said) -> None:
    """So many questions about the way are said to be left open as have no answer."""
    await way_is_told(said)
    left = sum(1 for step in IN_WORDS if not said.told_to(step))
    lines = sum(1 for line in said.text.splitlines() if line == OPEN_LINE)
    assert lines == left, f"{left} are open, and {lines} are said to be"
