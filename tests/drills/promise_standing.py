"""Laws about who has a copy, about the history of a case, and about what readers are told."""

import re
from collections.abc import Mapping

import pytest

from store.model.errors import NotPermitted
from store.model.permissions import DeliveryStage
from tests.drills.promise_judge import NotMeant, Said
from tests.drills.promise_speech import names_in
from tests.drills.promise_store import CaseState, Share

HELD, RELEASED, FETCHED = DeliveryStage.HELD, DeliveryStage.RELEASED, DeliveryStage.FETCHED


async def lies_ready(said: Said) -> None:
    """For these readers it lies ready, and none of them ever took it away."""
    names = names_in(said.blanks["readers"])
    assert names <= said.after.names(RELEASED), "it does not lie ready for them"
    assert said.case is not None
    assert not names & said.case.had, "they have a copy"
    _names_all(said)


async def have_a_copy(said: Said) -> None:
    """These readers took a copy away."""
    names = names_in(said.blanks["readers"])
    assert names <= said.after.names(FETCHED), "they took none away"
    _names_all(said)


def _names_all(said: Said) -> None:
    """A list of what is shared leaves nobody out."""
    assert all(f"Shared with {name}" in said.text for name in said.after.names())


async def had_a_copy(said: Said) -> None:
    """These readers, and no others of those whose reading ended, took a copy away."""
    names = names_in(said.blanks["readers"])
    ended = {share for share in _all_shares(said.looks[0]) if share.stage is FETCHED}
    ended -= _all_shares(said.looks[1])
    assert names == {share.name for share in ended}, "others took it away"


def _all_shares(looks: Mapping[bytes, CaseState]) -> set[Share]:
    return {share for state in looks.values() for share in state.shares}


async def nothing_is_shared(said: Said) -> None:
    """It lies ready for nobody."""
    assert not said.after.shares, "it lies ready for somebody"
    assert not said.after.opening, "a reader's key opens it"


async def was_never_shared(said: Said) -> None:
    """It lies ready for nobody, and nobody ever took it away."""
    await nothing_is_shared(said)
    assert not said.case or not said.case.had, "somebody has a copy"


async def something_is_shared(said: Said) -> None:
    """There is something that can be taken back."""
    assert any(look.shares for look in said.looks[1].values()), "nothing is shared"


async def something_is_held(said: Said) -> None:
    """Something waits that this account can stop."""
    assert said.now.holds, "nothing is held"


async def is_not_held(said: Said) -> None:
    """Nothing that this account handed over is held any more."""
    assert not said.now.holds, "it is held"


async def are_asked_to_destroy(said: Said) -> None:
    """Every reader who took it away, and has an account here, is asked to destroy it."""
    for share in said.before.shares:
        account = said.world.linked.get(share.name)
        if share.stage is FETCHED and account is not None:
            await said.world.send_waiting(account)
            replies = said.world.rig.screen.replies
            told = [r.text for to, r in replies if to == account.name]
            asked = any(share.code in text and "destroy" in text for text in told)
            assert asked, f"{share.name} was not asked"


async def history_is_true(said: Said) -> None:
    """Each line of the history is a statement of the case, and each statement a line."""
    if not re.search(r"^1\. (I keep your story|.* may read it|.* must never read it)", said.text):
        raise NotMeant
    lines = re.findall(r"^(\d+)\. (.+?)( \(taken back\))?$", said.text, re.MULTILINE)
    records = [r for r in said.after.records if r.consent.scope != "never" or r.consent.never]
    assert len(lines) == len(records), "another number of statements stands"
    for (_, what, back), record in zip(lines, records, strict=True):
        assert bool(back) == (record.revoked is not None), f"taken back or not: {what}"
        sharing = record.consent.sharing
        mids = {*(sharing.to if sharing else record.consent.never)}
        everybody = said.world.everybody.items()
        names = {n for n, keys in everybody for key in keys if key.mid in mids}
        assert all(name in what for name in names), f"somebody is missing: {what}"


# Readers


async def something_waits(said: Said) -> None:
    """For this reader something lies ready."""
    assert await _codes(said), "nothing waits"


async def these_wait(said: Said) -> None:
    """What is listed is what lies ready, with the state of each."""
    listed = dict(re.findall(r"^(\w{6})  (.+)$", said.text, re.MULTILINE))
    said_so = {code: state == "fetched" for code, state in listed.items()}
    assert said_so == await _codes(said), "another list is true"


async def nothing_waits(said: Said) -> None:
    """For this reader nothing lies ready."""
    assert not await _codes(said), "something waits"


async def is_not_theirs(said: Said) -> None:
    """What they typed leads to nothing that this reader may have."""
    readers = said.world.application.stores.readers
    member = await readers.reader_on(said.who)
    assert member is not None
    with pytest.raises(NotPermitted):
        await readers.bundle(member, said.typed.removeprefix("/fetch").strip())


async def was_taken_back(said: Said) -> None:
    """What a reader is asked to destroy can be fetched no more."""
    assert said.blanks["code"] not in await _codes(said), "it can still be fetched"


async def is_linked(said: Said) -> None:
    """The account is that of a reader."""
    assert await said.world.application.stores.readers.reader_on(said.who) is not None


async def is_not_linked(said: Said) -> None:
    """The account is that of no reader."""
    assert await said.world.application.stores.readers.reader_on(said.who) is None


async def _codes(said: Said) -> dict[str, bool]:
    readers = said.world.application.stores.readers
    member = await readers.reader_on(said.who)
    assert member is not None
    return {each.code: each.fetched for each in await readers.deliveries(member)}
