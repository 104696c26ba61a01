from pathlib import Path

from flows.files.load import load
from tests.unit.bot.cli.flows.conftest import Act, edit


def test_each_language_says_how_far_it_is(folder: Path, act: Act) -> None:
    ran = act("words")
    assert ran.code == 0
    assert "  es: 13 of 13 sentences, 100 %" in ran.out
    assert "complete; it is not asked today" in ran.out
    before = (folder / "locale" / "made.es.po").read_bytes()
    assert act("words").code == 0
    assert (folder / "locale" / "made.es.po").read_bytes() == before


def test_a_changed_sentence_is_named_and_the_published_words_stay(folder: Path, act: Act) -> None:
    text = (folder / "made.toml").read_text("utf-8")
    revision = load(text, "made.toml").revision
    kept = folder / "published" / "made" / revision
    kept.mkdir(parents=True)
    (kept / "flow.toml").write_text(text, "utf-8")
    (kept / "es.po").write_bytes((folder / "locale" / "made.es.po").read_bytes())
    assert f"complete, and published: today it is asked in revision {revision}" in act("words").out
    edit(folder / "made.toml", "Who may read it?", "Who may open it?")
    ran = act("words")
    assert "  es: 12 of 13 sentences, 92 %" in ran.out
    assert "    read: translated from other words: “Who may open it?”" in ran.out
    assert f"not published; today it is asked in revision {revision}" in ran.out
    (kept / "recalled").write_text("", "utf-8")
    assert "not published; it is not asked today" in act("words").out


def test_a_new_language_is_begun(folder: Path, act: Act) -> None:
    ran = act("words", "--lang", "fr")
    assert ran.code == 0
    assert "written: locale/made.fr.po. Open it in Poedit" in ran.err
    assert "  fr: 0 of 13 sentences, 0 %" in ran.out
    assert 'msgctxt "read.nobody"' in (folder / "locale" / "made.fr.po").read_text("utf-8")


def test_a_language_without_any_file_is_offered(folder: Path, act: Act) -> None:
    (folder / "locale" / "made.es.po").unlink()
    (folder / "locale").rmdir()
    assert "no translations yet; --lang LANG begins one" in act("words").out
    assert act("words", "--lang", "es").code == 0


def test_a_renewed_file_keeps_what_fits_and_shows_what_does_not(folder: Path, act: Act) -> None:
    edit(folder / "made.toml", "like to happen?", "like to happen now?")
    assert act("words", "--lang", "es").code == 0
    text = (folder / "locale" / "made.es.po").read_text("utf-8")
    assert '#, fuzzy\n#| msgid "What would you like to happen?"' in text
    assert "Me pasó algo" in text


def test_the_same_meaning_is_said_by_somebody(folder: Path, act: Act) -> None:
    edit(folder / "made.toml", "like to happen?", "like to happen now?")
    assert (
        "nobody says that it means the same"
        in act("words", "--lang", "es", "--same-meaning", "wish").err
    )
    ran = act("words", "--lang", "es", "--same-meaning", "wish", "--by", "Ana")
    assert "  es: 13 of 13 sentences, 100 %" in ran.out
    text = (folder / "locale" / "made.es.po").read_text("utf-8")
    assert "# same meaning as before, said by Ana" in text


def test_it_is_refused_for_what_is_signed_and_nothing_is_written(folder: Path, act: Act) -> None:
    edit(folder / "made.toml", "Who may read it?", "Who may open it?")
    before = (folder / "locale" / "made.es.po").read_bytes()
    ran = act("words", "--lang", "es", "--same-meaning", "read", "--by", "Ana")
    assert ran.code == 1
    assert "step 'read': somebody signs these words" in ran.err
    assert (folder / "locale" / "made.es.po").read_bytes() == before


def test_the_same_meaning_needs_a_translation(folder: Path, act: Act) -> None:
    assert "Say which: --lang LANG" in act("words", "--same-meaning", "wish").err
    ran = act("words", "--lang", "fr", "--same-meaning", "wish", "--by", "Ana")
    assert "There is no locale/made.fr.po yet" in ran.err
    assert not (folder / "locale" / "made.fr.po").exists()


def test_a_broken_translation_says_where(folder: Path, act: Act) -> None:
    edit(folder / "locale" / "made.es.po", 'msgstr "Me pasó algo"', 'msgstr "Me pasó algo')
    ran = act("words")
    assert ran.code == 1
    assert "locale/made.es.po:" in ran.err
    assert "Look for a quotation mark" in ran.err


def test_a_translated_question_may_not_blame_either(folder: Path, act: Act) -> None:
    edit(folder / "locale" / "made.es.po", "¿Qué te gustaría que pasara?", "¿Por qué quieres eso?")
    assert "    wish: it says “" in act("words").out


def test_a_sentence_as_in_the_original_is_pointed_out(folder: Path, act: Act) -> None:
    edit(folder / "locale" / "made.es.po", "¿Quién puede leerlo?", "Who may read it?")
    assert "read: the same as the original; is that meant?" in act("words").out


# --- the bot's own sentences -------------------------------------------------------------------


def test_the_bots_own_sentences_are_reported_with_the_questionnaires(act: Act) -> None:
    ran = act("words")
    assert "bot: what the bot says itself, written in 'en'" in ran.out
    assert "    complete: the bot speaks it" in ran.out


def test_they_are_not_reported_where_a_questionnaire_is_named(folder: Path, act: Act) -> None:
    assert "bot:" not in act("words", str(folder / "made.toml")).out


def test_the_bots_own_translation_is_begun_and_renewed(tmp_path: Path, act: Act) -> None:
    path = tmp_path / "bot.fr.po"
    ran = act("words", "--lang", "fr", "--bot", str(path))
    assert ran.code == 0
    assert f"written: {path}" in ran.err
    assert "    welcome.hello: not translated" in ran.out
    assert "the bot does not speak it so" in ran.out
    first = path.read_text("utf-8")
    path.write_text(first.replace('msgid "Delete it"\nmsgstr ""', 'msgid "Delete it"\nmsgstr "X"'))
    assert act("words", "--lang", "fr", "--bot", str(path)).code == 0
    assert 'msgid "Delete it"\nmsgstr "X"' in path.read_text("utf-8")


def test_what_is_wrong_in_the_bots_own_translation_is_said(tmp_path: Path, act: Act) -> None:
    path = tmp_path / "bot.fr.po"
    act("words", "--lang", "fr", "--bot", str(path))
    text = path.read_text("utf-8")
    question = 'msgctxt "labels.stop.go"\nmsgid "Go on"\nmsgstr ""'
    assert question in text
    path.write_text(text.replace(question, question.replace('""', f'"{"x" * 40}"')), "utf-8")
    ran = act("words", "--lang", "fr", "--bot", str(path))
    assert "    'labels.stop.go' has 40 characters, and a button shows 28. Say it" in ran.out


def test_the_bots_own_translation_needs_a_language(tmp_path: Path, act: Act) -> None:
    path = str(tmp_path / "bot.po")
    assert "--bot is said of one translation" in act("words", "--bot", path).err
    assert "language of the original" in act("words", "--bot", path, "--lang", "en").err
    assert "This is no language" in act("words", "--bot", path, "--lang", "spanish!").err
