/** Invitations: eight digits in a sealed file, with which a reader links their chat account. */

import { decrypt } from "./age_file.ts";
import type { Bytes } from "./bytes.ts";
import * as cbor from "./cbor.ts";
import { decodeDocument } from "./document.ts";
import type { ReaderKey } from "./key_file.ts";
import { unreadable } from "./refusals.ts";

/** Eight digits, and the one account from which they are to be typed. */
export type Invitation = {
  readonly digits: string;
  readonly platform: string;
  readonly account: string;
};

export async function openInvitation(data: Bytes, key: ReaderKey): Promise<Invitation> {
  const document = decodeDocument(await decrypt(data, key.identity));
  const fields = cbor.decodeMap(document.body, "This invitation");
  const [digits, platform, account] = ["code", "p", "a"].map((name) => fields.get(name));
  if (fields.get("t") !== "join") throw noInvitation();
  if (!cbor.isText(digits) || !cbor.isText(platform) || !cbor.isText(account)) {
    throw noInvitation();
  }
  return { digits, platform, account };
}

const noInvitation = (): Error =>
  unreadable("This file is no invitation. `holdfast member invite` makes one.");
