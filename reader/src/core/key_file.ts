/** A reader's key file: an age file with one scrypt stanza over the age identity and a signing seed. */

import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { ed25519 } from "@noble/curves/ed25519.js";
import { scryptAsync } from "@noble/hashes/scrypt.js";
import { bech32 } from "@scure/base";
import { identityToRecipient } from "age-encryption";
import { openPayload } from "./age_file.ts";
import { type Stanza, canonicalBase64, checkBody, parseStanzas, split } from "./age_header.ts";
import { type Bytes, fromBase64, hex, join, utf8, utf8Text } from "./bytes.ts";
import { FINGERPRINT_BYTES, memberId } from "./labels.ts";
import { locked, notForUs, tooLong, unreadable } from "./refusals.ts";

/** The keys with which a reader opens what was shared with them. */
export type ReaderKey = {
  /** `AGE-SECRET-KEY-PQ-1…` */
  readonly identity: string;
  /** `age1pq1…`, its public half. */
  readonly recipient: string;
  /** The public half of the key with which this reader signs: 32 bytes. */
  readonly signingKey: Bytes;
  /** The 32 bytes by which statements name this reader. */
  readonly mid: Bytes;
  /** The fingerprint, 20 hexadecimal digits: names what is kept for this key. */
  readonly fingerprint: string;
};

export const SIGN_LINE = "HOLDFAST-SIGN-1 ";
export const SEED_BYTES = 32;
const SALT_BYTES = 16;
const MAX_WORK_FACTOR = 20;
const FACTOR = /^[1-9][0-9]{0,2}$/;
/** What Python's `str.split` takes for white space. */
const BLANKS = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";

/** Open a key file. Takes as long as its maker decided: a second or so for each way of typing. */
export async function openKeyFile(data: Bytes, passphrase: string): Promise<ReaderKey> {
  checkBeginning(data);
  const { header, payload } = split(data);
  const [stanza] = parseStanzas(header);
  const fileKey = await unwrap(stanza!, passphrase);
  const lines = utf8Text(await openPayload(data, payload, fileKey))?.split("\n") ?? [];
  const [identity, sign, end] = lines;
  if (lines.length !== 3 || end !== "" || !sign?.startsWith(SIGN_LINE)) {
    throw unreadable("This file opens, but it does not hold the keys of a reader.");
  }
  return readerKey(identity!, seedOf(sign.slice(SIGN_LINE.length)));
}

/** Derive what a reader's program needs from both private keys. */
export async function readerKey(identity: string, seed: Bytes): Promise<ReaderKey> {
  let recipient: string;
  try {
    recipient = await identityToRecipient(checkedIdentity(identity));
  } catch {
    throw unreadable("This file opens, but it does not hold the keys of a reader.");
  }
  const { words } = bech32.decode(recipient as `${string}1${string}`, false);
  const signingKey = ed25519.getPublicKey(seed);
  const mid = memberId(bech32.fromWords(words), signingKey);
  return { identity, recipient, signingKey, mid, fingerprint: hex(mid.subarray(0, FINGERPRINT_BYTES)) };
}

function checkedIdentity(identity: string): string {
  if (!identity.startsWith("AGE-SECRET-KEY-PQ-1")) throw new Error("another kind of key");
  return identity;
}

function checkBeginning(data: Bytes): void {
  const beginning = utf8Text(data.subarray(0, 23)) ?? "";
  if (beginning.startsWith("age-encryption.org/v1\r\n")) {
    throw unreadable(
      "The key file was changed by a program that took it for text, and has the line ends of" +
        " Windows. Copy it once more from where it was made, as a file.",
    );
  }
  if (!beginning.startsWith("age-encryption.org/v1\n")) {
    throw unreadable("This is no key file. Choose the one that was made with your keys.");
  }
}

function seedOf(text: string): Bytes {
  const seed = fromBase64(text);
  if (seed === null) throw unreadable("A key is not valid base64; copy the whole line again.");
  if (seed.length !== SEED_BYTES) {
    throw unreadable("The signing key of a reader has another length than 32 bytes.");
  }
  return seed;
}

async function unwrap(stanza: Stanza, passphrase: string): Promise<Bytes> {
  const { salt, factor } = checkedStanza(stanza);
  for (const typed of waysOfTyping(passphrase)) {
    const fileKey = await tryOne(stanza, typed, salt, factor);
    if (fileKey !== null) return fileKey;
  }
  throw locked("The passphrase does not open this file. Type it again, slowly.");
}

function checkedStanza(stanza: Stanza): { salt: Bytes; factor: number } {
  if (stanza.args[0] !== "scrypt") {
    throw notForUs("This age file is not sealed with a passphrase; it needs a key.");
  }
  if (stanza.args.length !== 3) {
    throw unreadable("A passphrase stanza has more or fewer arguments than salt and work.");
  }
  const salt = canonicalBase64(stanza.args[1]!);
  if (salt.length !== SALT_BYTES || !FACTOR.test(stanza.args[2]!)) {
    throw unreadable("A passphrase stanza has no valid salt or work factor.");
  }
  checkBody(stanza);
  const factor = Number(stanza.args[2]);
  if (factor > MAX_WORK_FACTOR) {
    throw tooLong(`An age file asks for more work than 2 to the power of ${MAX_WORK_FACTOR}.`);
  }
  return { salt, factor };
}

async function tryOne(
  stanza: Stanza,
  passphrase: string,
  salt: Bytes,
  factor: number,
): Promise<Bytes | null> {
  const labelled = join(utf8("age-encryption.org/v1/scrypt"), salt);
  const options = { N: 2 ** factor, r: 8, p: 1, dkLen: 32, maxmem: 2 ** (factor + 10) + 2 ** 20 };
  const key = await scryptAsync(utf8(passphrase), labelled, options);
  try {
    return chacha20poly1305(key, new Uint8Array(12)).decrypt(stanza.body);
  } catch {
    return null;
  }
}

/** Return a passphrase as every keyboard types it: NFKC, single blanks, none at its ends. */
export function normalPassphrase(passphrase: string): string {
  return stripped(passphrase.normalize("NFKC")).split(new RegExp(`[${BLANKS}]+`)).join(" ");
}

/** List what a passphrase may have been when the file was made, the likeliest first. */
export function waysOfTyping(passphrase: string): string[] {
  const typed = [passphrase, stripped(passphrase)];
  const composed = typed.flatMap((text) => [text.normalize("NFC"), text.normalize("NFD")]);
  return [...new Set([normalPassphrase(passphrase), ...typed, ...composed])];
}

function stripped(text: string): string {
  return text.replace(new RegExp(`^[${BLANKS}]+|[${BLANKS}]+$`, "g"), "");
}
