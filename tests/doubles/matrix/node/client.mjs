// People's clients, many in one process: matrix-js-sdk with the cryptography that Element uses.
//
// One JSON object a line. In: {id, client, do, ...}; out: {id, ok} or {id, error}, and what each
// client sees as it sees it: {client, event}, {client, state}, {client, hint}. An event is told
// again whenever something about it changed (read at last, edited, redacted).

import readline from "node:readline";

// Libraries talk to the console; the protocol has standard output for itself.
for (const level of ["log", "info", "debug", "trace"]) console[level] = () => {};
console.warn = console.error;
const quiet = { trace() {}, debug() {}, info() {}, log() {}, warn() {}, error: console.error, getChild: () => quiet };

const sdk = await import("matrix-js-sdk");
const { AllDevicesIsolationMode, CryptoEvent, DecryptionFailureCode, EventShieldColour, EventShieldReason, OnlySignedDevicesIsolationMode } =
  await import("matrix-js-sdk/lib/crypto-api/index.js");

const PATIENCE = 20_000;
const MOST_EVENTS = 1000;
const clients = new Map();
const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function until(what, ready) {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await sleep(10)) {
    const found = await ready();
    if (found) return found;
  }
  throw new Error(`${what}: not within ${PATIENCE} ms`);
}

// What is told

async function shieldOf(crypto, event) {
  const info = event.isEncrypted() && !event.isRedacted() && (await crypto.getEncryptionInfoForEvent(event));
  if (!info || info.shieldColour === EventShieldColour.NONE) return "";
  return `${EventShieldColour[info.shieldColour]} ${EventShieldReason[info.shieldReason] ?? ""}`;
}

async function described(client, crypto, event) {
  // A key that comes in the same answer of the server is no failure, and what comes later is told later.
  await client.decryptEventIfNeeded(event);
  return {
    room: event.getRoomId(),
    id: event.getId(),
    sender: event.getSender(),
    type: event.getType(),
    content: event.getContent(),
    relation: event.getRelation()?.rel_type ?? "",
    encrypted: event.isEncrypted(),
    edited: Boolean(event.replacingEvent()),
    redacted: event.isRedacted(),
    unreadable: event.isDecryptionFailure() ? String(event.decryptionFailureReason) : "",
    shield: await shieldOf(crypto, event),
    at: event.getTs(),
  };
}

function listen(name, client, crypto) {
  // One after the other, so that what is told last of an event is true.
  let telling = Promise.resolve();
  const report = (event) => {
    telling = telling.then(async () => tell({ client: name, event: await described(client, crypto, event) })).catch(console.error);
  };
  const known = (event) => !event.isState() && !event.getId().startsWith("~");
  client.on("Room.timeline", (event, room, toStart) => !toStart && known(event) && report(event));
  client.on("Event.decrypted", (event) => known(event) && report(event));
  client.on("Event.replaced", report);
  client.on("Room.redaction", (event, room) => {
    const target = room.findEventById(event.getAssociatedId());
    if (target && !target.isState()) report(target);
  });
  client.on("RoomState.events", (event) =>
    tell({ client: name, state: { room: event.getRoomId(), type: event.getType(), key: event.getStateKey(), content: event.getContent(), sender: event.getSender() } }));
  client.on("Room.myMembership", (room, membership) =>
    tell({ client: name, state: { room: room.roomId, type: "m.room.member", key: client.getUserId(), content: { membership }, sender: "" } }));
  client.on(CryptoEvent.DevicesUpdated, (users) => retry(client, crypto, users));
  // Not "Room.receipt": this library makes receipts up as well, for whoever wrote something.
  const hint = (kind, sender) => tell({ client: name, hint: { kind, sender } });
  client.on("event", (event) => {
    if (event.getType() === "m.typing") for (const user of event.getContent().user_ids) hint("typing", user);
    if (event.getType() !== "m.receipt") return;
    const readers = Object.values(event.getContent()).flatMap((kinds) => Object.values(kinds).flatMap(Object.keys));
    for (const user of new Set(readers)) hint("receipt", user);
  });
}

// A message may come before its sender's devices are known here. Element X tries it again when they are, and Element
// when it is opened again; this library itself gives it up for as long as it runs.
const DISTRUSTED = [DecryptionFailureCode.UNKNOWN_SENDER_DEVICE, DecryptionFailureCode.UNSIGNED_SENDER_DEVICE];

function retry(client, crypto, users) {
  const due = (event) =>
    users.includes(event.getSender()) && (event.isBeingDecrypted() || DISTRUSTED.includes(event.decryptionFailureReason));
  const events = client.getRooms().flatMap((room) => room.getLiveTimeline().getEvents());
  for (const event of events.filter(due)) event.attemptDecryption(crypto, { isRetry: true }).catch(console.error);
}

// What is sent

const passing = (error) => error.name === "ConnectionError" || error.httpStatus === 429 || error.httpStatus >= 500;

// As the apps do: the same event with the same transaction id, until the server has taken it. If
// only the answer was lost, the event itself may come back first.
async function send(client, room, type, content) {
  const txn = client.makeTxnId();
  const mine = (events) => events?.find((event) => event.getTxnId() === txn);
  const pending = () => mine(client.getRoom(room)?.getPendingEvents());
  const arrived = () => mine(client.getRoom(room)?.getLiveTimeline().getEvents())?.getId();
  let attempt = () => client.sendEvent(room, null, type, content, txn);
  for (const end = Date.now() + PATIENCE; ; await sleep(300)) {
    try {
      return arrived() ?? (await attempt()).event_id;
    } catch (error) {
      const event = pending();
      if (!event && arrived()) return arrived();
      if (event && (!passing(error) || Date.now() > end)) client.cancelPendingEvent(event);
      if (!event || !passing(error) || Date.now() > end) throw error;
      attempt = () => client.resendEvent(event, client.getRoom(room));
    }
  }
}

const base64 = (bytes) => Buffer.from(bytes).toString("base64").replaceAll("=", "");
const sha256 = async (bytes) => base64(await crypto.subtle.digest("SHA-256", bytes));
const counter = (iv) => ({ name: "AES-CTR", counter: iv, length: 64 });

async function upload(client, bytes, encrypted) {
  const stored = async (data) => (await client.uploadContent(new Blob([data]), { includeFilename: false, type: "application/octet-stream" })).content_uri;
  if (!encrypted) return { url: await stored(bytes) };
  const key = await crypto.subtle.generateKey({ name: "AES-CTR", length: 256 }, true, ["encrypt", "decrypt"]);
  const iv = new Uint8Array(16);
  crypto.getRandomValues(iv.subarray(0, 8));
  const hidden = await crypto.subtle.encrypt(counter(iv), key, bytes);
  const file = { v: "v2", key: await crypto.subtle.exportKey("jwk", key), iv: base64(iv), hashes: { sha256: await sha256(hidden) } };
  return { file: { ...file, url: await stored(hidden) } };
}

async function download(client, { url, file }) {
  const source = client.mxcUrlToHttp(file?.url ?? url, undefined, undefined, undefined, false, true, true);
  const answer = await fetch(source, { headers: { Authorization: `Bearer ${client.getAccessToken()}` } });
  if (!answer.ok) throw new Error(`no file: ${answer.status}`);
  const bytes = await answer.arrayBuffer();
  if (!file) return bytes;
  if ((await sha256(bytes)) !== file.hashes.sha256) throw new Error("another file than was sent");
  const key = await crypto.subtle.importKey("jwk", file.key, "AES-CTR", false, ["decrypt"]);
  return crypto.subtle.decrypt(counter(Buffer.from(file.iv, "base64")), key, bytes);
}

// What can be asked for

async function start({ client: name, url, user, device, token, password, strict, signed }) {
  const client = sdk.createClient({ baseUrl: url, userId: user, deviceId: device, accessToken: token, logger: quiet, useAuthorizationHeader: true });
  await client.initRustCrypto({ useIndexedDB: false });
  const crypto = client.getCrypto();
  crypto.setDeviceIsolationMode(strict ? new OnlySignedDevicesIsolationMode() : new AllDevicesIsolationMode(false));
  clients.set(name, client);
  listen(name, client, crypto);
  const prepared = new Promise((resolve) => client.on("sync", (state) => state === "PREPARED" && resolve()));
  // Later answers of the server hold ten events of a room unless a filter asks for more; the others would never be told.
  const filter = new sdk.Filter(user);
  filter.setTimelineLimit(MOST_EVENTS);
  await client.startClient({ initialSyncLimit: MOST_EVENTS, filter, pendingEventOrdering: "detached", disablePresence: true });
  await prepared;
  if (!signed) return;
  const auth = { type: "m.login.password", identifier: { type: "m.id.user", user }, password };
  await crypto.bootstrapCrossSigning({ setupNewCrossSigning: true, authUploadDeviceSigningKeys: (request) => request(auth) });
}

// Once it is known here that the room is encrypted, nothing is sent there in clear.
async function entered(client, room, encrypted) {
  const crypto = client.getCrypto();
  await until("the room", async () =>
    client.getRoom(room)?.getMyMembership() === "join" && (!encrypted || (await crypto.isEncryptionEnabledInRoom(room))));
  return room;
}

const EVERY = {
  start,
  stop: ({ client }) => client.stopClient(),
  wake: ({ client }) => client.retryImmediately(),
  async create({ client, options, encrypted }) {
    const state = { type: "m.room.encryption", state_key: "", content: { algorithm: "m.megolm.v1.aes-sha2" } };
    const { room_id } = await client.createRoom({ ...options, initial_state: encrypted ? [state] : [] });
    return entered(client, room_id, encrypted);
  },
  async join({ client, room, encrypted }) {
    await client.joinRoom(room);
    return entered(client, room, encrypted);
  },
  leave: ({ client, room }) => client.leave(room),
  invite: ({ client, room, user }) => client.invite(room, user),
  state: ({ client, room, type, key, content }) => client.sendStateEvent(room, type, content, key),
  send: ({ client, room, type, content }) => send(client, room, type, content),
  redact: async ({ client, room, event }) => (await client.redactEvent(room, event)).event_id,
  upload: ({ client, data, encrypted }) => upload(client, Buffer.from(data, "base64"), encrypted),
  download: async ({ client, content }) => Buffer.from(await download(client, content)).toString("base64"),
  // Cryptography
  rotate: ({ client, room }) => client.getCrypto().forceDiscardSession(room),
  async adopt({ client, other }) {
    const crypto = clients.get(other).getCrypto();
    await crypto.importSecretsBundle(await client.getCrypto().exportSecretsBundle());
    await crypto.crossSignDevice(clients.get(other).getDeviceId());
  },
  async identity({ client, user }) {
    const status = await client.getCrypto().getUserVerificationStatus(user);
    return { known: status.known, verified: status.isVerified(), changed: status.needsUserApproval };
  },
  async devices({ client, user }) {
    const crypto = client.getCrypto();
    const known = (await crypto.getUserDeviceInfo([user], true)).get(user) ?? new Map();
    const status = async (id) => [id, Boolean((await crypto.getDeviceVerificationStatus(user, id))?.signedByOwner)];
    return Object.fromEntries(await Promise.all([...known.keys()].map(status)));
  },
};

async function obey(line) {
  const { id, ...order } = JSON.parse(line);
  try {
    const client = order.do === "start" ? order.client : clients.get(order.client);
    tell({ id, ok: (await EVERY[order.do]({ ...order, client })) ?? null });
  } catch (error) {
    tell({ id, error: `${error.errcode ?? error.name}: ${error.message}` });
  }
}

// A server that a test breaks leaves promises behind that nobody waits for.
process.on("unhandledRejection", (error) => console.error("nobody waited for", error?.message));
const input = readline.createInterface({ input: process.stdin });
input.on("line", obey);
input.on("close", () => process.exit(0));
