/**
 * The one binary form of what is signed and sent: core deterministic CBOR (RFC 8949, section 4.2.1),
 * cut down to unsigned integers below 2^63, byte strings, NFC text, arrays, and maps with ASCII keys
 * of 1 to 23 bytes. Everything that could have been written otherwise is refused.
 */

import { type Bytes, compareBytes, join, utf8, utf8Text } from "./bytes.ts";
import { type Refusal, unreadable } from "./refusals.ts";

export type Value = bigint | Bytes | string | readonly Value[] | Fields;
export type Fields = ReadonlyMap<string, Value>;

const [UNSIGNED, BYTES, TEXT, ARRAY, MAP] = [0, 2, 3, 4, 5];
const WIDTHS = new Map([[24, 1], [25, 2], [26, 4], [27, 8]]);
const LEAST = new Map([[24, 24n], [25, 1n << 8n], [26, 1n << 16n], [27, 1n << 32n]]);
const INTEGER_LIMIT = 1n << 63n;
const KEY_LIMIT = 23;
const DEPTH_LIMIT = 16;

export const isBytes = (value: Value | undefined): value is Bytes => value instanceof Uint8Array;
export const isText = (value: Value | undefined): value is string => typeof value === "string";
export const isInteger = (value: Value | undefined): value is bigint => typeof value === "bigint";
export const isArray = (value: Value | undefined): value is readonly Value[] => Array.isArray(value);

/** Decode bytes that are the only form of a value; `what` names it in the sentence of a refusal. */
export function decode(data: Bytes, what: string): Value {
  const reader = new Reader(data, what);
  const value = reader.item(DEPTH_LIMIT);
  if (!reader.atEnd) throw reader.otherForm();
  return value;
}

/** Decode a record that is of one of these versions. */
export function decodeMap(data: Bytes, what: string, versions: readonly bigint[] = [1n]): Fields {
  const record = decode(data, what);
  const version = record instanceof Map ? record.get("v") : undefined;
  if (!(record instanceof Map) || !isInteger(version)) {
    throw unreadable(`${what} has no version; it was not written by this program.`);
  }
  if (!versions.includes(version)) {
    throw unreadable(`${what} was written by another version; update this program.`);
  }
  return record;
}

class Reader {
  private at = 0;
  private readonly data: Bytes;
  private readonly what: string;

  constructor(data: Bytes, what: string) {
    this.data = data;
    this.what = what;
  }

  get atEnd(): boolean {
    return this.at === this.data.length;
  }

  private broken(why: string): Refusal {
    return unreadable(`${this.what} is damaged or was not written by this program: ${why}.`);
  }

  otherForm(): Refusal {
    return this.broken("it is not in its only allowed form");
  }

  private take(size: bigint | number): Bytes {
    if (BigInt(this.at) + BigInt(size) > BigInt(this.data.length)) {
      throw this.broken("it ends too early");
    }
    const piece = this.data.subarray(this.at, this.at + Number(size));
    this.at += Number(size);
    return piece;
  }

  private longNumber(code: number): bigint {
    const width = WIDTHS.get(code);
    if (width === undefined) throw this.broken("it holds a length that is not allowed");
    const number = this.take(width).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    if (number < LEAST.get(code)! || number >= INTEGER_LIMIT) throw this.otherForm();
    return number;
  }

  item(depth: number): Value {
    if (depth === 0) throw this.broken("it is nested too deeply");
    const first = this.take(1)[0]!;
    const code = first & 31;
    const number = code < 24 ? BigInt(code) : this.longNumber(code);
    switch (first >> 5) {
      case TEXT:
        return this.text(number);
      case BYTES:
        return this.take(number);
      case UNSIGNED:
        return number;
      case ARRAY:
        return this.array(number, depth);
      case MAP:
        return this.map(number, depth);
      default:
        throw this.broken("it holds a type that is not allowed");
    }
  }

  private text(size: bigint): string {
    const text = utf8Text(this.take(size));
    if (text === null) throw this.broken("it holds text that is not UTF-8");
    if (text.normalize("NFC") !== text) throw this.otherForm();
    return text;
  }

  private array(size: bigint, depth: number): Value[] {
    const values: Value[] = [];
    for (let count = 0n; count < size; count++) values.push(this.item(depth - 1));
    return values;
  }

  private map(size: bigint, depth: number): Fields {
    const fields = new Map<string, Value>();
    let before: Bytes = new Uint8Array();
    for (let count = 0n; count < size; count++) {
      const written = this.key();
      if (compareBytes(written, before) <= 0) throw this.otherForm();
      fields.set(utf8Text(written.subarray(1))!, this.item(depth - 1));
      before = written;
    }
    return fields;
  }

  /** A key as it is written, which is how keys are ordered. */
  private key(): Bytes {
    const size = this.take(1)[0]! - (TEXT! << 5);
    if (size < 1 || size > KEY_LIMIT) {
      throw this.broken("it holds a key that is not text of 1 to 23 bytes");
    }
    this.at -= 1; // the head belongs to it
    const written = this.take(size + 1);
    if (written.some((byte) => byte > 127)) throw this.otherForm();
    return written;
  }
}

/** Encode a value in its only form. */
export function encode(value: Value): Bytes {
  if (isInteger(value)) return head(UNSIGNED!, value);
  if (isBytes(value)) return join(head(BYTES!, BigInt(value.length)), value);
  if (isText(value)) return encodeText(value);
  if (isArray(value)) return join(head(ARRAY!, BigInt(value.length)), ...value.map(encode));
  const pairs = [...value].map(([key, each]) => [encodeText(key), encode(each)] as const);
  pairs.sort(([left], [right]) => compareBytes(left, right));
  return join(head(MAP!, BigInt(pairs.length)), ...pairs.flat());
}

function encodeText(text: string): Bytes {
  const raw = utf8(text);
  return join(head(TEXT!, BigInt(raw.length)), raw);
}

function head(major: number, number: bigint): Bytes {
  if (number < 24n) return new Uint8Array([(major << 5) | Number(number)]);
  const [code, width] = [...WIDTHS].find(([, bytes]) => number < 1n << BigInt(8 * bytes))!;
  const bytes = new Uint8Array(1 + width);
  bytes[0] = (major << 5) | code;
  for (let at = 0; at < width; at++) bytes[width - at] = Number((number >> BigInt(8 * at)) & 0xffn);
  return bytes;
}
