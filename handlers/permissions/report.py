"""The report: one readable document, compiled from the pieces that the reporter chose to share.

First what the reporter allows, in the words that they chose, and what to do now; then, behind a
notice that it may be hard to read, each chosen part under its heading, in the reporter's own
order, every piece with its week, and what only answers a question behind that question. What was
added later follows, under the week in which it was.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby

import flows
from flows import Answer, Flow, Kind, Step
from handlers.permissions.consent import Consent
from handlers.permissions.contact import contact_terms, unanswered
from handlers.reporter.conversation import Conversation
from handlers.texts.catalogue import Catalogue
from store.model.drafts import ADDED, Piece

PART_ORDER = ("needs", "person", "story")
WEEKS_IN_HUNDRED = 100
SHARED_KINDS = frozenset({Kind.TEXT, Kind.PERSON, Kind.ONE, Kind.MANY})


def part_name(texts: Catalogue, flow: Flow, step_id: str) -> str:
    """Return what a piece of a step is called in the index."""
    step, names = flow.step(step_id), texts.review.part_names
    return names.get(step_id) or names[flows.part_of(step) if step else "story"]


def compile_report(conversation: Conversation, consent: Consent) -> str:
    """Return the text that the named readers open, and nothing else of the conversation."""
    registry, texts = conversation.settings.permissions, conversation.settings.own_texts
    consent = in_readers_language(conversation, consent)
    terms = [line for permission in registry if (line := permission.report(consent))]
    chosen = (part for part in PART_ORDER if part in consent.allowed.parts)
    sections = [text for part in chosen if (text := _section(conversation, part))]
    if "story" in consent.allowed.parts:
        added = (p for p in conversation.snapshot.pieces if p.step == ADDED)
        sections += added_sections(texts, added)
    terms.append(contact_terms(conversation, consent))
    return "\n\n".join([*terms, next_step(consent), texts.report.notice, *sections]) + "\n"


def in_readers_language(conversation: Conversation, consent: Consent) -> Consent:
    """Return the same consent, described in the language of the readers."""
    return replace(consent, language=conversation.settings.own_language.code)


def has_content(conversation: Conversation, consent: Consent) -> bool:
    """Return whether the named readers would find anything that was told in the report."""
    steps = conversation.flow.steps
    parts = {step.id: flows.part_of(step) for step in steps if step.kind in SHARED_KINDS}
    told = (answer for answer in conversation.answers if answer.items or answer.choices)
    return any(parts.get(answer.step) in consent.allowed.parts for answer in told)


def next_step(consent: Consent) -> str:
    """Say with whom alone it may be talked about, and how to step aside."""
    texts = consent.texts.report
    if len(consent.readers) == 1:
        return texts.alone
    return texts.together.format(readers=consent.names(consent.readers))


def added_sections(texts: Catalogue, pieces: Iterable[Piece]) -> list[str]:
    """Return what was added to a story, each week's pieces under a heading that names the week."""
    by_week = groupby(pieces, key=lambda piece: piece.week)
    return [
        "\n\n".join([added_heading(texts, week).upper(), *(piece.text for piece in added)])
        for week, added in by_week
    ]


def added_heading(texts: Catalogue, week: int) -> str:
    """Return the heading of what was added in a week."""
    return texts.case.added_in.format(week=week_name(texts, week))


def _section(conversation: Conversation, part: str) -> str:
    lines = [
        line
        for step in conversation.flow.steps
        if step.kind in SHARED_KINDS and flows.part_of(step) == part
        for line in _answered(conversation, step)
    ]
    heading = conversation.settings.own_texts.report.headings[part].upper()
    return "\n\n".join([heading, *lines]) if lines else ""


def _answered(conversation: Conversation, step: Step) -> list[str]:
    """Return the answer to one step, behind its question unless the heading says it.

    "In the evening" or "a friend" means nothing, or the wrong thing, without its question.
    """
    lines = _answer_lines(conversation, step) or [*unanswered(conversation, step)]
    if not lines or step.kind is Kind.PERSON or step == conversation.flow.story:
        return lines
    return [f"“{step.text}”\n{lines[0]}", *lines[1:]]


def _answer_lines(conversation: Conversation, step: Step) -> list[str]:
    """Return the pieces of one step, each with its week, or the choices taken in their words."""
    answer = next((a for a in conversation.answers if a.step == step.id), Answer(step.id))
    pieces = [p for p in conversation.snapshot.pieces if p.item in answer.items]
    if pieces:
        texts = conversation.settings.own_texts
        return [f"{p.text}\n({week_name(texts, p.week)})" for p in pieces]
    taken = [choice.text for choice in step.choices if choice.id in answer.choices]
    return ["\n".join(taken)] if taken else []


def week_name(texts: Catalogue, week: int) -> str:
    """Return a week as people say it: *week 47 of 2026* for 202647."""
    year, number = divmod(week, WEEKS_IN_HUNDRED)
    return texts.times.week.format(number=number, year=year)
