/**
 * A report's text in the order in which it is to be read: the terms, then who it is about, then, behind
 * a notice, what was told. The bot writes these parts one after the other into one text, each under a
 * heading in the readers' language.
 */

import words from "../report_words.json" with { type: "json" };

export type ReportParts = {
  /** What the reporter allows and how to step aside; empty in reports of an older version. */
  readonly terms: string;
  /** Who it is about, if that may be read and has a heading of its own. */
  readonly person: string | null;
  /** Everything behind the notice, who it is about included. */
  readonly told: string;
};

type Words = { readonly notice: string; readonly person: string; readonly story: string };

const LANGUAGES: readonly Words[] = words;
const GAP = "\n\n";

/** Part a text at its notice; nothing of it is lost, and what has no notice is told as a whole. */
export function partReport(text: string, parts: readonly string[]): ReportParts {
  for (const language of LANGUAGES) {
    const notice = `${GAP}${language.notice}${GAP}`;
    const at = text.indexOf(notice);
    if (at >= 0) {
      const told = text.slice(at + notice.length);
      return { terms: text.slice(0, at), person: personIn(told, parts, language), told };
    }
  }
  return { terms: "", person: null, told: text };
}

function personIn(told: string, parts: readonly string[], language: Words): string | null {
  if (!parts.includes("person")) return null;
  const paragraphs = told.split(GAP);
  const start = paragraphs.indexOf(language.person);
  if (start < 0) return null;
  const end = parts.includes("story") ? paragraphs.indexOf(language.story, start) : -1;
  return paragraphs.slice(start + 1, end < 0 ? undefined : end).join(GAP).trimEnd();
}
