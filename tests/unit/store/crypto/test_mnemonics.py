import math
import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mnemonic import Mnemonic

from store.crypto import mnemonics
from store.crypto.hurtful_words import HURTFUL

LANGUAGES = st.sampled_from(mnemonics.languages())
ENTROPY = st.binary(min_size=16, max_size=16)

# The 128-bit vectors of BIP39 (github.com/trezor/python-mnemonic, vectors.json).
BIP39 = {
    "00000000000000000000000000000000": "abandon " * 11 + "about",
    "7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f": (
        "legal winner thank year wave sausage worth useful legal winner thank yellow"
    ),
    "80808080808080808080808080808080": (
        "letter advice cage absurd amount doctor acoustic avoid letter advice cage above"
    ),
    "ffffffffffffffffffffffffffffffff": "zoo " * 11 + "wrong",
    "9e885d952ad362caeb4efe34a8e91bd2": (
        "ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic"
    ),
    "c0ba5a8e914111210f2bd131f3d5e08d": (
        "scheme spot photo card baby mountain device kick cradle pact join borrow"
    ),
    "23db8160a31d3e0dca3688ed941adbf3": (
        "cat swing flag economy stadium alone churn speed unique patch report train"
    ),
    "f30f8c1da665478f49b001d94c5fc452": (
        "vessel ladder alter error federal sibling chat ability sun glass valve picture"
    ),
    # docs/cryptography.md, vectors
    "000102030405060708090a0b0c0d0e0f": (
        "abandon amount liar amount expire adjust cage candy arch gather drum buyer"
    ),
}


@pytest.mark.parametrize(("entropy", "words"), BIP39.items())
def test_official_vectors_both_ways(entropy: str, words: str) -> None:
    assert mnemonics.words_of(bytes.fromhex(entropy)) == tuple(words.split())
    assert ("english", bytes.fromhex(entropy)) in mnemonics.candidates(words.split())


# Words that nobody should have to write down

HURTS = st.sampled_from(sorted(HURTFUL))


def index_of(word: str) -> int:
    return Mnemonic("english").wordlist.index(word)


def test_leaving_words_out_costs_a_thief_less_than_half_a_bit_less() -> None:
    english = Mnemonic("english").wordlist
    assert set(english) >= HURTFUL
    assert len(english) == 2048
    left = 1 - len(HURTFUL) / len(english)
    assert -math.log2(left) * mnemonics.CASE_WORDS < 0.5
    assert -math.log2(left) * mnemonics.CODE_WORDS < 0.2


def test_what_people_must_not_find_among_their_words_is_left_out() -> None:
    assert {"abuse", "assault", "guilt", "prison", "rifle", "shoot", "weapon"} <= HURTFUL


@given(HURTS, st.integers(0, 10), ENTROPY, st.randoms(use_true_random=False))
def test_twelve_words_with_one_that_hurts_are_drawn_again(
    word: str, place: int, entropy: bytes, chance: random.Random
) -> None:
    shift = 128 - 11 * (place + 1)
    number = int.from_bytes(entropy, "big") & ~(0x7FF << shift) | index_of(word) << shift
    hurting = number.to_bytes(16, "big")
    assert word in mnemonics.words_of(hurting)
    source = iter([hurting, hurting])
    drawn = mnemonics.draw_entropy(lambda size: next(source, None) or chance.randbytes(size))
    assert not HURTFUL & {*mnemonics.words_of(drawn)}


@given(HURTS, st.integers(0, 3), st.integers(0, 2**44 - 1))
def test_a_code_with_a_word_that_hurts_is_drawn_again(word: str, place: int, code: int) -> None:
    hurting = code & ~(0x7FF << 11 * place) | index_of(word) << 11 * place
    assert word in mnemonics.code_words(hurting)
    source = iter([hurting << 4, 0x123456789AB << 4])
    drawn = mnemonics.draw_code(lambda size: next(source).to_bytes(size, "big"))
    assert drawn == 0x123456789AB


@given(HURTS, st.integers(0, 10), ENTROPY)
def test_words_of_before_still_open_what_they_opened(
    word: str, place: int, entropy: bytes
) -> None:
    shift = 128 - 11 * (place + 1)
    number = int.from_bytes(entropy, "big") & ~(0x7FF << shift) | index_of(word) << shift
    words = mnemonics.words_of(number.to_bytes(16, "big"))
    assert ("english", number.to_bytes(16, "big")) in mnemonics.candidates(words)
    code = index_of(word) * (1 | 1 << 11 | 1 << 22 | 1 << 33)
    assert ("english", code) in mnemonics.codes([word] * 4)  # "pistol" is Czech as well, cut short


def test_a_source_that_repeats_itself_is_found_out() -> None:
    with pytest.raises(ValueError, match="repeats itself"):
        mnemonics.draw_code(lambda size: (index_of("prison") << 37).to_bytes(size, "big"))


# What is wrong with typed words


@pytest.mark.parametrize(
    ("typed", "places"),
    [
        ("abandon ability able", ()),
        ("abandon cinnamox able", (2,)),
        ("ABAN abil Able", ()),
        ("aba ability xyz", (1, 3)),
        ("please take it back", (2, 3, 4)),
        ("árbol abeja zurdo", ()),
        ("árbol abeja word", (3,)),
        ("", ()),
    ],
)
def test_words_of_no_list_are_named_by_their_places(typed: str, places: tuple[int, ...]) -> None:
    assert mnemonics.unlisted_places(typed.split()) == places


@given(ENTROPY, LANGUAGES)
def test_of_real_words_none_is_unlisted(entropy: bytes, language: str) -> None:
    assert mnemonics.unlisted_places(mnemonics.words_of(entropy, language)) == ()


@given(ENTROPY, LANGUAGES)
def test_the_reference_implementation_agrees(entropy: bytes, language: str) -> None:
    reference = Mnemonic(language)
    spoken = reference.to_mnemonic(entropy).split(reference.delimiter)
    assert mnemonics.words_of(entropy, language) == tuple(map(reference.normalize_string, spoken))


@given(ENTROPY, LANGUAGES)
def test_words_lead_back_in_every_language(entropy: bytes, language: str) -> None:
    words = mnemonics.words_of(entropy, language)
    assert (language, entropy) in mnemonics.candidates(words)


@given(ENTROPY, LANGUAGES, st.sampled_from(["NFC", "NFD", "NFKC", "NFKD"]))
def test_how_a_keyboard_composes_letters_does_not_matter(
    entropy: bytes, language: str, form: str
) -> None:
    words = mnemonics.words_of(entropy, language)
    typed = [unicodedata.normalize(form, word).upper() for word in words]  # type: ignore[arg-type]  # a Literal
    assert (language, entropy) in mnemonics.candidates(typed)


@given(ENTROPY)
def test_the_first_four_letters_are_enough(entropy: bytes) -> None:
    short = [word[:4] for word in mnemonics.words_of(entropy)]
    assert ("english", entropy) in mnemonics.candidates(short)


def test_three_letters_are_not_enough_unless_they_are_the_word() -> None:
    words = ["aba", *["abandon"] * 10, "about"]
    assert mnemonics.candidates(words) == ()
    assert mnemonics.codes(["cat", "cat", "cat", "cat"])[0][0] == "english"


def test_a_prefix_of_two_words_is_refused() -> None:
    both = ["стоить", "стойка"]  # decomposed, the й is an и with a breve
    assert set(both) <= set(Mnemonic("russian").wordlist)
    assert mnemonics.codes(["стои", *both, both[0]]) == ()
    assert mnemonics.codes([both[0], *both, both[0]])[0][0] == "russian"


def test_an_accent_is_not_a_letter() -> None:
    assert mnemonics.codes(["árb", "abeja", "abeja", "abeja"]) == ()
    assert mnemonics.codes(["árbol", "abej", "abeja", "abeja"])[0][0] == "spanish"


@pytest.mark.parametrize("typed", ["İbadet", "ibadet", "IBADET", "ıbadet"])
def test_both_letters_i_of_turkish_are_one(typed: str) -> None:
    assert mnemonics.codes([typed] * 4) == mnemonics.codes(["ibadet"] * 4) != ()


@given(ENTROPY, st.integers(0, 11), st.integers(1, 2047))
def test_a_wrong_word_rarely_passes_and_never_as_the_same(
    entropy: bytes, position: int, shift: int
) -> None:
    english = Mnemonic("english").wordlist
    words = list(mnemonics.words_of(entropy))
    words[position] = english[(english.index(words[position]) + shift) % 2048]
    assert ("english", entropy) not in mnemonics.candidates(words)


@pytest.mark.parametrize("count", [0, 1, 11, 13, 24])
def test_only_twelve_words_are_a_case(count: int) -> None:
    assert mnemonics.candidates(["abandon"] * count) == ()


def test_words_of_several_languages_are_no_answer() -> None:
    assert mnemonics.codes(["abandon", "zurdo", "abandon", "abandon"]) == ()


@pytest.mark.parametrize("language", mnemonics.languages())
def test_no_two_words_of_a_list_fold_into_one(language: str) -> None:
    assert len(mnemonics._word_list(language).index) == 2048


def test_every_list_is_tried() -> None:
    assert len(mnemonics.languages()) >= 10
    assert {"english", "spanish", "french", "korean"} <= set(mnemonics.languages())


def test_take_back_code_of_the_specification() -> None:
    assert mnemonics.code_words(0x123456789AB) == ("banana", "pencil", "owner", "cube")
    assert ("english", 0x123456789AB) in mnemonics.codes(["Banana", "penc", "OWNER", "cube"])


@given(st.integers(0, 2**44 - 1), LANGUAGES)
def test_codes_lead_back(code: int, language: str) -> None:
    assert (language, code) in mnemonics.codes(mnemonics.code_words(code, language))


def test_fingerprint_of_the_specification() -> None:
    mid = bytes.fromhex("48f83b3b2a08bef2266711a56990950ff0565c6fb6a85a83a9b1d883ab69a0cd")
    words = mnemonics.fingerprint_words(mid[:10])
    assert " ".join(words) == "employ scrub solution favorite message jungle office wine"


@given(st.binary(min_size=10, max_size=10))
def test_a_fingerprint_is_eight_english_words_that_hold_it(fingerprint: bytes) -> None:
    english = Mnemonic("english").wordlist
    number = 0
    for word in mnemonics.fingerprint_words(fingerprint):
        number = number << 11 | english.index(word)
    assert number >> 8 == int.from_bytes(fingerprint, "big")


def test_lengths_are_exact() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        mnemonics.words_of(bytes(15))
    with pytest.raises(ValueError, match="44 bits"):
        mnemonics.code_words(2**44)
    with pytest.raises(ValueError, match="10 bytes"):
        mnemonics.fingerprint_words(bytes(32))
