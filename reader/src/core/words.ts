/** Words of the English list of BIP 39: eight that spell a fingerprint, five that lock a key. */

import { sha256 } from "@noble/hashes/sha2.js";
import list from "../word_list.json" with { type: "json" };
import { type Bytes, hex, join } from "./bytes.ts";
import { FINGERPRINT_BYTES, derivedLabel } from "./labels.ts";

const WORD_BITS = 11n;
const FINGERPRINT_WORDS = 8;
const PASSPHRASE_WORDS = 5;
const GENTLE = list.words.filter((word) => !list.hurtful.includes(word));

/** Spell a reader's id in the words by which people compare it aloud; the eighth holds a checksum. */
export function fingerprintWords(mid: Bytes): string[] {
  const fingerprint = mid.subarray(0, FINGERPRINT_BYTES);
  const check = sha256(derivedLabel("member/words", fingerprint)).subarray(0, 1);
  const number = BigInt(`0x${hex(join(fingerprint, check))}`);
  const places = Array.from({ length: FINGERPRINT_WORDS }, (_, at) => BigInt(FINGERPRINT_WORDS - 1 - at));
  return places.map((place) => list.words[Number((number >> (place * WORD_BITS)) & 2047n)]!);
}

/** Draw five words for a passphrase, of which none hurts to read: 54 bits. */
export function drawPassphrase(): string {
  return Array.from({ length: PASSPHRASE_WORDS }, drawWord).join(" ");
}

function drawWord(): string {
  const [drawn] = crypto.getRandomValues(new Uint16Array(1));
  // As many numbers stand for each word; those left over are drawn again.
  const fair = 65536 - (65536 % GENTLE.length);
  return drawn! < fair ? GENTLE[drawn! % GENTLE.length]! : drawWord();
}
