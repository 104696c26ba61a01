/**
 * Statements that a reporter signed (docs/cryptography.md, section 6), read from an envelope's
 * fields. What is not exactly as its kind says is refused.
 */

import { type Bytes, areAscending, sameBytes } from "./bytes.ts";
import * as cbor from "./cbor.ts";
import { unreadable } from "./refusals.ts";

/** What a statement of scope `named` shares, with whom, and what they may do. */
export type ReadTerms = {
  /** [item id, SHA-256 of its payload], sorted. */
  readonly items: readonly (readonly [Bytes, Bytes])[];
  /** The mids of the named readers, sorted. */
  readonly to: readonly Bytes[];
  readonly may: readonly string[];
  readonly future: boolean;
  /** [version, SHA-256 of the note's text] of the roster in which the readers were named. */
  readonly roster: readonly [bigint, Bytes];
};

export type Permission = {
  readonly case: Bytes;
  readonly pk: Bytes;
  /** What is shared; null in a permission that shares nothing. */
  readonly sharing: ReadTerms | null;
};

type Common = { case: Bytes; number: bigint; previous: Bytes; digest: Bytes; version: bigint };

const COMMON = ["v", "t", "case", "seq", "prev", "words"];
const CONSENT = [...COMMON, "pk", "scope", "until"];
const SHARING = ["items", "to", "may", "future", "roster"];
const SCOPES = ["keep", "named", "never"];
const LISTEN = "act.listen";
const MAY = ["act.accused", LISTEN, "act.named", "act.unnamed", "contact"];
const HASH_BYTES = 32;
const ID_BYTES = 16;

/** Read a permission; null for a valid statement of another type. */
export function readStatement(fields: cbor.Fields): Permission | null {
  const first = fields.get("v") === 1n;
  const listed = first ? [...CONSENT, "not"] : CONSENT;
  const scope = fields.get("scope");
  switch (fields.get("t")) {
    case "consent":
      if (scope === "keep") return readConsent(exactly(fields, listed), null);
      if (scope === "named") {
        exactly(fields, [...listed, ...SHARING]);
        return readConsent(fields, readSharing(fields));
      }
      if (scope === "never") return readConsent(exactly(fields, [...CONSENT, "not", "salt"]), null);
      break;
    case "revoke":
      readRevocation(exactly(fields, [...COMMON, "of", ...(first ? [] : ["stands"])]));
      return null;
    case "erase":
      refuse(commonFaults(readCommon(exactly(fields, COMMON))));
      return null;
  }
  throw invalid("its type or scope is not known here; update this program");
}

function exactly(fields: cbor.Fields, keys: readonly string[]): cbor.Fields {
  if (fields.size !== keys.length || !keys.every((key) => fields.has(key))) {
    throw invalid("it has keys that its kind must not have, or lacks some");
  }
  return fields;
}

function readConsent(fields: cbor.Fields, sharing: ReadTerms | null): Permission {
  const common = readCommon(fields);
  const [pk, until] = [fields.get("pk"), fields.get("until")];
  const [not, salt] = [fields.get("not") ?? [], fields.get("salt") ?? new Uint8Array()];
  if (!cbor.isBytes(pk) || !cbor.isInteger(until) || !cbor.isArray(not) || !cbor.isBytes(salt)) {
    throw misshapen();
  }
  refuse(commonFaults(common));
  refuse(consentFaults(common.version, pk, until, hashes(not), salt, sharing));
  const scope = sharing ? "named" : salt.length ? "never" : "keep";
  if (scope !== fields.get("scope")) throw misshapen();
  return { case: common.case, pk, sharing };
}

function readSharing(fields: cbor.Fields): ReadTerms {
  const [items, to, may] = [fields.get("items"), fields.get("to"), fields.get("may")];
  const [future, roster] = [fields.get("future"), fields.get("roster")];
  if (!cbor.isArray(items) || !cbor.isArray(to) || !cbor.isArray(may)) throw misshapen();
  if ((future !== 0n && future !== 1n) || !cbor.isArray(roster) || roster.length !== 2) {
    throw misshapen();
  }
  const [version, note] = roster;
  if (!cbor.isInteger(version) || !cbor.isBytes(note)) throw misshapen();
  const terms: ReadTerms = {
    items: items.map(readItem),
    to: hashes(to),
    may: texts(may),
    future: future === 1n,
    roster: [version, note],
  };
  refuse(sharingFaults(terms));
  return terms;
}

function readItem(item: cbor.Value): readonly [Bytes, Bytes] {
  const [name, payload] = cbor.isArray(item) && item.length === 2 ? item : [];
  if (!cbor.isBytes(name) || !cbor.isBytes(payload)) throw misshapen();
  return [name, payload];
}

function readRevocation(fields: cbor.Fields): void {
  const common = readCommon(fields);
  const [of, stands] = [fields.get("of"), fields.get("stands") ?? []];
  if (!cbor.isBytes(of) || !cbor.isArray(stands)) throw misshapen();
  refuse(commonFaults(common));
  refuse(revocationFaults(of, texts(stands)));
}

function readCommon(fields: cbor.Fields): Common {
  const [name, number, previous] = [fields.get("case"), fields.get("seq"), fields.get("prev")];
  const shown = fields.get("words");
  const words = cbor.isArray(shown) && shown.length === 4 ? shown : [];
  const digest = words[3];
  if (!cbor.isBytes(name) || !cbor.isInteger(number) || !cbor.isBytes(previous)) throw misshapen();
  if (words.length !== 4 || !words.slice(0, 3).every(cbor.isText) || !cbor.isBytes(digest)) {
    throw misshapen();
  }
  return { case: name, number, previous, digest, version: fields.get("v") as bigint };
}

function* commonFaults(common: Common): Generator<string> {
  if (common.case.length !== ID_BYTES) yield "it does not name a case";
  if (common.previous.length !== HASH_BYTES) yield "it does not name the statement before it";
  const isFirst = sameBytes(common.previous, new Uint8Array(HASH_BYTES));
  if ((common.number === 1n) !== isFirst) {
    yield "its number and the statement before it contradict each other";
  }
  if (common.number < 1n) yield "its number is below 1";
  if (common.digest.length !== HASH_BYTES) yield "it does not name the words that were shown";
}

function* consentFaults(
  version: bigint,
  pk: Bytes,
  until: bigint,
  never: readonly Bytes[],
  salt: Bytes,
  sharing: ReadTerms | null,
): Generator<string> {
  if (pk.length !== HASH_BYTES) yield "it does not hold the key that signs it";
  if (!areMids(never)) yield "its list of readers who must never get it is not in order";
  if (sharing?.to.some((mid) => never.some((barred) => sameBytes(mid, barred)))) {
    yield "it names the same reader as one who may and one who must never";
  }
  if (salt.length && (version === 1n || salt.length !== HASH_BYTES)) {
    yield "its salt has another length than 32 bytes, or its version has none";
  }
  if (salt.length && sharing) yield "it both shares the case and says who must never get it";
  if (never.length && !salt.length && version > 1n) {
    yield "it says who must never get it where others may read that";
  }
  if (until !== 0n && !isWeek(until)) yield "its end is not a week";
}

function* revocationFaults(of: Bytes, stands: readonly string[]): Generator<string> {
  if (of.length !== HASH_BYTES) yield "it does not name the statement it takes back";
  if (!areSome(stands, SCOPES)) yield "what it says to stand is not in order, or not known here";
}

function* sharingFaults(terms: ReadTerms): Generator<string> {
  const ids = terms.items.map(([id]) => id);
  if (!ids.length || !areAscending(ids)) yield "its items are missing or not in order";
  if (terms.items.some(([id, hash]) => id.length !== ID_BYTES || hash.length !== HASH_BYTES)) {
    yield "one of its items has no proper id and hash";
  }
  if (!terms.to.length || !areMids(terms.to)) yield "its readers are missing or not in order";
  if (terms.roster[0] < 1n || terms.roster[1].length !== HASH_BYTES) {
    yield "it does not name the roster of its readers";
  }
  if (!areSome(terms.may, MAY)) yield "what its readers may do is not in order, or not known here";
  const acts = terms.may.filter((token) => token.startsWith("act."));
  if (!acts.length || (acts.includes(LISTEN) && acts.length > 1)) {
    yield "its readers must either only listen or be allowed some way to act";
  }
}

/** Check that these are some of the known values, in order and none twice. */
function areSome(values: readonly string[], known: readonly string[]): boolean {
  const inOrder = known.filter((value) => values.includes(value));
  return inOrder.length === values.length && inOrder.every((value, at) => value === values[at]);
}

function areMids(mids: readonly Bytes[]): boolean {
  return areAscending(mids) && mids.every((mid) => mid.length === HASH_BYTES);
}

function isWeek(number: bigint): boolean {
  const [week, year] = [number % 100n, number / 100n];
  return week >= 1n && week <= 53n && year >= 1970n && year < 10_000n;
}

const hashes = (values: readonly cbor.Value[]): Bytes[] =>
  values.map((value) => (cbor.isBytes(value) ? value : new Uint8Array()));

const texts = (values: readonly cbor.Value[]): string[] =>
  values.map((value) => (cbor.isText(value) ? value : ""));

function refuse(faults: Iterable<string>): void {
  for (const fault of faults) throw invalid(fault);
}

const invalid = (why: string): Error =>
  unreadable(`A reporter's statement is not valid: ${why}.`);

const misshapen = (): Error =>
  invalid("one of its values has another shape than its format says");
