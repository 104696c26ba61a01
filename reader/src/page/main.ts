/** The page: a key is unlocked, files are opened with it one after the other, and it locks again. */

import { isAgeFile } from "../core/age_header.ts";
import type { Bytes } from "../core/bytes.ts";
import { openDelivery } from "../core/delivery.ts";
import { openInvitation } from "../core/invitation.ts";
import { type Described, formatCard } from "../core/card.ts";
import { type ReaderKey, openKeyFile } from "../core/key_file.ts";
import { checkPassphrase, makeKeyFile } from "../core/new_key.ts";
import { Refusal } from "../core/refusals.ts";
import { drawPassphrase, fingerprintWords } from "../core/words.ts";
import { button, element, paragraph, saveFile } from "./dom.ts";
import { watchIdle } from "./idle.ts";
import { cardScreen, makeScreen, saveScreen } from "./key_screens.ts";
import { loadNotebook, remembers, saveNotebook } from "./memory.ts";
import { type Screen, chooseScreen, invitationScreen, reportScreens, unlockScreen } from "./screens.ts";
import { TEXTS } from "./texts.ts";

const main = element("main");
const status = element("div", { role: "status", id: "status" });
const alert = element("div", { role: "alert", id: "alert" });
const lockButton = button(TEXTS.lockNow, () => lock(TEXTS.locked));

let key: ReaderKey | null = null;
/** Whether a passphrase may stand on the page, or a key is unlocked. */
let secret = false;
/** Counts locks, so that what was begun before one shows nothing after it. */
let locks = 0;

function start(): void {
  lockButton.hidden = true;
  const header = element("header", {}, element("h1", {}, TEXTS.title), lockButton);
  document.body.replaceChildren(header, status, alert, main);
  show(unlockScreen(unlock, makeKeys), false);
  watchIdle(() => secret && lock(TEXTS.lockedIdle));
  addEventListener("pagehide", () => lock(TEXTS.locked));
}

function show(next: Screen, focus = true): void {
  status.replaceChildren();
  alert.replaceChildren();
  main.replaceChildren(...next.nodes);
  scrollTo(0, 0);
  if (focus) main.querySelector("h2")?.focus();
}

function lock(reason: string): void {
  key = null;
  secret = false;
  locks += 1;
  lockButton.hidden = true;
  show(unlockScreen(unlock, makeKeys));
  status.replaceChildren(paragraph(reason));
}

function refuse(sentence: string, detail = ""): void {
  status.replaceChildren();
  alert.replaceChildren(paragraph(sentence), ...(detail ? [paragraph(detail)] : []));
}

/** Do something that takes long, unless the page is locked before it is done. */
async function work<Result>(
  said: string,
  act: () => Promise<Result>,
  done: (result: Result) => void,
): Promise<void> {
  const begun = locks;
  alert.replaceChildren();
  status.replaceChildren(paragraph(said));
  main.inert = true;
  await new Promise((painted) => setTimeout(painted, 50));
  try {
    const result = await act();
    if (begun === locks) done(result);
  } catch (error) {
    if (begun === locks) refuse(...reasons(error));
  } finally {
    main.inert = false;
    if (begun === locks) main.querySelector("h2")?.focus();
  }
}

function reasons(error: unknown): [string, string] {
  if (error instanceof Refusal) return [TEXTS.refused, error.message];
  return [TEXTS.failed, ""];
}

async function bytesOf(file: File): Promise<Bytes> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new Refusal("Unreadable", TEXTS.unreadable);
  }
}

function unlock(file: File | undefined, passphrase: string): void {
  if (!file) return refuse(TEXTS.unlock.noFile);
  if (!passphrase) return refuse(TEXTS.unlock.noPassphrase);
  const open = async (): Promise<ReaderKey> => openKeyFile(await bytesOf(file), passphrase);
  void work(TEXTS.unlock.working, open, (opened) => {
    key = opened;
    secret = true;
    lockButton.hidden = false;
    choose();
  });
}

const choose = (): void => show(chooseScreen(open, showCard, remembers()));

function makeKeys(): void {
  secret = true;
  const close = (): void => {
    secret = false;
    show(unlockScreen(unlock, makeKeys));
  };
  const make = (passphrase: string): void =>
    taken(() => {
      checkPassphrase(passphrase);
      void work(TEXTS.make.working, () => makeKeyFile(passphrase), made);
    });
  show(makeScreen(drawPassphrase, make, close));
}

/** The keys themselves are gone by now: they come back from the saved file, or not at all. */
function made(file: Bytes): void {
  secret = false; // or they would be gone when somebody looks for a stick
  const tryOut = (): void => show(unlockScreen(unlock, makeKeys, TEXTS.unlock.tryOut));
  show(saveScreen(file, tryOut));
}

function showCard(): void {
  const reader = key;
  if (reader) show(cardScreen(fingerprintWords(reader.mid), (said) => saveCard(reader, said), choose));
}

const saveCard = (reader: ReaderKey, described: Described): void =>
  taken(() => {
    saveFile(`${described.name.trim()}.card.toml`, formatCard(reader, described));
    alert.replaceChildren();
    status.replaceChildren(paragraph(TEXTS.card.saved));
  });

/** Take what was filled in, or say what is wrong with it. */
function taken(act: () => void): void {
  try {
    act();
  } catch (error) {
    refuse(error instanceof Refusal ? error.message : TEXTS.failed);
  }
}

function open(file: File): void {
  const reader = key;
  if (reader) void work(TEXTS.choose.working, () => opened(file, reader), show);
}

async function opened(file: File, reader: ReaderKey): Promise<Screen> {
  const data = await bytesOf(file);
  if (isAgeFile(data)) return invitationScreen(await openInvitation(data, reader), choose);
  const report = await openDelivery(data, reader, await loadNotebook(reader));
  await saveNotebook(report.notebook, reader);
  return reportScreens(report, show, choose);
}

start();
