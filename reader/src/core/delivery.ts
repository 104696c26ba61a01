/**
 * A delivery: what one reader gets, and everything that is checked before they see it. Nothing is
 * given out unless all of it is as its reporter signed it (docs/cryptography.md, section 6).
 */

import { sha256 } from "@noble/hashes/sha2.js";
import { countStanzas, decrypt } from "./age_file.ts";
import { split } from "./age_header.ts";
import { type Bytes, fromBase64, hex, sameBytes, utf8Text } from "./bytes.ts";
import * as cbor from "./cbor.ts";
import { type Document, type Json, decodeDocument } from "./document.ts";
import * as envelope from "./envelope.ts";
import type { ReaderKey } from "./key_file.ts";
import { caseName } from "./labels.ts";
import { type Notebook, withCase, withRoster } from "./notebook.ts";
import { Refusal, notForUs, tampered, unreadable } from "./refusals.ts";
import { type Permission, type ReadTerms, readStatement } from "./statement.ts";

export type Attachment = { readonly name: string; readonly media: string; readonly body: Bytes };

/** A report whose every check held; there is no other way to get one. */
export type OpenedReport = {
  readonly code: string;
  readonly rid: Bytes;
  readonly may: readonly string[];
  /** Some of needs, person, story. */
  readonly parts: readonly string[];
  readonly text: string;
  readonly week: number;
  readonly attachments: readonly Attachment[];
  /** The reader's notebook with this case and its roster pinned: to be saved. */
  readonly notebook: Notebook;
};

type Sealed = { readonly item: Bytes; readonly sealed: Bytes };
type Opened = { readonly item: Bytes; readonly document: Document };

const WHAT = "This delivery";
const AGAIN =
  "It is not opened. Ask for it again; if that does not help, tell the reporter's bot.";
const KEYS = ["v", "t", "code", "env", "files", "proof"];

export async function openDelivery(
  data: Bytes,
  key: ReaderKey,
  notebook: Notebook,
): Promise<OpenedReport> {
  const { code, env, files } = readDelivery(data);
  const statement = await openStatement(env, key);
  const { permission, sharing } = verified(statement.envelope, key);
  const pinned = withCase(notebook, permission.case, permission.pk, BigInt(statement.week));
  const updated = withRoster(pinned, ...sharing.roster);
  const documents = await openFiles(files, sharing, key);
  const report = theReport(documents);
  checkReport(report, permission, sharing);
  return {
    code,
    rid: permission.case,
    may: sharing.may,
    parts: textsOf(report.document.extra.get("parts")),
    text: textOf(report.document),
    week: report.document.week,
    attachments: attachmentsOf(report, documents),
    notebook: updated,
  };
}

function readDelivery(data: Bytes): { code: string; env: Bytes; files: Sealed[] } {
  const fields = readRecord(data);
  const [code, env, files] = ["code", "env", "files"].map((key) => fields.get(key));
  const isWhole = fields.size === KEYS.length && KEYS.every((key) => fields.has(key));
  if (isWhole && fields.get("t") === "delivery" && cbor.isBytes(fields.get("proof"))) {
    if (cbor.isText(code) && cbor.isBytes(env) && cbor.isArray(files)) {
      const read = files.map(readFile);
      if (new Set(read.map(({ item }) => hex(item))).size === read.length) {
        return { code, env, files: read };
      }
    }
  }
  throw unreadable("This file is not a delivery, or of another version. Ask for it again.");
}

function readRecord(data: Bytes): cbor.Fields {
  try {
    return cbor.decodeMap(data, WHAT);
  } catch (error) {
    if (error instanceof Refusal) throw unreadable(`${error.message} ${AGAIN}`);
    throw error;
  }
}

function readFile(value: cbor.Value): Sealed {
  const [item, sealed] = cbor.isArray(value) && value.length === 2 ? value : [];
  if (!cbor.isBytes(item) || !cbor.isBytes(sealed)) {
    throw unreadable("This delivery holds a file without a name. Ask for it again.");
  }
  return { item, sealed };
}

async function openStatement(sealed: Bytes, key: ReaderKey) {
  const document = decodeDocument(await openOne(sealed, key));
  if (document.kind !== "statement") {
    throw unreadable(`This delivery holds no statement of its reporter. ${AGAIN}`);
  }
  return { envelope: envelope.parse(document.body), week: document.week };
}

function verified(
  signed: envelope.Envelope,
  key: ReaderKey,
): { permission: Permission; sharing: ReadTerms } {
  const permission = readStatement(signed.fields);
  if (!permission?.sharing) {
    throw tampered(`The statement in this delivery shares nothing. ${AGAIN}`);
  }
  envelope.verify(signed, permission.pk);
  if (!permission.sharing.to.some((mid) => sameBytes(mid, key.mid))) {
    throw notForUs(`The reporter did not name you in this statement. ${AGAIN}`);
  }
  return { permission, sharing: permission.sharing };
}

/** Decrypt a file that has one stanza; a second would be for a reader who was not named. */
async function openOne(sealed: Bytes, key: ReaderKey): Promise<Bytes> {
  if (countStanzas(sealed) !== 1) {
    throw tampered(`A file in this delivery is sealed to others besides you. ${AGAIN}`);
  }
  return decrypt(sealed, key.identity);
}

async function openFiles(
  files: readonly Sealed[],
  sharing: ReadTerms,
  key: ReaderKey,
): Promise<Opened[]> {
  const hashes = new Map(sharing.items.map(([item, hash]) => [hex(item), hash]));
  if (files.length !== hashes.size || !files.every(({ item }) => hashes.has(hex(item)))) {
    throw tampered(`This delivery has other files than its reporter signed. ${AGAIN}`);
  }
  for (const { item, sealed } of files) {
    if (!sameBytes(sha256(split(sealed).payload), hashes.get(hex(item))!)) {
      throw tampered(`A file in this delivery is not the one that was signed. ${AGAIN}`);
    }
  }
  const opened: Opened[] = [];
  for (const { item, sealed } of files) {
    opened.push({ item, document: decodeDocument(await openOne(sealed, key)) });
  }
  return opened;
}

function theReport(documents: readonly Opened[]): Opened {
  const [report, ...others] = documents.filter(({ document }) => document.kind === "report");
  if (!report || others.length) {
    throw tampered(`This delivery does not hold exactly one report. ${AGAIN}`);
  }
  return report;
}

function checkReport(report: Opened, permission: Permission, sharing: ReadTerms): void {
  const { extra } = report.document;
  if (extra.get("id") !== hex(report.item)) {
    throw tampered(`The report in this delivery names itself as another one. ${AGAIN}`);
  }
  if (!isList(extra.get("may"), sharing.may)) {
    throw tampered(`The report allows other things than its reporter signed. ${AGAIN}`);
  }
  if (!sameBytes(caseName(boxOf(extra.get("box"))), permission.case)) {
    throw tampered(`An answer to this report would reach somebody else. ${AGAIN}`);
  }
}

function isList(value: Json | undefined, texts: readonly string[]): boolean {
  return (
    Array.isArray(value) &&
    value.length === texts.length &&
    value.every((each, at) => each === texts[at])
  );
}

function boxOf(value: Json | undefined): Bytes {
  const written = typeof value === "string" ? value : typeof value === "number" ? `${value}` : "";
  const box = value === undefined ? fromBase64("None") : fromBase64(written);
  if (box === null || Array.isArray(value)) {
    throw unreadable(`The report does not say where an answer goes. ${AGAIN}`);
  }
  return box;
}

function textOf(report: Document): string {
  const text = report.media === "text/plain" ? utf8Text(report.body) : null;
  if (text === null) throw unreadable(`The report is not text. ${AGAIN}`);
  return text;
}

function attachmentsOf(report: Opened, documents: readonly Opened[]): Attachment[] {
  const names = fileNames(report.document.extra.get("files"));
  const others = documents.filter(({ item }) => !sameBytes(item, report.item));
  if (names.size !== others.length || !others.every(({ item }) => names.has(hex(item)))) {
    throw tampered(`The report lists other files than this delivery holds. ${AGAIN}`);
  }
  if (others.some(({ document }) => document.kind !== "attachment")) {
    throw tampered(`This delivery holds something that is no file of the report. ${AGAIN}`);
  }
  return others.map(({ item, document }) => ({
    name: names.get(hex(item))!,
    media: document.media,
    body: document.body,
  }));
}

function fileNames(listed: Json | undefined): Map<string, string> {
  const names = new Map<string, string>();
  const files: readonly Json[] = Array.isArray(listed) ? listed : listed === undefined ? [] : [listed as Json];
  for (const each of files) {
    const [item, name] = Array.isArray(each) && each.length === 2 ? each : [];
    if (typeof item !== "string" || typeof name !== "string") {
      throw unreadable(`The report's list of files is malformed. ${AGAIN}`);
    }
    names.set(item, name);
  }
  return names;
}

const textsOf = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
