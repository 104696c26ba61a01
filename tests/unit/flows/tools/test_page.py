import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given

from flows.files.load import load
from flows.model import PERMISSIONS as VOCABULARY
from flows.model import Kind
from flows.tools.page import BANNER, KINDS, NAMES, PERMISSIONS, Page, render_page, step_label
from tests.unit.flows.generated import (
    INTAKE,
    KEEP,
    READ,
    REVIEW,
    STORY,
    fate,
    flow_of,
    flow_texts,
    toml,
)

VOID = {"meta"}
FIGURES = ("It takes 13 messages.",)
SHEET = Page(INTAKE, "intake.toml", "ab" * 32, FIGURES)
PAGE = render_page(SHEET)


class ParsedPage(HTMLParser):
    """A strict look: every element is closed in order, and nothing is fetched or run."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.heard: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        assert tag not in {"script", "img", "link", "iframe", "form", "input", "object"}
        assert not any(name.startswith("on") or name in {"src", "style"} for name in named)
        self.ids += [named["id"] or ""] if "id" in named else []
        self.links += [named["href"] or ""] if "href" in named else []
        self.headings += [int(tag[1])] if re.fullmatch(r"h\d", tag) else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.heard.append(data)


def heard(text: str) -> str:
    return " ".join(" ".join(ParsedPage(text).heard).split())


def test_all_words_of_the_questionnaire_stand_on_it() -> None:
    words = heard(PAGE)
    for step in INTAKE.steps:
        assert step.text.replace("\n\n", " ") in words
        for choice in step.choices if step.kind is not Kind.REVIEW else ():
            assert choice.text in words


def test_the_banner_comes_first_and_the_revision_is_named() -> None:
    words = heard(PAGE)
    assert words.index(BANNER) < words.index(INTAKE.steps[0].text[:20])
    assert INTAKE.revision in words
    assert "abababababababab…" in words
    assert FIGURES[0] in words


def test_nothing_is_fetched_or_run() -> None:
    parsed = ParsedPage(PAGE)
    assert all(link.startswith("#") for link in parsed.links)
    assert "http" not in PAGE.replace("http-equiv", "")
    assert "url(" not in PAGE
    assert "default-src 'none'" in PAGE


def test_links_lead_to_steps_that_stand_on_it() -> None:
    parsed = ParsedPage(PAGE)
    assert {link.removeprefix("#") for link in parsed.links} <= set(parsed.ids)
    assert len(set(parsed.ids)) == len(parsed.ids) == len(INTAKE.steps)


def test_headings_leave_out_no_rank() -> None:
    headings = ParsedPage(PAGE).headings
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))


def test_the_language_of_the_words_is_said() -> None:
    assert '<html lang="en" dir="ltr">' in PAGE
    spanish = replace(INTAKE, language="es", choose="Me pasó algo")
    both = render_page(replace(SHEET, translations=(spanish,)))
    assert 'lang="es" dir="ltr"' in both
    assert both.count('class="languages n2"') == len(INTAKE.steps)
    assert "Me pasó algo" in heard(both)
    assert "en, es" in heard(both)


def test_words_that_are_written_from_right_to_left_stand_so() -> None:
    arabic = replace(INTAKE, language="ar")
    assert '<h1 lang="ar" dir="rtl">' in render_page(replace(SHEET, flow=arabic))
    assert 'lang="qq" dir="auto"' in render_page(
        replace(SHEET, translations=(replace(INTAKE, language="qq"),))
    )


def test_conditions_and_permissions_are_said_in_words() -> None:
    words = heard(PAGE)
    fork = INTAKE.fork
    assert fork
    assert f"was chosen at {step_label(INTAKE, fork)}" in words
    assert NAMES in words
    for step in INTAKE.steps:
        if step.asks:
            assert f"A yes means: {PERMISSIONS[step.asks]}" in words


def test_what_can_be_allowed_is_listed_once_with_every_place() -> None:
    words = heard(PAGE)
    table = words.partition("What can be allowed")[2].partition("The questions")[0]
    assert table.count(PERMISSIONS["keep"]) == 1
    places = [f"question {n}" for n, s in enumerate(INTAKE.steps, 1) if "keep" in asked(s)]
    assert ", ".join(places) in table.replace(" ,", ",")


def asked(step: object) -> set[str | None]:
    return {getattr(step, "asks", None), *(c.asks for c in getattr(step, "choices", ()))}


def test_who_gets_an_answer_is_said_as_far_as_somebody_can_read() -> None:
    assert "Readers get this answer only if they may read everything." in heard(PAGE)
    fork = fate("keep", "read", "later", "erase")
    whole = load(toml([STORY, fork, READ, REVIEW]), "made.toml")
    assert "The readers who are named get this answer." in heard(
        render_page(Page(whole, "f", "00"))
    )
    none = load(toml([STORY, fate("keep", "later", "erase"), REVIEW]), "made.toml")
    assert "get this answer" not in heard(render_page(Page(none, "f", "00")))


def test_a_questionnaire_that_allows_nothing_says_so() -> None:
    flow = load(toml([STORY, fate("keep", "later", "erase"), REVIEW]), "made.toml")
    bare = replace(flow.steps[1].choices[0], asks=None)
    fork = replace(flow.steps[1], choices=(bare, *flow.steps[1].choices[1:]))
    flow = replace(flow, steps=(flow.steps[0], fork, flow.steps[2]))
    assert "It asks for no permission" in heard(render_page(Page(flow, "f.toml", "00")))


def test_a_rule_that_is_set_aside_stands_there_with_its_reason() -> None:
    aside = '\n[[overrule]]\nstep = "story"\nrule = "length"\nbecause = "The reviewers <asked>."\n'
    steps = [STORY, fate("keep", "later", "erase"), REVIEW]
    flow = load(toml(steps) + aside, "made.toml")
    words = heard(render_page(Page(flow, "made.toml", "00")))
    assert words.count("The reviewers <asked>.") == 2


def test_what_waits_in_the_overview_has_its_own_place() -> None:
    fork = fate("keep", "read", "later", "erase")
    steps = [STORY, fork, READ, KEEP | {"place": "overview"}, REVIEW]
    words = heard(render_page(Page(load(toml(steps), "made.toml"), "made.toml", "00")))
    assert words.index("opens it in the overview") < words.index("Keep it?")


@pytest.mark.parametrize("text", ["<script>x</script>", '"><b>', "&amp;", "a & b", "</title>"])
def test_no_word_becomes_a_part_of_the_page(text: str) -> None:
    steps = tuple(replace(step, text=text, hint=text) for step in INTAKE.steps)
    flow = replace(INTAKE, choose=text, steps=steps)
    assert text in heard(render_page(Page(flow, text, "00", (text,))))


def test_every_kind_and_every_permission_has_words() -> None:
    assert set(KINDS) == set(Kind)
    assert set(PERMISSIONS) == set(VOCABULARY)


@given(flow_texts())
def test_every_questionnaire_can_be_printed(text: str) -> None:
    flow = flow_of(text)
    parsed = ParsedPage(render_page(Page(flow, "made.toml", "00")))
    assert len(parsed.ids) == len(flow.steps)
