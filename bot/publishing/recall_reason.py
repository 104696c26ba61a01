"""The reason for a recall, which people read in a hard hour."""

MAX_REASON = 200


def reason_problem(because: str) -> str:
    """Say what is wrong with a reason; empty if nothing is."""
    if not because.strip():
        return "say because of what, in one sentence to those who are talking"
    if len(because) > MAX_REASON:
        return f"the reason has {len(because)} characters, and at most {MAX_REASON} are shown"
    if not because.isprintable():
        return "the reason must be one line of plain text"
    return ""


def displayable_reason(text: str) -> str:
    """Return a reason from the disk as one line that can be shown, whoever wrote it there."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(plain.split())[:MAX_REASON]
