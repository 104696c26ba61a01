"""A story of version 0.1 is come back to on the other platform, with real servers of both."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from handlers.texts.english import ENGLISH
from store.db.schema import cursor
from tests.doubles.matrix.fixtures import clients, own_synapse, synapse
from tests.doubles.matrix.person import Clients
from tests.doubles.matrix.person import Person as PersonHere
from tests.doubles.matrix.synapse import Credentials, Synapse
from tests.doubles.telegram.double import Double
from tests.doubles.telegram.person import Person as PersonThere
from tests.installation import Installation, unpacked
from tests.integration.both import both, lay_out
from tests.integration.matrix.running import ask
from tests.rig import Rig
from tests.stages import as_typed

__all__ = ["clients", "own_synapse", "synapse"]

LABELS, CASE = ENGLISH.labels, ENGLISH.case
MENU, ADD = CASE.kept, CASE.add.partition("?")[0]
ADDED = "One more thing."
ALLOWED = ENGLISH.permissions.overview.partition(":")[0]
ASKED = ENGLISH.recovery.ask_words.partition("{")[0].strip()
CODE = ENGLISH.recovery.code.partition("\n")[0]
FETCH = ENGLISH.leaving.next_now.format(readers="Oak").partition(".")[0]


@pytest.fixture(autouse=True)
def _timedelta(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


@pytest.fixture
async def left(tmp_path: Path) -> Installation:
    """What version 0.1 left, moved to servers that count otherwise than those of then."""
    found = unpacked(tmp_path)
    async with found.rig.house() as house:
        await house.stores.cases.database.transaction(lambda c: c.execute(delete(cursor)))
    return found


@pytest.fixture
async def double(left: Installation) -> AsyncIterator[Double]:
    async with Double(clock=lambda: left.rig.clock().timestamp()) as running:
        yield running


@pytest.fixture
async def account(synapse: Synapse) -> Credentials:
    return await synapse.register()


async def there(person: PersonThere, *steps: tuple[str, str]) -> None:
    """Talk on Telegram: what is typed, and what comes."""
    for typed, then in steps:
        before = len(person.received)
        await person.say(typed)
        await person.wait(lambda _, n=before, t=then: t in _told(person, n), 30)  # type: ignore[misc]


def _told(person: PersonThere, before: int) -> str:
    return "\n".join(message.text for message in person.received[before:])


async def here(person: PersonHere, *steps: tuple[str, str]) -> None:
    """Talk on Matrix."""
    for typed, then in steps:
        await ask(person, as_typed([typed], person), then, 30)


async def reports(rig: Rig, reader: str) -> list[str]:
    """What a reader can open of the story that is come back to."""
    codes = await rig.inbox(reader)
    texts = [rig.open(reader, await rig.fetch(reader, code)).text for code in codes]
    return [text for text in texts if ADDED in text]


async def test_a_story_told_on_telegram_is_added_to_on_matrix_and_changed_on_telegram(
    left: Installation,
    double: Double,
    synapse: Synapse,
    clients: Clients,
    account: Credentials,
) -> None:
    rig, kim = left.rig, double.person(int(left.person("telling").name))
    lay_out(rig, double, account)
    async with both(rig, double, synapse.url, account) as bot:
        await there(
            kim,
            ("/done", "What should happen with it?"),
            ("only keep it", ALLOWED),
            (LABELS["overview.right"], "These are the pieces"),
        )
        before = len(kim.received)
        await there(kim, (LABELS["review.keep"], ASKED))
        rows = (line.split() for line in _told(kim, before).splitlines())
        words = [row[1] for row in rows if len(row) == 2 and row[0].isdecimal()]
        await there(kim, (" ".join(words), CODE), (LABELS["code.have"], "November 2036"))
        robin = await clients.person()
        await robin.open_chat(bot.id)
        await here(
            robin,
            (f"!open {' '.join(words)}", MENU),
            (LABELS["case.add"], ADD),
            (ADDED, ENGLISH.telling.ack.partition(".")[0]),
            ("!done", CASE.added_kept),
            (LABELS["case.close"], CASE.closed.partition(".")[0]),
        )
        await there(
            kim,
            (f"/open {' '.join(words)}", MENU),
            (LABELS["case.change"], CASE.reopened),
            (LABELS["clean.self"], "What would help you now?"),
            ("Nothing for now", "What would you like to happen"),
            ("/skip", "Who is it about"),
            ("/skip", "Who may read it?"),
            ("Oak", "How much may they read?"),
            ("Everything", "must never read it?"),
            ("No, nobody", "What may the readers do"),
            ("Read and listen", "May it be kept here"),
            ("Yes, keep it", ALLOWED),
            (LABELS["overview.right"], "These are the pieces"),
            (LABELS["review.now"], CODE),
            (LABELS["code.have"], FETCH),
        )
        (first,) = await reports(rig, "Oak")
        assert all(told in first for told in (*left.told("telling"), ADDED))
        await robin.open_chat(bot.id)  # the first one was left when the case was closed
        await here(
            robin,
            (f"!open {' '.join(words)}", MENU),
            (LABELS["case.change"], CASE.reopened),
            (LABELS["clean.self"], ALLOWED),
            (LABELS["change.act"], "What may the readers do"),
            ("Act on it without naming me", ALLOWED),
            (LABELS["overview.right"], "These are the pieces"),
            (LABELS["review.now"], CODE),
            (LABELS["code.have"], FETCH),
        )
        (second,) = await reports(rig, "Oak")
        assert ENGLISH.report.acts["act.unnamed"] in second
        assert await reports(rig, "Ash") == []
        assert bot.said == []
