/** Keeps the notebook of a key in this browser, sealed to that key. Nothing else is ever kept. */

import { type Bytes, fromBase64, toBase64 } from "../core/bytes.ts";
import type { ReaderKey } from "../core/key_file.ts";
import { EMPTY, type Notebook, openNotebook, sealNotebook } from "../core/notebook.ts";

const placeOf = (key: ReaderKey): string => `holdfast.notebook.${key.fingerprint}`;

/** Tell whether this browser keeps what is given to it. */
export function remembers(): boolean {
  try {
    localStorage.setItem("holdfast.probe", "1");
    localStorage.removeItem("holdfast.probe");
    return true;
  } catch {
    return false;
  }
}

export async function loadNotebook(key: ReaderKey): Promise<Notebook> {
  const kept = remembers() ? localStorage.getItem(placeOf(key)) : null;
  return kept === null ? EMPTY : openNotebook(fromBase64(kept) ?? new Uint8Array(), key);
}

export async function saveNotebook(notebook: Notebook, key: ReaderKey): Promise<void> {
  if (!remembers()) return;
  const sealed: Bytes = await sealNotebook(notebook, key);
  localStorage.setItem(placeOf(key), toBase64(sealed));
}
