"""A questionnaire as one readable page, to be looked at in a meeting and signed on paper.

For people who edit no files: every question in its order, when it is asked, what can be answered,
and what an answer allows. The page is whole: no script, no picture, nothing from elsewhere.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import escape

from flows.conditions import in_words
from flows.engine import part_of
from flows.model import Choice, Flow, Kind, Step
from flows.tools.page_style import STYLE

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
    """What goes onto the page."""

    flow: Flow
    file: str
    file_hash: str
    figures: tuple[str, ...] = ()
    """What the questionnaire asks of a person, in numbers, a sentence each."""
    others: tuple[Flow, ...] = ()
    """The same revision in other languages, to be read side by side."""


def page(sheet: Page) -> str:
    """The whole page as HTML."""
    title = escape(f"{sheet.flow.choose} – questionnaire '{sheet.flow.name}'")
    return "".join(
        (
            f'<!doctype html>\n<html lang="{escape(sheet.flow.language)}">\n<head>\n',
            '<meta charset="utf-8">\n',
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
            '<meta http-equiv="Content-Security-Policy" ',
            "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n",
            f"<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n",
            *_body(sheet),
            "</main>\n</body>\n</html>\n",
        )
    )


def _body(sheet: Page) -> Iterator[str]:
    yield from _head(sheet)
    yield _allowed(sheet.flow)
    yield "<h2>The questions</h2>\n"
    yield from (_step(sheet, step) for step in sheet.flow.steps if step.place is None)
    waiting = [step for step in sheet.flow.steps if step.place is not None]
    if waiting:
        yield "<h2>Asked only if the person opens it in the overview</h2>\n"
        yield from (_step(sheet, step) for step in waiting)
    yield _set_aside(sheet.flow)
    yield _signatures(sheet)


def _head(sheet: Page) -> Iterator[str]:
    flow = sheet.flow
    languages = ", ".join((flow.language, *(other.language for other in sheet.others)))
    yield f'<p class="banner"><strong>{BANNER}</strong> {BANNER_MORE}</p>\n'
    yield f"<h1>“{escape(flow.choose)}”</h1>\n"
    yield from (
        f'<p class="also" {_language(other)}>“{escape(other.choose)}”</p>\n'
        for other in sheet.others
    )
    yield _facts(
        ("Questionnaire", flow.name),
        ("Revision", flow.revision),
        ("Languages" if sheet.others else "Language", languages),
        ("File", sheet.file),
        ("SHA-256 of the file", f"{sheet.file_hash[:16]}…"),
    )
    yield f"<p>{ALWAYS}</p>\n"
    if sheet.figures:
        yield f"<h2>What it asks of a person</h2>\n{_list(sheet.figures)}"


def _facts(*facts: tuple[str, str]) -> str:
    rows = "".join(f"<div><dt>{key}</dt><dd>{escape(value)}</dd></div>" for key, value in facts)
    return f'<dl class="facts">{rows}</dl>\n'


def _list(texts: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>\n"


def _allowed(flow: Flow) -> str:
    """All that can be allowed, with the place where it is asked."""
    asked: dict[str, list[Step]] = {}
    for step in flow.steps:
        for name in _asked_in(step):
            asked.setdefault(name, []).append(step)
    rows = [_permission(flow, name, steps) for name, steps in asked.items()]
    if not rows:
        return "<h2>What can be allowed</h2>\n<p>Nothing. It asks for no permission.</p>\n"
    head = "<thead><tr><th>Permission</th><th>What it means</th><th>Asked in</th></tr></thead>"
    return (
        "<h2>What can be allowed</h2>\n<p>These, and nothing else.</p>\n"
        f"<table>{head}<tbody>{''.join(rows)}</tbody></table>\n"
    )


def _permission(flow: Flow, name: str, steps: Iterable[Step]) -> str:
    places = ", ".join(_link(flow, step) for step in steps)
    return (
        f'<tr><th scope="row"><code>{escape(name)}</code></th>'
        f"<td>{PERMISSIONS.get(name, '')}</td><td>{places}</td></tr>"
    )


def _asked_in(step: Step) -> Iterator[str]:
    if step.asks is not None:
        yield step.asks
    yield from (choice.asks for choice in step.choices if choice.asks)


def _link(flow: Flow, step: Step) -> str:
    return f'<a href="#step-{escape(step.id)}">{numbered(flow, step)}</a>'


def numbered(flow: Flow, step: Step) -> str:
    """How a step is called on the page: *question 3*, *note 4*."""
    number = next(n for n, other in enumerate(flow.steps, 1) if other.id == step.id)
    kind = {Kind.NOTE: "note", Kind.SECTION: "notice"}.get(step.kind, "question")
    return f"{kind} {number}"


# --- one step ---------------------------------------------------------------------------------


def _step(sheet: Page, step: Step) -> str:
    flow = sheet.flow
    when = in_words(flow, step, lambda other: numbered(flow, other))
    parts = (
        f'<section class="step {step.kind}" id="step-{escape(step.id)}">\n',
        f"<h3>{numbered(flow, step).capitalize()} ",
        f'<span class="kind">{_kind(step)}</span> <code>{escape(step.id)}</code></h3>\n',
        f'<p class="when">{escape(when)}</p>\n' if when else "",
        f'<div class="languages n{1 + len(sheet.others)}">\n',
        _spoken(flow, step),
        *(_spoken(other, other.step(step.id) or step) for other in sheet.others),
        "</div>\n",
        _consequences(flow, step),
        _reasons(flow, step),
        "</section>\n",
    )
    return "".join(parts)


def _kind(step: Step) -> str:
    asks = f" <code>{escape(step.asks)}</code>" if step.asks else ""
    touches = f": {escape(step.touches)}" if step.touches else ""
    return f"{KINDS[step.kind]}{asks}{touches}"


def _spoken(flow: Flow, step: Step) -> str:
    """The words as a person reads them, in one language."""
    paragraphs = "".join(f"<p>{escape(text)}</p>" for text in step.text.split("\n\n"))
    hint = f'<p class="hint">{escape(step.hint)}</p>' if step.hint else ""
    chosen = "".join(_choice(step, choice) for choice in step.choices)
    names = f'<li class="names">{NAMES}</li>' if step.names_readers else ""
    choices = f"<ol>{chosen}{names}</ol>" if chosen and step.kind is not Kind.REVIEW else ""
    return f"<div {_language(flow)}><blockquote>{paragraphs}{hint}</blockquote>{choices}</div>\n"


def _language(flow: Flow) -> str:
    return f'lang="{escape(flow.language)}" dir="auto"'


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
    """Who gets this answer, as far as the questionnaire lets somebody read at all."""
    if flow.asking("read") is None:
        return ()
    asked = any(other.of == "parts" for other in flow.steps)
    return (PARTS[part_of(step)] if asked else "The readers who are named get this answer.",)


def _consequences(flow: Flow, step: Step) -> str:
    """What an answer allows, and who gets to see it."""
    lines = []
    if step.asks:
        lines.append(f"A yes means: {PERMISSIONS.get(step.asks, step.asks)}")
    if step.many:
        lines.append("They can send as many messages as they like.")
    if step.told or step.kind in {Kind.ONE, Kind.MANY}:
        lines.extend(_who_reads(flow, step))
    if step.kind in {Kind.PERMISSION, Kind.FORK, Kind.DETAIL}:
        lines.append("These words are signed: a change of them is a change of the permission.")
    return f'<p class="consequence">{escape(" ".join(lines))}</p>\n' if lines else ""


def _reasons(flow: Flow, step: Step) -> str:
    return "".join(
        f'<p class="overruled"><strong>The rule <code>{escape(aside.rule)}</code> is set aside '
        f"here.</strong> {escape(aside.because)}</p>\n"
        for aside in flow.overrules
        if aside.step == step.id
    )


# --- the end ----------------------------------------------------------------------------------


def _set_aside(flow: Flow) -> str:
    if not flow.overrules:
        return ""
    rows = "".join(
        f'<li><a href="#step-{escape(aside.step)}">{escape(aside.step)}</a>, rule '
        f"<code>{escape(aside.rule)}</code>: {escape(aside.because)}</li>"
        for aside in flow.overrules
    )
    return f"<h2>Rules of care that are set aside</h2>\n<ul>{rows}</ul>\n"


def _signatures(sheet: Page) -> str:
    head = "".join(
        f"<th>{name}</th>" for name in ("What was looked at", "Name", "Date", "Signature")
    )
    empty = f"<tr>{'<td>&nbsp;</td>' * 4}</tr>" * BLANK_ROWS
    return (
        '<section class="signatures">\n<h2>Looked at and approved</h2>\n'
        f"<p>Revision <code>{escape(sheet.flow.revision)}</code>, "
        f"{escape(', '.join((sheet.flow.language, *(o.language for o in sheet.others))))}.</p>\n"
        f"<table><thead><tr>{head}</tr></thead><tbody>{empty}</tbody></table>\n</section>\n"
    )
