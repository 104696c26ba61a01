"""Groups a profile by the parts of the program, so that one sees what remains."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Profile = Mapping[str, tuple[float, int]]
"""From a place in the code (and, behind a tab, what is built in) to own seconds and calls."""

PLATFORM = "platform client and JSON"
DATABASE = "database"
SEALING = "sealing"
ENCRYPTING = "end-to-end encryption"
STORE = "the store's own rules and rows"
DECIDING = "deciding and rendering"
REST = "asyncio and the rest"
DEAREST = 15
"""Places that are listed."""

PARTS = (PLATFORM, ENCRYPTING, DATABASE, SEALING, STORE, DECIDING, REST)

BUILT_IN: Mapping[str, str] = {
    "sqlite3": DATABASE,
    "greenlet": DATABASE,
    "cryptography": SEALING,
    "_hashlib": SEALING,
    "hmac": SEALING,
    "socket": PLATFORM,
    "scanner": PLATFORM,
}
FILES: tuple[tuple[str, str], ...] = (
    ("/nio/", ENCRYPTING),
    ("/peewee.py", ENCRYPTING),
    ("/bot/platforms/matrix/crypto/device_crypto.py", ENCRYPTING),
    ("/bot/platforms/matrix/crypto/devices.py", ENCRYPTING),
    ("/bot/platforms/matrix/crypto/one_time_keys.py", ENCRYPTING),
    ("/bot/platforms/matrix/crypto/to_device.py", ENCRYPTING),
    ("/bot/platforms/matrix/crypto/olm_machine.py", ENCRYPTING),
    ("/bot/platforms/matrix/crypto/store.py", ENCRYPTING),
    ("/bot/platforms/", PLATFORM),
    ("/telegram/", PLATFORM),
    ("/aiohttp/", PLATFORM),
    ("/yarl/", PLATFORM),
    ("/multidict/", PLATFORM),
    ("/propcache/", PLATFORM),
    ("/aiohappyeyeballs/", PLATFORM),
    ("/json/", PLATFORM),
    ("/urllib/", PLATFORM),
    ("/http/", PLATFORM),
    ("/email/", PLATFORM),
    ("/zoneinfo/", PLATFORM),
    ("/datetime.py", PLATFORM),
    ("/sqlalchemy/", DATABASE),
    ("/aiosqlite/", DATABASE),
    ("/sqlite3/", DATABASE),
    ("/asyncpg/", DATABASE),
    ("/store/db/", DATABASE),
    ("/cryptography/", SEALING),
    ("/hmac.py", SEALING),
    ("/store/crypto/age/", SEALING),
    ("/store/crypto/kdf.py", SEALING),
    ("/store/crypto/cbor.py", SEALING),
    ("/store/crypto/case_keys.py", SEALING),
    ("/store/crypto/labels.py", SEALING),
    ("/store/inbox/accounts.py", SEALING),
    ("/store/crypto/document.py", SEALING),
    ("/store/crypto/keyring.py", SEALING),
    ("/store/", STORE),
    ("/handlers/", DECIDING),
    ("/flows/", DECIDING),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One function, or one call of what is built in, with its share of all."""

    place: str
    part: str
    share: float
    calls: float
    """For each answer."""


def between(before: Profile, after: Profile) -> Profile:
    """What happened from one profile to a later one of the same process."""
    return {
        place: (seconds - before.get(place, (0, 0))[0], calls - before.get(place, (0, 0))[1])
        for place, (seconds, calls) in after.items()
    }


def part_of(place: str) -> str:
    """Where a place belongs; what is built in belongs to its caller, unless its name says more."""
    caller, _, built_in = place.partition("\t")
    named = (part for word, part in BUILT_IN.items() if word in built_in)
    file = caller.rpartition(":")[0].rpartition(":")[0]
    lying = (part for path, part in FILES if path in file)
    return next(named, None) or next(lying, REST)


def shares(profile: Profile) -> dict[str, float]:
    """The share of each part in the whole."""
    found: Counter[str] = Counter()
    for place, (seconds, _) in profile.items():
        found[part_of(place)] += seconds  # type: ignore[assignment]
    whole = sum(found.values()) or 1.0
    return {part: found[part] / whole for part in PARTS}


def lines(profile: Profile, answers: int) -> list[Line]:
    """All of them, the dearest first."""
    whole = sum(seconds for seconds, _ in profile.values()) or 1.0
    dearest = sorted(profile.items(), key=lambda item: -item[1][0])
    return [Line(p, part_of(p), s / whole, c / (answers or 1)) for p, (s, c) in dearest]


def short(place: str) -> str:
    """A place without what leads to it."""
    caller, _, built_in = place.partition("\t")
    path, line, name = caller.rsplit(":", 2)
    where = f"{'/'.join(path.split('/')[-2:])}:{line} {name}"
    return f"{built_in} in {where}" if built_in else where


def told(profile: Profile, answers: int, most: int = 30) -> Iterator[str]:
    """As text, for whoever wants to make it faster."""
    for part, share in shares(profile).items():
        yield f"{share:6.1%}  {part}"
    for line in lines(profile, answers)[:most]:
        yield f"{line.share:6.1%} {line.calls:8.1f}x  {short(line.place)}"


def remains(name: str, profile: Profile, answers: int) -> Iterator[str]:
    """Say where the time of an answer goes."""
    yield f"What remains: one more run of {name} under cProfile, in CPU time of its threads."
    yield ""
    yield "| share | part |"
    yield "|---|---|"
    for part, share in shares(profile).items():
        if share:
            yield f"| {share:.1%} | {part} |"
    yield ""
    yield f"The dearest single places, each by itself ({answers} answers):"
    yield ""
    yield "| share | calls per answer | place |"
    yield "|---|---|---|"
    for line in lines(profile, answers)[:DEAREST]:
        yield f"| {line.share:.1%} | {line.calls:.1f} | `{short(line.place)}` |"
