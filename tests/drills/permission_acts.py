"""What people do with stories, each as an act on the world that keeps the model true.

A further act is a function of a world and a story that returns whether it could be done, and a
line in one of the two lists below. It does something through the program, as people do, and then
says in the model what its reporter has allowed by it. The laws need no change for it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from handlers.messages import TextMessage
from handlers.reporter import markers
from handlers.reporter.markers import ERASING, MARKER_PREFIX, REOPENED, WORD_CHECK, find_marker
from store.cases.account_state import exists
from store.cases.permissions import case_of, handovers_of
from store.crypto.case_keys import CaseKeys
from store.crypto.mnemonics import candidates
from store.db.schema import delivery
from store.model.accounts import Account
from store.model.changes import BeginCase, SaveDraft, SealItem
from store.model.clock import hour_of, last_week_of_month, weeks_later
from store.model.drafts import ADDED, Draft, Phase, StoredAnswer
from store.model.errors import NotPermitted
from store.model.permissions import HeldHandover
from tests.drills.permission_laws import check_laws, code_of, released
from tests.drills.permission_world import Share, Story, World

Act = Callable[[World, Story], Awaitable[bool]]

ALL = frozenset({"needs", "person", "story"})
STORY_MONTHS = 120
STORY_DAYS = STORY_MONTHS * 31
UNFETCHED_DAYS = 30
HOLD = timedelta(hours=12, seconds=3599)


async def tell(world: World, story: Story) -> bool:
    """Begin a conversation and tell a story."""
    world.stories.append(story)
    flow = world.application.settings.flow
    draft = Draft(flow.revision, flow.language)
    item = world.rig.entropy(16).hex()
    told = replace(draft, answers=(StoredAnswer("story", (), (item,)),))
    await world.write(story.account, BeginCase(draft))
    await world.write(story.account, SealItem(item, "story", story.text), SaveDraft(told))
    story.words = (await world.snapshot(story.account)).words
    story.locator = CaseKeys(candidates(story.words)[0][1]).locator
    await _talk_on(world, story, story.account)
    return True


async def allow(world: World, story: Story) -> bool:
    """Answer every question by chance and give the second yes.

    Also readers are chosen who cannot be: under keys of before, and such as are excluded.
    """
    draft = None if story.talk is None else (await world.snapshot(story.talk)).draft
    if story.talk is None or draft is None or draft.phase not in {Phase.QUESTIONS, Phase.REVIEW}:
        return False
    if find_marker(draft, ADDED) is not None:
        return False
    ids = {key.mid[:10].hex(): n for n, keys in world.everybody.items() for key in keys}
    read = tuple(world.chance.sample(sorted(ids), world.chance.randint(0, 3)))
    never = tuple(world.chance.sample(sorted(ids), world.chance.choice((0, 0, 1, 1, 2))))
    keep = world.chance.choice(("no", "yes", "yes"))
    answers = (
        *(a for a in draft.answers if a.step.startswith(MARKER_PREFIX) or a.step == "story"),
        *_answers(read, never, keep),
    )
    await world.write(story.talk, SaveDraft(replace(draft, phase=Phase.REVIEW, answers=answers)))
    await _offers_nobody_excluded(world, story, story.talk)
    in_office = {key.mid[:10].hex() for key in world.members.values()}
    asked = [i for i in read if i in in_office and ids[i] not in story.barred and i not in never]
    excluded = {ids[i] for i in never} if read else set()
    named = sorted({ids[i] for i in asked} - excluded)
    await _second_yes(world, story, story.talk, named, excluded, keeps=keep == "yes")
    return True


def _answers(read: tuple[str, ...], never: tuple[str, ...], keep: str) -> list[StoredAnswer]:
    skipped = [StoredAnswer(step) for step in ("needs", "wish", "person")]
    fate = ("read",) if read else ("keep",) if keep == "yes" else ("later",)
    answers = [StoredAnswer("fate", fate), *skipped]
    if read:
        answers += [StoredAnswer("never", never or ("none",)), StoredAnswer("read", read)]
        answers += [StoredAnswer("parts", ("all",)), StoredAnswer("act", ("listen",))]
        answers += [StoredAnswer("keep", (keep,))]
    return answers


async def _offers_nobody_excluded(world: World, story: Story, talk: Account) -> None:
    snapshot = await world.snapshot(talk)
    step = world.application.settings.flow_of(snapshot).permission_step("read")
    assert step is not None
    barred = {key.mid[:10].hex() for n in story.barred for key in world.everybody[n]}
    offered = {choice.id for choice in step.choices}
    assert not barred & offered, ("an excluded reader is offered", world.trail)


async def _second_yes(
    world: World,
    story: Story,
    talk: Account,
    named: list[str],
    excluded: set[str],
    *,
    keeps: bool,
) -> None:
    draft = (await world.snapshot(talk)).draft
    assert draft is not None
    if named and not any(a.step == "story" and a.items for a in draft.answers):
        # Of a story that is not kept any more nothing is left to be read: no yes is offered.
        await world.press(talk, "bot.review", "hold")
        await _talk_on(world, story, talk)
        return
    refused = any(a.step == "keep" and "yes" not in a.choices for a in draft.answers)
    kept = keeps or (story.kept and not refused)
    hold = world.chance.random() < 0.5
    marker = find_marker(draft, REOPENED)
    same = marker is not None and frozenset(marker.choices) == ALL
    unchanged = [share for share in story.shares if same and share.name in named]
    given = [name for name in named if name not in {share.name for share in unchanged}]
    yes = ("hold" if hold else "now") if given else "keep" if kept or named else "finish"
    await world.press(talk, "bot.review", yes)
    if yes == "finish":
        await world.press(talk, "bot.erase", "yes")
        story.end()
        return
    story.barred |= excluded
    story.kept, story.was_kept = kept, story.was_kept or kept
    if keeps:
        story.ends = last_week_of_month(world.now, STORY_MONTHS)
    due = hour_of(world.now + HOLD) if hold else 0
    before = story.shares
    narrowed = len(unchanged) < len(before)
    story.handed = bool(named) or (story.handed and not narrowed)
    story.shares = [*unchanged, *(_share(world, n, talk, due, story.text) for n in given)]
    signed_anew = {share.signed for share in before if share not in unchanged}
    for share in unchanged:
        if share.signed in signed_anew:
            share.holder = talk
    if story.handed:
        story.lasts = True
        if not kept:
            story.ends = weeks_later(world.now, UNFETCHED_DAYS)
    for share in story.shares:
        await code_of(world, story, share)
    story.code = " ".join((await world.snapshot(talk)).code_words)
    await _talk_on(world, story, talk)


def _share(world: World, name: str, holder: Account, due: int, text: str) -> Share:
    key = world.members[name]
    return Share(name, key, due, text=text, holder=holder, signed=world.count)


async def finish(world: World, story: Story) -> bool:
    """End the conversation with a way back."""
    snapshot = None if story.talk is None else await world.snapshot(story.talk)
    if story.talk is None or snapshot is None or snapshot.draft is None:
        return False
    if snapshot.draft.phase not in {Phase.BACK, Phase.WORDS}:
        return False
    question, ways = await _open_question(world, story.talk)
    if question == "bot.back":
        only_code = "code" in ways and snapshot.shared and world.chance.random() < 0.3
        await world.press(story.talk, question, "code" if only_code else "words")
        question, _ = await _open_question(world, story.talk)
    if question == "bot.asked":
        await world.say(story.talk, await _asked_words(world, story, story.talk))
        story.lasts |= story.kept
        if world.chance.random() < 0.3:
            await _talk_on(world, story, story.talk)
            return True  # they have the words, and stop before the code
    await world.press(story.talk, "bot.code", "have")
    assert (await world.snapshot(story.talk)).draft is None
    story.talk, story.readable = None, story.readable and story.kept
    story.lasts = story.kept or story.handed
    if not story.lasts:
        story.end()
    return True


async def _open_question(world: World, who: Account) -> tuple[str, list[str]]:
    """Return the question that is open, and its choices."""
    await world.say(who, "/start")
    asked = [reply for to, reply in world.rig.screen.replies if to == who.name][-1]
    return asked.question, [offer.id for offer in asked.offers]


async def _asked_words(world: World, story: Story, talk: Account) -> str:
    draft = (await world.snapshot(talk)).draft
    marker = find_marker(draft, WORD_CHECK) if draft else None
    assert marker is not None
    return " ".join(story.words[int(place) - 1] for place in marker.choices)


async def withdraw_in_talk(world: World, story: Story) -> bool:
    """Take back where the conversation is open."""
    if story.talk is None or not story.handed:
        return False
    await world.say(story.talk, "/withdraw")
    story.take_back()
    if not story.kept:
        story.lasts, story.ends = False, last_week_of_month(world.now, STORY_MONTHS)
    await _talk_on(world, story, story.talk)
    return True


async def stop_what_is_held(world: World, story: Story) -> bool:
    """Take back with one word from the account that handed over."""
    holders = [share.holder for share in story.shares if share.due > world.hour]
    if story.talk is not None or not holders:
        return False
    holder = world.chance.choice(holders)
    assert holder is not None
    await world.say(holder, "/withdraw")
    left = [s for s in story.shares if s.holder != holder or s.due <= world.hour]
    await _stopped(world, story, left)
    if not story.kept and not story.handed:
        story.end()
    return True


async def tap_what_is_held(world: World, story: Story) -> bool:
    """Press the button that stops a hand-over: its own, one that is stale, or a stranger's."""
    holders = [share.holder for share in story.shares if share.holder is not None]
    if not holders:
        return False
    holder = world.chance.choice(holders)
    holds = (await world.snapshot(holder)).holds
    own = [hold for hold in holds if await _is_of(world, story, hold)]
    if not own:
        await world.press(holder, markers.HOLD, world.rig.entropy(16).hex())
        return True
    mine = world.chance.choice(own)
    stopped = [s for s in story.shares if await _statement_of(world, story, s) == mine.statement]
    assert {share.holder for share in stopped} == {holder}
    await world.press(world.account("stranger"), markers.HOLD, mine.id)
    await check_laws(world)
    await world.press(holder, markers.HOLD, mine.id)
    await _stopped(world, story, [share for share in story.shares if share not in stopped])
    if story.talk == holder:
        if not story.kept and not story.handed:
            story.lasts, story.ends = False, last_week_of_month(world.now, STORY_MONTHS)
        await _talk_on(world, story, story.talk)
    elif not story.kept and not story.handed:
        story.end()
    await world.press(holder, markers.HOLD, mine.id)  # a second tap
    return True


async def _stopped(world: World, story: Story, left: list[Share]) -> None:
    """Note that only these shares are left. Of readers who are gone the statements stand."""
    database, keys = world.application.stores.cases.database, story.locator
    story.shares = left
    story.handed = bool(await database.read(lambda c: handovers_of(c, keys)))


async def _statement_of(world: World, story: Story, share: Share) -> str:
    """Return the statement by which a share was given."""
    code = await code_of(world, story, share)
    query = select(delivery.c.stmt).where(delivery.c.code == code)
    database = world.application.stores.cases.database
    stmt: bytes = await database.read(lambda c: c.execute(query).scalar_one())
    return stmt.hex()


async def _is_of(world: World, story: Story, hold: HeldHandover) -> bool:
    """Return whether a hand-over is one of this story."""
    stmt, database = bytes.fromhex(hold.statement), world.application.stores.cases.database
    return await database.read(lambda c: case_of(c, stmt)) == story.locator


async def withdraw_with_words(world: World, story: Story) -> bool:
    """Take back from an account of anybody's, with the twelve words."""
    if not story.was_kept:
        return False
    who = world.account("with-words")
    await world.say(who, f"/withdraw {' '.join(story.words)}")
    if story.shares:
        story.take_back()
    story.lasts |= story.kept
    await world.say(who, "/stop")
    return True


async def withdraw_with_code(world: World, story: Story) -> bool:
    """Take back with the four words."""
    if not story.code:
        return False
    await world.say(world.account("with-code"), f"/withdraw {story.code}")
    story.take_back()
    if not story.kept:
        story.end()
    return True


async def erase(world: World, story: Story) -> bool:
    """Erase in the conversation, with the words, or with the code."""
    if world.chance.random() < 0.6:
        return False  # not so often: nothing can be done with it afterwards
    if story.talk is not None:
        await world.say(story.talk, "/erase")
        await world.press(story.talk, "bot.erase", "yes")
    elif story.was_kept and world.chance.random() < 0.5:
        who = world.account("with-words")
        await world.say(who, f"/erase {' '.join(story.words)}")
        await _confirm(world, who)
    elif story.code:
        who = world.account("with-code")
        await world.say(who, f"/erase {story.code}")
        await _confirm(world, who)
    else:
        return False
    story.end()
    return True


async def _confirm(world: World, who: Account) -> None:
    """Say yes where it is asked once more; nothing is erased before."""
    await check_laws(world)
    await world.press(who, ERASING, "yes")


async def ask_to_erase(world: World, story: Story) -> bool:
    """Ask to erase, and leave it: nothing changes, whatever is said later."""
    if not story.code or story.talk is not None:
        return False
    who = world.account("asks-only")
    await world.say(who, f"/erase {story.code}")
    if world.chance.random() < 0.5:
        await world.press(who, ERASING, "no")
    elif world.chance.random() < 0.5:
        await world.start()  # what is only in memory is gone
    else:
        await world.say(who, "/stop")
    await check_laws(world)
    await world.press(who, ERASING, "yes")
    return True


async def reopen(world: World, story: Story) -> bool:
    """Come back with the words, and go on to share it once more."""
    if not story.was_kept or story.talk is not None:
        return False
    who = world.account("again")
    await world.say(who, f"/open {' '.join(story.words)}")
    story.lasts |= story.kept
    if story.shares and world.chance.random() < 0.5:
        if all(share.due for share in story.shares) and world.chance.random() < 0.5:
            await world.press(who, "bot.case", "now")
            for share in story.shares:
                share.due = 0
        await world.say(who, "/stop")
        return True
    changes = bool(story.shares)
    await world.press(who, "bot.case", "change")
    await _talk_on(world, story, who)
    if changes and world.chance.random() < 0.8:
        return await allow(world, story)
    return True


async def add(world: World, story: Story) -> bool:
    """Come back with the words, add something, and share it with nobody or with all who read."""
    if not story.kept or not story.readable or story.talk is not None:
        return False
    who = world.account("adds")
    await world.say(who, f"/open {' '.join(story.words)}")
    story.lasts = True
    await world.press(who, "bot.case", "add")
    text = f"What {who.name} has added."
    await world.say(who, text)
    story.added.append(text)
    await _talk_on(world, story, who)
    if world.chance.random() < 0.2:
        return True  # and never comes back to it
    await world.say(who, "/done")
    await _share_added(world, story, who, text)
    return True


async def _share_added(world: World, story: Story, who: Account, text: str) -> None:
    names = sorted({share.name for share in story.shares})
    if not names or world.chance.random() < 0.4:
        if names:
            await world.press(who, "bot.share_added", "no")
        story.talk = None
        await world.say(who, "/stop")
        return
    hold = world.chance.random() < 0.5
    await world.press(who, "bot.share_added", "yes")
    await world.press(who, "bot.review", "hold" if hold else "now")
    due = hour_of(world.now + HOLD) if hold else 0
    story.shares += [_share(world, name, who, due, text) for name in names]
    for share in story.shares:
        await code_of(world, story, share)
    story.code = " ".join((await world.snapshot(who)).code_words)
    await _talk_on(world, story, who)


async def keep_longer(world: World, story: Story) -> bool:
    """Come back with the words, and have it kept as long again."""
    if not story.kept:
        return False
    who = world.account("renews")
    await world.say(who, f"/open {' '.join(story.words)}")
    story.lasts = True
    await world.press(who, "bot.case", "renew")
    story.ends = last_week_of_month(world.now, STORY_MONTHS)
    await world.say(who, "/stop")
    return True


async def join(world: World, story: Story) -> bool:
    """Come back with the words, and join another story of the same person to it."""
    joinable = [s for s in world.stories if s.kept and s.readable and s.talk is None]
    others = [other for other in joinable if other is not story]
    if story not in joinable or not others:
        return False
    other, who = world.chance.choice(others), world.account("joins")
    await world.say(who, f"/open {' '.join(story.words)}")
    story.lasts = True
    await world.press(who, "bot.case", "join")
    await world.say(who, " ".join(other.words))
    await world.say(who, "/stop")
    database = world.application.stores.cases.database
    keys = CaseKeys(candidates(other.words)[0][1])
    if await database.read(lambda c: exists(c, keys)):
        assert other.barred, ("a story is not joined without a reason", world.trail)
        assert story.handed, ("a story is not joined without a reason", world.trail)
        return True
    story.added += [other.text, *other.added]
    story.barred |= other.barred
    other.end()
    return True


async def fetch_to_disk(world: World, story: Story) -> bool:
    """A reader writes a delivery to a disk of their own."""
    share = _some_released(world, story)
    if share is None:
        return False
    readers = world.application.stores.readers
    member = readers.named(share.name, world.now)
    assert member is not None
    code = await code_of(world, story, share)
    await readers.begin_fetch(member, code)
    await readers.record_fetch(member, code)
    share.on_disk = True
    if not story.kept and all(each.on_disk for each in story.shares):
        story.end()
    return True


async def fetch_in_chat(world: World, story: Story) -> bool:
    """Whoever holds a reader's chat account has a delivery sent there."""
    share = _some_released(world, story)
    if share is None:
        return False
    who, links = world.account("reader"), world.application.stores.readers.repositories
    await world.application.stores.cases.database.transaction(
        lambda c: links.linked_accounts.link(c, who, share.key.mid)
    )
    before = len(world.rig.screen.files)
    code = await code_of(world, story, share)
    world.rig.screen.files.pop(f"{code}.holdfast", None)
    await world.say(who, f"/fetch {code}")
    assert f"{code}.holdfast" in world.rig.screen.files, (before, world.trail)
    return True


async def fetch_what_is_not_theirs(world: World, story: Story) -> bool:
    """Somebody with a linked account types the characters of a delivery of somebody else's."""
    others = [n for n in world.members if n not in {share.name for share in story.shares}]
    if not story.shares or not others:
        return False
    code = await code_of(world, story, world.chance.choice(story.shares))
    name, who = world.chance.choice(others), world.account("thief")
    thief, readers = world.members[name], world.application.stores.readers
    member = readers.named(name, world.now)
    assert member is not None
    with pytest.raises(NotPermitted):
        await readers.bundle(member, code)
    links = world.application.stores.readers.repositories.linked_accounts
    await world.application.stores.cases.database.transaction(
        lambda c: links.link(c, who, thief.mid)
    )
    world.rig.screen.files.pop(f"{code}.holdfast", None)
    await world.hear(who, TextMessage(f"/fetch {code}"))
    assert f"{code}.holdfast" not in world.rig.screen.files, ("a file for others", world.trail)
    return True


def _some_released(world: World, story: Story) -> Share | None:
    keys = world.members.values()
    mine = [share for key in keys for told, share in released(world, key) if told is story]
    return world.chance.choice(mine) if mine else None


async def replace_key(world: World, _story: Story) -> bool:
    """A reader has a new key in place of their old one, with or without the line that says so."""
    name = world.chance.choice(sorted(world.members))
    old, new = world.members[name], world.new_key(name)
    after = [(new.mid, old.mid)] if world.chance.random() < 0.5 else []
    await world.publish({**world.members, name: new}, after)
    return True


async def leave_office(world: World, _story: Story) -> bool:
    """A reader leaves the commission."""
    if len(world.members) <= 2:  # the quorum
        return False
    name = world.chance.choice(sorted(world.members))
    await world.publish({n: key for n, key in world.members.items() if n != name})
    return True


async def come_into_office(world: World, _story: Story) -> bool:
    """Somebody joins the commission, or comes back to it, under an earlier key or a new one."""
    away = sorted({*world.everybody, "Yew"} - world.members.keys())
    if not away:
        return False
    name = world.chance.choice(away)
    keys = world.everybody.get(name, [])
    key = world.chance.choice([*keys, None])
    await world.publish({**world.members, name: key or world.new_key(name)})
    return True


async def lose_memory(world: World, _story: Story) -> bool:
    """The program is killed, and started anew."""
    await world.start()
    return True


async def wait(world: World, _story: Story) -> bool:
    """Time passes."""
    hours = world.chance.choice((1, 6, 13, 30, 24 * 8, 24 * 15, 24 * 35))
    await world.pass_time(timedelta(hours=hours))
    return True


async def wait_for_years(world: World, _story: Story) -> bool:
    """So much time passes that what was kept ends."""
    if world.chance.random() < 0.6:
        return False
    await world.pass_time(timedelta(days=STORY_DAYS + 14))
    return True


async def jump(world: World, _story: Story) -> bool:
    """The machine's clock jumps, perhaps over a restart; later somebody sets it right."""
    right = world.wall
    world.wall += timedelta(days=world.chance.choice((-4000, -20, 1, 20, 400, 4000)))
    if world.chance.random() < 0.5:
        await world.start()
    await world.application.run_upkeep()
    await check_laws(world)
    world.wall = right
    await world.start()
    return True


async def _talk_on(world: World, story: Story, talk: Account) -> None:
    draft = (await world.snapshot(talk)).draft
    assert draft is not None, ("a conversation is not open", world.trail)
    story.talk, story.talk_ends = talk, draft.expires


STORY_ACTS: tuple[tuple[Act, int], ...] = (
    (tell, 10),
    (allow, 10),
    (finish, 8),
    (withdraw_in_talk, 2),
    (stop_what_is_held, 4),
    (tap_what_is_held, 4),
    (withdraw_with_words, 2),
    (withdraw_with_code, 1),
    (erase, 1),
    (ask_to_erase, 1),
    (reopen, 8),
    (add, 5),
    (keep_longer, 2),
    (join, 3),
    (fetch_to_disk, 4),
    (fetch_in_chat, 2),
    (fetch_what_is_not_theirs, 2),
)
"""What is done with a story, and how often it is tried beside the others."""

WORLD_ACTS: tuple[tuple[Act, int], ...] = (
    (replace_key, 2),
    (leave_office, 2),
    (come_into_office, 3),
    (lose_memory, 2),
    (wait, 4),
    (wait_for_years, 1),
    (jump, 2),
)
"""What happens to all stories at once."""
