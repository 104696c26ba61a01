"""Route a case: permissions and roster in, statements and report out. The default is nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import flows
from flows import Kind, Step
from handlers.context import View, selectable
from handlers.permissions.added import consent_to_added, hand_over_added
from handlers.permissions.consent import Consent, GivenPermission
from handlers.permissions.contact import contact_given
from handlers.permissions.permission import find_permission
from handlers.permissions.report import compile_report
from handlers.permissions.sharing import only_what_changes, sharing_change
from handlers.reporter.conversation import Conversation, conversation_of, is_adding
from handlers.reporter.draft_language import shown_in
from store.model.changes import HandOver
from store.model.permissions import NewPermission
from store.model.snapshot import Snapshot


def hand_over(conversation: Conversation, hold_hours: int) -> HandOver:
    """Return the change that the second yes makes.

    It holds a statement for each permission given and, where somebody may read, the compiled
    report, which is held back for ``hold_hours``.
    """
    draft, consent = conversation.draft, consent_in(conversation)
    if is_adding(conversation):
        return hand_over_added(conversation, consent, hold_hours)
    statements = _statements(conversation, consent)
    sharing = sharing_change(conversation, consent)
    whole = HandOver(draft, statements)
    if sharing.given:
        parts = tuple(sorted(consent.allowed.parts))
        report = compile_report(conversation, consent)
        whole = HandOver(draft, statements, parts, report, hold_hours)
    return only_what_changes(whole, sharing, conversation, consent)


def _statements(conversation: Conversation, consent: Consent) -> tuple[NewPermission, ...]:
    registry = conversation.settings.permissions
    declared = ((find_permission(registry, given.name), given) for given in consent.given)
    granted = (permission.grant(consent, given) for permission, given in declared if permission)
    return tuple(statement for statement in granted if statement)


def _given(conversation: Conversation) -> Iterator[GivenPermission]:
    """Yield the permissions that were given, each in the words that were shown."""
    for name, step, choices in flows.given_steps(conversation.flow, conversation.answers):
        shown = _as_shown(conversation, step)
        if shown is step:
            yield GivenPermission(name, step, choices)
        else:
            taken = tuple(filter(None, (shown.choice(choice.id) for choice in choices)))
            yield GivenPermission(name, shown, taken, shown_in(conversation.draft)[step.id])


def _as_shown(conversation: Conversation, step: Step) -> Step:
    """Return a step in the language in which it was asked: that of the talk may have changed."""
    tag = shown_in(conversation.draft).get(step.id)
    if tag is None:
        return step
    draft = replace(conversation.draft, language=tag)
    flow = conversation.settings.flow_of(replace(conversation.snapshot, draft=draft))
    return (flow.step(step.id) if flow.language == tag else None) or step


def _chosen_labels(conversation: Conversation) -> Mapping[str, str]:
    """Return the labels that were chosen where a permission was asked for, by its name."""
    taken = {answer.step: answer.choices for answer in conversation.answers}
    return {
        step.asks: choice.text
        for step in (_as_shown(conversation, step) for step in conversation.flow.steps)
        if step.kind is Kind.PERMISSION and step.asks is not None and not step.names_readers
        for choice in step.choices
        if choice.id in taken.get(step.id, ())
    }


def consent_of(view: View) -> Consent:
    """Return what the account's open conversation allows; without one, nothing new."""
    conversation = conversation_of(view)
    if conversation is not None:
        return consent_in(conversation)
    kept, days = view.snapshot.kept, view.settings.unfetched_days
    return Consent(
        keeps_case=kept, roster=view.snapshot.readers, unfetched_days=days, language=view.language
    )


def consent_in(conversation: Conversation) -> Consent:
    """Return what the settled answers of this conversation allow."""
    if is_adding(conversation):
        return consent_to_added(conversation)
    flow, answers = conversation.flow, conversation.answers
    registry, snapshot = conversation.settings.permissions, conversation.snapshot
    allowed = flows.permissions(flow, answers)
    never = {reader for permission in registry for reader in permission.bars(allowed)}
    barred = snapshot.barred | never
    return Consent(
        allowed=allowed,
        given=tuple(_given(conversation)),
        keeps_case=allowed.keep or (snapshot.kept and not _refuses_keeping(conversation)),
        readers=allowed_readers(snapshot, allowed.read, barred),
        barred=tuple(sorted(barred)),
        may=tuple(term for permission in registry for term in permission.may(allowed)),
        chosen=_chosen_labels(conversation),
        contact=contact_given(answers),
        roster=snapshot.readers,
        unfetched_days=conversation.settings.unfetched_days,
        language=conversation.view.language,
    )


def allowed_readers(
    snapshot: Snapshot, named: Iterable[str], barred: Iterable[str]
) -> tuple[str, ...]:
    """Return the named readers who are in the roster and excluded under no key of theirs."""
    never = set(barred)
    able = {r.id for r in selectable(snapshot) if not r.is_among(never)}
    return tuple(sorted(set(named) & able))


def _refuses_keeping(conversation: Conversation) -> bool:
    """Tell whether keeping was asked and refused here: then an earlier yes to it ends.

    To skip the question refuses nothing.
    """
    step = conversation.flow.permission_step("keep")
    refused = [a for a in conversation.answers if step and a.step == step.id and a.choices]
    return bool(refused)
