"""A translation of the bot's own sentences is whole and sound, or is not spoken."""

from dataclasses import replace
from gettext import c2py

import pytest

from flows.checks.problem import FlowProblems
from flows.tools.catalogue_merge import merge_catalogue
from flows.tools.catalogues import Catalogue as PoCatalogue
from flows.tools.catalogues import forms_of, parse_po, to_po
from flows.tools.plurals import parse_plural_rule, plural_header
from handlers.texts.catalogue import Catalogue
from handlers.texts.counted import Counted
from handlers.texts.english import ENGLISH
from handlers.texts.messages import TEXTS, bot_source
from handlers.texts.translation import translated_texts, translation_problems

COUNTED = Counted(("One word.", "{count} words."), lambda count: int(count != 1))
SOURCE: Catalogue = replace(ENGLISH, help=replace(ENGLISH.help, ground=COUNTED))  # type: ignore[arg-type]
"""The catalogue with a text that differs with a number, whatever it has of them."""
MARKED = "«"


def marked(texts: Catalogue = SOURCE, **changed: str | tuple[str, ...]) -> PoCatalogue:
    """A made-up language: each sentence behind a mark; ``changed`` by the place, with ``__``."""
    begun = merge_catalogue(bot_source(texts), "pl")
    for entry in begun.entries:
        forms = changed.get(str(entry.msgctxt).replace(".", "__").replace("+", "_"))
        if entry.msgid_plural:
            count = len(entry.msgstr_plural)
            default = (f"{MARKED}{entry.msgid}", *[f"{MARKED}{entry.msgid_plural}"] * (count - 1))
            entry.msgstr_plural = dict(enumerate(forms or default))
        else:
            entry.msgstr = _behind_a_mark(entry.msgid) if forms is None else str(forms)
    return parse_po(to_po(bot_source(texts), begun), "bot.pl.po", "pl")


def _behind_a_mark(text: str) -> str:
    is_label = text in ENGLISH.labels.values() and not set("{/") & set(text)
    return f"{MARKED}{text}"[:28] if is_label else f"{MARKED}{text}"


def problems(catalogue: PoCatalogue) -> list[str]:
    return [str(problem) for problem in translation_problems(catalogue, SOURCE)]


def test_a_whole_translation_is_spoken_in_every_text() -> None:
    spoken = translated_texts(marked(), SOURCE)
    for _place, text in TEXTS.texts(spoken):
        forms = text.forms if isinstance(text, Counted) else (text,)
        assert all(form.startswith(MARKED) for form in forms)


def test_a_number_has_the_forms_of_its_language() -> None:
    forms = ("jedno słowo", "{count} słowa", "{count} słów")
    text: object = translated_texts(marked(help__ground=forms), SOURCE).help.ground
    assert isinstance(text, Counted)
    assert [text.format(n) for n in (1, 3, 5)] == ["jedno słowo", "3 słowa", "5 słów"]


def test_one_missing_sentence_is_refused_with_its_line_and_the_cure() -> None:
    catalogue = marked(welcome__safe="")
    line = next(e.linenum for e in catalogue.entries if e.msgctxt == "welcome.safe")
    assert f"bot.pl.po:{line}: 'welcome.safe' is not translated. Translate it; " in "\n".join(
        problems(catalogue)
    )
    with pytest.raises(FlowProblems, match=r"'welcome\.safe' is not translated"):
        translated_texts(catalogue, SOURCE)


def test_one_missing_plural_form_is_refused() -> None:
    catalogue = marked(help__ground=("jedno słowo", "{count} słowa", ""))
    assert any("'help.ground' is not translated" in line for line in problems(catalogue))


def test_a_sentence_that_is_not_sure_is_refused() -> None:
    catalogue = marked()
    next(e for e in catalogue.entries if e.msgctxt == "welcome.safe").flags.append("fuzzy")
    assert any("'welcome.safe' is translated from other words" in p for p in problems(catalogue))


def test_a_translation_of_earlier_words_is_refused() -> None:
    changed = replace(SOURCE, welcome=replace(SOURCE.welcome, safe="Could anyone see this?"))
    found = [str(p) for p in translation_problems(marked(), changed)]
    assert any("'welcome.safe' is translated from other words" in line for line in found)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("« {until}", "the command /start of the original is missing"),
        ("« /start /open /stop", "it has a command /stop that the original lacks"),
        ("« /start {open", "has a brace that opens or closes nothing"),
        ("« /start\n /open", "has other lines than the original"),
    ],
)
def test_a_changed_command_placeholder_or_line_is_refused(text: str, what: str) -> None:
    found = "\n".join(problems(marked(welcome__nothing_open=text)))
    assert "'welcome.nothing_open'" in found
    assert what in found


def test_only_the_form_for_one_may_leave_out_the_number() -> None:
    found = problems(marked(help__ground=("jedno", "słowa", "{count} słów")))
    assert any("'help.ground': the placeholder {count} of the original is m" in p for p in found)
    assert not any("help.ground" in p for p in problems(marked()))
    both = problems(marked(help__ground=("{count} słowo", "{count} słowa", "{count} słów")))
    assert not any("help.ground" in p for p in both)


def test_a_label_that_no_button_can_show_is_refused() -> None:
    found = problems(marked(labels__safe__go="«" * 29))
    assert any("'labels.safe.go' has 29 characters, and a button shows 28" in p for p in found)


def test_two_labels_that_look_the_same_are_refused() -> None:
    found = "\n".join(problems(marked(labels__safe__go="tak", labels__safe__unsure="Tak")))
    assert "'labels.safe.go' has the same words as another label beside it" in found
    beside_all = "\n".join(problems(marked(labels__safe__go="tak", labels__button__back="tak")))
    assert "'labels.button.back' has the same words" in beside_all


def test_labels_that_never_stand_together_may_look_the_same() -> None:
    found = "\n".join(problems(marked(labels__aside__no="nie", labels__erase__no="nie")))
    assert "the same words" not in found


def test_a_renewed_file_keeps_plural_forms_and_what_stands_above() -> None:
    text = to_po(bot_source(SOURCE), marked())
    again = "# Ours.\n" + text.split("\n", 1)[1].replace(
        '"Language: pl\\n"', '"Language: pl\\n"\n"Last-Translator: Ana\\n"'
    )
    renewed = merge_catalogue(bot_source(SOURCE), "pl", parse_po(again, "bot.pl.po", "pl"))
    written = to_po(bot_source(SOURCE), renewed)
    assert written.startswith("# Ours.\n")
    assert "Last-Translator: Ana" in written
    (ground,) = (e for e in renewed.entries if e.msgctxt == "help.ground")
    assert forms_of(ground) == (f"{MARKED}One word.", *[f"{MARKED}{{count}} words."] * 2)


def test_a_changed_plural_keeps_the_earlier_forms_as_not_sure() -> None:
    changed: Catalogue = replace(
        SOURCE,
        help=replace(SOURCE.help, ground=Counted(("A.", "{count} of it."), COUNTED.form_of)),  # type: ignore[arg-type]
    )
    renewed = merge_catalogue(bot_source(changed), "pl", marked())
    (ground,) = (e for e in renewed.entries if e.msgctxt == "help.ground")
    assert ground.fuzzy
    assert forms_of(ground)[0] == f"{MARKED}One word."


def test_a_rule_for_plurals_that_cannot_be_read_is_refused() -> None:
    text = to_po(bot_source(SOURCE), marked())
    header = next(line for line in text.splitlines() if "Plural-Forms" in line)
    with pytest.raises(FlowProblems, match="is no rule for plural forms"):
        parse_po(text.replace(header, '"Plural-Forms: nplurals=2; plural=n+7;\\n"'), "x.po", "pl")


@pytest.mark.parametrize("sign", ["\u202e", "\u2066", "\x07", "\x1b"])
def test_a_sign_that_nobody_sees_and_that_turns_what_is_read_is_refused(sign: str) -> None:
    (found,) = problems(marked(handover__hold_gone=f"{sign}{SOURCE.handover.hold_gone}"))
    assert "has a sign that cannot be shown" in found


def test_labels_that_differ_in_what_nobody_sees_are_refused() -> None:
    found = problems(marked(labels__review__keep="Tak", labels__review__finish="Ta\u200bk"))
    assert len(found) == 2
    assert all("the same words as another label" in each for each in found)


def test_a_sentence_that_is_translated_twice_is_refused() -> None:
    text = to_po(bot_source(SOURCE), marked())
    again = next(block for block in text.split("\n\n") if 'msgctxt "handover.hold_gone"' in block)
    with pytest.raises(FlowProblems, match="translated a second time"):
        parse_po(f"{text}\n{again}\n", "bot.pl.po", "pl")


@pytest.mark.parametrize("rule", ["n > 150 && n / 0", "1 / n", "n % (n - 40)"])
def test_a_rule_for_plurals_that_divides_by_nothing_is_refused(rule: str) -> None:
    with pytest.raises(ValueError, match="divides by nothing"):
        parse_plural_rule(f"nplurals=2; plural=({rule});")


@pytest.mark.parametrize("rule", ["n == 500 / (n - 500)", "n > 199 ? 5 : n != 1"])
def test_no_number_is_without_a_form(rule: str) -> None:
    form_of = parse_plural_rule(f"nplurals=2; plural=({rule});").form_of
    assert {form_of(number) for number in (*range(2_000), 10**6)} <= {0, 1}


@pytest.mark.parametrize("language", ["es", "pl", "ru", "ar", "cs", "lv", "sl", "cy", "ga", "mt"])
def test_every_number_has_the_form_that_its_rule_says(language: str) -> None:
    rule = plural_header(language)
    says = c2py(rule.partition("plural=")[2].rstrip(";"))
    form_of = parse_plural_rule(rule).form_of
    assert all(form_of(n) == says(n) for n in range(5_000))
