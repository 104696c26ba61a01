"""The registry: every permission by one name, and what each puts into a hand-over."""

import flows
from flows import Choice, Kind, Step
from handlers.permissions.consent import Consent, GivenPermission
from handlers.permissions.registry import HONOURED, PERMISSIONS
from handlers.texts.english import ENGLISH
from store.cases.statement import SCOPES as STATEMENT_SCOPES
from store.db.schema import SCOPES
from store.model.permissions import NewPermission

STEP = Step("asked", Kind.PERMISSION, "May it?", (Choice("no", "No"), Choice("yes", "Yes")))


def test_names_are_known_to_questionnaires_and_used_once() -> None:
    names = [permission.name for permission in PERMISSIONS]
    assert names == ["read", "act", "never", "keep"]
    assert set(names) == HONOURED <= set(flows.PERMISSIONS)


def test_whatever_a_questionnaire_may_ask_for_without_a_bot_is_honoured_here() -> None:
    assert flows.HONOURED <= HONOURED


def test_every_scope_that_can_be_taken_back_is_one_of_the_database_and_act_has_none() -> None:
    scopes = {permission.name: permission.scope for permission in PERMISSIONS}
    assert scopes == {"read": "named", "act": "", "never": "never", "keep": "keep"}
    assert {p.scope for p in PERMISSIONS if p.scope and not p.forbids} == set(SCOPES)
    assert {p.scope for p in PERMISSIONS if p.scope} == set(STATEMENT_SCOPES)


def test_each_statement_has_its_line_in_the_history() -> None:
    lines = {p.name: p.history(ENGLISH, "Oak") for p in PERMISSIONS}
    assert lines == {
        "read": "Oak may read it",
        "act": "",
        "never": "Oak must never read it",
        "keep": "I keep your story",
    }
    assert {p.name for p in PERMISSIONS if p.scope} == {
        name for name, line in lines.items() if line
    }


def test_each_grants_what_its_statement_says() -> None:
    allowed = flows.Permissions(never=("bb",))
    consent = Consent(allowed, readers=("aa",), barred=("bb", "cc"), may=("act.listen",))
    shown = "May it?\nYes"
    granted = {
        permission.name: permission.grant(
            consent, GivenPermission(permission.name, STEP, STEP.choices[1:])
        )
        for permission in PERMISSIONS
    }
    assert granted == {
        "read": NewPermission("named", "asked", shown, ("aa",), ("act.listen",)),
        "act": None,
        "never": NewPermission("never", "asked", shown, ("bb",)),
        "keep": NewPermission("keep", "asked", shown),
    }


def test_reading_is_granted_to_nobody_where_nobody_may_read() -> None:
    for permission in PERMISSIONS:
        granted = permission.grant(Consent(), GivenPermission(permission.name, STEP, ()))
        assert (granted is not None) == (permission.name in {"never", "keep"})


def test_a_detail_is_opened_from_the_overview_by_the_permission_that_it_narrows() -> None:
    parts = Step("parts", Kind.DETAIL, "How much?", of="parts")
    labels = {permission.name: permission.label_for(ENGLISH, parts) for permission in PERMISSIONS}
    assert labels.pop("read") == "Change how much they read"
    assert set(labels.values()) == {""}
