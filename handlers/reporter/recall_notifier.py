"""Telling people that the questionnaire of their conversation was recalled."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from handlers.context import SnapshotReader, View
from handlers.outcome import ASK, Outcome, say, saying
from handlers.ports.stores import CaseStore, ReachableAccounts, RevisionStore
from handlers.reporter.conversation import Conversation
from handlers.reporter.markers import FIRST_WORDS, KIND, find_marker
from handlers.reporter.shown import with_what_is_shown
from handlers.sending.unsent_results import UnsentResults
from store.model.accounts import Account
from store.model.drafts import Draft
from store.model.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Recall:
    """The recall of the revision that a conversation is held in."""

    revision: str
    undecided: bool
    """Nothing was allowed in this revision, so the question is what to do now."""


@dataclass(frozen=True, slots=True)
class RecallNotifier:
    """Tells each account of one platform once, as far as its chat is remembered.

    An account of whose chat nothing is remembered is asked as soon as it writes.
    """

    cases: CaseStore
    revisions: RevisionStore
    reachable: ReachableAccounts
    snapshots: SnapshotReader
    unsent: UnsentResults
    active_accounts: dict[str, Account] = field(default_factory=dict, repr=False)
    """Accounts with an open draft, as far as they wrote since the program started."""
    announced: set[str] = field(default_factory=set)
    """Revisions whose recall every account was told of."""

    def update_active(self, account: Account, snapshot: Snapshot) -> None:
        """Note whether the account has an open draft."""
        if snapshot.draft is None:
            self.active_accounts.pop(account.name, None)
        else:
            self.active_accounts[account.name] = account

    async def add_to_answer(self, account: Account, recall: Recall, outcome: Outcome) -> None:
        """Tell of a recall together with the answer to a message, instead of later."""
        if not recall.undecided:
            told = saying(say("RECALLED_ALLOWED", recall.revision))
            await self._announce(account, recall.revision, told)
        elif ASK in outcome.says:
            await self._announce(account, recall.revision, Outcome())

    async def notify(self) -> AsyncIterator[Account]:
        """Write to everybody whose conversation is in a revision that was recalled since.

        Yield each account that was told for the first time; the caller sends what waits for it.
        """
        platform = self.snapshots.platform.name
        for revision in self.snapshots.settings.recalled.keys() - self.announced:
            if not await self.revisions.is_recall_announced(platform, revision):
                reachable = await self.reachable.reachable_accounts(platform)
                remembered = {account.name: account for account in reachable}
                for account in {**remembered, **self.active_accounts}.values():
                    if await self._notify(account, revision):
                        yield account
                await self.revisions.record_recall_announced(platform, revision)
            self.announced.add(revision)

    async def _notify(self, account: Account, revision: str) -> bool:
        """Ask what to do now; where something was allowed already, only say it."""
        async with self.unsent.turn_of(account):
            view = await self.snapshots.read(account)
            draft = view.snapshot.draft
            if draft is None or draft.revision != revision or _is_free(draft):
                return False
            if not Conversation(view, draft).is_halted_by_recall:
                told = saying(say("RECALLED_ALLOWED", revision))
            else:
                told = with_what_is_shown(view, saying(ASK))
            return await self._announce(account, revision, told)

    async def _announce(self, account: Account, revision: str, told: Outcome) -> bool:
        """Tell an account once; return whether this was the first time."""
        name = f"recall {revision} {account.name}"
        now = self.snapshots.clock()
        first = await self.cases.commit(account, name, told.changes, told.says, now)
        if first and told.says:
            self.unsent.discard(account)
        return first


def find_recall(view: View) -> Recall | None:
    """Return the recall that this conversation is affected by, if there is one."""
    draft = view.snapshot.draft
    if draft is None or not view.settings.is_recalled(draft) or _is_free(draft):
        return None
    return Recall(draft.revision, Conversation(view, draft).is_halted_by_recall)


def _is_free(draft: Draft) -> bool:
    """Tell whether a conversation is bound to no questionnaire: one is chosen yet."""
    return bool(find_marker(draft, KIND) or find_marker(draft, FIRST_WORDS))
