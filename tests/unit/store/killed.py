"""A store in which many talk at once, until the process is killed.

    python -m tests.unit.store.killed FOLDER ROUND

Written to the standard output: a line ``account TAB item`` for each answer that was acknowledged.
"""

import asyncio
import secrets
import sys
from dataclasses import replace
from pathlib import Path

from store.model.accounts import Account
from store.model.changes import BeginCase, SaveDraft, SealItem
from store.model.drafts import StoredAnswer
from store.model.outbox import TextRef
from store.model.snapshot import Snapshot
from store.model.turn import Decide, Decision
from tests.unit.store.organisation import DRAFT, START, Organisation, organisation

PEOPLE = 12


def person(number: int) -> Account:
    return Account("terminal", f"person-{number}", f"person-{number}")


def telling(item: str) -> Decide:
    """One more piece; the text names it, so that what is there can be judged."""

    def decide(snapshot: Snapshot) -> Decision:
        draft = snapshot.draft
        if draft is None:
            return Decision((BeginCase(DRAFT),))
        items = (*(i for a in draft.answers for i in a.items), item)[-20:]
        told = replace(draft, answers=(StoredAnswer("story", (), items),))
        return Decision(
            (SealItem(item, "story", item), SaveDraft(told)), (TextRef("ACK"),), deletable=True
        )

    return decide


async def talk(org: Organisation, number: int, of_round: int) -> None:
    who = person(number)
    for count in range(10_000):
        item = bytes([number, of_round, count // 256, count % 256] * 4).hex()
        turned = await org.stores.cases.turn(
            who, item, telling(item), START, chat_message=str(count)
        )
        draft = turned.snapshot.draft
        if draft is not None and draft.answers:
            print(f"{number}\t{item}", flush=True)
        await org.stores.outbox.confirm(turned.messages)


async def main(folder: Path, of_round: int) -> None:
    async with organisation(folder, secrets.token_bytes) as org:
        await asyncio.gather(*(talk(org, number, of_round) for number in range(PEOPLE)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
