"""Who gets what: permissions and roster in, statements and report out. The default is nothing."""

import flows
from flows import Choice, Step
from handlers.context import View, selectable
from handlers.permissions import report
from handlers.reporter.questions import bound_flow, flow_answers
from store.model.changes import HandOver
from store.model.drafts import Draft
from store.model.permissions import NewPermission


def hand_over(view: View, draft: Draft, hold_hours: int) -> HandOver:
    """The second yes, as one change: a statement for each permission, and the compiled report."""
    allowed = flows.permissions(bound_flow(view), flow_answers(draft))
    readers = may_read(view, allowed)
    barred = tuple(sorted({*allowed.never, *view.snapshot.barred}))
    may = (report.MAY[allowed.act],)
    permits = tuple(
        permit
        for name, step, taken in flows.given_steps(bound_flow(view), flow_answers(draft))
        if (permit := _permit(name, step, taken, readers, barred, may)) is not None
    )
    parts = tuple(sorted(allowed.parts)) if readers else ()
    text = report.compiled(view, allowed) if readers else ""
    return HandOver(draft, permits, parts, text, hold_hours if readers else 0)


def may_read(view: View, allowed: flows.Permissions) -> tuple[str, ...]:
    """Readers of the roster whom the reporter named and nothing excludes."""
    never = {*allowed.never, *view.snapshot.barred}
    able = {r.id for r in selectable(view.snapshot) if not never & {r.id, *r.after}}
    return tuple(sorted(set(allowed.read) & able))


def _permit(
    name: str,
    step: Step,
    taken: tuple[Choice, ...],
    readers: tuple[str, ...],
    barred: tuple[str, ...],
    may: tuple[str, ...],
) -> NewPermission | None:
    """The statement of one permission; ``never`` and ``act`` stand inside that of ``read``."""
    shown = flows.shown_words(step, taken)
    match name:
        case "keep":
            return NewPermission("keep", step.id, shown, barred=barred)
        case "read" if readers:
            return NewPermission("named", step.id, shown, readers, barred, may)
        case _:
            return None
