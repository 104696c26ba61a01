"""Render a questionnaire as one readable page, to discuss in a meeting and sign on paper.

It is for people who edit no files: every question in its order, when it is asked, what can be
answered, and what an answer allows. The page is self-contained: no script, no image, nothing from
elsewhere.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape

from flows.conditions import describe_condition
from flows.consent import part_of
from flows.model import SIGNED_KINDS, Choice, Flow, Kind, Step
from flows.tools.direction import writing_direction
from flows.tools.page_style import STYLE

MADE_BY = "holdfast flows print"
"""Stands in the head: a page may take the place of an earlier one."""

BANNER = "Not yet reviewed with survivors."
BANNER_MORE = (
    "No release may say otherwise until the reviews are signed. A review is for one revision in "
    "one language; a changed sentence needs a new one."
)
BLANK_ROWS = 4

KINDS: Mapping[Kind, str] = {
    Kind.NOTE: "Note, nothing is asked",
    Kind.TEXT: "In their own words",
    Kind.PERSON: "About whom, in a few words",
    Kind.ONE: "One answer",
    Kind.MANY: "One answer or several",
    Kind.SECTION: "Notice before something hard",
    Kind.FORK: "What should happen with it",
    Kind.PERMISSION: "Permission",
    Kind.DETAIL: "Narrows a permission",
    Kind.REVIEW: "Last look, and the second yes",
}
PERMISSIONS: Mapping[str, str] = {
    "keep": "It is kept here, so that the person can come back to it.",
    "read": "The commission members named here may read it. Nobody else can.",
    "read_quorum": "The commission may open it, several of them together.",
    "never": "The commission members named here never get it, and do not learn that it exists.",
    "act": "What the readers may do with it. The least is to read and listen.",
    "future": "Commission members who are elected later may read it too.",
    "contact": "The readers may write to the person here.",
    "match": "The person is told if others name the same person.",
    "introduce": "The person may be put in touch with others, if those want it too.",
    "numbers": "It is counted in the published numbers.",
    "quote": "The commission may propose a passage to quote; each needs its own yes.",
}
PARTS: Mapping[str, str] = {
    "story": "Readers get this answer only if they may read everything.",
    "needs": "Readers get this answer even if they may read only what would help.",
    "person": "Readers get this answer if they may read whom it is about.",
}
NAMES = "and the commission members, by name; the names come from the signed roster"
ALWAYS = (
    "The questions come in this order. Each can be skipped, except the last one. Whatever is not "
    "answered with a yes stays a no. Nothing is handed over before the last question is answered."
)


@dataclass(frozen=True, slots=True)
class Page:
    """The contents of a page."""

    flow: Flow
    file: str
    file_hash: str
    figures: tuple[str, ...] = ()
    """What the questionnaire asks of a person, in numbers, a sentence each."""
    translations: tuple[Flow, ...] = ()
    """The same revision in other languages, shown side by side."""


def render_page(page: Page) -> str:
    """Render the whole page as HTML."""
    title = escape(f"{page.flow.choose} – questionnaire '{page.flow.name}'")
    return "".join(
        (
            '<!doctype html>\n<html lang="en" dir="ltr">\n<head>\n',
            f'<meta name="generator" content="{MADE_BY}">\n',
            '<meta charset="utf-8">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            '<meta http-equiv="Content-Security-Policy" ',
            "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n",
            f"<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n",
            *_body(page),
            "</main>\n</body>\n</html>\n",
        )
    )


def _body(page: Page) -> Iterator[str]:
    yield from _head(page)
    yield _permission_table(page.flow)
    yield "<h2>The questions</h2>\n"
    yield from (_step(page, step) for step in page.flow.steps if step.place is None)
    waiting = [step for step in page.flow.steps if step.place is not None]
    if waiting:
        yield "<h2>Asked only if the person opens it in the overview</h2>\n"
        yield from (_step(page, step) for step in waiting)
    yield _overrules(page.flow)
    yield _signatures(page)


def _head(page: Page) -> Iterator[str]:
    flow = page.flow
    languages = ", ".join((flow.language, *(other.language for other in page.translations)))
    yield f'<p class="banner"><strong>{BANNER}</strong> {BANNER_MORE}</p>\n'
    yield f"<h1 {_language(flow)}>“{escape(flow.choose)}”</h1>\n"
    yield from (
        f'<p class="also" {_language(other)}>“{escape(other.choose)}”</p>\n'
        for other in page.translations
    )
    yield _definition_list(
        ("Questionnaire", flow.name),
        ("Revision", flow.revision),
        ("Languages" if page.translations else "Language", languages),
        ("File", page.file),
        ("SHA-256 of the file", f"{page.file_hash[:16]}…"),
    )
    yield f"<p>{ALWAYS}</p>\n"
    if page.figures:
        yield f"<h2>What it asks of a person</h2>\n{_list(page.figures)}"


def _definition_list(*facts: tuple[str, str]) -> str:
    rows = "".join(f"<div><dt>{key}</dt><dd>{escape(value)}</dd></div>" for key, value in facts)
    return f'<dl class="facts">{rows}</dl>\n'


def _list(texts: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>\n"


def _permission_table(flow: Flow) -> str:
    """Render all permissions, with the step that asks for each."""
    asked: dict[str, list[Step]] = {}
    for step in flow.steps:
        for name in _permissions_asked(step):
            asked.setdefault(name, []).append(step)
    rows = [_permission_row(flow, name, steps) for name, steps in asked.items()]
    if not rows:
        return "<h2>What can be allowed</h2>\n<p>Nothing. It asks for no permission.</p>\n"
    head = "<thead><tr><th>Permission</th><th>What it means</th><th>Asked in</th></tr></thead>"
    return (
        "<h2>What can be allowed</h2>\n<p>These, and nothing else.</p>\n"
        f"<table>{head}<tbody>{''.join(rows)}</tbody></table>\n"
    )


def _permission_row(flow: Flow, name: str, steps: Iterable[Step]) -> str:
    places = ", ".join(_link(flow, step) for step in steps)
    return (
        f'<tr><th scope="row"><code>{escape(name)}</code></th>'
        f"<td>{PERMISSIONS.get(name, '')}</td><td>{places}</td></tr>"
    )


def _permissions_asked(step: Step) -> Iterator[str]:
    if step.asks is not None:
        yield step.asks
    yield from (choice.asks for choice in step.choices if choice.asks)


def _link(flow: Flow, step: Step) -> str:
    return f'<a href="#step-{escape(step.id)}">{step_label(flow, step)}</a>'


def step_label(flow: Flow, step: Step) -> str:
    """Name a step as the page does: *question 3*, *note 4*."""
    number = next(n for n, other in enumerate(flow.steps, 1) if other.id == step.id)
    kind = {Kind.NOTE: "note", Kind.SECTION: "notice"}.get(step.kind, "question")
    return f"{kind} {number}"


# --- one step ---------------------------------------------------------------------------------


def _step(page: Page, step: Step) -> str:
    flow = page.flow
    when = describe_condition(flow, step, lambda other: step_label(flow, other))
    parts = (
        f'<section class="step {step.kind}" id="step-{escape(step.id)}">\n',
        f"<h3>{step_label(flow, step).capitalize()} ",
        f'<span class="kind">{_kind(step)}</span> <code>{escape(step.id)}</code></h3>\n',
        f'<p class="when">{escape(when)}</p>\n' if when else "",
        f'<div class="languages n{1 + len(page.translations)}">\n',
        _text_block(flow, step),
        *(_text_block(other, other.step(step.id) or step) for other in page.translations),
        "</div>\n",
        _consequences(flow, step),
        _overrule_reasons(flow, step),
        "</section>\n",
    )
    return "".join(parts)


def _kind(step: Step) -> str:
    asks = f" <code>{escape(step.asks)}</code>" if step.asks else ""
    touches = f": {escape(step.touches)}" if step.touches else ""
    return f"{KINDS[step.kind]}{asks}{touches}"


def _text_block(flow: Flow, step: Step) -> str:
    """Render the words as a person reads them, in one language."""
    paragraphs = "".join(f"<p>{escape(text)}</p>" for text in step.text.split("\n\n"))
    hint = f'<p class="hint">{escape(step.hint)}</p>' if step.hint else ""
    chosen = "".join(_choice(step, choice) for choice in step.choices)
    chosen += _skip(step)
    names = f'<li class="names">{NAMES}</li>' if step.names_readers else ""
    choices = f"<ol>{chosen}{names}</ol>" if chosen and step.kind is not Kind.REVIEW else ""
    return f"<div {_language(flow)}><blockquote>{paragraphs}{hint}</blockquote>{choices}</div>\n"


def _language(flow: Flow) -> str:
    return f'lang="{escape(flow.language)}" dir="{writing_direction(flow.language)}"'


def _skip(step: Step) -> str:
    mark = '<span class="mark" lang="en">leaves it out</span>'
    return f"<li>{escape(step.skip)} {mark}</li>" if step.skip else ""


def _choice(step: Step, choice: Choice) -> str:
    marks = []
    if choice.id == step.refusal and step.kind is Kind.PERMISSION:
        marks.append("refuses")
    if choice.asks:
        marks.append(f"allows: {choice.asks}")
    if choice.alone and step.kind is Kind.MANY:
        marks.append("goes with no other")
    shown = "".join(f' <span class="mark" lang="en">{escape(mark)}</span>' for mark in marks)
    return f"<li>{escape(choice.text)}{shown}</li>"


def _who_reads(flow: Flow, step: Step) -> tuple[str, ...]:
    """Say who gets this answer, if the questionnaire lets anybody read at all."""
    if flow.permission_step("read") is None:
        return ()
    asked = any(other.of == "parts" for other in flow.steps)
    return (PARTS[part_of(step)] if asked else "The readers who are named get this answer.",)


def _consequences(flow: Flow, step: Step) -> str:
    """Say what an answer allows, and who gets to see it."""
    lines = []
    if step.asks:
        lines.append(f"A yes means: {PERMISSIONS.get(step.asks, step.asks)}")
    if step.many:
        lines.append("They can send as many messages as they like.")
    if step.takes_text or step.kind in {Kind.ONE, Kind.MANY}:
        lines.extend(_who_reads(flow, step))
    if step.kind in SIGNED_KINDS:
        lines.append("These words are signed: a change of them is a change of the permission.")
    return f'<p class="consequence">{escape(" ".join(lines))}</p>\n' if lines else ""


def _overrule_reasons(flow: Flow, step: Step) -> str:
    return "".join(
        f'<p class="overruled"><strong>The rule <code>{escape(overrule.rule)}</code> is set aside '
        f"here.</strong> {escape(overrule.because)}</p>\n"
        for overrule in flow.overrules
        if overrule.step == step.id
    )


# --- the end ----------------------------------------------------------------------------------


def _overrules(flow: Flow) -> str:
    if not flow.overrules:
        return ""
    rows = "".join(
        f'<li><a href="#step-{escape(overrule.step)}">{escape(overrule.step)}</a>, rule '
        f"<code>{escape(overrule.rule)}</code>: {escape(overrule.because)}</li>"
        for overrule in flow.overrules
    )
    return f"<h2>Rules of care that are set aside</h2>\n<ul>{rows}</ul>\n"


def _signatures(page: Page) -> str:
    head = "".join(
        f"<th>{name}</th>" for name in ("What was looked at", "Name", "Date", "Signature")
    )
    empty = f"<tr>{'<td>&nbsp;</td>' * 4}</tr>" * BLANK_ROWS
    languages = ", ".join((page.flow.language, *(o.language for o in page.translations)))
    return (
        '<section class="signatures">\n<h2>Looked at and approved</h2>\n'
        f"<p>Revision <code>{escape(page.flow.revision)}</code>, {escape(languages)}.</p>\n"
        f"<table><thead><tr>{head}</tr></thead><tbody>{empty}</tbody></table>\n</section>\n"
    )
