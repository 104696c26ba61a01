/** Labels that separate one use of a hash or key from another: the `D` of docs/cryptography.md. */

import { sha256 } from "@noble/hashes/sha2.js";
import { type Bytes, join, utf8 } from "./bytes.ts";

/** How much of a reader's id the eight words spell that are read aloud. */
export const FINGERPRINT_BYTES = 10;

/** Compute `D(label, fields…)`. */
export function derivedLabel(label: string, ...fields: readonly Bytes[]): Bytes {
  return join(utf8(`pcr/v1/${label}\0`), ...fields);
}

/** Write a field with its length before it: u16, big-endian. */
export function lengthAndValue(field: Bytes): Bytes {
  return join(new Uint8Array([field.length >> 8, field.length & 0xff]), field);
}

/** Name a case by its public hybrid key: 16 bytes. */
export function caseName(box: Bytes): Bytes {
  return sha256(derivedLabel("case/rid", box)).subarray(0, 16);
}

/** Name a reader by both public keys: 32 bytes. */
export function memberId(recipient: Bytes, signingKey: Bytes): Bytes {
  const fields = [recipient, signingKey].map(lengthAndValue);
  return sha256(derivedLabel("member/id", ...fields));
}
