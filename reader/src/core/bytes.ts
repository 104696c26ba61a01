/** Bytes: comparing, joining, and the text and base64 forms in which the formats hold them. */

export type Bytes = Uint8Array;

/** Compare as byte strings are ordered; negative, zero or positive. */
export function compareBytes(left: Bytes, right: Bytes): number {
  const shared = Math.min(left.length, right.length);
  for (let at = 0; at < shared; at++) {
    const difference = left[at]! - right[at]!;
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

export const sameBytes = (left: Bytes, right: Bytes): boolean => compareBytes(left, right) === 0;

/** Check that every one of them is greater than the one before: sorted, and none twice. */
export function areAscending(values: readonly Bytes[]): boolean {
  return values.every((value, at) => at === 0 || compareBytes(values[at - 1]!, value) < 0);
}

export function join(...parts: readonly Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function hex(bytes: Bytes): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text);

/** Decode UTF-8; null where the bytes are none. A byte order mark stays in the text. */
export function utf8Text(bytes: Bytes): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** One character for one byte: for formats whose grammar is that of ASCII. */
export function latin1(bytes: Bytes): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) {
    text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  }
  return text;
}

/** Find the first place of a piece that ends before `end`; -1 if there is none. */
export function indexOf(bytes: Bytes, piece: Bytes, from: number, end: number): number {
  const last = Math.min(end, bytes.length) - piece.length;
  for (let at = from; at <= last; at++) {
    if (piece.every((byte, offset) => bytes[at + offset] === byte)) return at;
  }
  return -1;
}

const SYMBOLS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const PADDED = /^([A-Za-z0-9+/]*)(={0,2})$/;

/** Decode padded base64 (RFC 4648, section 4), bits left over included; null for any other text. */
export function fromBase64(text: string): Bytes | null {
  const found = PADDED.exec(text);
  if (!found) return null;
  const [symbols, padding] = [found[1]!, found[2]!.length];
  const odd = symbols.length % 4;
  if (odd === 1 || (odd === 2 && padding < 2) || (odd === 3 && padding < 1)) return null;
  return decodeSymbols(symbols);
}

function decodeSymbols(symbols: string): Bytes {
  const bytes = new Uint8Array((symbols.length * 3) >> 2);
  let [bits, count, at] = [0, 0, 0];
  for (const symbol of symbols) {
    bits = ((bits << 6) | SYMBOLS.indexOf(symbol)) & 0xffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes[at++] = (bits >> count) & 0xff;
    }
  }
  return bytes;
}

export function toBase64(bytes: Bytes): string {
  const unpadded = toUnpaddedBase64(bytes);
  return unpadded + "=".repeat((4 - (unpadded.length % 4)) % 4);
}

export function toUnpaddedBase64(bytes: Bytes): string {
  let [text, bits, count] = ["", 0, 0];
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xffff;
    count += 8;
    while (count >= 6) {
      count -= 6;
      text += SYMBOLS[(bits >> count) & 63];
    }
  }
  return count ? text + SYMBOLS[(bits << (6 - count)) & 63] : text;
}
