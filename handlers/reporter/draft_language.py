"""The language of a talk that is open, and of the permissions that were given in it.

What is signed are the words that were shown. So when the language of a talk changes, the draft
remembers in which one each permission was asked until then.
"""

from collections.abc import Mapping
from dataclasses import replace

from flows import Flow
from flows.model import SIGNED_KINDS
from handlers.reporter.markers import SHOWN_IN, find_marker, with_marker, without_markers
from store.model.drafts import Draft, StoredAnswer


def in_another_language(draft: Draft, flow: Flow, tag: str) -> Draft:
    """Return a draft that goes on in another language, with all that was answered.

    ``flow`` is its questionnaire, in whatever language.
    """
    signed = {step.id for step in flow.steps if step.kind in SIGNED_KINDS}
    known = shown_in(draft)
    before = {
        answer.step: known.get(answer.step, draft.language)
        for answer in draft.answers
        if answer.step in signed and answer.choices
    }
    asked_elsewhere = {step: shown for step, shown in before.items() if shown != tag}
    return replace(_with_shown_in(draft, asked_elsewhere), language=tag)


def shown_in(draft: Draft) -> Mapping[str, str]:
    """Return the languages of permissions that were asked in another one than that of now."""
    marker = find_marker(draft, SHOWN_IN)
    pairs = (each.partition(" ") for each in (marker.choices if marker else ()))
    return {step: tag for tag, _, step in pairs}


def without_answered_anew(draft: Draft, before: Draft | None) -> Draft:
    """Forget the language of permissions that were answered again since: they were asked anew."""
    known = shown_in(draft)
    if not known or before is None:
        return draft
    was = {answer.step: answer.choices for answer in before.answers}
    stands = {
        answer.step: known[answer.step]
        for answer in draft.answers
        if answer.step in known and was.get(answer.step) == answer.choices
    }
    return draft if stands == known else _with_shown_in(draft, stands)


def _with_shown_in(draft: Draft, languages: Mapping[str, str]) -> Draft:
    if not languages:
        return without_markers(draft, SHOWN_IN)
    pairs = tuple(f"{tag} {step}" for step, tag in languages.items())
    return with_marker(draft, StoredAnswer(SHOWN_IN, pairs))
