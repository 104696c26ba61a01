"""Update a catalogue for a new version of its source."""

from dataclasses import replace

import polib

from flows.checks.problem import FlowProblems, Problem, did_you_mean
from flows.tools.catalogues import Catalogue, Message, Source, forms_of, is_begun

SAME_MEANING = "same meaning as before, said by"
EARLIER = "earlier translation:"


def merge_catalogue(source: Source, language: str, old: Catalogue | None = None) -> Catalogue:
    """Build the catalogue for this version, with every translation that still fits.

    The translation of a changed sentence is kept, marked as fuzzy, with the sentence that it
    belonged to. Where the words are signed, the new entry is empty and the old translation stands
    in a comment, so that nobody can accept it unread. Translations that belong to nothing any more
    come last, as obsolete.
    """
    before = old or Catalogue(language, f"{source.name}.{language}.po", ())
    entries = tuple(_merge_entry(message, before) for message in source.messages)
    used = {entry.msgctxt for entry in entries}
    left = (e for e in before.entries if e.msgctxt not in used and is_begun(e))
    return replace(before, entries=(*entries, *(_as_obsolete(entry) for entry in left)))


def _merge_entry(message: Message, old: Catalogue) -> polib.POEntry:
    entry = polib.POEntry(
        msgctxt=message.context,
        msgid=message.text,
        msgid_plural=message.plural,
        comment="\n".join(message.notes),
    )
    _set_forms(entry, (), old)
    kept = old.entry(message)
    if kept is not None:
        return _carry_over(entry, kept, old)
    stale = _stale_entry(message, old)
    return _as_outdated(entry, stale, message, old) if stale is not None else entry


def _set_forms(entry: polib.POEntry, forms: tuple[str, ...], old: Catalogue) -> None:
    """Give a sentence its translation; forms that it has not are left empty or out."""
    if not entry.msgid_plural:
        entry.msgstr = forms[-1] if forms else ""
        return
    count = max(old.plural_rule.count, len(forms))
    entry.msgstr_plural = dict(enumerate((*forms, *[""] * (count - len(forms)))))


def _carry_over(entry: polib.POEntry, kept: polib.POEntry, old: Catalogue) -> polib.POEntry:
    _set_forms(entry, forms_of(kept), old)
    entry.tcomment = kept.tcomment
    entry.flags = [flag for flag in kept.flags if flag == "fuzzy"]
    entry.previous_msgid = kept.previous_msgid
    return entry


def _stale_entry(message: Message, old: Catalogue) -> polib.POEntry | None:
    """Return the entry that stood at this place for another sentence."""
    here = [e for e in old.entries if e.msgctxt == message.context and (is_begun(e) or e.tcomment)]
    return next(iter(sorted(here, key=lambda entry: entry.obsolete)), None)


def _as_outdated(
    entry: polib.POEntry, stale: polib.POEntry, message: Message, old: Catalogue
) -> polib.POEntry:
    unsure = (stale.fuzzy or not is_begun(stale)) and stale.previous_msgid
    entry.previous_msgid = stale.previous_msgid if unsure else stale.msgid
    if message.signed:
        entry.tcomment = remember_translation(stale)
    elif is_begun(stale):
        _set_forms(entry, forms_of(stale), old)
        entry.flags, entry.tcomment = ["fuzzy"], stale.tcomment
    return entry


def remember_translation(stale: polib.POEntry) -> str:
    """Build a comment with the earlier translation, once, however often the sentence changes."""
    if not is_begun(stale):
        return str(stale.tcomment)
    earlier = " / ".join(" ".join(form.split()) for form in forms_of(stale))
    return "\n".join(filter(None, (forget_translation(stale), f"{EARLIER} {earlier}")))


def forget_translation(entry: polib.POEntry) -> str:
    """Build the comment of an entry without its earlier translation."""
    lines = entry.tcomment.splitlines()
    return "\n".join(line for line in lines if not line.startswith(EARLIER))


def _as_obsolete(entry: polib.POEntry) -> polib.POEntry:
    return polib.POEntry(
        msgctxt=entry.msgctxt,
        msgid=entry.msgid,
        msgid_plural=entry.msgid_plural,
        msgstr=entry.msgstr,
        msgstr_plural=dict(entry.msgstr_plural),
        obsolete=True,
    )


def confirm_same_meaning(source: Source, catalogue: Catalogue, step_id: str, by: str) -> Catalogue:
    """Accept the earlier translations of a step for its new words, and record who said so.

    It is for changes that alter no meaning.

    :raises FlowProblems: the words are signed, nothing changed there, or nobody is named.
    """
    problem = _confirmation_problem(source, catalogue, step_id, by)
    if problem is not None:
        raise FlowProblems([problem])
    theirs = {m.context for m in source.messages if m.step == step_id}
    entries = tuple(
        _confirm_entry(e, by) if e.msgctxt in theirs and _has_changed(e) else e
        for e in catalogue.entries
    )
    return replace(catalogue, entries=entries)


def _confirmation_problem(
    source: Source, catalogue: Catalogue, step_id: str, by: str
) -> Problem | None:
    theirs = [message for message in source.messages if message.step == step_id]

    def problem(what: str, cure: str) -> Problem:
        return Problem(catalogue.file, 1, step_id if theirs else None, what, cure)

    if not theirs:
        known = [*dict.fromkeys(m.step for m in source.messages if m.step)]
        return problem(f"there is no step '{step_id}'", did_you_mean(step_id, known))
    if any(message.signed for message in theirs):
        what = "somebody signs these words, so they are always translated anew"
        return problem(what, "Translate the new sentence.")
    if not by.strip() or not by.isprintable():
        return problem("nobody says that it means the same", 'Say who: --by "NAME".')
    places = {message.context for message in theirs}
    if not any(e.msgctxt in places and _has_changed(e) for e in catalogue.entries):
        return problem("none of its translations is of earlier words", "There is nothing to do.")
    return None


def _has_changed(entry: polib.POEntry) -> bool:
    return bool(entry.fuzzy and entry.previous_msgid and is_begun(entry) and not entry.obsolete)


def _confirm_entry(entry: polib.POEntry, by: str) -> polib.POEntry:
    said = f"{SAME_MEANING} {' '.join(by.split())}"
    return polib.POEntry(
        msgctxt=entry.msgctxt,
        msgid=entry.msgid,
        msgid_plural=entry.msgid_plural,
        msgstr=entry.msgstr,
        msgstr_plural=dict(entry.msgstr_plural),
        comment=entry.comment,
        tcomment="\n".join(filter(None, (entry.tcomment, said))),
    )
