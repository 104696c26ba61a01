"""The language of a talk that is open, and of the permissions that were given in it.

What is signed are the words that were shown. So when the language of a talk changes, the draft
remembers in which one each permission was asked until then. Of each translation it remembers the
hash: where other words lie under the same name, or none, what was asked in them is asked anew.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from flows import Flow
from flows.model import SIGNED_KINDS
from handlers.reporter.markers import (
    REWORDED,
    SHOWN_IN,
    WORDING,
    find_marker,
    with_marker,
    without_markers,
)
from store.model.drafts import Draft, Phase, StoredAnswer

Translated = Callable[[str], Flow | None]
"""Gives the questionnaire of a draft in a language; None where there is none."""


def in_another_language(draft: Draft, flow: Flow, tag: str) -> Draft:
    """Return a draft that goes on in another language, with all that was answered.

    ``flow`` is its questionnaire, in whatever language.
    """
    asked = _languages_asked_in(draft, flow)
    asked_elsewhere = {step: shown for step, shown in asked.items() if shown != tag}
    return replace(_with_shown_in(draft, asked_elsewhere), language=tag)


def bound_to_wording(draft: Draft, flow: Flow) -> Draft:
    """Return a draft that is bound to the words of the translation in which it is asked now."""
    draft, known = without_markers(draft, REWORDED), _wordings(draft)
    if not flow.wording or known.get(flow.language) == flow.wording:
        return draft
    return _with_wordings(draft, {**known, flow.language: flow.wording})


def without_lost_words(draft: Draft, flow: Flow, translated: Translated) -> Draft:
    """Return a draft in which what was asked in words that are gone is to be asked anew.

    ``flow`` is its questionnaire, in whatever language. What was signed already stays.
    """
    known = _wordings(draft)
    spoken = translated(draft.language)
    is_original = spoken is not None and not spoken.wording
    if is_original and not known and find_marker(draft, SHOWN_IN) is None:
        return draft  # its revision binds it
    asked = _languages_asked_in(draft, flow)
    now = {tag: translated(tag) for tag in {*asked.values(), *known}}
    lost = {
        tag for tag, found in now.items() if found is None or found.wording != known.get(tag, "")
    }
    if not lost or draft.phase not in {Phase.QUESTIONS, Phase.REVIEW}:
        return draft
    anew = {step for step, tag in asked.items() if tag in lost}
    stands = {step: tag for step, tag in shown_in(draft).items() if tag not in lost}
    draft = _with_wordings(draft, {tag: known[tag] for tag in known.keys() - lost})
    draft = _with_shown_in(draft, stands)
    left = tuple(answer for answer in draft.answers if answer.step not in anew)
    return replace(draft, answers=left, phase=Phase.QUESTIONS if anew else draft.phase)


def _languages_asked_in(draft: Draft, flow: Flow) -> Mapping[str, str]:
    """Return in which language each permission was asked that is answered."""
    signed = {step.id for step in flow.steps if step.kind in SIGNED_KINDS}
    known = shown_in(draft)
    return {
        answer.step: known.get(answer.step, draft.language)
        for answer in draft.answers
        if answer.step in signed and answer.choices
    }


def shown_in(draft: Draft) -> Mapping[str, str]:
    """Return the languages of permissions that were asked in another one than that of now."""
    return {step: tag for tag, step in _pairs(draft, SHOWN_IN)}


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


def _wordings(draft: Draft) -> Mapping[str, str]:
    """Return by language the hash of the translation in which something was asked."""
    return dict(_pairs(draft, WORDING))


def _with_shown_in(draft: Draft, languages: Mapping[str, str]) -> Draft:
    return _with_pairs(draft, SHOWN_IN, ((tag, step) for step, tag in languages.items()))


def _with_wordings(draft: Draft, wordings: Mapping[str, str]) -> Draft:
    return _with_pairs(draft, WORDING, wordings.items())


def _pairs(draft: Draft, name: str) -> Iterator[tuple[str, str]]:
    marker = find_marker(draft, name)
    for pair in marker.choices if marker else ():
        tag, _, other = pair.partition(" ")
        yield tag, other


def _with_pairs(draft: Draft, name: str, pairs: Iterable[tuple[str, str]]) -> Draft:
    choices = tuple(f"{tag} {other}" for tag, other in pairs)
    marker = StoredAnswer(name, choices)
    return with_marker(draft, marker) if choices else without_markers(draft, name)
