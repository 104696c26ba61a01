/**
 * The header of an age file (C2SP age, "Header"), read strictly: exactly the grammar, canonical
 * base64, and not more than a small machine bears.
 */

import { type Bytes, fromBase64, indexOf, latin1, toUnpaddedBase64, utf8 } from "./bytes.ts";
import { tooLong, unreadable } from "./refusals.ts";

export type Stanza = { readonly args: readonly string[]; readonly body: Bytes };

const MAX_HEADER = 64 * 1024;
const MAX_STANZAS = 32;
const VERSION = "age-encryption.org/v1\n";
const STANZA = "-> ([!-~]+(?: [!-~]+)*)\\n((?:[A-Za-z0-9+/]{64}\\n)*[A-Za-z0-9+/]{0,63}\\n)";
const UNGROUPED = STANZA.replaceAll(/\((?!\?)/g, "(?:");
const HEADER = new RegExp(
  `^age-encryption\\.org/v1\\n((?:${UNGROUPED})+)--- ([A-Za-z0-9+/]{43})\\n$`,
);

export const isAgeFile = (data: Bytes): boolean =>
  indexOf(data, utf8(VERSION), 0, VERSION.length) === 0;

/** Split a file into header and payload. */
export function split(data: Bytes): { header: Bytes; payload: Bytes } {
  if (!isAgeFile(data)) {
    throw unreadable("This is not an age file of version 1, or not a binary one.");
  }
  const macLine = indexOf(data, utf8("\n---"), 0, MAX_HEADER);
  const end = indexOf(data, utf8("\n"), macLine + 1, MAX_HEADER) + 1;
  if (macLine < 0 || end === 0) {
    throw unreadable("The header of an age file does not end. Is the file complete?");
  }
  return { header: data.subarray(0, end), payload: data.subarray(end) };
}

/** Parse a header: the stanzas, each of which wraps the file key for one recipient. */
export function parseStanzas(header: Bytes): Stanza[] {
  const found = header.length <= MAX_HEADER ? HEADER.exec(latin1(header)) : null;
  if (!found) throw unreadable("The header of an age file does not follow its grammar.");
  const parts = [...found[1]!.matchAll(new RegExp(STANZA, "g"))];
  const stanzas = parts.map(([, args, body]) => ({
    args: args!.split(" "),
    body: canonicalBase64(body!.replaceAll("\n", "")),
  }));
  if (stanzas.length > MAX_STANZAS) {
    throw tooLong(`An age file names more than ${MAX_STANZAS} recipients; it is not opened.`);
  }
  if (stanzas.length > 1 && stanzas.some((stanza) => stanza.args[0] === "scrypt")) {
    throw unreadable("An age file has a passphrase beside other recipients; nobody may.");
  }
  canonicalBase64(found[2]!);
  return stanzas;
}

/** Decode unpadded canonical base64. */
export function canonicalBase64(text: string): Bytes {
  const data = fromBase64(text + "=".repeat((4 - (text.length % 4)) % 4));
  if (data === null || toUnpaddedBase64(data) !== text) {
    throw unreadable("An age file holds base64 that is not canonical.");
  }
  return data;
}

/** Refuse a stanza whose body is no wrapped file key of 16 bytes. */
export function checkBody(stanza: Stanza): void {
  if (stanza.body.length !== 32) {
    throw unreadable("A stanza of an age file wraps something that is not a file key.");
  }
}
