// One phone: it shows the messages that the server names, and sends what is typed or pressed.

const TITLES = { telegram: "Telegram", matrix: "Matrix" };
const PAUSE = 1500; // milliseconds without a message, after which a burst of them is over

export class Phone {
  constructor(platform, ask, say) {
    this.platform = platform;
    this.ask = ask; // (act, body) => the server's answer
    this.say = say; // (text, bad) => the status line
    const made = document.getElementById("phone").content.cloneNode(true);
    this.root = made.querySelector(".phone");
    this.root.id = platform;
    this.log = made.querySelector(".log");
    this.allowed = made.querySelector(".allowed");
    this.compose = made.querySelector(".compose");
    this.keep = made.querySelector(".keep");
    this.title = TITLES[platform] ?? platform;
    this.label(made.querySelector("h3"));
    this.listen();
  }

  label(heading) {
    heading.textContent = this.title;
    heading.id = `${this.platform}-title`;
    this.root.setAttribute("aria-labelledby", heading.id);
    this.log.setAttribute("aria-label", `Messages on ${this.title}`);
    this.compose.querySelector("textarea").setAttribute("aria-label", `Write on ${this.title}`);
    this.compose.querySelector("button").setAttribute("aria-label", `Send on ${this.title}`);
    this.keep.querySelector("input").setAttribute("aria-label", `Name of the test of the talk on ${this.title}`);
    this.keep.querySelector("button").setAttribute("aria-label", `Save as test: the talk on ${this.title}`);
  }

  listen() {
    const typed = this.compose.querySelector("textarea");
    typed.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.compose.requestSubmit();
      }
    });
    this.compose.addEventListener("submit", (event) => {
      event.preventDefault();
      const text = typed.value;
      if (!text.trim()) return;
      typed.value = "";
      this.send("say", { text });
    });
    this.keep.addEventListener("submit", (event) => {
      event.preventDefault();
      this.saveTest();
    });
  }

  async send(act, body) {
    clearTimeout(this.timer);
    try {
      this.shown(await this.ask(act, { platform: this.platform, ...body }));
      this.timer = setTimeout(() => this.settle(), PAUSE);
    } catch (error) {
      this.say(error.message, true);
    }
  }

  async settle() {
    try {
      this.shown(await this.ask("settle", { platform: this.platform }));
    } catch (error) {
      this.say(error.message, true);
    }
  }

  async saveTest() {
    const name = this.keep.querySelector("input");
    try {
      const { written } = await this.ask("keep", { platform: this.platform, test: name.value.trim() });
      name.value = "";
      this.say(`Saved as a test: scripts/${written}`);
    } catch (error) {
      this.say(error.message, true);
    }
  }

  shown(chats) {
    this.show(chats[this.platform]);
  }

  // While another talk begins, nothing of the last one can be pressed.
  busy(is) {
    this.root.inert = is;
    this.log.setAttribute("aria-busy", String(is));
  }

  reset() {
    clearTimeout(this.timer);
    this.log.replaceChildren();
  }

  // Change only what changed, so that a screen reader reads what is new and nothing twice.
  show(chat) {
    const there = new Map([...this.log.querySelectorAll("[data-id]")].map((e) => [e.dataset.id, e]));
    for (const message of chat.messages) {
      const element = there.get(message.id) ?? this.add(message, chat);
      there.delete(message.id);
      this.showButtons(element, message);
    }
    for (const gone of there.values()) gone.remove();
    this.showLeft(chat.left);
    this.allowed.textContent = chat.allowed ? `Allowed so far: ${chat.allowed}` : "No story is open now.";
    this.log.scrollTop = this.log.scrollHeight;
  }

  add(message, { lang, dir }) {
    const element = document.createElement("div");
    Object.assign(element, { lang, dir });
    element.className = message.mine ? "message mine" : "message";
    element.dataset.id = message.id;
    const words = document.createElement("p");
    const who = document.createElement("span");
    who.className = "hidden-words";
    who.lang = "en";
    who.textContent = message.mine ? "You: " : "Bot: ";
    words.append(who, message.text);
    element.append(words);
    this.log.append(element);
    return element;
  }

  showButtons(element, message) {
    const now = JSON.stringify([message.rows, message.copies]);
    if (element.dataset.rows === now) return;
    const focused = element.contains(document.activeElement) ? document.activeElement.textContent : null;
    element.dataset.rows = now;
    element.querySelector(".rows")?.remove();
    if (!message.rows.length && !message.copies.length) return;
    const rows = document.createElement("div");
    rows.className = "rows";
    for (const row of message.rows) {
      const line = document.createElement("div");
      for (const { label, token } of row) line.append(this.button(message.id, label, token));
      rows.append(line);
    }
    for (const copy of message.copies) rows.append(this.copyButton(copy));
    element.append(rows);
    if (focused !== null) this.focusAgain(rows, focused);
  }

  button(message, label, token) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", () => this.send("press", { message, token }));
    return button;
  }

  // As on Telegram: it copies the number, and nothing is sent.
  copyButton({ label, text }) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text).then(
        () => this.say(`Copied: ${text}`),
        () => this.say(`The browser did not let it be copied: ${text}`, true),
      );
    });
    return button;
  }

  // A tick changes a label: the same button stays focused.
  focusAgain(rows, label) {
    const bare = (text) => text.replace(/^✓ /, "");
    const same = [...rows.querySelectorAll("button")].find((b) => bare(b.textContent) === bare(label));
    (same ?? this.log).focus();
  }

  showLeft(left) {
    this.log.querySelector(".note")?.remove();
    if (!left) return;
    const note = document.createElement("p");
    note.className = "note";
    note.textContent = "(The bot has left this room.)";
    this.log.append(note);
  }
}
