/** A reader's card: a small TOML file without secrets, of which their entry in the roster is made. */

import { toBase64, utf8 } from "./bytes.ts";
import type { ReaderKey } from "./key_file.ts";
import { unreadable } from "./refusals.ts";

/** What a reader says of themselves, as those who report something will see it. */
export type Described = {
  readonly name: string;
  readonly about: string;
  readonly mustPassOn: boolean;
};

const NAME_LIMIT = 32;
const ABOUT_LIMIT = 280;
const NAME = /^[^\p{C}\p{Z}+]+$/u;
const ABOUT = /^([^\p{C}\p{Z}]| )*$/u;

/** Write the card of a key; throw a `Refusal` for a name or a text that cannot stand in a roster. */
export function formatCard(key: ReaderKey, described: Described): string {
  const name = described.name.trim().normalize("NFC");
  const about = described.about.trim();
  if (!NAME.test(name) || [...name].length > NAME_LIMIT) {
    throw unreadable("A name has 1 to 32 letters or digits, without spaces and without +.");
  }
  if (!ABOUT.test(about) || utf8(about).length > ABOUT_LIMIT) {
    throw unreadable("The text about a reader is one line of at most 280 bytes; shorten it.");
  }
  return `\
# The card of a commission member. Nothing in it is secret: send it to whoever keeps the roster.
# You may change the last two lines.

name = ${JSON.stringify(name)}
age = "${key.recipient}"
sign = "${toBase64(key.signingKey)}"

# Who you are, in a sentence or two, as those who report something will see it.
about = ${JSON.stringify(about)}
# true if the law or your office obliges you to pass on what you are told.
must_pass_on = ${described.mustPassOn}
`;
}
