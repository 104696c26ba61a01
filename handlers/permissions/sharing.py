"""What a second yes changes for readers who can read something of the case already."""

from dataclasses import dataclass, replace

from handlers.permissions.consent import Consent
from handlers.permissions.contact import contact_marks
from handlers.permissions.permission import find_permission
from handlers.permissions.read import READ
from handlers.reporter.conversation import Conversation, is_adding
from handlers.reporter.markers import CONTACT, REOPENED
from store.model.changes import HandOver, Narrowing
from store.model.permissions import NewPermission


@dataclass(frozen=True, slots=True)
class SharingChange:
    """By reader: who is given something, for whom nothing changes, from whom it is taken back."""

    given: tuple[str, ...]
    unchanged: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    renewed: tuple[str, ...] = ()
    """Of those who are given something: for whom it takes the place of what they could read."""
    replaces: bool = False
    """Something that stands does not stay as it is."""

    @property
    def added(self) -> tuple[str, ...]:
        """List who is given something beside readers for whom something else is said."""
        if not (self.unchanged or self.ended or self.renewed):
            return ()
        return tuple(reader for reader in self.given if reader not in self.renewed)


def sharing_change(conversation: Conversation, consent: Consent) -> SharingChange:
    """Compare what this conversation allows with what stands.

    What stands and is allowed again on the same terms stays as it is: its readers are given
    nothing, what they have not fetched still waits, what is held is still held.
    """
    snapshot, marker = conversation.snapshot, conversation.marker(REOPENED)
    if marker is None or is_adding(conversation) or not snapshot.grants:
        return SharingChange(consent.readers)
    in_office = {reader.id for reader in snapshot.readers}
    standing = {r for grant in snapshot.grants for r in grant.readers} & in_office
    on_other_terms = {r for g in snapshot.grants if g.may != consent.may for r in g.readers}
    contact = conversation.marker(CONTACT)
    changed = contact is not None and contact.choices != contact_marks(conversation.answers)
    if changed or frozenset(marker.choices) != consent.allowed.parts:
        on_other_terms = standing
    unchanged = (standing & {*consent.readers}) - on_other_terms
    given = {*consent.readers} - unchanged
    return SharingChange(
        tuple(sorted(given)),
        tuple(sorted(unchanged)),
        tuple(sorted(standing - unchanged - given)),
        tuple(sorted(standing & given)),
        replaces=bool(standing - unchanged),
    )


def only_what_changes(
    change: HandOver, sharing: SharingChange, conversation: Conversation, consent: Consent
) -> HandOver:
    """Return a hand-over that gives nothing to those for whom nothing changes."""
    statements = tuple(
        replace(p, readers=sharing.given) if p.scope == READ.scope else p
        for p in change.permissions
        if p.scope != READ.scope or sharing.given
    )
    if not sharing.replaces:
        return replace(change, permissions=statements)
    words = _words_for(sharing, conversation, consent)
    narrowing = Narrowing(words, conversation.view.texts.handover.withdrawn)
    return replace(change, permissions=statements, narrowing=narrowing)


def _words_for(
    sharing: SharingChange, conversation: Conversation, consent: Consent
) -> NewPermission:
    """Return the words in which those who stay were named again."""
    given = consent.find(READ.name)
    declared = find_permission(conversation.settings.permissions, READ.name)
    named = declared.grant(consent, given) if declared and given else None
    if named is None:
        return NewPermission(READ.scope, "", "")
    return replace(named, readers=sharing.unchanged)
