"""One account's open draft, as the handlers of a message work with it."""

from dataclasses import dataclass, replace
from functools import cached_property

from flows import Answers, Flow
from handlers.context import Settings, View
from handlers.outcome import Outcome, say
from handlers.reporter import markers
from handlers.reporter.markers import ASIDE, FIRST_WORDS, INTERRUPTIONS, KIND, STOP
from store.model.changes import Change, EraseItems, RememberAnswers, SaveDraft
from store.model.drafts import ADDED, Draft, Phase, StoredAnswer
from store.model.outbox import TextRef
from store.model.snapshot import Snapshot


@dataclass(frozen=True)
class Conversation:
    """An open draft with its questionnaire and answers, made once for each message.

    ``flow`` and ``answers`` are worked out when they are first needed, because a draft whose
    revision was lost can still be paused and erased.
    """

    view: View
    draft: Draft

    @cached_property
    def flow(self) -> Flow:
        """The questionnaire of this draft, with the readers who can be named.

        :raises UnknownRevision: the revision that the draft began with is lost.
        """
        return self.settings.flow_of(self.snapshot)

    @cached_property
    def answers(self) -> Answers:
        """The answers to the questionnaire, without the bot's markers."""
        return markers.flow_answers(self.draft)

    @cached_property
    def _by_step(self) -> dict[str, StoredAnswer]:
        """The answers and markers of the draft by their names; the first of each counts."""
        return {answer.step: answer for answer in reversed(self.draft.answers)}

    @property
    def settings(self) -> Settings:
        """The organisation's settings."""
        return self.view.settings

    @property
    def snapshot(self) -> Snapshot:
        """What is known about the account."""
        return self.view.snapshot

    @property
    def pending_items(self) -> tuple[str, ...]:
        """Items sealed until it is known whether a bare *stop* was meant or told.

        They are the choices of the marker: its items would be read back as told.
        """
        marker = self.marker(STOP)
        return marker.choices if marker else ()

    @property
    def asides(self) -> tuple[str, ...]:
        """Items sealed beside the answers, until it is known whether they belong to the story."""
        marker = self.marker(ASIDE)
        return marker.choices if marker else ()

    @property
    def is_halted_by_recall(self) -> bool:
        """True if the questionnaire was recalled before anything was allowed in its words.

        Nothing more may be answered then. Once something was allowed, the reporter must still get
        to their ways back, and is only notified.
        """
        if not self.settings.is_recalled(self.draft):
            return False
        undecided = self.draft.phase in {Phase.QUESTIONS, Phase.REVIEW} and not self.marker(KIND)
        return undecided and not is_adding(self) and not is_unbegun(self)

    def marker(self, name: str) -> StoredAnswer | None:
        """Return the marker of this name, or None if it is not set."""
        return self._by_step.get(name)

    def with_draft(self, draft: Draft) -> "Conversation":
        """Continue with another draft of the same account."""
        view = replace(self.view, snapshot=replace(self.snapshot, draft=draft))
        return Conversation(view, draft)

    def with_marker(self, name: str, *choices: str) -> "Conversation":
        """Set a marker in place of an earlier one of the same name."""
        return self.with_draft(markers.with_marker(self.draft, StoredAnswer(name, choices)))

    def without_markers(self, *names: str) -> "Conversation":
        """Remove the markers of these names."""
        draft = markers.without_markers(self.draft, *names)
        unchanged = draft is self.draft is self.snapshot.draft  # one that begins is in no snapshot
        return self if unchanged else self.with_draft(draft)

    def with_answers(self, answers: Answers) -> "Conversation":
        """Replace the answers to the questionnaire."""
        return self.with_draft(markers.with_flow_answers(self.draft, answers))

    def in_phase(self, phase: Phase) -> "Conversation":
        """Move to another phase."""
        return self.with_draft(replace(self.draft, phase=phase))

    def resume(self) -> tuple["Conversation", tuple[EraseItems, ...]]:
        """Resume the question behind whatever was asked in between.

        Returns the conversation, and the erasure of a *stop* that was no part of the story.
        """
        return self.without_markers(*INTERRUPTIONS), erase_items(self.pending_items)

    def save(self, *texts: TextRef, changes: tuple[Change, ...] = ()) -> Outcome:
        """Save the draft as it is now after these changes, and say these texts.

        What is added to a kept story is kept with it at once: the draft may end by its time.
        """
        kept = (RememberAnswers(markers.kept_draft(self.draft)),) if is_adding(self) else ()
        return Outcome((*changes, *kept, SaveDraft(self.draft)), texts)


def conversation_of(view: View) -> Conversation | None:
    """Return the account's open conversation, or None where no draft is open."""
    draft = view.snapshot.draft
    return None if draft is None else Conversation(view, draft)


def is_unbegun(conversation: Conversation) -> bool:
    """Return whether nothing was chosen yet, and only words wait that were typed before."""
    return conversation.marker(FIRST_WORDS) is not None


def is_reworded(conversation: Conversation) -> bool:
    """Return whether the open question was not shown yet in the words that it has now."""
    return conversation.marker(markers.REWORDED) is not None


def is_unshown(conversation: Conversation) -> bool:
    """Return whether the question of the draft was not shown since another one was open."""
    if conversation.marker(markers.UNSHOWN) is not None:
        return True
    told = conversation.marker(markers.RECALL_SHOWN)
    is_told = told is not None and told.choices == (conversation.draft.revision,)
    in_between = any(conversation.marker(name) for name in markers.INTERRUPTIONS)
    return conversation.is_halted_by_recall and not is_told and not in_between


def is_adding(conversation: Conversation) -> bool:
    """Return whether a conversation only adds to a kept story: the questionnaire asks nothing."""
    return conversation.marker(ADDED) is not None


def erase_items(items: tuple[str, ...]) -> tuple[EraseItems, ...]:
    """Return the change that erases these items, and none where there are none."""
    return (EraseItems(items),) if items else ()


def say_dropped(erased: tuple[EraseItems, ...]) -> tuple[TextRef, ...]:
    """Return what is said where a new answer erased words that answered another question."""
    return (say("DROPPED"),) if erased else ()


def erase_dropped(before: Answers, after: Answers) -> tuple[EraseItems, ...]:
    """Return the change that erases the items of answers that no longer apply."""
    return erase_items(dropped_items(before, after))


def dropped_items(before: Answers, after: Answers) -> tuple[str, ...]:
    """Return the items of answers that no longer apply."""
    kept = {item for answer in after for item in answer.items}
    return tuple(i for answer in before for i in answer.items if i not in kept)
