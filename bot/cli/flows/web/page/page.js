// The edit pane, and what is done with the whole of it. The key of the address is sent with each request.
import { Phone } from "/chat.js";

const token = location.hash.slice(1);
// Out of the address bar, where it could be read over a shoulder, and out of the history.
history.replaceState(null, "", location.pathname);
const $ = (id) => document.getElementById(id);
const WAIT = 400; // milliseconds without a key, after which the text is checked

const state = { name: "", saved: "", stamp: "", playing: "" };
const phones = ["telegram", "matrix"].map((platform) => new Phone(platform, ask, say));
let checking = 0;
let problems = [];

async function ask(act, body = {}) {
  let answer;
  try {
    answer = await fetch(`/api/${act}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Holdfast-Token": token },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Error("The program does not answer any more. Start it again, and copy what you typed first.");
  }
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error);
  return told;
}

function say(text, bad = false) {
  $("status").textContent = text;
  $("status").className = bad ? "bad" : "";
}

// Run an act; whatever goes wrong is said in the status line.
function act(does) {
  return async (...given) => {
    try {
      return await does(...given);
    } catch (error) {
      say(error.message, true);
      return undefined;
    }
  };
}

// --- the edit pane ---

const text = $("text");
const isEdited = () => text.value !== state.saved;

const open = act(async (name) => {
  const file = await ask("open", { name });
  Object.assign(state, { name, saved: file.text, stamp: file.stamp });
  text.value = file.text;
  state.saved = text.value; // a text area has its own line ends
  state.ends = file.text.includes("\r\n") ? "\r\n" : "\n";
  text.setSelectionRange(0, 0);
  text.scrollTop = 0;
  showCheck(file);
  await begin();
});

const written = () => (state.ends === "\r\n" ? text.value.replaceAll("\n", "\r\n") : text.value);

const check = act(async () => {
  const number = ++checking;
  const found = await ask("check", { name: state.name, text: written() });
  if (number === checking) showCheck(found);
});

function showCheck(found) {
  problems = found.problems;
  $("verdict").textContent = found.verdict;
  $("verdict").className = problems.length ? "bad" : "";
  $("figures").replaceChildren(...[...found.figures, ...found.remarks.map(inWords)].map(item));
  showButtons();
  showNumbers();
  showNotes();
}

function showButtons() {
  $("save").disabled = !isEdited();
  $("save").textContent = isEdited() ? "Save" : "Saved";
  $("playing").textContent =
    state.playing && state.playing !== text.value ? "The talk has the words before your last edit." : "";
}

const inWords = (p) => `Line ${p.line}${p.step ? `, step ${p.step}` : ""}: ${p.what}. ${p.cure}`;

function item(words) {
  const made = document.createElement("li");
  made.textContent = words;
  return made;
}

function showNumbers() {
  const bad = new Set(problems.map((p) => p.line));
  const count = text.value.split("\n").length;
  const numbers = [];
  for (let line = 1; line <= count; line += 1) {
    const number = document.createElement(bad.has(line) ? "b" : "span");
    number.textContent = bad.has(line) ? `! ${line}` : `${line}`;
    numbers.push(number, "\n");
  }
  $("numbers").replaceChildren(...numbers);
}

function showNotes() {
  $("notes").parentElement.classList.toggle("good", !problems.length);
  const notes = problems.map((problem) => {
    const note = document.createElement("button");
    note.type = "button";
    note.textContent = inWords(problem);
    note.dataset.line = problem.line;
    note.addEventListener("click", () => goTo(problem.line));
    return note;
  });
  $("notes").replaceChildren(...notes);
  placeNotes();
}

const rowHeight = () => Number.parseFloat(getComputedStyle(text).lineHeight);

// Put each note beside its line, and below the note above it.
function placeNotes() {
  $("numbers").scrollTop = text.scrollTop;
  let free = 4 - text.scrollTop;
  for (const note of $("notes").children) {
    const top = Math.max(free, (note.dataset.line - 1) * rowHeight() - text.scrollTop + 6);
    note.style.top = `${top}px`;
    free = top + note.offsetHeight + 4;
  }
}

function goTo(line) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  text.scrollTop = Math.max(0, (line - 4) * rowHeight());
}

let waiting;
text.addEventListener("input", () => {
  clearTimeout(waiting);
  showButtons();
  showNumbers();
  waiting = setTimeout(check, WAIT);
});
text.addEventListener("scroll", placeNotes);
addEventListener("resize", placeNotes);

const save = act(async () => {
  const sent = text.value;
  const file = await ask("save", { name: state.name, text: written(), stamp: state.stamp });
  Object.assign(state, { saved: sent, stamp: file.stamp });
  showCheck(file);
  say(file.problems.length ? "Saved. It cannot be published before it is mended." : "Saved.");
});

addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "s") {
    event.preventDefault();
    if (isEdited()) save();
  }
});
addEventListener("beforeunload", (event) => {
  if (isEdited()) event.preventDefault();
});

// --- the talk ---

const begin = act(async () => {
  const playing = text.value;
  for (const phone of phones) phone.busy(true);
  let chats;
  try {
    chats = await ask("begin", { name: state.name, text: written() });
  } finally {
    for (const phone of phones) phone.busy(false);
  }
  state.playing = playing;
  for (const phone of phones) {
    phone.reset();
    phone.shown(chats);
  }
  showButtons();
});

const tryAll = act(async () => {
  const { count, problems: wrong } = await ask("try", { name: state.name, text: written() });
  if (!wrong.length) say(`All ${count} tests go as they are written.`);
  else show("These tests do not go as they are written", [list(wrong)], [closing("Close")]);
});

// --- publishing ---

function list(lines) {
  const made = document.createElement("ul");
  made.append(...lines.map(item));
  return made;
}

function closing(label) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = label;
  button.addEventListener("click", () => $("dialog").close());
  return button;
}

function show(title, body, buttons) {
  $("dialog-title").textContent = title;
  $("dialog-body").replaceChildren(...body);
  $("dialog-buttons").replaceChildren(...buttons);
  if (!$("dialog").open) $("dialog").showModal();
  $("dialog-title").focus(); // what is to be read comes before what is to be pressed
  $("dialog").scrollTop = 0;
}

function paragraph(words, kind = "p") {
  const made = document.createElement(kind);
  made.textContent = words;
  return made;
}

function changes(heading, found, kind) {
  if (!found.length) return [];
  const part = document.createElement("div");
  part.className = kind;
  const entries = document.createElement("ul");
  for (const { what, was, now } of found) {
    const entry = item(what);
    if (was) entry.append(paragraph(`was: ${was}`, "del"));
    if (now) entry.append(paragraph(`now: ${now}`, "ins"));
    entries.append(entry);
  }
  part.append(paragraph(heading, "h3"), entries);
  return [part];
}

function describe(flow) {
  const from = flow.was ? `from ${flow.was} to ${flow.now}` : `${flow.now}, for the first time`;
  const nothing = !flow.signed.length && !flow.other.length;
  return [
    paragraph(`${flow.name}: ${nothing ? "nothing changes" : from}`),
    ...changes("What somebody signs changes", flow.signed, "signed"),
    ...changes("Everything else", flow.other, "other"),
  ];
}

const showPublication = act(async () => {
  if (isEdited()) {
    say("Save first: only what is saved can be published.", true);
    return;
  }
  let found;
  try {
    found = await ask("publication");
  } catch (error) {
    show("It cannot be published yet", [list(error.message.split("\n"))], [closing("Close")]);
    return;
  }
  const body = found.flows.flatMap(describe);
  body.push(paragraph("New talks will begin with these words. Open talks keep theirs."));
  const publish = document.createElement("button");
  publish.type = "button";
  publish.className = "main";
  publish.id = "publish";
  publish.textContent = "Publish";
  publish.addEventListener("click", () => publishShown(found.revisions));
  if (found.flows.some((flow) => flow.signed.length)) body.push(readIt(publish));
  show("Publish these words?", body, [publish, closing("Not now")]);
});

// What is signed is published only by somebody who says that they read it.
function readIt(publish) {
  const label = document.createElement("label");
  const box = document.createElement("input");
  box.type = "checkbox";
  box.id = "read";
  publish.disabled = true;
  box.addEventListener("change", () => {
    publish.disabled = !box.checked;
  });
  label.append(box, "I have read what changes in what people sign");
  return label;
}

const publishShown = act(async (revisions) => {
  $("dialog").close();
  const { lines } = await ask("publish", { revisions });
  say(lines.join("\n"));
});

// --- the beginning ---

const start = act(async () => {
  $("phones").append(...phones.map((phone) => phone.root));
  const { names, publishes } = await ask("files");
  for (const name of names) $("file").add(new Option(name, name));
  if (!publishes) {
    $("show").disabled = true;
    $("show").title = "Start the page in the organisation's folder, or with --config, to publish from it.";
  }
  await open(names[0]);
});

$("file").addEventListener("change", () => {
  if (isEdited() && !confirm("Leave this file without saving what you changed?")) {
    $("file").value = state.name;
    return;
  }
  open($("file").value);
});
$("save").addEventListener("click", save);
$("try").addEventListener("click", tryAll);
$("show").addEventListener("click", showPublication);
$("begin").addEventListener("click", () => begin());
start();
