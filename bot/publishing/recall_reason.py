"""TODO."""

MAX_REASON = 200


def reason_problem(because: str) -> str:
    """What is wrong with the reason of a recall, which people read in a hard hour; or nothing."""
    if not because.strip():
        return "say because of what, in one sentence to those who are talking"
    if len(because) > MAX_REASON:
        return f"the reason has {len(because)} characters, and at most {MAX_REASON} are shown"
    if not because.isprintable():
        return "the reason must be one line of plain text"
    return ""


def displayable_reason(text: str) -> str:
    """A reason from the disk as it may be shown, whoever wrote it there."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(plain.split())[:MAX_REASON]
