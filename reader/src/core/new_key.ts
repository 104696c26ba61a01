/** Makes a reader's keys. They leave this file sealed only. */

import { Encrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";
import { type Bytes, toBase64 } from "./bytes.ts";
import { SEED_BYTES, SIGN_LINE, normalPassphrase } from "./key_file.ts";
import { unreadable } from "./refusals.ts";

/** One try costs 2^17 steps of scrypt and 128 MiB, so that a phone with 2 GB opens it too. */
const WORK_FACTOR = 17;
const SHORTEST_PASSPHRASE = 12;

/** Check that a passphrase may lock keys; throw a `Refusal` for one that is too short. */
export function checkPassphrase(passphrase: string): void {
  if ([...normalPassphrase(passphrase)].length < SHORTEST_PASSPHRASE) {
    throw unreadable(
      `This passphrase is too short: it needs at least ${SHORTEST_PASSPHRASE} characters.` +
        " Four or five words that you can remember are good.",
    );
  }
}

/** Return the words that were offered if they are what was typed, however a keyboard spells them. */
export function asOffered(typed: string, offered: string): string {
  const words = typed.toLowerCase().split(/[^a-z]+/).filter((word) => word !== "");
  return words.join(" ") === offered ? offered : typed;
}

/** Keys as they leave here: a key file, and the public half by which it is known again. */
export type MadeKeys = { readonly file: Bytes; readonly recipient: string };

/** Make new keys, and seal them in a key file; throw a `Refusal` as `checkPassphrase` does. */
export async function makeKeys(passphrase: string): Promise<MadeKeys> {
  checkPassphrase(passphrase);
  const identity = await generateHybridIdentity();
  const seed = toBase64(crypto.getRandomValues(new Uint8Array(SEED_BYTES)));
  const encrypter = new Encrypter();
  encrypter.setPassphrase(normalPassphrase(passphrase));
  encrypter.setScryptWorkFactor(WORK_FACTOR);
  const file = await encrypter.encrypt(`${identity}\n${SIGN_LINE}${seed}\n`);
  return { file, recipient: await identityToRecipient(identity) };
}
