"""Whole talks in a second language, with the program started anew before the messages."""

from dataclasses import replace

import flows
from flows import Flow
from handlers.context import SnapshotReader
from handlers.messages import Reply
from store.cases.permissions import PermissionRecord
from store.crypto.kdf import digest
from store.db.connection import Connection
from store.model.drafts import Draft
from tests.other_language import BOTH_LANGUAGES, OTHER, in_other_words, speak_both
from tests.rig import Rig, person

ENGLISH, SPANISH = "English", "Español"
STORY = "fue en primavera"


def both(rig: Rig) -> Flow:
    """An organisation whose bot speaks two languages; its questionnaire in the second."""
    rig.languages = BOTH_LANGUAGES
    rig.config = replace(rig.config, flow=speak_both(rig.config.flow))
    return flows.load((rig.config.flow.folder / "intake.toml").read_text("utf-8"), "intake.toml")


async def draft(rig: Rig) -> Draft:
    async with rig.house() as house:
        found = (await house.stores.cases.snapshot(person(), rig.clock())).draft
    assert found is not None
    return found


async def records(rig: Rig) -> list[PermissionRecord]:
    """The signed statements of the talk."""
    async with rig.house() as house:
        repositories = house.stores.cases.repositories

        def read(connection: Connection) -> list[PermissionRecord]:
            found = repositories.drafts.find(connection, person())
            assert found is not None
            return repositories.permissions.of_case(connection, found.keys)

        return await house.stores.cases.database.read(read)


def labels(reply: Reply) -> list[str]:
    return [offer.label for offer in reply.offers]


async def begin(rig: Rig) -> None:
    """From hello to the story, in the second language."""
    async with rig.staying():
        [hello] = await rig.say("/start")
        assert SPANISH in labels(hello)
        [hello] = await rig.say(SPANISH)
        assert ENGLISH in labels(hello)
        await rig.say("1")


async def hand_over(rig: Rig) -> None:
    """From the story to the question whether to keep it: Oak reads all."""
    await rig.say(STORY, "/done")
    for step, choice in (
        ("fate", "read"),
        ("needs", "none"),
        ("wish", ""),
        ("person", ""),
        ("never", "none"),
    ):
        await (rig.press(step, choice) if choice else rig.say("/skip"))
    await rig.say("Oak")
    await rig.press("parts", "all")
    await rig.press("act", "listen")


async def test_a_talk_stays_in_its_language_through_every_restart(rig: Rig) -> None:
    flow = both(rig)
    await begin(rig)
    asked = await rig.say("3")
    assert flow.story is not None
    assert in_other_words(flow.story.text) in asked[-1].text
    await hand_over(rig)
    keep = (await rig.say("/start"))[-1]
    assert (await draft(rig)).language == OTHER
    step = flow.permission_step("keep")
    assert step is not None
    assert labels(keep) == [in_other_words(choice.text) for choice in step.choices]


async def test_a_yes_is_signed_in_the_language_in_which_it_was_shown(rig: Rig) -> None:
    flow = both(rig)
    await begin(rig)
    await rig.say("3")
    await hand_over(rig)
    await rig.say("/language english")
    step = flow.permission_step("keep")
    assert step is not None
    await rig.press("keep", step.choices[-1].id)
    await rig.press("bot.overview", "right")
    await rig.press("bot.review", "now")
    by_scope = {record.consent.scope: record.consent.words for record in await records(rig)}
    keep, named = by_scope["keep"], by_scope["named"]
    assert (keep.language, named.language) == ("en", OTHER)
    assert keep.digest == digest(flows.shown_words(step, step.choices[-1:]).encode())
    async with rig.house() as house:
        view = SnapshotReader(
            house.stores.cases,
            house.library.current_settings,
            rig.screen.platform,
            rig.clock,
            rig.entropy,
        )
        snapshot = (await view.read(person())).snapshot
        assert snapshot.draft is not None
        spoken = replace(snapshot, draft=replace(snapshot.draft, language=OTHER))
        read = house.settings.flow_of(spoken).permission_step("read")
    assert read is not None
    oak = [choice for choice in read.choices if choice.text.startswith("Oak")]
    assert named.digest == digest(flows.shown_words(read, oak).encode())


async def test_a_story_is_opened_in_the_language_that_it_ended_with(rig: Rig) -> None:
    both(rig)
    await begin(rig)
    await rig.say("3", STORY, "/done")
    await rig.press("fate", "keep")
    await rig.press("bot.overview", "right")
    await rig.press("bot.review", "keep")
    async with rig.house() as house:
        words = (await house.stores.cases.snapshot(person(), rig.clock())).words
    await open_story(rig, words)


async def open_story(rig: Rig, words: tuple[str, ...]) -> None:
    """Open it from another account, which never chose a language."""
    other = person("reporter-two")
    async with rig.staying():
        await rig.say(f"/open {' '.join(words)}", who=other)
        assert rig.conversations is not None
        view = await rig.conversations.snapshots.read(other)
        assert view.snapshot.opened is not None
        assert view.snapshot.opened.language == OTHER == view.language
        assert view.settings.flow_of(view.snapshot).language == OTHER


async def test_with_one_language_nothing_is_offered(rig: Rig) -> None:
    [hello] = await rig.say("/start")
    assert SPANISH not in labels(hello)
