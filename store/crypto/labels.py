"""Every label that separates one use of a key from another; a label has one purpose only.

``derive_label`` is the ``D`` of docs/cryptography.md: ASCII ``pcr/v1/``, the label, a zero byte,
then the fields. Fields of variable length are passed through ``lv`` unless they stand last.
"""

from enum import Enum


class Label(Enum):
    """Domain separation, in the order of a case's life."""

    CASE_ROOT = "case/root"  # extract salt for the root of a case
    CASE_LOCATOR = "case/locator"  # primary key of the case row
    CASE_MAILBOX = "case/mailbox"  # seed of the reporter's hybrid key
    CASE_SIGN = "case/sign"  # seed of the reporter's signing key
    CASE_STATE = "case/state"  # seals the state of a draft
    CASE_OUT = "case/out"  # finds the reporter's match rows
    CASE_RID = "case/rid"  # mailbox address, the pseudonym that readers see
    DRAFT_INDEX = "draft/index"  # keys the id of a draft row
    DRAFT_ID = "draft/id"  # input of that id
    DRAFT_WRAP = "draft/wrap"  # from the day key to the wrap of the entropy
    DRAFT_KEY = "draft/key"  # binds the wrap to the account
    DRAFT_AD = "draft/ad"  # what the wrap authenticates
    DRAFT_STATE = "draft/state"  # what the sealed state authenticates
    BOX_INDEX = "box/index"  # keys the queue id of an account
    BOX_LANE = "box/lane"  # input of that queue id
    BOX_KEY = "box/key"  # seals outbox rows
    BOX_AD = "box/ad"  # what an outbox row authenticates
    INBOX_KEY = "inbox/key"  # seals messages that wait to be handled
    INBOX_AD = "inbox/ad"  # what such a row authenticates
    SEEN_INDEX = "seen/index"  # keys the ids of processed messages
    SEEN_ID = "seen/id"  # input of such an id
    TRACE_KEY = "trace/key"  # seals which messages of a chat can be deleted
    TRACE_AD = "trace/ad"  # what such a row authenticates
    QUOTA_INDEX = "quota/index"  # keys the counters of an account and day
    QUOTA_ID = "quota/id"  # input of such a counter
    TAKEBACK = "takeback"  # Argon2id salt of the take-back code
    TAKEBACK_ID = "takeback/id"  # primary key of the take-back row
    TAKEBACK_KEY = "takeback/key"  # seals the locator in it
    TAKEBACK_AD = "takeback/ad"  # what that seal authenticates
    BUTTON = "button/key"  # tags and hides what a button stands for
    LINK_KEY = "link/key"  # seals a reader's chat account
    LINK_AD = "link/ad"  # what that seal authenticates
    LINK_INDEX = "link/index"  # keys the look-up of a reader by account
    LINK_ID = "link/id"  # input of that look-up
    LINK_CURSOR = "link/cursor"  # seals how far a platform's messages were heard
    LINK_CURSOR_AD = "link/cursor-ad"  # what that seal authenticates
    LINK_REVISIONS = "link/revisions"  # seals which revisions of the questions may be named
    LINK_REVISIONS_AD = "link/revisions-ad"  # what that seal authenticates
    LINK_LOCK = "link/lock"  # keys the name of an account's lock in the database
    NIO_FILE = "nio/file"  # encrypts what Matrix's client library keeps
    NIO_PICKLE = "nio/pickle"  # seals the sessions in it once more
    JOIN_INDEX = "join/index"  # keys the rows of joining
    JOIN_ID = "join/id"  # input of such a row
    JOIN_CODE = "join/code"  # the check of the eight digits
    MEMBER_ID = "member/id"  # identity of a reader from both public keys
    MEMBER_WORDS = "member/words"  # checksum of the eight words read aloud
    STATEMENT = "stmt"  # hash of a signed envelope's body

    def __init__(self, text: str) -> None:
        """Build once the prefix with which every use of the label begins."""
        self.prefix: bytes = b"pcr/v1/" + text.encode() + b"\x00"

    __hash__ = object.__hash__  # by identity: derived keys are looked up by label at each turn


def lv(field: bytes) -> bytes:
    """Write a field with its length before it: u16, big-endian."""
    return len(field).to_bytes(2, "big") + field


def derive_label(label: Label, *fields: bytes) -> bytes:
    """Compute ``D(label, fields…)`` of docs/cryptography.md, section 1."""
    return label.prefix + b"".join(fields)


def signature_label(kind: str, body: bytes) -> bytes:
    """Build the bytes that an Ed25519 signature of an envelope of this kind covers."""
    return b"pcr/v1/sig/" + kind.encode() + b"\x00" + body
