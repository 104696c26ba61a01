/**
 * Documents: the plaintext of an age file of a case. A line of JSON in the one form of RFC 8785 that
 * describes it, the body, and spaces up to the next bucket (docs/cryptography.md, section 5).
 */

import { type Bytes, sameBytes, utf8, utf8Text } from "./bytes.ts";
import { unreadable } from "./refusals.ts";

export type Json = string | number | readonly Json[];

export type Document = {
  readonly kind: string;
  readonly media: string;
  readonly week: number;
  readonly body: Bytes;
  /** The further keys of the line that its kind knows. */
  readonly extra: ReadonlyMap<string, Json>;
};

const KINDS = new Set([
  ...["answer", "attachment", "report", "statement", "match-ref"],
  ...["circle-ref", "reply", "notice", "circle", "event"],
]);
const OWN_KEYS = new Set(["v", "kind", "len", "type", "week"]);
const LINE_LIMIT = 64 * 1024;
const DEPTH_LIMIT = 3;
const LINE_FEED = 10;
const SPACE = 32;

export function decodeDocument(data: Bytes): Document {
  const end = data.indexOf(LINE_FEED);
  const line = end < 0 ? data : data.subarray(0, end);
  const rest = end < 0 ? new Uint8Array() : data.subarray(end + 1);
  const fields = line.length < LINE_LIMIT ? readLine(line) : new Map<string, unknown>();
  const [kind, media, size, week] = ["kind", "type", "len", "week"].map((key) => fields.get(key));
  if (fields.get("v") !== 1 || typeof kind !== "string" || typeof media !== "string") {
    throw lacksDescription();
  }
  if (!Number.isInteger(size) || !Number.isInteger(week)) throw lacksDescription();
  if (!KINDS.has(kind)) {
    throw unreadable("A document has a kind or a key that is not known here.");
  }
  if ((size as number) < 0 || !sameBytes(onlyForm(fields), line)) {
    throw unreadable("A document's description is not in its only allowed form.");
  }
  const extra = [...fields].filter(([key]) => !OWN_KEYS.has(key)) as [string, Json][];
  const body = bodyOf(rest, size as number);
  return { kind, media, week: week as number, body, extra: new Map(extra) };
}

const lacksDescription = (): Error =>
  unreadable("A document lacks its description, or has that of a newer one.");

function readLine(line: Bytes): Map<string, unknown> {
  let fields: unknown = null;
  try {
    fields = JSON.parse(utf8Text(line) ?? "");
  } catch {
    // refused below
  }
  if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
    throw unreadable("This is not a document of this program: it has no first line.");
  }
  return new Map(Object.entries(fields));
}

/** Write a line anew, in the only form that it can have. */
function onlyForm(fields: ReadonlyMap<string, unknown>): Bytes {
  const keys = [...fields.keys()];
  if (!keys.every((key) => isAscii(key) && isPlain(fields.get(key), DEPTH_LIMIT))) {
    throw unreadable("A document's description holds a value that has no place there.");
  }
  const pairs = keys.sort().map((key) => `${JSON.stringify(key)}:${JSON.stringify(fields.get(key))}`);
  return utf8(`{${pairs.join(",")}}`);
}

const isAscii = (text: string): boolean => [...text].every((sign) => sign <= "\x7f");

/** Tell what a line can hold: text, safe integers, arrays; no objects, fractions, booleans, null. */
function isPlain(value: unknown, depth: number): boolean {
  if (typeof value === "number") return Number.isSafeInteger(value) && !Object.is(value, -0);
  if (typeof value === "string") return !/\p{Cs}/u.test(value);
  return Array.isArray(value) && depth > 0 && value.every((each) => isPlain(each, depth - 1));
}

function bodyOf(rest: Bytes, size: number): Bytes {
  if (size > rest.length) {
    throw unreadable("A document is shorter than it says; part of it is missing.");
  }
  if (rest.subarray(size).some((byte) => byte !== SPACE)) {
    throw unreadable("A document has something behind its end; it was changed.");
  }
  return rest.subarray(0, size);
}
