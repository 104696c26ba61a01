/**
 * The notebook: what a reader's program remembers of the cases and rosters it has met. It is written
 * sealed to the reader's own key, in the form that the command line writes beside the key file.
 */

import { decrypt, encrypt } from "./age_file.ts";
import { type Bytes, sameBytes } from "./bytes.ts";
import * as cbor from "./cbor.ts";
import type { ReaderKey } from "./key_file.ts";
import { tampered, unreadable } from "./refusals.ts";

export type Pin = { readonly rid: Bytes; readonly pk: Bytes; readonly week: bigint };

export type Notebook = {
  readonly pins: readonly Pin[];
  /** [version, SHA-256 of the text] of the newest roster seen. */
  readonly roster: readonly [bigint, Bytes] | null;
  readonly checkpoints: readonly string[];
  readonly done: readonly Bytes[];
};

export const EMPTY: Notebook = { pins: [], roster: null, checkpoints: [], done: [] };

const WHAT = "The notebook of this key";

/** Pin a case to its signing key; refuse another key than the pinned one. */
export function withCase(notebook: Notebook, rid: Bytes, pk: Bytes, week: bigint): Notebook {
  const pin = notebook.pins.find((each) => sameBytes(each.rid, rid));
  if (pin && !sameBytes(pin.pk, pk)) {
    throw tampered(
      "This story is signed with another key than before: it may come from somebody" +
        " else. It is not opened. Tell the other readers, and ask the reporter.",
    );
  }
  return pin ? notebook : { ...notebook, pins: [...notebook.pins, { rid, pk, week }] };
}

/** Pin a roster if it is newer; refuse another one of the pinned version. */
export function withRoster(notebook: Notebook, version: bigint, digest: Bytes): Notebook {
  const { roster } = notebook;
  if (roster && roster[0] === version && !sameBytes(roster[1], digest)) {
    throw tampered(
      "This delivery names another roster than the one seen before under the same" +
        " number. It is not opened. Compare the roster with the other readers.",
    );
  }
  return roster && roster[0] >= version ? notebook : { ...notebook, roster: [version, digest] };
}

export async function openNotebook(sealed: Bytes, key: ReaderKey): Promise<Notebook> {
  return decodeNotebook(await decrypt(sealed, key.identity));
}

export async function sealNotebook(notebook: Notebook, key: ReaderKey): Promise<Bytes> {
  return encrypt(encodeNotebook(notebook), key.recipient);
}

export function encodeNotebook(notebook: Notebook): Bytes {
  const fields = new Map<string, cbor.Value>([
    ["v", 1n],
    ["pins", notebook.pins.map((pin) => [pin.rid, pin.pk, pin.week])],
    ["cps", notebook.checkpoints],
    ["done", notebook.done],
  ]);
  if (notebook.roster) fields.set("roster", notebook.roster);
  return cbor.encode(fields);
}

export function decodeNotebook(data: Bytes): Notebook {
  const fields = cbor.decodeMap(data, WHAT);
  const [pins, cps, done] = ["pins", "cps", "done"].map((key) => fields.get(key));
  if (!cbor.isArray(pins) || !cbor.isArray(cps) || !cbor.isArray(done)) throw misshapen();
  const notebook: Notebook = {
    pins: pins.map(readPin),
    roster: readRoster(fields.get("roster")),
    checkpoints: cps.filter(cbor.isText),
    done: done.filter(cbor.isBytes),
  };
  if (!sameBytes(encodeNotebook(notebook), data)) throw misshapen();
  return notebook;
}

function readPin(value: cbor.Value): Pin {
  const [rid, pk, week] = cbor.isArray(value) && value.length === 3 ? value : [];
  if (!cbor.isBytes(rid) || !cbor.isBytes(pk) || !cbor.isInteger(week)) throw misshapen();
  return { rid, pk, week };
}

function readRoster(value: cbor.Value | undefined): readonly [bigint, Bytes] | null {
  if (value === undefined) return null;
  const [version, digest] = cbor.isArray(value) && value.length === 2 ? value : [];
  if (!cbor.isInteger(version) || !cbor.isBytes(digest)) throw misshapen();
  return [version, digest];
}

const misshapen = (): Error => unreadable(`${WHAT} has another shape than its format says.`);
