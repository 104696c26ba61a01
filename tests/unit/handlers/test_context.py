"""What the organisation and the moment make of a questionnaire."""

from dataclasses import replace

from handlers.context import as_choice, selectable
from handlers.texts.english import ENGLISH
from store.model.readers import Reader
from store.model.snapshot import Snapshot
from tests.unit.handlers.talks import ASH, FLOW, OAK, READERS, ROWAN, SETTING, draft, view_of


def test_a_draft_goes_on_with_the_revision_it_began_with() -> None:
    newer = replace(FLOW, revision="newer")
    settings = replace(SETTING, flow=newer, revisions={FLOW.revision: FLOW, "newer": newer})
    assert settings.flow_of(Snapshot(draft=draft())).revision == FLOW.revision
    assert settings.flow_of(Snapshot()).revision == "newer"


def test_readers_are_offered_by_name_after_the_refusal() -> None:
    step = SETTING.flow_of(Snapshot(readers=READERS)).permission_step("never")
    assert step is not None
    assert [c.id for c in step.choices] == ["none", ASH.id, OAK.id, ROWAN.id]


def test_nobody_excluded_can_be_chosen_under_any_key() -> None:
    again = Reader("dd" * 10, "Ash", "elected", must_pass_on=False, other_keys=(ASH.id, "ee" * 10))
    readers = (*READERS, again)
    assert selectable(Snapshot(readers=readers, barred=frozenset({ASH.id}))) == (OAK, ROWAN)
    assert selectable(Snapshot(readers=readers, barred=frozenset({"ee" * 10}))) == READERS


def test_a_reader_is_a_name_who_they_are_and_whether_they_must_pass_things_on() -> None:
    assert as_choice(ENGLISH, ASH).text == "Ash, elected"
    assert as_choice(ENGLISH, OAK).text == "Oak, elected (has to report some things)"
    assert as_choice(ENGLISH, ROWAN).text == "Rowan"


def test_a_view_and_its_snapshot_print_no_words() -> None:
    secret = "abandon"
    snapshot = Snapshot(words=(secret,) * 12, code_words=(secret,) * 4)
    assert secret not in repr(view_of(snapshot))


def test_days_are_whole_days_of_the_configured_hours() -> None:
    assert SETTING.draft_days == 7
