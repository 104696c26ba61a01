"""Compare two versions of a questionnaire and describe the changes, permissions first.

Whatever changes what somebody signs, what they may choose there, or which answers a reader gets,
is a change of permission, however small it looks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from enum import StrEnum

from flows.conditions import describe_condition
from flows.consent import part_of
from flows.model import SIGNED_KINDS, Choice, Flow, Step

PARTS = {"story": "the story", "needs": "the needs", "person": "who it is about"}


class ChangeGroup(StrEnum):
    """The groups of changes, the most important first."""

    PERMISSIONS = "permissions"
    QUESTIONS = "questions"
    WORDING = "wording"
    OVERRULES = "overrules"


@dataclass(frozen=True, slots=True)
class Change:
    """One change; ``was`` and ``now`` are empty where there is no text."""

    group: ChangeGroup
    step: str
    what: str
    was: str = ""
    now: str = ""


def compare_flows(old: Flow, new: Flow) -> tuple[Change, ...]:
    """List every change from one version to the other, by group, in the order of the new one."""
    found = [
        *_header_changes(old, new),
        *_step_list_changes(old, new),
        *_overrule_changes(old, new),
    ]
    weight = list(ChangeGroup)
    return tuple(sorted(found, key=lambda change: weight.index(change.group)))


def _header_changes(old: Flow, new: Flow) -> Iterator[Change]:
    if old.name != new.name:
        yield Change(ChangeGroup.QUESTIONS, "", "its name", old.name, new.name)
    if old.language != new.language:
        yield Change(ChangeGroup.PERMISSIONS, "", "the language", old.language, new.language)
    if old.choose != new.choose:
        yield Change(
            ChangeGroup.WORDING, "", "how the talk is called at hello", old.choose, new.choose
        )


def _step_list_changes(old: Flow, new: Flow) -> Iterator[Change]:
    renamed = _renamed_ids(old, new)
    for step in new.steps:
        before = old.step(renamed.get(step.id, step.id))
        if before is None:
            yield Change(_group_of(step), step.id, _describe_new_step(new, step), now=step.text)
            continue
        if step.id in renamed:
            yield Change(_group_of(step), step.id, "has another id", before.id, step.id)
        yield from _step_changes(old, new, before, step)
    yield from _moved_steps(old, new)
    for step in old.steps:
        if new.step(step.id) is None and step.id not in renamed.values():
            yield Change(_group_of(step), step.id, "is gone", was=step.text)


def _group_of(step: Step, otherwise: ChangeGroup = ChangeGroup.QUESTIONS) -> ChangeGroup:
    return ChangeGroup.PERMISSIONS if step.kind in SIGNED_KINDS else otherwise


def _describe_new_step(flow: Flow, step: Step) -> str:
    asks = f", which asks for the permission '{step.asks}'" if step.asks else ""
    when = describe_condition(flow, step)
    return f"is new{asks}.{f' {when}' if when else ''}".rstrip(".")


def _renamed_ids(old: Flow, new: Flow) -> dict[str, str]:
    """Map new ids to old ids, for steps in which nothing else changed."""
    gone = [step for step in old.steps if new.step(step.id) is None]
    came = [step for step in new.steps if old.step(step.id) is None]
    return {
        step.id: before.id
        for step in came
        for before in gone
        if replace(before, id=step.id) == step
    }


def _step_changes(old: Flow, new: Flow, before: Step, step: Step) -> Iterator[Change]:
    weight = ChangeGroup.PERMISSIONS if before.kind in SIGNED_KINDS else _group_of(step)
    wording = ChangeGroup.PERMISSIONS if weight is ChangeGroup.PERMISSIONS else ChangeGroup.WORDING
    if before.kind is not step.kind:
        yield Change(weight, step.id, "the kind", before.kind, step.kind)
    for what, was, now in _attributes(before, step):
        if was != now:
            yield Change(weight, step.id, what, was or "nothing", now or "nothing")
    if part_of(before) != part_of(step) and (before.takes_text or before.choices):
        was, now = (PARTS[part_of(s)] for s in (before, step))
        yield Change(ChangeGroup.PERMISSIONS, step.id, "what readers get it with", was, now)
    yield from _condition_changes(old, new, before, step, weight)
    yield from _wording_changes(before, step, wording)
    yield from _choice_list_changes(before, step, weight, wording)


def _attributes(before: Step, step: Step) -> tuple[tuple[str, str | None, str | None], ...]:
    many = ("one message", "as many messages as they like")
    return (
        ("the permission that it asks for", before.asks, step.asks),
        ("what it narrows", before.of, step.of),
        ("what the notice is about", before.touches, step.touches),
        ("how much can be written", many[before.many], many[step.many]),
    )


def _condition_changes(
    old: Flow, new: Flow, before: Step, step: Step, weight: ChangeGroup
) -> Iterator[Change]:
    conditions = [(s.when, s.unless, s.section, s.place) for s in (before, step)]
    if conditions[0] != conditions[1]:
        was, now = describe_condition(old, before), describe_condition(new, step)
        yield Change(weight, step.id, "when it is asked", was or "Always.", now or "Always.")


def _wording_changes(before: Step, step: Step, wording: ChangeGroup) -> Iterator[Change]:
    if before.text != step.text:
        yield Change(wording, step.id, "the text", before.text, step.text)
    if before.hint != step.hint:
        yield Change(wording, step.id, "the hint", before.hint or "", step.hint or "")
    if before.skip != step.skip:
        was, now = before.skip or "", step.skip or ""
        yield Change(wording, step.id, "the label of the skip", was, now)


def _choice_list_changes(
    before: Step, step: Step, weight: ChangeGroup, wording: ChangeGroup
) -> Iterator[Change]:
    for choice in step.choices:
        earlier = before.choice(choice.id)
        if earlier is None:
            yield Change(weight, step.id, f"the choice '{choice.id}' is new", now=choice.text)
        else:
            yield from _choice_changes(step, earlier, choice, weight, wording)
    for choice in before.choices:
        if step.choice(choice.id) is None:
            yield Change(weight, step.id, f"the choice '{choice.id}' is gone", was=choice.text)
    yield from _order_changes(before, step, weight)


def _choice_changes(
    step: Step, earlier: Choice, choice: Choice, weight: ChangeGroup, wording: ChangeGroup
) -> Iterator[Change]:
    if earlier.text != choice.text:
        what = f"the choice '{choice.id}'"
        yield Change(wording, step.id, what, earlier.text, choice.text)
    if earlier.asks != choice.asks:
        what = f"the permission that the choice '{choice.id}' gives"
        yield Change(weight, step.id, what, earlier.asks or "nothing", choice.asks or "nothing")
    if earlier.alone != choice.alone:
        says = ("goes with others", "goes with no other")
        what = f"the choice '{choice.id}'"
        yield Change(weight, step.id, what, says[earlier.alone], says[choice.alone])


def _order_changes(before: Step, step: Step, weight: ChangeGroup) -> Iterator[Change]:
    was = [c.id for c in before.choices if step.choice(c.id)]
    now = [c.id for c in step.choices if before.choice(c.id)]
    if was != now:
        what = "the order of the choices"
        yield Change(weight, step.id, what, ", ".join(was), ", ".join(now))


def _moved_steps(old: Flow, new: Flow) -> Iterator[Change]:
    """Yield the smallest set of moved steps that explains the new order."""
    was = [s.id for s in old.steps if new.step(s.id)]
    now = [s.id for s in new.steps if old.step(s.id)]
    blocks = SequenceMatcher(None, was, now, autojunk=False).get_matching_blocks()
    stayed = {now[b.b + i] for b in blocks for i in range(b.size)}
    for number, step in enumerate(new.steps):
        if step.id in now and step.id not in stayed:
            place = f"after '{new.steps[number - 1].id}'" if number else "at the top"
            yield Change(_group_of(step), step.id, f"has moved, it stands {place} now")


def _overrule_changes(old: Flow, new: Flow) -> Iterator[Change]:
    before = {(o.step, o.rule): o.because for o in old.overrules}
    after = {(o.step, o.rule): o.because for o in new.overrules}
    for (step, rule), because in after.items():
        if (step, rule) not in before:
            what = f"the rule '{rule}' is overruled"
            yield Change(ChangeGroup.OVERRULES, step, what, now=because)
        elif before[step, rule] != because:
            what = f"why the rule '{rule}' is overruled"
            yield Change(ChangeGroup.OVERRULES, step, what, before[step, rule], because)
    for (step, rule), because in before.items():
        if (step, rule) not in after:
            what = f"the rule '{rule}' holds again"
            yield Change(ChangeGroup.OVERRULES, step, what, was=because)


# --- in words ---------------------------------------------------------------------------------

HEADINGS = {
    ChangeGroup.PERMISSIONS: "PERMISSIONS CHANGE. Whoever reviewed them must look at these again.",
    ChangeGroup.QUESTIONS: "Questions",
    ChangeGroup.WORDING: "Wording only",
    ChangeGroup.OVERRULES: "Rules of care that are set aside",
}
NOTHING = "Nothing changes for anybody: only notes, line breaks or the layout of the file differ."
SAME_PERMISSIONS = "No permission changes."


def describe_changes(changes: Sequence[Change], staying: int | None = None) -> tuple[str, ...]:
    """Describe changes in lines; ``staying`` is how many open conversations keep the old words."""
    if not changes:
        return (NOTHING,)
    first = () if changes[0].group is ChangeGroup.PERMISSIONS else (SAME_PERMISSIONS, "")
    groups = (group for group in ChangeGroup if any(change.group is group for change in changes))
    lines = [line for group in groups for line in _group_lines(group, changes)]
    return (*first, *lines, *_open_talk_lines(staying))


def _group_lines(group: ChangeGroup, changes: Sequence[Change]) -> Iterator[str]:
    mark = "!" if group is ChangeGroup.PERMISSIONS else "-"
    yield HEADINGS[group]
    for change in changes:
        if change.group is group:
            step = f"step '{change.step}': " if change.step else ""
            yield f"  {mark} {step}{change.what}"
            yield from _quote("was", change.was)
            yield from _quote("now", change.now)
    yield ""


def _quote(label: str, text: str) -> Iterator[str]:
    if text:
        yield f"      {label}: {' / '.join(filter(None, text.splitlines()))}"


def _open_talk_lines(count: int | None) -> tuple[str, ...]:
    if count is None:
        return ("Talks that are open go on with the words that they began with.",)
    if not count:
        return ("No talk is open that began with the old words.",)
    talks = "1 talk that is open goes" if count == 1 else f"{count} talks that are open go"
    return (f"{talks} on with the old words.",)
