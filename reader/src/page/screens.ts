/** The screens, one after the other; each is made anew and thrown away with what it shows. */

import type { OpenedReport } from "../core/delivery.ts";
import type { Invitation } from "../core/invitation.ts";
import { printable } from "../core/printable.ts";
import { type ReportParts, partReport } from "../core/report_parts.ts";
import { button, element, foreign, heading, list, paragraph } from "./dom.ts";
import { TEXTS } from "./texts.ts";

export type Screen = { readonly nodes: readonly Node[] };

const screen = (...nodes: readonly Node[]): Screen => ({ nodes });

/** An input for one line or a file, with its label and a hint. */
export function inputField(
  type: "file" | "text",
  id: string,
  label: string,
  hint: string,
): [HTMLElement, HTMLInputElement] {
  const described = { "aria-describedby": `${id}-hint`, autocomplete: "off" };
  const input = element("input", { type, id, ...described });
  const field = element(
    "div",
    { class: "field" },
    element("label", { for: id }, label),
    paragraph(hint, { id: `${id}-hint`, class: "hint" }),
    input,
  );
  return [field, input];
}

/** A field for a passphrase, with a tick that shows what is typed. */
export function passphraseField(label: string): [HTMLElement[], HTMLInputElement] {
  const input = element("input", {
    ...{ type: "password", id: "passphrase", autocomplete: "off" },
    ...{ autocapitalize: "none", autocorrect: "off", spellcheck: "false" },
  });
  const show = element("input", { type: "checkbox", id: "show" });
  show.addEventListener("change", () => {
    input.type = show.checked ? "text" : "password";
  });
  const field = element("div", { class: "field" }, element("label", { for: "passphrase" }, label), input);
  return [[field, element("label", { class: "tick" }, show, element("span", {}, TEXTS.unlock.show))], input];
}

/** A form whose button, or the enter key, acts. */
export function form(label: string, act: () => void, ...fields: readonly Node[]): HTMLFormElement {
  const submit = element("button", { type: "submit", class: "main" }, label);
  const made = element("form", {}, ...fields, submit);
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    act();
  });
  return made;
}

export type Unlock = (file: File | undefined, passphrase: string) => void;

/** A form for the key file and its passphrase. */
export function keyForm(label: string, unlock: Unlock): HTMLFormElement {
  const texts = TEXTS.unlock;
  const [file, chosen] = inputField("file", "key", texts.file, texts.fileHint);
  const [passphrase, typed] = passphraseField(texts.passphrase);
  return form(label, () => unlock(chosen.files?.[0], typed.value), file, ...passphrase);
}

/** Ask for the key file and its passphrase. */
export function unlockScreen(unlock: Unlock, makeKeys: () => void): Screen {
  const texts = TEXTS.unlock;
  return screen(
    heading(texts.heading),
    paragraph(TEXTS.alone),
    keyForm(texts.button, unlock),
    element("div", { class: "field" }, paragraph(texts.noKey), button(texts.makeKey, makeKeys)),
  );
}

/** Ask for a delivery. */
export function chooseScreen(
  open: (file: File) => void,
  showCard: () => void,
  remembers: boolean,
): Screen {
  const texts = TEXTS.choose;
  const [file, chosen] = inputField("file", "delivery", texts.file, texts.fileHint);
  chosen.addEventListener("change", () => {
    const delivery = chosen.files?.[0];
    chosen.value = "";
    if (delivery) open(delivery);
  });
  const warning = remembers ? [] : [paragraph(texts.forgets, { class: "warning" })];
  return screen(heading(texts.heading), ...warning, file, button(texts.card, showCard));
}

export function invitationScreen(invitation: Invitation, close: () => void): Screen {
  const texts = TEXTS.invitation;
  return screen(
    heading(texts.heading),
    paragraph(printable(invitation.digits), { class: "digits", dir: "ltr" }),
    paragraph(texts.instruct),
    paragraph(texts.platform),
    foreign(invitation.platform),
    paragraph(texts.account),
    foreign(invitation.account),
    button(TEXTS.close, close),
  );
}

/** Show a report screen by screen: terms, who it is about, the notice, what was told. */
export function reportScreens(
  report: OpenedReport,
  show: (next: Screen) => void,
  close: () => void,
): Screen {
  const parts = partReport(report.text, report.parts);
  const story = (): void => show(storyScreen(report, parts, close));
  const notice = (): void => show(noticeScreen(parts, story, close));
  const person = (): void => show(personScreen(parts.person ?? "", notice, close));
  return termsScreen(report, parts, parts.person === null ? notice : person, close);
}

const maySentences = (report: OpenedReport): string[] =>
  report.may.map((token) => TEXTS.may[token] ?? token);

function allowed(report: OpenedReport): Node[] {
  return [paragraph(TEXTS.terms.decided), list(maySentences(report))];
}

function termsScreen(
  report: OpenedReport,
  parts: ReportParts,
  next: () => void,
  close: () => void,
): Screen {
  const texts = TEXTS.terms;
  const theirs = parts.terms
    ? [element("h3", {}, texts.theirs), foreign(parts.terms)]
    : [element("h3", {}, TEXTS.person.howTo), list(TEXTS.person.steps, "ol")];
  return screen(
    heading(texts.heading),
    ...allowed(report),
    ...theirs,
    element("div", { class: "acts" }, button(texts.next, next, "main"), button(TEXTS.close, close)),
  );
}

function personScreen(person: string, next: () => void, close: () => void): Screen {
  const texts = TEXTS.person;
  return screen(
    heading(texts.heading),
    foreign(person),
    paragraph(texts.ask, { class: "ask" }),
    element("h3", {}, texts.howTo),
    list(texts.steps, "ol"),
    paragraph(texts.noCommand),
    element("div", { class: "acts" }, button(texts.close, close, "main"), button(texts.next, next)),
  );
}

function noticeScreen(parts: ReportParts, next: () => void, close: () => void): Screen {
  const texts = TEXTS.notice;
  const unnamed = parts.person === null ? [paragraph(texts.noPerson, { class: "ask" })] : [];
  return screen(
    heading(texts.heading),
    paragraph(texts.notice),
    ...unnamed,
    element("div", { class: "acts" }, button(texts.next, next, "main"), button(TEXTS.close, close)),
  );
}

function storyScreen(report: OpenedReport, parts: ReportParts, close: () => void): Screen {
  const texts = TEXTS.story;
  const files = report.attachments.flatMap((file) => [paragraph(texts.file), foreign(file.name)]);
  return screen(
    heading(texts.heading),
    element("div", { class: "limits" }, ...allowed(report)),
    foreign(parts.told),
    ...files,
    paragraph(texts.printHint, { class: "hint" }),
    element(
      "div",
      { class: "acts" },
      button(TEXTS.close, close, "main"),
      button(texts.print, () => print()),
    ),
  );
}
