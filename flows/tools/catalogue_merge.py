"""Update a catalogue for a new version of its questionnaire."""

from dataclasses import replace

import polib

from flows.checks.problem import FlowProblems, Problem, did_you_mean
from flows.model import SIGNED_KINDS, Flow, Step
from flows.tools.catalogues import Catalogue, Message, messages_of

SAME_MEANING = "same meaning as before, said by"


EARLIER = "earlier translation:"


def merge_catalogue(flow: Flow, language: str, old: Catalogue | None = None) -> Catalogue:
    """Build the catalogue for this version, with every translation that still fits.

    The translation of a changed sentence is kept, marked as fuzzy, with the sentence that it
    belonged to. Where the words are signed, the new entry is empty and the old translation stands
    in a comment, so that nobody can accept it unread. Translations that belong to nothing any more
    come last, as obsolete.
    """
    entries = tuple(_merge_entry(message, old) for message in messages_of(flow))
    used = {entry.msgctxt for entry in entries}
    left = (e for e in (old.entries if old else ()) if e.msgctxt not in used and e.msgstr)
    file = old.file if old else f"{flow.name}.{language}.po"
    return Catalogue(language, file, (*entries, *(_as_obsolete(entry) for entry in left)))


def _merge_entry(message: Message, old: Catalogue | None) -> polib.POEntry:
    entry = polib.POEntry(
        msgctxt=message.context, msgid=message.text, comment="\n".join(message.notes)
    )
    kept = old.entry(message) if old else None
    if kept is not None:
        return _carry_over(entry, kept)
    stale = _stale_entry(message, old) if old else None
    return _as_outdated(entry, stale, message) if stale is not None else entry


def _carry_over(entry: polib.POEntry, kept: polib.POEntry) -> polib.POEntry:
    entry.msgstr, entry.tcomment = kept.msgstr, kept.tcomment
    entry.flags = [flag for flag in kept.flags if flag == "fuzzy"]
    entry.previous_msgid = kept.previous_msgid
    return entry


def _stale_entry(message: Message, old: Catalogue) -> polib.POEntry | None:
    """Return the entry that stood at this place for another sentence."""
    here = [e for e in old.entries if e.msgctxt == message.context and (e.msgstr or e.tcomment)]
    return next(iter(sorted(here, key=lambda entry: entry.obsolete)), None)


def _as_outdated(entry: polib.POEntry, stale: polib.POEntry, message: Message) -> polib.POEntry:
    unsure = (stale.fuzzy or not stale.msgstr) and stale.previous_msgid
    entry.previous_msgid = stale.previous_msgid if unsure else stale.msgid
    if message.signed:
        entry.tcomment = _remember_translation(stale)
    elif stale.msgstr:
        entry.msgstr, entry.flags, entry.tcomment = stale.msgstr, ["fuzzy"], stale.tcomment
    return entry


def _remember_translation(stale: polib.POEntry) -> str:
    """Build a comment with the earlier translation, once, however often the sentence changes."""
    if not stale.msgstr:
        return str(stale.tcomment)
    others = [line for line in stale.tcomment.splitlines() if not line.startswith(EARLIER)]
    return "\n".join((*others, f"{EARLIER} {' '.join(stale.msgstr.split())}"))


def _as_obsolete(entry: polib.POEntry) -> polib.POEntry:
    return polib.POEntry(
        msgctxt=entry.msgctxt, msgid=entry.msgid, msgstr=entry.msgstr, obsolete=True
    )


def confirm_same_meaning(flow: Flow, catalogue: Catalogue, step_id: str, by: str) -> Catalogue:
    """Accept the earlier translations of a step for its new words, and record who said so.

    It is for changes that alter no meaning.

    :raises FlowProblems: the words are signed, nothing changed there, or nobody is named.
    """
    step = flow.step(step_id)
    problem = _confirmation_problem(flow, catalogue, step, step_id, by)
    if problem is not None:
        raise FlowProblems([problem])
    theirs = {m.context for m in messages_of(flow) if m.step == step_id}
    entries = tuple(
        _confirm_entry(e, by) if e.msgctxt in theirs and _has_changed(e) else e
        for e in catalogue.entries
    )
    return replace(catalogue, entries=entries)


def _confirmation_problem(
    flow: Flow, catalogue: Catalogue, step: Step | None, step_id: str, by: str
) -> Problem | None:
    def problem(what: str, cure: str) -> Problem:
        return Problem(catalogue.file, 1, step_id if step else None, what, cure)

    if step is None:
        known = [other.id for other in flow.steps]
        return problem(f"there is no step '{step_id}'", did_you_mean(step_id, known))
    if step.kind in SIGNED_KINDS:
        what = "somebody signs these words, so they are always translated anew"
        return problem(what, "Translate the new sentence.")
    if not by.strip() or not by.isprintable():
        return problem("nobody says that it means the same", 'Say who: --by "NAME".')
    theirs = {m.context for m in messages_of(flow) if m.step == step_id}
    if not any(e.msgctxt in theirs and _has_changed(e) for e in catalogue.entries):
        return problem("none of its translations is of earlier words", "There is nothing to do.")
    return None


def _has_changed(entry: polib.POEntry) -> bool:
    return bool(entry.fuzzy and entry.previous_msgid and entry.msgstr and not entry.obsolete)


def _confirm_entry(entry: polib.POEntry, by: str) -> polib.POEntry:
    said = f"{SAME_MEANING} {' '.join(by.split())}"
    return polib.POEntry(
        msgctxt=entry.msgctxt,
        msgid=entry.msgid,
        msgstr=entry.msgstr,
        comment=entry.comment,
        tcomment="\n".join(filter(None, (entry.tcomment, said))),
    )
