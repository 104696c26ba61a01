/**
 * Says what the page would do with each of many files: one request of JSON on standard input, one
 * answer on standard output. The tests hold it to what the command line says of the same files.
 */

import { readFileSync } from "node:fs";
import { buffer } from "node:stream/consumers";
import { isAgeFile } from "../src/core/age_header.ts";
import { hex } from "../src/core/bytes.ts";
import { openDelivery } from "../src/core/delivery.ts";
import { openInvitation } from "../src/core/invitation.ts";
import { type ReaderKey, openKeyFile } from "../src/core/key_file.ts";
import { EMPTY, encodeNotebook, openNotebook } from "../src/core/notebook.ts";
import { printable } from "../src/core/printable.ts";
import { Refusal } from "../src/core/refusals.ts";

/** Paths, of which the notebook's is empty where there is none, and what is typed. */
type Asked = { file: string; key: string; notebook: string; passphrase: string };

const bytesOf = (path: string): Uint8Array => new Uint8Array(readFileSync(path));
const keys = new Map<string, ReaderKey>();

/** Open a key file; the same one again at no cost. */
async function keyOf(asked: Asked): Promise<ReaderKey> {
  const sealed = bytesOf(asked.key);
  const name = `${hex(sealed)} ${asked.passphrase}`;
  const key = keys.get(name) ?? (await openKeyFile(sealed, asked.passphrase));
  keys.set(name, key);
  return key;
}

async function judge(asked: Asked): Promise<object> {
  const [data, key] = [bytesOf(asked.file), await keyOf(asked)];
  if (isAgeFile(data)) return openInvitation(data, key);
  const notebook = asked.notebook ? await openNotebook(bytesOf(asked.notebook), key) : EMPTY;
  const report = await openDelivery(data, key, notebook);
  return {
    code: report.code,
    rid: hex(report.rid),
    may: report.may,
    text: printable(report.text),
    week: report.week,
    attachments: report.attachments.map((file) => [file.name, file.media, hex(file.body)]),
    notebook: hex(encodeNotebook(report.notebook)),
  };
}

async function answer(asked: Asked): Promise<object> {
  try {
    return { opened: await judge(asked) };
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.kind, sentence: error.message };
    throw error;
  }
}

const request: Asked[] = JSON.parse((await buffer(process.stdin)).toString());
const answers: object[] = [];
for (const asked of request) answers.push(await answer(asked));
process.stdout.write(JSON.stringify(answers));
