import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.files.load import FlowProblems, load
from flows.model import GO_ON, Flow, Kind
from flows.tools.catalogue_merge import confirm_same_meaning, merge_catalogue
from flows.tools.catalogues import Catalogue, parse_po, to_po
from flows.tools.flow_messages import CHOOSE, flow_source
from flows.tools.translation import (
    IncompleteTranslation,
    TranslationState,
    measure_coverage,
    same_as_original,
    translate,
)
from tests.unit.flows.generated import INTAKE, flow_of, flow_texts

LOCALE = Path(__file__).parents[1] / "locale"
TEXT = (LOCALE / "made.toml").read_text(encoding="utf-8")
MADE = load(TEXT, "made.toml")
SPANISH = (LOCALE / "made.es.po").read_text(encoding="utf-8")
ES = parse_po(SPANISH, "made.es.po", "es")


def edited(old: str, new: str) -> Flow:
    assert old in TEXT
    return load(TEXT.replace(old, new), "made.toml")


WISH = edited("What would you like to happen?", "What would you like to happen, if anything?")
READ = edited("Who may read it?", "Who may open and read it?")


def entry(catalogue: Catalogue, context: str) -> polib.POEntry:
    (found,) = (e for e in catalogue.entries if e.msgctxt == context and not e.obsolete)
    return found


def open_of(flow: Flow, catalogue: Catalogue) -> Mapping[str, TranslationState]:
    return {
        message.context: state
        for message, state in measure_coverage(flow_source(flow), catalogue).open
    }


def reread(flow: Flow, catalogue: Catalogue) -> Catalogue:
    """Through the file and back, as it is between two acts."""
    return parse_po(to_po(flow_source(flow), catalogue), catalogue.file, catalogue.language)


def spoken(flow: Flow, catalogue: Catalogue) -> Flow:
    found = translate(flow, catalogue)
    assert isinstance(found, Flow)
    return found


def texts(flow: Flow) -> list[str]:
    return [message.text for message in flow_source(flow).messages]


# --- what is translated ------------------------------------------------------------------------


def test_every_word_that_is_shown_is_a_message_with_its_place() -> None:
    contexts = [message.context for message in flow_source(MADE).messages]
    assert contexts == [
        CHOOSE,
        "story",
        "story.hint",
        "fate",
        "fate.keep",
        "fate.read",
        "fate.later",
        "fate.erase",
        "wish",
        "read",
        "read.nobody",
        "review",
        "review.yes",
    ]


def test_a_translator_is_told_what_a_sentence_is() -> None:
    notes = {message.context: " ".join(message.notes) for message in flow_source(INTAKE).messages}
    read = INTAKE.permission_step("read")
    keep = INTAKE.permission_step("keep")
    assert read
    assert keep
    assert "this asks for a permission" in notes[read.id]
    assert "what is shown here is what is signed" in notes[read.id]
    assert "this refuses the permission" in notes[f"{read.id}.{read.choices[0].id}"]
    assert "gives a permission" in notes[f"{keep.id}.yes"]
    assert "at most 60" in notes["story"]


def test_a_new_file_has_everything_and_no_translation() -> None:
    begun = reread(MADE, merge_catalogue(flow_source(MADE), "es"))
    coverage = measure_coverage(flow_source(MADE), begun)
    assert coverage.done == 0
    assert {state for _, state in coverage.open} == {TranslationState.MISSING}
    assert '"Language: es\\n"' in to_po(flow_source(MADE), begun)
    assert "#. this asks for a permission" in to_po(flow_source(MADE), begun)


def test_the_spanish_of_the_tests_is_complete_and_all_of_it_is_used() -> None:
    spanish = spoken(MADE, ES)
    assert spanish.language == "es"
    assert spanish.revision == MADE.revision
    assert spanish.choose == "Me pasó algo"
    assert not set(texts(spanish)) & set(texts(MADE))
    assert same_as_original(flow_source(MADE), ES) == ()


def test_a_translation_changes_words_and_nothing_else() -> None:
    def bare(flow: Flow) -> list[object]:
        return [
            replace(s, text="", hint="", choices=tuple(replace(c, text="") for c in s.choices))
            for s in flow.steps
        ]

    assert bare(spoken(MADE, ES)) == bare(MADE)


def test_merging_again_changes_no_sign() -> None:
    assert to_po(flow_source(MADE), merge_catalogue(flow_source(MADE), "es", ES)) == SPANISH
    once = merge_catalogue(flow_source(WISH), "es", ES)
    assert to_po(
        flow_source(WISH), merge_catalogue(flow_source(WISH), "es", reread(WISH, once))
    ) == to_po(flow_source(WISH), once)


def test_the_sections_own_choices_are_translated_too() -> None:
    section = '[[step]]\nid = "body"\nkind = "section"\ntouches = "body"\ntext = "Body."\n'
    flow = load(
        TEXT.replace('[[step]]\nid   = "review"', f'{section}\n[[step]]\nid = "review"'), "x"
    )
    assert GO_ON.text in texts(flow)


# --- a sentence that changes -------------------------------------------------------------------


def test_a_changed_sentence_takes_its_translation_out_of_use() -> None:
    assert open_of(WISH, ES) == {"wish": TranslationState.STALE}
    missing = translate(WISH, ES)
    assert isinstance(missing, IncompleteTranslation)
    assert not missing.coverage.complete


def test_the_old_translation_stays_for_the_translator_to_see() -> None:
    found = entry(merge_catalogue(flow_source(WISH), "es", ES), "wish")
    assert found.fuzzy
    assert found.msgstr == entry(ES, "wish").msgstr
    assert found.previous_msgid == "What would you like to happen?"
    assert isinstance(
        translate(WISH, merge_catalogue(flow_source(WISH), "es", ES)), IncompleteTranslation
    )


def test_where_somebody_signs_the_place_is_empty_and_the_old_words_are_a_comment() -> None:
    merged = reread(READ, merge_catalogue(flow_source(READ), "es", ES))
    found = entry(merged, "read")
    assert (found.msgstr, found.fuzzy) == ("", False)
    assert found.tcomment == f"earlier translation: {entry(ES, 'read').msgstr}"
    assert found.previous_msgid == "Who may read it?"
    assert open_of(READ, merged) == {"read": TranslationState.STALE}


def test_old_words_are_kept_however_often_the_sentence_changes() -> None:
    twice = edited("Who may read it?", "Who may look at it?")
    merged = merge_catalogue(
        flow_source(twice), "es", reread(READ, merge_catalogue(flow_source(READ), "es", ES))
    )
    found = entry(reread(twice, merged), "read")
    assert found.tcomment == f"earlier translation: {entry(ES, 'read').msgstr}"
    assert found.previous_msgid == "Who may read it?"


def test_a_step_that_goes_leaves_its_translation_at_the_end() -> None:
    fewer = replace(MADE, steps=tuple(step for step in MADE.steps if step.id != "wish"))
    text = to_po(flow_source(fewer), merge_catalogue(flow_source(fewer), "es", ES))
    assert '#~ msgctxt "wish"' in text
    back = merge_catalogue(flow_source(MADE), "es", parse_po(text, "made.es.po", "es"))
    assert open_of(MADE, back) == {"wish": TranslationState.STALE}
    assert entry(back, "wish").msgstr == entry(ES, "wish").msgstr


def test_the_last_complete_version_goes_on_being_spoken() -> None:
    assert isinstance(translate(WISH, ES), IncompleteTranslation)
    assert spoken(MADE, ES) == spoken(MADE, reread(MADE, ES))


def test_a_translation_that_is_not_sure_is_not_used() -> None:
    unsure = parse_po(SPANISH.replace('msgctxt "wish"', '#, fuzzy\nmsgctxt "wish"'), "x.po", "es")
    assert open_of(MADE, unsure) == {"wish": TranslationState.STALE}


def test_a_translation_of_blanks_is_none() -> None:
    blank = parse_po(SPANISH.replace("Me pasó algo", "  "), "x.po", "es")
    assert open_of(MADE, blank) == {CHOOSE: TranslationState.MISSING}


def test_two_choices_that_look_the_same_are_not_offered() -> None:
    alike = parse_po(SPANISH.replace("Decidir más tarde", "borrarlo"), "x.po", "es")
    missing = translate(MADE, alike)
    assert isinstance(missing, IncompleteTranslation)
    assert missing.indistinguishable == (("fate", "borrarlo"),)


def test_what_is_as_in_the_original_is_pointed_out() -> None:
    same = parse_po(SPANISH.replace("¿Quién puede leerlo?", "Who may read it?"), "x.po", "es")
    assert [message.context for message in same_as_original(flow_source(MADE), same)] == ["read"]


# --- the same meaning --------------------------------------------------------------------------


def test_a_change_that_alters_no_meaning_keeps_its_translation_with_the_name() -> None:
    merged = reread(WISH, merge_catalogue(flow_source(WISH), "es", ES))
    vouched = reread(WISH, confirm_same_meaning(flow_source(WISH), merged, "wish", " Ana  Ruiz "))
    assert spoken(WISH, vouched).step("wish") != WISH.step("wish")
    assert "same meaning as before, said by Ana Ruiz" in entry(vouched, "wish").tcomment


@pytest.mark.parametrize("step", [s.id for s in MADE.steps if s.kind in {Kind.FORK, "permission"}])
def test_it_cannot_be_said_of_what_somebody_signs(step: str) -> None:
    merged = merge_catalogue(flow_source(READ), "es", ES)
    with pytest.raises(FlowProblems, match="somebody signs these words"):
        confirm_same_meaning(flow_source(READ), merged, step, "Ana")


def test_it_cannot_be_said_of_a_detail() -> None:
    detail = next(step for step in INTAKE.steps if step.kind is Kind.DETAIL)
    with pytest.raises(FlowProblems, match="somebody signs these words"):
        confirm_same_meaning(
            flow_source(INTAKE), merge_catalogue(flow_source(INTAKE), "es"), detail.id, "Ana"
        )


@pytest.mark.parametrize(
    ("step", "by", "why"),
    [
        ("wisch", "Ana", "there is no step 'wisch'. Did you mean 'wish'?"),
        ("wish", "  ", "nobody says that it means the same"),
        ("wish", "A\nna", "nobody says that it means the same"),
        ("story", "Ana", "none of its translations is of earlier words"),
    ],
)
def test_it_is_refused_with_the_cure(step: str, by: str, why: str) -> None:
    with pytest.raises(FlowProblems, match=re.escape(why)):
        confirm_same_meaning(
            flow_source(WISH), merge_catalogue(flow_source(WISH), "es", ES), step, by
        )


# --- files that are broken ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('msgctxt "a"\nmsgid "b\nmsgstr ""\n', 2),
        ('msgctxt "a"\nmsgid "b"\nmsgstr "c\n', 3),
        ('msgid ""\nmsgstr ""\n\nwhat is this\n', 4),
        ('msgid "a"\nmsgid "b"\n', 2),
    ],
)
def test_a_broken_file_says_where(text: str, line: int) -> None:
    with pytest.raises(FlowProblems) as caught:
        parse_po(text, "made.es.po", "es")
    assert str(caught.value).startswith(f"made.es.po:{line}: ")


def test_a_file_of_another_language_is_refused() -> None:
    with pytest.raises(FlowProblems, match="says that its language is 'es'"):
        parse_po(SPANISH, "made.de.po", "de")


def begun_or_refused(text: str) -> Catalogue | None:
    try:
        return parse_po(text, "made.es.po", "es")
    except FlowProblems:
        return None


@given(st.text() | st.from_regex(r'(msg(id|str|ctxt) "\w"\n|#[~,|.] \w\n|\w\n)+'))
def test_whatever_the_file_is_it_is_read_or_refused(text: str) -> None:
    found = begun_or_refused(text)
    assert found is None or isinstance(translate(MADE, found), IncompleteTranslation)


def test_a_text_that_is_the_name_of_a_file_is_not_opened() -> None:
    path = str(LOCALE / "made.es.po")
    assert begun_or_refused(path) is None


# --- never two languages at once ---------------------------------------------------------------


def into(flow: Flow, contexts: frozenset[str], mark: str) -> Catalogue:
    """A made-up language: these sentences, each behind a mark."""
    begun = merge_catalogue(flow_source(flow), "xx")
    for message in flow_source(flow).messages:
        if message.context in contexts:
            entry(begun, message.context).msgstr = f"{mark} {message.text}"
    return begun


def contexts_of(flow: Flow) -> list[str]:
    return [message.context for message in flow_source(flow).messages]


@given(st.data(), flow_texts())
def test_nobody_is_ever_asked_in_two_languages_at_once(data: st.DataObject, text: str) -> None:
    flow = flow_of(text)
    done = data.draw(st.frozensets(st.sampled_from(contexts_of(flow))))
    found = translate(flow, into(flow, done, "XX"))
    assert isinstance(found, Flow) == (done == frozenset(contexts_of(flow)))
    if isinstance(found, Flow):
        assert all(words.startswith("XX ") for words in texts(found))


@given(st.data(), flow_texts())
def test_after_any_edit_it_is_one_language_or_none(data: st.DataObject, text: str) -> None:
    flow = flow_of(text)
    whole = into(flow, frozenset(contexts_of(flow)), "XX")
    step = data.draw(st.sampled_from(flow.steps))
    new = load(text.replace(f'"{step.text}"', '"Other words."'), "made.toml")
    for catalogue in (whole, merge_catalogue(flow_source(new), "xx", whole)):
        assert isinstance(translate(new, catalogue), IncompleteTranslation)
    assert all(words.startswith("XX ") for words in texts(spoken(flow, whole)))


@given(flow_texts())
def test_a_file_comes_back_as_it_was_written(text: str) -> None:
    flow = flow_of(text)
    whole = into(flow, frozenset(contexts_of(flow)), 'X "\\n#~ ñ')
    assert spoken(flow, reread(flow, whole)) == spoken(flow, whole)
