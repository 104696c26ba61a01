/** The screens on which a reader makes their keys and their card. */

import type { Described } from "../core/card.ts";
import { button, element, heading, paragraph } from "./dom.ts";
import { type Screen, type Unlock, form, inputField, keyForm, passphraseField } from "./screens.ts";
import { TEXTS } from "./texts.ts";

/** Offer a passphrase, and ask for one; `make` is given both. */
export function makeScreen(
  draw: () => string,
  make: (typed: string, offered: string) => void,
  close: () => void,
): Screen {
  const texts = TEXTS.make;
  let words = draw();
  const offered = paragraph(words, { class: "words", dir: "ltr", lang: "en", "aria-live": "polite" });
  const [passphrase, typed] = passphraseField(texts.passphrase);
  const others = (): void => {
    words = draw();
    offered.replaceChildren(words);
    typed.value = ""; // else the words of before would lock the keys
  };
  const nodes = [
    heading(texts.heading),
    paragraph(texts.explain),
    paragraph(texts.offered),
    offered,
    button(texts.others, others),
    form(texts.button, () => make(typed.value, words), ...passphrase),
    element("div", { class: "acts" }, button(TEXTS.back, close)),
  ];
  return { nodes };
}

/** Have the keys saved; only then they can be tried. */
export function saveScreen(save: (name: string) => void, tryOut: () => void): Screen {
  const texts = TEXTS.save;
  const then = element("div", { class: "acts", hidden: "" }, button(texts.tryOut, tryOut));
  const act = (): void => {
    save(texts.file);
    then.hidden = false;
  };
  const acts = element("div", { class: "acts" }, button(texts.button, act, "main"));
  return { nodes: [heading(texts.heading), paragraph(texts.explain), acts, paragraph(texts.then), then] };
}

/** Have the keys opened that were just made, from the file that was saved. */
export function tryScreen(unlock: Unlock, again: () => void, anew: () => void): Screen {
  const texts = TEXTS.tryOut;
  const nodes = [
    heading(texts.heading),
    paragraph(texts.explain),
    keyForm(texts.button, unlock),
    paragraph(texts.never, { class: "hint" }),
    element("div", { class: "acts" }, button(texts.again, again), button(texts.anew, anew)),
  ];
  return { nodes };
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
