"""The types of all the bot's own texts, by subject.

They are code and not part of any questionnaire, so that no edit can lose them. Short, plain, no
"why", no blame, no praise. ``{…}`` is filled with dates, counts, readers' names and the
organisation's own words; never with what a reporter wrote. Not yet reviewed with survivors.

A language is one ``Catalogue``. Mappings are keyed by the ids of choices, parts and commands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from handlers.texts.case_texts import CaseTexts
from handlers.texts.counted import Counted
from handlers.texts.language_texts import LanguageTexts
from handlers.texts.platform_catalogue import (
    ChatTexts,
    FooterTexts,
    MatrixTexts,
    ReaderTexts,
    TelegramTexts,
    TerminalTexts,
    TimeTexts,
)


class Wording(Enum):
    """Name the variants of the texts that depend on where they are read."""

    CHAT = "chat"
    """Anywhere but in an end-to-end encrypted room."""
    ROOM = "room"
    """In an end-to-end encrypted room."""


@dataclass(frozen=True, slots=True)
class WelcomeTexts:
    """Hold what is said before anything was told."""

    hello: str
    not_begun: str
    not_saved: str
    safe: str
    kind: str
    not_now: str
    here_you_were: str
    here_you_were_shared: str
    nothing_open: str
    only_english: str
    too_many_cases: Counted


@dataclass(frozen=True, slots=True)
class RevokedQuestionTexts:
    """Hold what is said when a questionnaire was revoked by its maintainers."""

    recalled: str
    recalled_allowed: str
    unsaid: str


@dataclass(frozen=True, slots=True)
class TellingTexts:
    """Hold what is said while the reporter answers."""

    draft_life: Counted
    text_only: str
    finish: str
    ack: str
    skip_kept: str
    declined: Mapping[str, str]
    """By the step that was left out; the empty name stands for all others."""
    cleared: str
    add_more: str
    again: str
    edited: str
    edit_stands: str
    dropped: str
    fork_anew: str
    fork_aside: str
    kept_command: str
    kept_command_answer: str
    kept_unknown: str
    kept_unknown_answer: str
    kept_safe: str
    kept_safe_answer: str
    kept_behind: str
    kept_behind_answer: str
    not_kept_behind: str
    characters_left_out: str
    several: str
    several_buttons: str
    own_numbers: str
    clean: str


@dataclass(frozen=True, slots=True)
class RefusalTexts:
    """Hold what is said when a message cannot be taken as it came."""

    too_long: Counted
    draft_full: str
    not_added: str
    not_added_shared: str
    not_added_here: str
    not_added_opened: str
    choose: str
    choose_one: str
    choose_message: str
    not_here: str
    not_an_answer: str
    no_way: str
    choose_line: str
    choose_alone: str
    noted: str
    by_number: str
    asked_later: str
    by_button: str
    list_changed: str
    unknown_command: str
    talk_first: str
    cannot_skip: str
    nothing_told: str
    not_a_text: str
    first: str
    decided: str
    decided_kept: str
    no_words_yet: str
    not_yet_add: str
    unusable: Mapping[str, str]
    failed: str


@dataclass(frozen=True, slots=True)
class LeavingTexts:
    """Hold what is said when a conversation is stopped, paused, ended or erased."""

    stopped: str
    stopped_shared: str
    still_stopped: str
    still_stopped_answer: str
    stopped_kept: str
    paused: str
    paused_shared: str
    paused_kept: str
    paused_untold: str
    later: str
    left: str
    left_shared: str
    left_kept: str
    left_untold: str
    left_nothing: str
    ended: str
    erase: str
    erase_first: Counted
    erase_for_room: str
    erase_shared: str
    erased: str
    erased_remains: str
    erased_late: str
    erased_late_remains: str
    fetched_stays: str
    not_erased: str
    nothing_kept: str
    traces: str
    remains: str
    goodbye_words: str
    goodbye_code: str
    goodbye_shared: str
    until_words: str
    until_words_shared: str
    until_code: str
    goodbye_handed: str
    next_time: str
    next_time_held: str
    way_words: str
    way_words_shared: str
    way_code: str
    next_held: str
    next_now: str
    next_now_them: str
    erase_case: str
    erase_unshared: str
    erase_held: str


@dataclass(frozen=True, slots=True)
class HelpTexts:
    """Hold what stands around the help lines, the list of commands, and the grounding text."""

    help_intro: str
    commands: str
    danger: str
    ground: str
    ground_offer: str
    copy: str


@dataclass(frozen=True, slots=True)
class PermissionTexts:
    """Hold the overview of what is allowed, and its history."""

    overview: str
    permissions: str
    nothing_allowed: str
    line_nobody: str
    line_read: str
    line_never: str
    line_keep: str
    line_keep_not: Counted
    line_writes: str
    line_writes_reached: str
    contact: Mapping[frozenset[str], str]
    contact_named: Mapping[frozenset[str], str]
    parts: Mapping[frozenset[str], str]
    act_unnamed_anyone: str
    acts: Mapping[str, str]
    nobody: str
    reader_who_left: str
    passes_on: str
    history_none: str
    history_line: str
    history_keep: str
    history_read: str
    history_never: str
    history_revoked: str


@dataclass(frozen=True, slots=True)
class ReviewTexts:
    """Hold the review of the pieces, and what sharing them means."""

    send_later: Counted
    """The choice that shares after some hours."""
    sharing: Counted
    duty: str
    no_pieces: str
    nothing_to_read: str
    pieces: str
    piece_line: str
    chosen: str
    choice_line: str
    choice_text: str
    piece_ask: str
    piece_missing: str
    left_out: str
    part_names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ReportTexts:
    """Hold the bot's own words in the report that readers open."""

    acts: Mapping[str, str]
    headings: Mapping[str, str]
    chosen: str
    unanswered: str
    contact: str
    no_contact: str
    no_way: str
    no_name: str
    unanswered_step: str
    unanswered_message: str
    adds: str
    together: str
    alone: str
    notice: str
    before_reading: str


@dataclass(frozen=True, slots=True)
class HandoverTexts:
    """Hold what is said about handing over and taking back."""

    handed_held: str
    handed_held_also: str
    handed_now: str
    released: str
    withdrawn: str
    withdrawn_late: str
    withdrawn_fetched: str
    withdrawn_erased: str
    still_kept: str
    still_never: str
    still_kept_and_never: str
    unkept: str
    nothing_shared: str
    hold_stands: str
    hold_stands_beside: str
    hold_stopped: str
    hold_stopped_deleted: str
    hold_stopped_kept: str
    hold_stopped_mixed: str
    hold_asks_words: str
    hold_stopped_rest: str
    hold_gone: str


@dataclass(frozen=True, slots=True)
class RecoveryTexts:
    """Hold what is said about the twelve words and the take-back code."""

    words_stay: str
    code: str
    code_anew: str
    have_code: str
    way_back: str
    words: str
    words_end: str
    words_end_kept: str
    ask_words: str
    wrong_words: str
    wrote_down: str
    ask_open: str
    ask_code_withdraw: str
    ask_code_erase: str
    not_words: str
    no_case: str
    no_code: str
    too_many_tries: str
    code_or_words: str
    code_unasked: str
    code_left: str
    code_unchecked: str
    no_code_unasked: str
    words_unasked: str
    only_words: str
    words_disappear: str
    words_once: str
    words_given: str
    code_disappears: str
    code_once: str
    stays_in_chat: str
    words_count: Counted
    words_or_code_count: Counted
    words_unlisted: Counted
    words_mixed: str


@dataclass(frozen=True, slots=True)
class ListeningTexts:
    """Hold what is said about words that came beside, before or instead of an answer."""

    aside_first: Counted
    aside_first_more: str
    aside_held: Counted
    aside_overview: str
    aside_review: str
    aside: str
    aside_behind: str
    aside_ask: str
    aside_ask_several: Counted
    aside_added: str
    aside_dropped: str
    aside_ended: str
    not_now_dropped: str
    aside_text: str
    heard_kept: str
    heard_kept_answer: str
    heard: Mapping[str, str | Counted]
    """By what was said to the bot, or by where it was said."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Hold all texts of one language."""

    welcome: WelcomeTexts
    revoked_questions: RevokedQuestionTexts
    telling: TellingTexts
    refusals: RefusalTexts
    leaving: LeavingTexts
    help: HelpTexts
    permissions: PermissionTexts
    review: ReviewTexts
    report: ReportTexts
    handover: HandoverTexts
    recovery: RecoveryTexts
    case: CaseTexts
    readers: ReaderTexts
    footers: FooterTexts
    telegram: TelegramTexts
    matrix: MatrixTexts
    terminal: TerminalTexts
    chat: ChatTexts
    room: ChatTexts
    times: TimeTexts
    listening: ListeningTexts
    language: LanguageTexts
    labels: Mapping[str, str]
    """By the id of a question and of its choice: what stands on buttons."""

    def worded(self, wording: Wording) -> ChatTexts:
        """Return the variant of the texts that depend on where they are read."""
        return self.room if wording is Wording.ROOM else self.chat
