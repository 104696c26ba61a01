/** Elements of the page. Text enters them as text only; there is no way in for markup. */

import { printable } from "../core/printable.ts";

/** Browsers take a moment to read what they save. */
const SAVING_MS = 60_000;

type Child = Node | string;
type Attributes = Readonly<Record<string, string>>;

/** Create an element with attributes, and children of which strings become text. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

export const paragraph = (text: string, attributes: Attributes = {}): HTMLParagraphElement =>
  element("p", attributes, text);

/** A heading that takes the focus when its screen is shown. */
export const heading = (text: string): HTMLHeadingElement =>
  element("h2", { tabindex: "-1" }, text);

export function button(text: string, act: () => void, style = ""): HTMLButtonElement {
  const made = element("button", { type: "button", class: style }, text);
  made.addEventListener("click", act);
  return made;
}

/** Let the browser save a file, as it saves what was downloaded. */
export function saveFile(name: string, data: BlobPart): void {
  const address = URL.createObjectURL(new Blob([data]));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), SAVING_MS);
}

export function list(items: readonly string[], tag: "ul" | "ol" = "ul"): HTMLElement {
  return element(tag, {}, ...items.map((item) => element("li", {}, item)));
}

/** What somebody else wrote: text of its own direction, apart from the words of the page. */
export function foreign(text: string): HTMLElement {
  const paragraphs = printable(text).split(/\n{2,}/).filter((each) => each.trim() !== "");
  const shown = paragraphs.map((each) => paragraph(each, { dir: "auto" }));
  return element("div", { class: "theirs" }, ...shown);
}
