/** Signed envelopes: a record and an Ed25519 signature over exactly its bytes (RFC 8032). */

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { type Bytes, join, sameBytes } from "./bytes.ts";
import * as cbor from "./cbor.ts";
import { derivedLabel } from "./labels.ts";
import { tampered, unreadable } from "./refusals.ts";

export type Envelope = {
  readonly kind: string;
  readonly fields: cbor.Fields;
  readonly body: Bytes;
  readonly signature: Bytes;
};

const WHAT = "This signed record";
const SIGNATURE_BYTES = 64;
const { Point } = ed25519;
const { Fn } = Point;

/** Parse an envelope without verifying it, to find the key that should have signed it. */
export function parse(raw: Bytes): Envelope {
  const value = cbor.decode(raw, WHAT);
  const [body, signature] = cbor.isArray(value) && value.length === 2 ? value : [];
  if (!cbor.isBytes(body) || !cbor.isBytes(signature) || signature.length !== SIGNATURE_BYTES) {
    throw unreadable(`${WHAT} has another shape than a body and a signature.`);
  }
  const fields = cbor.decodeMap(body, WHAT, [1n, 2n]);
  const kind = fields.get("t");
  if (!cbor.isText(kind)) throw unreadable(`${WHAT} does not say what kind it is.`);
  return { kind, fields, body, signature };
}

/** Refuse an envelope that this 32-byte key did not sign. */
export function verify(envelope: Envelope, publicKey: Bytes): void {
  const message = derivedLabel(`sig/${envelope.kind}`, envelope.body);
  if (!signatureHolds(envelope.signature, message, publicKey)) {
    throw tampered(
      "A signature does not hold: this record was changed, or signed with another key." +
        " Do not rely on it; ask for it again from where it came.",
    );
  }
}

/**
 * Check [S]B - [k]A = R byte by byte, as the library under the command line does. The check that
 * also accepts points of small order beside R would take signatures that others refuse.
 */
function signatureHolds(signature: Bytes, message: Bytes, publicKey: Bytes): boolean {
  const r = signature.subarray(0, 32);
  const s = littleEndian(signature.subarray(32));
  if (s >= Fn.ORDER) return false;
  try {
    const a = Point.fromBytes(publicKey, true);
    const k = Fn.create(littleEndian(sha512(join(r, publicKey, message))));
    const expected = Point.BASE.multiplyUnsafe(s).subtract(a.multiplyUnsafe(k));
    return sameBytes(expected.toBytes(), r);
  } catch {
    return false; // no point of the curve
  }
}

function littleEndian(bytes: Bytes): bigint {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}
