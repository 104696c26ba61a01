/** Text of other people, without what would change how the text around it is shown. */

const LINE_ENDS = /\r\n?/g;
/** Control characters and line separators, and those that change the direction of writing. */
const HARMFUL = /(?![\n\t])[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

export function printable(text: string): string {
  return text.replace(LINE_ENDS, "\n").replace(HARMFUL, "");
}
