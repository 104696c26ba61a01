"""Whole files, and headers that part from their payloads."""

import hashlib

import pyrage  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.crypto.age import file as age
from store.crypto.age.header import MAX_STANZAS
from store.model.errors import Locked, NotForUs, Tampered, TooLong, Unreadable
from tests.doubles.node.typage import Typage


def _chance(size: int) -> bytes:
    """Bytes that no format likes better than others, the same in each run."""
    return hashlib.shake_256(b"chance").digest(size)


_OAK, _ELM, _ASH = (age.Identity(bytes([number]) * 32) for number in (1, 2, 3))
_SIZES = (0, 1, 65535, 65536, 65537, 200_000)
_PLAINTEXT = b"what was told"
_FILE = age.encrypt(_PLAINTEXT, [_OAK.recipient], _chance)

plaintexts = st.binary(max_size=300)
file_keys = st.binary(min_size=16, max_size=16)
seeds = st.binary(min_size=32, max_size=32)
few = settings(max_examples=25)


@given(plaintexts, st.lists(seeds, min_size=1, max_size=4, unique=True))
@few
def test_each_recipient_opens_what_was_sealed(plaintext: bytes, keys: list[bytes]) -> None:
    identities = [age.Identity(key) for key in keys]
    file = age.encrypt(plaintext, [each.recipient for each in identities], _chance)
    assert [age.decrypt(file, [each]) for each in identities] == [plaintext] * len(keys)
    assert age.count_stanzas(age.split(file)[0]) == len(keys)


def test_nobody_else_opens_it() -> None:
    with pytest.raises(NotForUs, match="another"):
        age.decrypt(_FILE, [_ELM, _ASH, age.X25519Identity(bytes(range(32)))])
    with pytest.raises(NotForUs):
        age.decrypt(_FILE, [])


@given(file_keys, plaintexts)
@few
def test_a_second_header_gives_the_same_payload_to_its_reader_only(
    file_key: bytes, plaintext: bytes
) -> None:
    payload = age.seal_payload(file_key, plaintext, _chance)
    for_oak, for_elm = (age.write_header(file_key, [who.recipient]) for who in (_OAK, _ELM))
    assert age.decrypt(for_oak + payload, [_OAK]) == plaintext
    assert age.decrypt(for_elm + payload, [_ELM]) == plaintext
    for header, stranger in ((for_oak, _ELM), (for_elm, _OAK)):
        with pytest.raises(NotForUs):
            age.decrypt(header + payload, [stranger])


def test_headers_of_two_files_cannot_be_exchanged() -> None:
    other = age.encrypt(_PLAINTEXT, [_OAK.recipient], lambda size: b"x" * size)
    with pytest.raises(Tampered):
        age.decrypt(age.split(other)[0] + age.split(_FILE)[1], [_OAK])


def test_two_headers_cannot_be_woven_into_one() -> None:
    """A stanza of another file, put beside ours, is under our MAC: it is refused."""
    other = age.encrypt(_PLAINTEXT, [_ELM.recipient], lambda size: b"x" * size)
    foreign = b"->" + age.split(other)[0].split(b"->")[1].split(b"---")[0]
    woven = _FILE.replace(b"---", foreign + b"---", 1)
    with pytest.raises(Tampered):
        age.decrypt(woven, [_OAK])


def test_a_header_has_the_size_that_is_promised() -> None:
    for count in (1, 2, MAX_STANZAS):
        header = age.write_header(bytes(16), [_OAK.recipient] * count)
        assert len(header) == 70 + 1557 * count


def test_every_changed_byte_is_refused() -> None:
    """Each position of a whole file, header, MAC, nonce and chunk, with one bit turned."""
    for at in range(len(_FILE)):
        _assert_refused(_with(at, _FILE[at] ^ 1))


@given(st.integers(0, len(_FILE) - 1), st.integers(1, 255))
def test_every_other_change_of_a_byte_is_refused(at: int, change: int) -> None:
    _assert_refused(_with(at, _FILE[at] ^ change))


def test_every_cut_is_refused() -> None:
    for end in range(len(_FILE)):
        _assert_refused(_FILE[:end])


@given(st.binary(min_size=1, max_size=100))
def test_every_addition_is_refused(extra: bytes) -> None:
    _assert_refused(_FILE + extra)
    _assert_refused(extra + _FILE)


@given(st.binary(max_size=400), st.booleans())
def test_noise_is_never_more_than_unreadable(noise: bytes, versioned: bool) -> None:
    _assert_refused(b"age-encryption.org/v1\n" * versioned + noise)


def test_more_recipients_than_a_reader_accepts_are_refused() -> None:
    with pytest.raises(TooLong, match="32"):
        age.write_header(bytes(16), [_OAK.recipient] * (MAX_STANZAS + 1))


@pytest.mark.parametrize(("size", "readers"), [(16, 0), (15, 1), (32, 1)])
def test_a_header_needs_a_file_key_and_a_reader(size: int, readers: int) -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        age.write_header(bytes(size), [_OAK.recipient] * readers)


def test_only_hybrid_keys_are_sealed_to() -> None:
    recipient = str(pyrage.x25519.Identity.generate().to_public())
    with pytest.raises(Unreadable, match="age1pq1"):
        age.Recipient.parse(recipient)
    assert not age.is_mixed(age.write_header(bytes(16), [_OAK.recipient, _ELM.recipient]))


def test_chance_is_passed_in() -> None:
    """File key and nonce are; what the hybrid key encapsulates is drawn by the library."""
    asked: list[int] = []

    def entropy(size: int) -> bytes:
        asked.append(size)
        return bytes(size)

    file = age.encrypt(b"", [_OAK.recipient], entropy)
    assert asked == [16, 16]
    header, payload = age.split(file)
    assert age.open_header(header, [_OAK]) == payload[:16] == bytes(16)


class TestPassphrase:
    file = age.encrypt_passphrase(_PLAINTEXT, "two words", 4, _chance)

    def test_the_passphrase_opens_it(self) -> None:
        assert age.decrypt_passphrase(self.file, "two words") == _PLAINTEXT

    @pytest.mark.parametrize("guess", ["", "two  words", "Two words", "two words "])
    def test_another_does_not(self, guess: str) -> None:
        with pytest.raises(Locked, match="again"):
            age.decrypt_passphrase(self.file, guess)

    def test_work_beyond_the_limit_is_refused_before_it_is_done(self) -> None:
        assert age.decrypt_passphrase(self.file, "two words", max_work_factor=4) == _PLAINTEXT
        with pytest.raises(TooLong, match="work"):
            age.decrypt_passphrase(self.file, "two words", max_work_factor=3)

    def test_keys_and_passphrases_are_told_apart(self) -> None:
        with pytest.raises(NotForUs):
            age.decrypt(self.file, [_OAK])
        with pytest.raises(NotForUs, match="key"):
            age.decrypt_passphrase(_FILE, "two words")

    def test_every_changed_byte_is_refused(self) -> None:
        for at in range(len(self.file)):
            changed = self.file[:at] + bytes([self.file[at] ^ 1]) + self.file[at + 1 :]
            with pytest.raises((Unreadable, Locked, TooLong)):
                age.decrypt_passphrase(changed, "two words", max_work_factor=10)


class TestTypage:
    """An implementation in another language, both ways."""

    typage = Typage()

    def test_it_opens_what_is_sealed_here(self) -> None:
        contents = [_chance(size) for size in _SIZES]
        readers = [_ELM.recipient, _OAK.recipient, _ASH.recipient]
        files = [age.encrypt(content, readers, _chance) for content in contents]
        for identity in (_OAK, _ASH):
            assert self.typage.decrypt(identity.encode(), files) == contents

    def test_what_it_seals_opens_here(self) -> None:
        contents = [_chance(size) for size in _SIZES]
        readers = [str(_ELM.recipient), str(_OAK.recipient)]
        files = self.typage.encrypt(readers, contents)
        for identity in (_OAK, _ELM):
            assert [age.decrypt(file, [identity]) for file in files] == contents

    def test_its_keys_work_here(self) -> None:
        text, public = self.typage.keygen()
        identity = age.Identity.parse(text)
        assert (identity.encode(), str(identity.recipient)) == (text, public)
        file = age.encrypt(_PLAINTEXT, [age.Recipient.parse(public)], _chance)
        assert age.decrypt(file, [identity]) == _PLAINTEXT
        assert self.typage.decrypt(text, [file]) == [_PLAINTEXT]

    def test_our_keys_work_there(self) -> None:
        assert self.typage.recipient(_ASH.encode()) == str(_ASH.recipient)

    def test_its_mixed_file_opens_here_and_is_reported(self) -> None:
        weaker = str(pyrage.x25519.Identity.generate().to_public())
        (file,) = self.typage.encrypt([weaker, str(_OAK.recipient)], [_PLAINTEXT])
        assert age.decrypt(file, [_OAK]) == _PLAINTEXT
        assert age.is_mixed(age.split(file)[0])

    def test_passphrase_files_go_both_ways(self) -> None:
        ours = age.encrypt_passphrase(_PLAINTEXT, "grün 木", 10, _chance)
        assert self.typage.unseal("grün 木", ours) == _PLAINTEXT
        theirs = self.typage.seal("grün 木", 10, _PLAINTEXT)
        assert age.decrypt_passphrase(theirs, "grün 木") == _PLAINTEXT


class TestPyrage:
    """The Rust implementation: passphrases both ways, X25519 files read here."""

    def test_it_opens_our_passphrase_file(self) -> None:
        ours = age.encrypt_passphrase(_PLAINTEXT, "grün 木", 10, _chance)
        assert pyrage.passphrase.decrypt(ours, "grün 木") == _PLAINTEXT

    @pytest.mark.parametrize("size", _SIZES)
    def test_its_x25519_file_opens_here(self, size: int) -> None:
        content = _chance(size)
        identity = pyrage.x25519.Identity.generate()
        file = pyrage.encrypt(content, [identity.to_public()])
        assert age.decrypt(file, [_OAK, age.X25519Identity.parse(str(identity))]) == content


def _with(at: int, value: int) -> bytes:
    return _FILE[:at] + bytes([value]) + _FILE[at + 1 :]


def _assert_refused(file: bytes) -> None:
    with pytest.raises(Unreadable):
        age.decrypt(file, [_OAK])
