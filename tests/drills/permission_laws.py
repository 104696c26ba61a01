"""The laws of permissions, on what really lies in the store and for every key that ever was."""

from collections import defaultdict

from sqlalchemy import select

from store.cases.items import ids_of
from store.crypto.age import file as age
from store.db.connection import Connection
from store.db.schema import access_grant, case_file, delivery, exclusion, item, permission
from store.model.errors import NotForUs
from store.readers.delivery_bundle import open_delivery
from store.readers.key_file import ReaderKey
from store.readers.notebook import Notebook
from tests.drills.permission_world import Share, Story, World


def openers(world: World, sealed: bytes) -> frozenset[bytes]:
    """Return the mids of the readers' keys that open an age file.

    What was tried is remembered: nothing at rest is ever sealed anew under the same header.
    """
    header, _ = age.split(sealed)
    keys = [key for keys in world.everybody.values() for key in keys]
    tried = world.tried.setdefault(header, {})
    for key in keys:
        if key.mid not in tried:
            tried[key.mid] = _opens(header, key)
    return frozenset(mid for mid, opens in tried.items() if opens)


def _opens(header: bytes, key: ReaderKey) -> bool:
    try:
        age.open_header(header, [key.identity])
    except NotForUs:
        return False
    return True


async def check_laws(world: World) -> None:
    """Hold everything at rest against what the reporters have allowed."""
    stories = {story.locator: story for story in world.stories if story.words}
    database = world.application.stores.cases.database
    opened, cases = await database.read(lambda c: (_opened(c, world), _cases(c)))
    trail = world.trail
    assert opened.keys() <= stories.keys(), ("something is shared of nobody's story", trail)
    for locator, story in stories.items():
        may = {share.key.mid for share in story.shares}
        for where, mids in opened.get(locator, {"": frozenset()}).items():
            assert mids <= may, ("a key opens without a permission that names it", where, trail)
            assert may <= mids, ("a permission has no key", where, trail)
        barred = {key.mid for name in story.barred for key in world.everybody[name]}
        assert not barred & may, ("the model itself is wrong", trail)
        if story.gone:
            assert locator not in cases, ("something is left of an erased story", trail)
        if story.kept:
            assert locator in cases, ("a kept story is gone", trail)
    await _check_lists(world, stories)


def _opened(connection: Connection, world: World) -> dict[bytes, dict[str, frozenset[bytes]]]:
    """By case: which keys open a grant, and which a delivery."""
    found: dict[bytes, dict[str, frozenset[bytes]]] = defaultdict(
        lambda: {"grant": frozenset(), "delivery": frozenset()}
    )
    grants = select(permission.c.locator, access_grant.c.header).join(access_grant)
    for row in connection.execute(grants):
        found[row.locator]["grant"] |= openers(world, row.header)
    deliveries = select(permission.c.locator, delivery.c.env).join(delivery)
    for row in connection.execute(deliveries):
        found[row.locator]["delivery"] |= openers(world, row.env)
    return found


def _cases(connection: Connection) -> frozenset[bytes]:
    return frozenset(connection.execute(select(case_file.c.locator)).scalars())


async def _check_lists(world: World, stories: dict[bytes, Story]) -> None:
    """A reader is shown what was released to them, and nothing else."""
    readers = world.application.stores.readers
    for name, key in world.members.items():
        member = readers.named(name, world.now)
        assert member is not None
        listed = {d.code for d in await readers.deliveries(member)}
        found = {(await code_of(world, story, share)) for story, share in released(world, key)}
        assert listed == found, ("a list of deliveries is not what was released", world.trail)


def released(world: World, key: ReaderKey) -> list[tuple[Story, Share]]:
    """What was released to this key."""
    return [
        (story, share)
        for story in world.stories
        for share in story.shares
        if share.key.mid == key.mid and share.due <= world.hour
    ]


async def code_of(world: World, story: Story, share: Share) -> str:
    """Find the six characters of what one reader was given; they stay the same."""
    query = select(delivery.c.code).join(permission)
    mine = query.where(permission.c.locator == story.locator, delivery.c.fp == share.key.mid[:10])
    database = world.application.stores.cases.database
    codes = await database.read(lambda connection: {*connection.execute(mine).scalars()})
    others = {each.code for each in story.shares if each is not share}
    share.code = share.code or next(iter(codes - others), "")
    assert share.code in codes, ("a permission has no delivery", world.trail)
    return share.code


async def check_use(world: World) -> None:
    """Use every live permission, and try every key on what is the reporter's alone."""
    for name, key in world.members.items():
        for story, share in released(world, key):
            await _read(world, name, key, story, share)
    for story in world.stories:
        if story.kept and story.readable:
            await _come_back(world, story)
        if not story.gone:
            await _check_own(world, story)


async def _read(world: World, name: str, key: ReaderKey, story: Story, share: Share) -> None:
    readers = world.application.stores.readers
    member = readers.named(name, world.now)
    assert member is not None
    code = await code_of(world, story, share)
    report = open_delivery(await readers.bundle(member, code), key, Notebook())
    assert not story.readable or (share.text or story.text) in report.text, (
        "a reader opens something else",
        world.trail,
    )
    assert not {"not", "salt"} & report.statement.fields().keys(), world.trail


async def _come_back(world: World, story: Story) -> None:
    found = await world.application.stores.recovery.find_by_words(" ".join(story.words))
    assert found is not None, ("the words of a kept story find nothing", world.trail)
    items = [item for answer in found.answers for item in answer.items]
    assert items, ("the words of a kept story open no answers", world.trail)
    if story.talk is None:
        who = world.account("back")
        await world.say(who, f"/open {' '.join(story.words)}")
        shown = await world.press(who, "bot.case", "read")
        for text in (story.text, *story.added):
            assert text in shown, ("a kept story cannot be read by its reporter", world.trail)
        await world.say(who, "/stop")


async def _check_own(world: World, story: Story) -> None:
    """Nobody but the reporter opens answers and statements."""
    locator = story.locator

    def read(connection: Connection) -> list[bytes]:
        named = permission.c.locator == locator
        found = [*connection.execute(select(permission.c.env).where(named)).scalars()]
        mine = exclusion.c.locator == locator
        found += connection.execute(select(exclusion.c.env).where(mine)).scalars()
        headers = select(item.c.header).where(item.c.id.in_(ids_of(connection, locator)))
        return [*found, *connection.execute(headers).scalars()]

    sealed = await world.application.stores.cases.database.read(read)
    assert not any(openers(world, each) for each in sealed), world.trail
