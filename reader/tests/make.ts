/**
 * Makes keys and cards as the page does: requests of JSON on standard input, answers on standard
 * output. The tests hold them to what the command line reads and writes.
 */

import { buffer } from "node:stream/consumers";
import { hex } from "../src/core/bytes.ts";
import { type Described, formatCard } from "../src/core/card.ts";
import { openKeyFile } from "../src/core/key_file.ts";
import { asOffered, makeKeys } from "../src/core/new_key.ts";
import { Refusal } from "../src/core/refusals.ts";
import { drawPassphrase, fingerprintWords } from "../src/core/words.ts";

type Asked = { passphrase: string; described: Described };

async function make(asked: Asked): Promise<object> {
  const { file, recipient } = await makeKeys(asked.passphrase);
  const key = await openKeyFile(file, asked.passphrase);
  const card = formatCard(key, asked.described);
  if (key.recipient !== recipient) throw new Error("another key than was made");
  const typed = asOffered(asked.passphrase, "circle index broccoli multiply crawl");
  return { file: hex(file), card, typed, words: fingerprintWords(key.mid), offered: drawPassphrase() };
}

async function answer(asked: Asked): Promise<object> {
  try {
    return await make(asked);
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.message };
    throw error;
  }
}

const requests: Asked[] = JSON.parse((await buffer(process.stdin)).toString());
const answers: object[] = [];
for (const asked of requests) answers.push(await answer(asked));
process.stdout.write(JSON.stringify(answers));
