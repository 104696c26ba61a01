/** The page: a key is unlocked, files are opened with it one after the other, and it locks again. */

import { isAgeFile } from "../core/age_header.ts";
import type { Bytes } from "../core/bytes.ts";
import { openDelivery } from "../core/delivery.ts";
import { openInvitation } from "../core/invitation.ts";
import { type Described, formatCard } from "../core/card.ts";
import { type ReaderKey, openKeyFile } from "../core/key_file.ts";
import { type MadeKeys, asOffered, checkPassphrase, makeKeys } from "../core/new_key.ts";
import { Refusal } from "../core/refusals.ts";
import { drawPassphrase, fingerprintWords } from "../core/words.ts";
import { button, element, paragraph, saveFile } from "./dom.ts";
import { isCard, isKeyFile } from "./file_kinds.ts";
import { watchIdle } from "./idle.ts";
import { cardScreen, makeScreen, saveScreen, tryScreen } from "./key_screens.ts";
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
/** Keys that were just made, sealed, until they were opened from the file that was saved. */
let untried: MadeKeys | null = null;
/** Counts locks, so that what was begun before one shows nothing after it. */
let locks = 0;

function start(): void {
  lockButton.hidden = true;
  const header = element("header", {}, element("h1", {}, TEXTS.title), lockButton);
  document.body.replaceChildren(header, status, alert, main);
  show(unlockScreen(unlock, makeNew), false);
  watchIdle(idle);
  addEventListener("beforeunload", (event) => untried && event.preventDefault());
  addEventListener("pagehide", () => lock(untried ? TEXTS.tryOut.gone : TEXTS.locked));
}

/** Leave nothing on the page that others may read; keys that wait to be saved are sealed, and stay. */
function idle(): void {
  const typed = [...main.querySelectorAll("input")].some((each) => each.value && each.type !== "checkbox");
  if (untried && typed) tryOut(untried);
  else if (!untried && (secret || typed)) lock(TEXTS.lockedIdle);
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
  untried = null;
  secret = false;
  locks += 1;
  lockButton.hidden = true;
  main.inert = false;
  show(unlockScreen(unlock, makeNew));
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
  failed: string = TEXTS.failed,
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
    if (begun === locks) refuse(...reasons(error, failed));
  } finally {
    if (begun === locks) {
      main.inert = false;
      main.querySelector("h2")?.focus();
    }
  }
}

function reasons(error: unknown, failed: string): [string, string] {
  if (error instanceof Refusal) return [TEXTS.refused, error.message];
  return [failed, ""];
}

async function bytesOf(file: File): Promise<Bytes> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch {
    throw new Refusal("Unreadable", TEXTS.unreadable);
  }
}

function unlock(file: File | undefined, passphrase: string): void {
  openKey(file, passphrase, (opened) => {
    unlocked(opened);
    choose();
  });
}

function openKey(
  file: File | undefined,
  passphrase: string,
  done: (opened: ReaderKey) => void,
): void {
  if (!file) return refuse(TEXTS.unlock.noFile);
  if (!passphrase) return refuse(TEXTS.unlock.noPassphrase);
  const open = async (): Promise<ReaderKey> => {
    const data = await bytesOf(file);
    if (isCard(data)) throw new Refusal("Unreadable", TEXTS.unlock.isCard);
    return openKeyFile(data, passphrase);
  };
  void work(TEXTS.unlock.working, open, done);
}

function unlocked(opened: ReaderKey): void {
  key = opened;
  secret = true;
  lockButton.hidden = false;
}

const choose = (): void => show(chooseScreen(open, showCard, remembers()));

function makeNew(): void {
  untried = null;
  secret = true;
  const close = (): void => {
    secret = false;
    show(unlockScreen(unlock, makeNew));
  };
  const make = (typed: string, offered: string): void =>
    taken(() => {
      const passphrase = asOffered(typed, offered);
      checkPassphrase(passphrase);
      void work(TEXTS.make.working, () => makeKeys(passphrase), save, TEXTS.make.failed);
    });
  show(makeScreen(drawPassphrase, make, close));
}

/** The keys themselves are gone by now: they come back from the saved file, or not at all. */
function save(made: MadeKeys): void {
  secret = false;
  untried = made;
  const act = (name: string): void => {
    saveFile(name, made.file as BlobPart);
    status.replaceChildren(paragraph(TEXTS.save.saving));
  };
  show(saveScreen(act, () => tryOut(made)));
}

function tryOut(made: MadeKeys): void {
  const tried = (opened: ReaderKey): void => {
    if (opened.recipient !== made.recipient) return refuse(TEXTS.tryOut.others);
    untried = null;
    unlocked(opened);
    showCard();
    status.replaceChildren(paragraph(TEXTS.tryOut.open));
  };
  const act = (file: File | undefined, typed: string): void => openKey(file, typed, tried);
  show(tryScreen(act, () => save(made), makeNew));
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
  if (isKeyFile(data)) throw new Refusal("Unreadable", TEXTS.choose.isKey);
  if (isCard(data)) throw new Refusal("Unreadable", TEXTS.choose.isCard);
  if (isAgeFile(data)) return invitationScreen(await openInvitation(data, reader), choose);
  const report = await openDelivery(data, reader, await loadNotebook(reader));
  await saveNotebook(report.notebook, reader);
  return reportScreens(report, show, choose);
}

start();
