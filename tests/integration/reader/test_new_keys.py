"""Keys and cards that the page makes are those that the command line knows."""

import json
from dataclasses import dataclass, field
from typing import Any

from mnemonic import Mnemonic

from handlers.readers.reader_names import SAID
from handlers.reporter.typed_text import BARE, NOT_SAFE
from store.crypto.hurtful_words import HURTFUL
from store.readers.key_file import Card, ReaderKey
from tests.integration.reader.test_build import READER, run_node

OAK = {"name": "Oak", "about": "", "mustPassOn": False}
PASSPHRASE = "seven trees at the river"


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of themselves."""

    name: str
    about: str
    must: bool = field(kw_only=True)

    def described(self) -> dict[str, Any]:
        """As the page takes it: blanks around a name do not count."""
        return {"name": f" {self.name} ", "about": self.about, "mustPassOn": self.must}


def made(*asked: tuple[str, dict[str, Any]]) -> list[dict[str, Any]]:
    """What the page answers to each passphrase and description."""
    given = [{"passphrase": typed, "described": described} for typed, described in asked]
    return list(json.loads(run_node(READER / "tests" / "make.ts", given=given)))


def test_a_key_of_the_page_opens_on_the_command_line() -> None:
    """However a keyboard writes the passphrase."""
    typed = {
        PASSPHRASE: PASSPHRASE,
        "  seven \t trees at the  river": PASSPHRASE,
        "ﬁve rivers in été": "five rivers in e\u0301te\u0301",
    }
    for again, one in zip(typed.values(), made(*((text, OAK) for text in typed)), strict=True):
        file = bytes.fromhex(one["file"])
        key = ReaderKey.unseal(file, again)
        assert file.splitlines()[1].split()[-1] == b"17"
        assert one["card"] == key.card("Oak").format()
        assert tuple(one["words"]) == key.card("Oak").words


CARDS = (
    Said("Oak", "Elected in spring.", must=True),
    Said("Zoë", 'She said "listen" \\ and listens.', must=False),
    Said("木", "選ばれた人です。 🌳", must=False),
    Said("x" * 32, "y" * 280, must=True),
)


def test_a_card_of_the_page_is_that_of_the_command_line() -> None:
    asked = ((PASSPHRASE, said.described()) for said in CARDS)
    for said, one in zip(CARDS, made(*asked), strict=True):
        key = ReaderKey.unseal(bytes.fromhex(one["file"]), PASSPHRASE)
        card = key.card(said.name, said.about, must_pass_on=said.must)
        assert one["card"] == card.format()
        assert Card.parse(one["card"]).words == tuple(one["words"])


def test_the_offered_words_count_however_a_keyboard_spells_them() -> None:
    offered = "circle index broccoli multiply crawl"
    spelled = ("Circle index, broccoli  multiply-crawl ", "CIRCLE INDEX BROCCOLI MULTIPLY CRAWL")
    others = ("circle index broccoli multiply", "Circle of my own words, 7")
    answers = made(*((typed, OAK) for typed in (*spelled, *others)))
    assert [one["typed"] for one in answers] == [offered, offered, *others]


def test_no_two_keys_are_alike() -> None:
    first, second = made((PASSPHRASE, OAK), (PASSPHRASE, OAK))
    keys = [ReaderKey.unseal(bytes.fromhex(each["file"]), PASSPHRASE) for each in (first, second)]
    assert keys[0].identity != keys[1].identity
    assert keys[0].sign_seed != keys[1].sign_seed
    assert first["offered"] != second["offered"]


REFUSED = (
    ("eleven char", OAK),
    ("a         b", OAK),
    (PASSPHRASE, {**OAK, "name": ""}),
    (PASSPHRASE, {**OAK, "name": "O ak"}),
    (PASSPHRASE, {**OAK, "name": "O+ak"}),
    (PASSPHRASE, {**OAK, "name": "O\u200bak"}),
    (PASSPHRASE, {**OAK, "name": "x" * 33}),
    *((PASSPHRASE, {**OAK, "name": name}) for name in ("7", "yes", "Nobody", "STOP", "\u3164")),
    *((PASSPHRASE, {**OAK, "name": name}) for name in ("\u041eak", "Oak\u034f", "\u0301", "&")),
    (PASSPHRASE, {**OAK, "about": "ä" * 141}),
    (PASSPHRASE, {**OAK, "about": "two\nlines"}),
)


def test_what_no_roster_takes_is_refused() -> None:
    for one in made(*REFUSED):
        assert one.keys() == {"refused"}


def test_the_page_knows_the_names_that_the_bot_takes_for_something_else() -> None:
    """Where they change, write them into the file anew and build the page again."""
    listed = json.loads((READER / "src" / "refused_names.json").read_text("utf-8"))
    said = SAID | BARE | NOT_SAFE
    assert listed == {"names": sorted(word for word in said if " " not in word)}


def test_the_words_that_are_offered_are_gentle_and_on_the_list() -> None:
    (one,) = made((PASSPHRASE, OAK))
    offered = one["offered"].split()
    assert len(offered) == 5
    assert HURTFUL.isdisjoint(offered)
    listed = json.loads((READER / "src" / "word_list.json").read_text("utf-8"))
    assert listed == {"words": Mnemonic("english").wordlist, "hurtful": sorted(HURTFUL)}
    assert set(offered) <= set(listed["words"])
