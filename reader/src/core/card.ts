/** A reader's card: a small TOML file without secrets, of which their entry in the roster is made. */

import refused from "../refused_names.json" with { type: "json" };
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
const NAME = /^[^\p{C}\p{Z}\p{Default_Ignorable_Code_Point}+]+$/u;
const ABOUT = /^([^\p{C}\p{Z}]| )*$/u;
/** Alphabets of which letters are drawn alike: a name in two of them can look like another one. */
const ALPHABETS = [/\p{Script=Latin}/u, /\p{Script=Cyrillic}/u, /\p{Script=Greek}/u];

/** Refuse what reporters could not choose by typing it; the roster is checked for more. */
function checkChoosable(name: string): void {
  if (!/\p{L}/u.test(name) || refused.names.includes(name.toLowerCase())) {
    throw unreadable("The bot takes this name for something else. Choose one that is no number and no such word.");
  }
  if (ALPHABETS.filter((alphabet) => alphabet.test(name)).length > 1) {
    throw unreadable("This name has letters of several alphabets, so it can look like another one. Write it in one.");
  }
}

/** Write the card of a key; throw a `Refusal` for a name or a text that cannot stand in a roster. */
export function formatCard(key: ReaderKey, described: Described): string {
  const name = described.name.trim().normalize("NFC");
  const about = described.about.replace(/[\u00a0\u202f]/gu, " ").trim();
  if (!NAME.test(name) || [...name].length > NAME_LIMIT) {
    throw unreadable("A name has 1 to 32 letters or digits, without spaces and without +.");
  }
  checkChoosable(name);
  if (utf8(about).length > ABOUT_LIMIT) {
    throw unreadable("What you say of yourself is too long. Say it in some 200 letters.");
  }
  if (!ABOUT.test(about)) {
    throw unreadable("What you say of yourself has a sign that cannot stand in the list. Type it anew, without emoji.");
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
