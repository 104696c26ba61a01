/** Open files that are sealed to a reader's hybrid key, and seal the notebook to it. */

import { Decrypter, Encrypter } from "age-encryption";
import { type Stanza, canonicalBase64, checkBody, parseStanzas, split } from "./age_header.ts";
import type { Bytes } from "./bytes.ts";
import { notForUs, tampered, tooLong, unreadable } from "./refusals.ts";

const HYBRID = "mlkem768x25519";
const SHARE_BYTES = 1120;
const NONCE_BYTES = 16;
const MAX_PAYLOAD = 64 * 1024 * 1024;

export function countStanzas(sealed: Bytes): number {
  return parseStanzas(split(sealed).header).length;
}

/** Decrypt a whole file with an `AGE-SECRET-KEY-PQ-1…` identity: whole or not at all. */
export async function decrypt(sealed: Bytes, identity: string): Promise<Bytes> {
  const { header, payload } = split(sealed);
  const stanzas = parseStanzas(header);
  stanzas.filter((stanza) => stanza.args[0] === HYBRID).forEach(checkHybrid);
  return openPayload(sealed, payload, await unwrap(header, identity));
}

/** Decrypt the payload of a file whose file key is known. */
export async function openPayload(sealed: Bytes, payload: Bytes, fileKey: Bytes): Promise<Bytes> {
  if (payload.length > MAX_PAYLOAD) {
    throw tooLong("The payload of an age file is longer than 64 MiB. Make it smaller.");
  }
  if (payload.length < NONCE_BYTES) {
    throw unreadable("An age file ends before its payload begins. Is it complete?");
  }
  const decrypter = new Decrypter();
  decrypter.addIdentity({ unwrapFileKey: () => fileKey });
  try {
    return await decrypter.decrypt(sealed);
  } catch (error) {
    throw brokenPayload(error);
  }
}

function brokenPayload(error: unknown): Error {
  switch (messageOf(error)) {
    case "final chunk is empty":
      return tampered("The payload of an age file ends in an empty chunk, which no writer makes.");
    case "invalid header HMAC":
      return tampered("The header of an age file was changed after it was sealed.");
    default:
      return tampered(
        "The payload of an age file was changed or cut, or belongs to another header.",
      );
  }
}

/** Seal to a public key, `age1pq1…`. */
export async function encrypt(plain: Bytes, recipient: string): Promise<Bytes> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return encrypter.encrypt(plain);
}

async function unwrap(header: Bytes, identity: string): Promise<Bytes> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  try {
    return await decrypter.decryptHeader(header);
  } catch (error) {
    switch (messageOf(error)) {
      case "no identity matched any of the file's recipients":
        throw notForUs("None of the keys at hand opens this file. Was it sealed for another one?");
      case "invalid header HMAC":
        throw brokenPayload(error);
      default: // the one thing that `checkHybrid` leaves to the exchange
        throw unreadable("An age key or stanza holds a point that gives no secret.");
    }
  }
}

function checkHybrid(stanza: Stanza): void {
  if (stanza.args.length !== 2) {
    throw unreadable("A stanza of an age file has more or fewer arguments than its kind.");
  }
  const share = canonicalBase64(stanza.args[1]!);
  if (share.length !== SHARE_BYTES) {
    throw unreadable("A stanza of an age file has a share of another length than its kind.");
  }
  checkBody(stanza);
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : "");
