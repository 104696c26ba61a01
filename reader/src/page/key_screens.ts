/** The screens on which a reader makes their keys and their card. */

import type { Bytes } from "../core/bytes.ts";
import type { Described } from "../core/card.ts";
import { button, element, heading, paragraph, saveFile } from "./dom.ts";
import { type Screen, form, inputField, passphraseField } from "./screens.ts";
import { TEXTS } from "./texts.ts";

/** Offer a passphrase, and ask for one. */
export function makeScreen(
  draw: () => string,
  make: (passphrase: string) => void,
  close: () => void,
): Screen {
  const texts = TEXTS.make;
  const offered = paragraph(draw(), { class: "words", dir: "ltr", lang: "en" });
  const others = (): void => offered.replaceChildren(draw());
  const [passphrase, typed] = passphraseField(texts.passphrase);
  const asked = form(texts.button, () => make(typed.value), ...passphrase);
  const nodes = [
    heading(texts.heading),
    paragraph(texts.explain),
    paragraph(texts.offered),
    offered,
    button(texts.others, others),
    asked,
    element("div", { class: "acts" }, button(TEXTS.back, close)),
  ];
  return { nodes };
}

/** Have the keys saved; only then they can be tried. */
export function saveScreen(file: Bytes, tryOut: () => void): Screen {
  const texts = TEXTS.save;
  const then = element("div", { class: "acts", hidden: "" }, button(texts.tryOut, tryOut));
  const save = (): void => {
    saveFile(texts.file, file as BlobPart);
    then.hidden = false;
  };
  const acts = element("div", { class: "acts" }, button(texts.button, save, "main"));
  return { nodes: [heading(texts.heading), paragraph(texts.explain), acts, paragraph(texts.then), then] };
}

/** Ask what stands on the card, and show the words by which it is compared. */
export function cardScreen(
  words: readonly string[],
  save: (described: Described) => void,
  close: () => void,
): Screen {
  const texts = TEXTS.card;
  const [name, named] = inputField("text", "name", texts.name, texts.nameHint);
  const [about, described] = inputField("text", "about", texts.about, texts.aboutHint);
  const must = element("input", { type: "checkbox", id: "must" });
  const tick = element("label", { class: "tick" }, must, element("span", {}, texts.mustPassOn));
  const act = (): void =>
    save({ name: named.value, about: described.value, mustPassOn: must.checked });
  const nodes = [
    heading(texts.heading),
    paragraph(texts.explain),
    form(texts.button, act, name, about, tick),
    element("h3", {}, texts.words),
    paragraph(words.join(" "), { class: "words", dir: "ltr", lang: "en" }),
    element("div", { class: "acts" }, button(TEXTS.back, close)),
  ];
  return { nodes };
}
