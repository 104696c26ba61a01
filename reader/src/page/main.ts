/** The page: a key is unlocked, files are opened with it one after the other, and it locks again. */

import { isAgeFile } from "../core/age_header.ts";
import type { Bytes } from "../core/bytes.ts";
import { openDelivery } from "../core/delivery.ts";
import { openInvitation } from "../core/invitation.ts";
import { type ReaderKey, openKeyFile } from "../core/key_file.ts";
import { Refusal } from "../core/refusals.ts";
import { button, element, paragraph } from "./dom.ts";
import { watchIdle } from "./idle.ts";
import { loadNotebook, remembers, saveNotebook } from "./memory.ts";
import { type Screen, chooseScreen, invitationScreen, reportScreens, unlockScreen } from "./screens.ts";
import { TEXTS } from "./texts.ts";

const main = element("main");
const status = element("div", { role: "status", id: "status" });
const alert = element("div", { role: "alert", id: "alert" });
const lockButton = button(TEXTS.lockNow, () => lock(TEXTS.locked));

let key: ReaderKey | null = null;
/** Counts locks, so that what was begun before one shows nothing after it. */
let locks = 0;

function start(): void {
  lockButton.hidden = true;
  const header = element("header", {}, element("h1", {}, TEXTS.title), lockButton);
  document.body.replaceChildren(header, status, alert, main);
  show(unlockScreen(unlock), false);
  watchIdle(() => key && lock(TEXTS.lockedIdle));
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
  locks += 1;
  lockButton.hidden = true;
  show(unlockScreen(unlock));
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
    lockButton.hidden = false;
    choose();
  });
}

const choose = (): void => show(chooseScreen(open, remembers()));

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
