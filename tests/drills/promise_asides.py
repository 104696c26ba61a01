"""Laws about words that come where nothing asks for them, and about a choice that is made anew."""

import re
from collections import Counter

from flows.folding import folded
from tests.drills.promise_judge import Said
from tests.drills.promise_speech import names_in, sentences_in
from tests.drills.promise_store import CaseState, later


async def nothing_went(said: Said) -> None:
    """Every text that was sealed before is sealed still."""
    gone = _told(said.before) - _told(said.after)
    assert not gone, f"{sum(gone.values())} texts went"


def _told(state: CaseState) -> Counter[str]:
    return Counter(folded(text) for text in state.told)


async def others_stay(said: Said) -> None:
    """Every other story is as it was."""
    assert said.case is not None
    for locator, state in said.looks[0].items():
        if locator != said.case.locator:
            assert said.looks[1][locator] == state, "another story changed"


async def this_code_finds_it(said: Said) -> None:
    """The four words that were typed lead to a story."""
    assert said.case is not None
    found = await said.world.application.stores.recovery.find_by_code(_words(said))
    assert found == said.case.locator, "these words lead to no story"


async def this_is_no_code(said: Said) -> None:
    """The four words that were typed lead nowhere."""
    found = await said.world.application.stores.recovery.find_by_code(_words(said))
    assert found is None, "these words lead to a story"


async def is_in_no_story(said: Said) -> None:
    """What was typed stands in no story."""
    words = folded(_words(said))
    for state in said.looks[1].values():
        assert not any(words in folded(text) for text in state.told), "it stands in a story"


def _words(said: Said) -> str:
    return re.sub(r"^/\w+\s+", "", said.typed)


async def only_the_new_choice_stands(said: Said) -> None:
    """What is allowed so far is what the new choice says, and nothing of the earlier one."""
    async with later(said.world, said.world.now) as world:
        answer = await world.say(said.who, "/permissions")
    keeps = any(sentence.name == "LINE_KEEP" for sentence in sentences_in(answer))
    reads = [s for s in sentences_in(answer) if s.name in {"LINE_READ", "LINE_NEVER"}]
    listed = {name for sentence in reads for name in names_in(sentence.blanks["readers"])}
    standing = {*said.after.names(), *_barred(said)}
    assert listed <= standing, f"{listed - standing} are allowed by an earlier choice"
    wanted = "keep" in said.typed.casefold() or said.after.kept
    assert keeps == wanted, "it is kept, or not, by an earlier choice"


def _barred(said: Said) -> set[str]:
    keys = said.world.everybody.items()
    return {n for n, mine in keys for key in mine if key.mid[:10].hex() in said.after.barred}
