"""Known answers that the cryptographic library must give before anything runs on it.

A wheel brings its own OpenSSL, a distribution brings another one, and ML-KEM is young in both: a
backend that lacks it, or computes it otherwise, would be noticed only when a story no longer
opens. So the program asks first. All checks together take a few milliseconds.
"""

import base64
import hashlib
from collections.abc import Callable

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from store.crypto.age.file import Identity, decrypt
from store.model.errors import BrokenBackend

_SEED = bytes(range(32))
_RECIPIENT_SHA256 = "c9a3565ffde4f72b51661be391ee13e46378d7f06dd5c8bf5af9d2cfb5b8336b"
_PLAINTEXT = b"Kept, and opened again.\n"
# Sealed once to the key above by typage 0.3.1, an implementation that shares no code with ours.
_FILE = """
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IG1sa2VtNzY4eDI1NTE5IHF3VWIwVWdqdE5VU0dyaVJORmE2NjZFcmdk
c2gwRksyemV1MXF1NTkrNzdyUTBaTG5uVGMwdncxb0FTTjFMaGUwRnNLRHNxRHpIdnBWWlQrVTVwZWZaVjgxcGNy
dDdTblJOalNaakx0THMySTEzallYV1plRElreWZGcEkzYmY4QVZ4Y0lqdXJqaUZPVEV1MWFUeDFnd3BLWGJSNW9Z
R3VmOFg3eUphdnN5dXVYazU3YUVZK0RLRElQZHNBQVhsMi94V1VnaDlTdmxTR1A3NHpTVjZOOGlrZTdZOFh3QXF5
T0tINStSU3dSeDVYNnZ5YzF3V0xtaVVGWGFqNHZtTmU2QWFiay9yMi9iSTRiNFBUcGVMQ2gzQjhEM21nQU94djhs
dWNUeXVZeEVrTElWYmxSakZJS29UamhWYUx0RjJyZ20zeXV2ZnRLUnhTUFBSZHNWL3FEZGt1Z0MzdTB5NS9WU0g5
c0xwcExtQ0FubUhCRVhxZ3duWlNWeG5QOVZRQm1JRDJnc3Z4VCswVVV2UjNYSDRqVE1keHEyTXRXQVlsRER0TkJ5
NGZYRENmeDZkV2dmTzJmcitOQ0ViV2F6TFhSdXMrKy84TWxJM1JaZTFGZTJ0ZnRidjBvQnZ2cjZhU1NCV1NBRHBC
ekFPdldCNDJDY2c3QXdsdUQ0NExQbFY1d2pOZUdXb0czbGpPbDJtbk1zS2NDaHVGM0V4OWhWbjRzMFFTRUY3by9v
dlNIeXVFU1YxM2prZGR2bEJ5RFMzTmFlZ2JFV2g5clNtUk1rTUNKeGxycjNSWXcrYi9WMU8vbnlVZVVTa1FwaXRW
Y3lMa1NJTlhvVVBpUFFIVnpZUWFqQzFsMldUVEpYL1U5Z0U3WTVoTE9BOG5ibTkzT3hrbWh1aEdvKy9GSTlISWp0
WjFvYllvb1RMTTRvcmF0d2tjak9OaDl2Sm1oSXZOUEtSb1RoRnJHN2tKK2VLS00zb3kxcUFMeFFtUW1lWE1lbzlO
THdUbVJ2RUNLdVAydWZCbXU1T1ZNKzBndHJqQzQvYWE4dTdsQ2w0Ny9ybHhnWWV6MUxtK1kwTE9OR01zMzh6RkVa
RThROTR4S3hOTjVFbDJmcS9KT05XNUlFZFlGMm5ybXB0S3dDUmRiL05ENndSbUNPaVV6YXdZaHZ5cEFvY1J2TGxW
Qys2RktIdE5SdWIrOVZpbFMwTmJFd3h6Z0doU2g3TmVZcDhlQmxHOW8rKzkybENSNEp5cWZPcmxrT1FLSEluczM5
c1o4bysvdGJDTG5Bc3VPbTVTMERtYTJhMjhZWUZteGNGTVYzUGpwZHFidTJFajJ2ZWc0eitLMmNEK2FZQmJhYXFZ
K29mc3ZreHF1QjFndWZlL0xIcTRMbWtJR2pjQVE4U1FtMVZKRTdGRitSeTRTVzJnQWRuYzY0T09NdFNOb2Z4MW5x
by96OWt5bVhIdG9odWdJQkZNL1hhYXYxNk9ScFcyamlIbHl2M0c2QWd5L01XNGZVTGNhbmJBOEROOFBVN3IzYlpS
QWY1SndRNW13TkJJcHpKb1lZQy9UdDQ1SDYvaFpjRElKUWs3RFhCRzVrQ3BMUEdwbUcvbkpzeHJUWnJaQUFMcHl1
aUlib1J2N0M0S2NxWm1qYW5yLzlWTXFSd2d2cWhMM2pXdmRnSndWYmJiZW9QN1BoMzlITFVmVExlaVM3T3J4RFdS
SEtRNGJzN2djTjBTN052M1B3WUtDODRJRktmZm1scThXbFZ4SnY3TlM3RThvL1pkbCtnZjVScVJyR3M5ZmNYWWZV
ajQ5bGlzUlJuNmxjajBPNDlzMEN4V0Fqam5CVjVpbTBDWFk3ZGhkVTY3QTVtS3hZY1EvQTNPRzhMaGNseXhQQTVU
NE5SaC9rYm96TFpIN3R5UFVIUDh0WXg5WGVWNG5LR1pva284TDNQSktoMWpLaWpMUEh1Q0RMSXRnZjdWTUlZL2JH
emNWaEdranZ4N1NGK2tBQQpQTG83dE9DUkhvbStyU0hhblhxcUg5dVZMRnM5cDNmbytWek9GcFZuQy9NCi0tLSB3
WjBuMUd0c2tmYmF6ZVJXbFhSOWNYd2JlMFE5MStyMDVDT1ZsSmhxdzQwCjoe3nMr6AcVmIb63I8mRh5o8W4OVVeB
9cTcwgMMrUEqMBtBd2XNgJUm7muMRwK6uAwmL4tdjQ3S
"""


def check_backend() -> None:
    """Raise ``BrokenBackend``, naming the first answer that is missing or wrong.

    The hybrid key and file of age (C2SP age), Ed25519 (RFC 8032, section 7.1, test 2),
    ChaCha20-Poly1305 (RFC 8439, section 2.8.2), HKDF (RFC 5869, A.1), Argon2id (RFC 9106, 5.3).
    """
    for name, holds in _CHECKS.items():
        if not _answers(holds):
            raise BrokenBackend(
                f"The cryptographic library does not give the known answer for {name}. "
                "Nothing was read or written. Install the locked wheel of `cryptography` again."
            )


def _answers(holds: Callable[[], bool]) -> bool:
    try:
        return holds()
    except Exception:  # noqa: BLE001 - a broken backend fails in any way: missing, refusing, wrong
        return False


def _hybrid_key() -> bool:
    return hashlib.sha256(Identity(_SEED).recipient.raw).hexdigest() == _RECIPIENT_SHA256


def _hybrid_file() -> bool:
    return decrypt(base64.b64decode(_FILE), [Identity(_SEED)]) == _PLAINTEXT


def _hybrid_round_trip() -> bool:
    file_key, identity = bytes(range(16)), Identity(_SEED)
    return identity.unwrap(identity.recipient.wrap(file_key)) == file_key


def _ed25519() -> bool:
    private = Ed25519PrivateKey.from_private_bytes(
        bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    )
    signature = private.sign(b"\x72")
    try:
        private.public_key().verify(signature, b"\x73")
    except InvalidSignature:
        return signature.hex() == (
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        )
    return False


def _chacha20_poly1305() -> bool:
    aead = ChaCha20Poly1305(bytes(range(0x80, 0xA0)))
    nonce = bytes.fromhex("070000004041424344454647")
    added = bytes.fromhex("50515253c0c1c2c3c4c5c6c7")
    plaintext = (
        b"Ladies and Gentlemen of the class of '99: "
        b"If I could offer you only one tip for the future, sunscreen would be it."
    )
    sealed = aead.encrypt(nonce, plaintext, added)
    return (
        sealed.hex()
        == (
            "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
            "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
            "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
            "3ff4def08e4b7a9de576d26586cec64b61161ae10b594f09e26a7e902ecbd060"
            "0691"
        )
        and aead.decrypt(nonce, sealed, added) == plaintext
    )


def _hkdf() -> bool:
    kdf = HKDF(SHA256(), 42, salt=bytes(range(13)), info=bytes(range(0xF0, 0xFA)))
    return kdf.derive(b"\x0b" * 22).hex() == (
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
    )


def _argon2id() -> bool:
    kdf = Argon2id(
        salt=b"\x02" * 16,
        length=32,
        iterations=3,
        lanes=4,
        memory_cost=32,
        secret=b"\x03" * 8,
        ad=b"\x04" * 12,
    )
    return kdf.derive(b"\x01" * 32).hex() == (
        "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
    )


_CHECKS: dict[str, Callable[[], bool]] = {
    "the hybrid key": _hybrid_key,
    "a hybrid file": _hybrid_file,
    "sealing to the hybrid key": _hybrid_round_trip,
    "Ed25519": _ed25519,
    "ChaCha20-Poly1305": _chacha20_poly1305,
    "HKDF": _hkdf,
    "Argon2id": _argon2id,
}
