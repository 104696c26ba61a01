"""What a turn decides."""

from handlers.outcome import ASK, CaseLookup, LookupPurpose, Outcome, say, saying


def test_words_that_open_something_are_not_printed() -> None:
    lookup = CaseLookup(LookupPurpose.OPEN, "twelve secret words")
    assert "secret" not in repr(Outcome(lookup=lookup, waiting=LookupPurpose.OPEN))


def test_saying_changes_nothing() -> None:
    outcome = saying(say("FIRST"), ASK)
    assert outcome == Outcome(says=(say("FIRST"), ASK))
    assert (outcome.changes, outcome.direct, outcome.lookup, outcome.waiting) == (
        (),
        (),
        None,
        None,
    )


def test_a_sentence_is_named_with_references_only() -> None:
    assert say("HANDED_NOW", "aa", "bb").ids == ("aa", "bb")
    assert say("GOODBYE", step="self").step == "self"
