"""Which rules of care a questionnaire sets aside, and why."""

from flows.model import Flow


def overrules_of(flow: Flow) -> tuple[tuple[str, str, str], ...]:
    """Step, rule and the reason for it, in the order of the file."""
    overrules = getattr(flow, "overrules", ())
    return tuple((entry.step, entry.rule, entry.because) for entry in overrules)
