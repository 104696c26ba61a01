"""The notebook: what a reader's program remembers of the cases and rosters it has met.

The first delivery of a case pins its signing key; from then on no other key can speak for that
case. The newest roster that was seen is pinned as well. The notebook is one record in an age
file to the reader's own key, beside the key file; losing it loses the pins, nothing else.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from store.atomic_file import OWNER_ONLY, replace_file
from store.crypto import cbor
from store.crypto.age import file as age
from store.crypto.age.file import Entropy
from store.model.errors import Locked, Tampered, Unreadable
from store.readers.key_file import ReaderKey

_WHAT = "The notebook of this key"


@dataclass(frozen=True, slots=True)
class Pin:
    """The signing key with which a case was first seen, and in which ISO week that was."""

    rid: bytes
    pk: bytes
    week: int


@dataclass(frozen=True, slots=True, repr=False)
class Notebook:
    """The pins; ``checkpoints`` and ``done`` are kept for the programs that write them."""

    pins: tuple[Pin, ...] = ()
    roster: tuple[int, bytes] | None = None
    """(version, SHA-256 of the text) of the newest roster seen."""
    checkpoints: tuple[str, ...] = ()
    done: tuple[bytes, ...] = ()

    def __repr__(self) -> str:
        return "Notebook(…)"

    def check_case(self, rid: bytes, pk: bytes) -> None:
        """Raise ``Tampered`` if this case was pinned to another signing key."""
        if any(pin.rid == rid and pin.pk != pk for pin in self.pins):
            raise Tampered(
                "This story is signed with another key than before: it may come from somebody"
                " else. It is not opened. Tell the other readers, and ask the reporter."
            )

    def check_roster(self, version: int, digest: bytes) -> None:
        """Raise ``Tampered`` if another roster of the pinned version was met before."""
        if self.roster and self.roster[0] == version and self.roster[1] != digest:
            raise Tampered(
                "This delivery names another roster than the one seen before under the same"
                " number. It is not opened. Compare the roster with the other readers."
            )

    def with_case(self, rid: bytes, pk: bytes, week: int) -> "Notebook":
        """Pin this case, if it was not; raise the errors of ``check_case``."""
        self.check_case(rid, pk)
        if any(pin.rid == rid for pin in self.pins):
            return self
        return replace(self, pins=(*self.pins, Pin(rid, pk, week)))

    def with_roster(self, version: int, digest: bytes) -> "Notebook":
        """Pin this roster, if it is newer; raise the errors of ``check_roster``."""
        self.check_roster(version, digest)
        if self.roster and self.roster[0] >= version:
            return self
        return replace(self, roster=(version, digest))

    def encode(self) -> bytes:
        """Encode the record, which is written sealed only."""
        roster: cbor.Map = {"roster": list(self.roster)} if self.roster else {}
        return cbor.encode(
            {
                "v": cbor.VERSION,
                "pins": [[pin.rid, pin.pk, pin.week] for pin in self.pins],
                "cps": list(self.checkpoints),
                "done": list(self.done),
                **roster,
            }
        )

    @classmethod
    def decode(cls, data: bytes) -> "Notebook":
        """Decode the record; raise ``Unreadable`` for anything else."""
        fields = cbor.decode_map(data, _WHAT)
        match fields:
            case {"pins": [*pins], "cps": [*checkpoints], "done": [*done]}:
                notebook = cls(
                    tuple(map(_read_pin, pins)),
                    _read_roster(fields.get("roster")),
                    tuple(each for each in checkpoints if isinstance(each, str)),
                    tuple(each for each in done if isinstance(each, bytes)),
                )
            case _:
                raise _misshapen()
        if notebook.encode() != data:
            raise _misshapen()
        return notebook


def notebook_path(key_path: Path) -> Path:
    """Return the path of a key file's notebook: ``oak.key`` has ``oak.notebook``."""
    name = key_path.stem if key_path.suffix == ".key" else key_path.name
    return key_path.with_name(f"{name}.notebook")


def load_notebook(path: Path, key: ReaderKey) -> Notebook:
    """Load the notebook at ``path``; it is empty if there is none yet."""
    try:
        sealed = path.read_bytes()
    except FileNotFoundError:
        return Notebook()
    except OSError as error:
        raise Locked(f"The notebook {path} cannot be read: {error.strerror}.") from None
    return Notebook.decode(age.decrypt(sealed, [key.identity]))


def save_notebook(path: Path, notebook: Notebook, key: ReaderKey, entropy: Entropy) -> None:
    """Write it sealed, in one step: after a crash there is the old one or the new one."""
    sealed = age.encrypt(notebook.encode(), [key.identity.recipient], entropy)
    try:
        replace_file(path, sealed, OWNER_ONLY)
    except OSError as error:
        raise Locked(f"The notebook {path} cannot be written: {error.strerror}.") from None


def _read_pin(value: cbor.Value) -> Pin:
    match value:
        case [bytes(rid), bytes(pk), int(week)]:
            return Pin(rid, pk, week)
        case _:
            raise _misshapen()


def _read_roster(value: cbor.Value | None) -> tuple[int, bytes] | None:
    match value:
        case None:
            return None
        case [int(version), bytes(digest)]:
            return version, digest
        case _:
            raise _misshapen()


def _misshapen() -> Unreadable:
    return Unreadable(f"{_WHAT} has another shape than its format says.")
