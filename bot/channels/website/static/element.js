// <handrail-chat server="https://bot.example/">: joins the parts of the widget. No build step, nothing from elsewhere.
import { Api } from "./api.js";
import { Composer } from "./composer.js";
import { CrisisPanel } from "./crisis.js";
import { Log } from "./log.js";
import { Memory } from "./memory.js";
import { Outbox, STUCK } from "./outbox.js";
import { Panel, SMALL } from "./panel.js";
import { Phones } from "./phones.js";
import { explain } from "./refusals.js";
import { strings } from "./strings.js";
import { Sync } from "./sync.js";

const HIDDEN_AFTER_MS = 20000; // a glance at another tab does not end the live connection
const TYPING_AT_MOST_MS = 15000;
const styles = fetch(new URL("widget.css", import.meta.url)).then((response) => response.text());

class HandrailChat extends HTMLElement {
  #owner = "assistant";
  #staff = null; // {name, role} of whoever wrote last
  #owed = false; // the assistant owes an answer
  #hidden = false;
  #texts = null; // for what was not sent
  #loaded = false; // later messages are news, earlier ones are history
  #timers = {};
  #ends = null;
  #ready = null; // resolves once the widget can be shown

  connectedCallback() {
    if (!this.shadowRoot) this.#build();
    this.#ends = new AbortController();
    this.#listen(this.#ends.signal);
    this.#resume();
  }

  disconnectedCallback() {
    this.#ends.abort();
    this.#sync.stop();
    Object.values(this.#timers).forEach(clearTimeout);
  }

  // Opens the chat, as soon as it is there.
  async open() {
    await this.#ready;
    this.#panel.open();
  }

  #api;
  #memory;
  #sync;
  #outbox;
  #log;
  #crisis;
  #composer;
  #panel;

  #build() {
    const server = new URL(this.getAttribute("server") ?? "/", location.href).href;
    this.#api = new Api(server);
    this.#memory = new Memory(server);
    this.#crisis = new CrisisPanel();
    this.#composer = new Composer((text) => this.#say(text));
    this.#log = new Log({ choose: (value) => this.#say(value), retry: (item) => this.#outbox.retry(item) });
    this.#outbox = new Outbox((clientId, text) => this.#send(clientId, text), this.#memory, {
      changed: (item) => this.#pending(item),
      sent: (item, message) => this.#log.add(message),
      explain: (error) => explain(error, this.#texts),
    });
    this.#sync = new Sync(this.#api, () => this.#pace(), {
      message: (message) => this.#received(message),
      owner: (owner) => this.#owned(owner),
      typing: (isTyping) => this.#typing(isTyping),
      connected: (isUp) => this.#panel.connection(isUp ? "" : navigator.onLine ? strings.lost : strings.offline),
      gone: () => this.#ended(strings.gone),
    });
    this.#panel = new Panel(
      { crisis: this.#crisis, log: this.#log, composer: this.#composer },
      { opened: () => this.#opened(), closed: () => this.#sync.wake(), person: () => this.#person(), remove: () => this.#remove() },
    );
    this.#ready = this.#show();
  }

  async #show() {
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(await styles);
    root.adoptedStyleSheets = [sheet];
    root.append(...this.#panel.elements);
    this.#loadTexts();
    this.#outbox.items.forEach((item) => this.#log.pending(item));
    if (this.#outbox.items.length) this.#outbox.pump();
  }

  async #loadTexts() {
    try {
      const info = await this.#api.widget();
      this.#log.phones = new Phones(info.crisis_lines, info.phone);
      this.#texts = info.not_sent;
      this.#crisis.fill(info.crisis_lines);
      this.#panel.title(info.clinic);
      this.#log.welcome(info.welcome, info.buttons);
      this.#panel.connection("");
    } catch {
      this.#panel.connection(navigator.onLine ? strings.unavailable : strings.offline);
      this.#later("texts", 5000, () => this.#loadTexts());
    }
  }

  #listen(signal) {
    const online = () => (this.#outbox.pump(), this.#sync.wake(true));
    const offline = () => this.#panel.connection(strings.offline);
    window.addEventListener("online", online, { signal });
    window.addEventListener("offline", offline, { signal });
    document.addEventListener("visibilitychange", () => this.#seen(), { signal });
    document.addEventListener("click", (event) => event.target.closest?.("[data-handrail-open]") && this.open(), { signal });
    signal.addEventListener("abort", this.#memory.watch(() => this.#resume()));
  }

  #seen() {
    clearTimeout(this.#timers.hidden);
    if (!document.hidden) return this.#look(false);
    this.#later("hidden", HIDDEN_AFTER_MS, () => this.#look(true));
  }

  #look(isHidden) {
    if (this.#hidden === isHidden) return;
    this.#hidden = isHidden;
    this.#sync.wake();
  }

  // How to keep up: live while somebody looks or an answer is due, seldom in the background, not at all when nothing can come.
  #pace() {
    const expects = this.#owed || this.#owner !== "assistant" || this.#panel.isOpen;
    if (!expects) return "rest";
    return this.#hidden ? "seldom" : "live";
  }

  // Goes on with the conversation this browser knows, or with the one another tab started.
  #resume() {
    const known = this.#memory.conversation;
    if (known?.id === this.#api.conversation?.id) return;
    if (!known) return this.#ended(strings.gone);
    this.#adopt(known);
  }

  #adopt(conversation) {
    this.#sync.stop();
    this.#loaded = false;
    this.#api.conversation = conversation;
    this.#sync.start();
  }

  #opened() {
    if (matchMedia("(hover: hover)").matches) this.#composer.focus(); // on a phone that would bring up the keyboard
    this.#log.showLast();
    this.#sync.wake();
  }

  #say(text) {
    if (!this.#log.element.checkVisibility()) this.#crisis.show(false); // on a phone the lines cover the conversation
    this.#outbox.add(text);
  }

  #pending(item) {
    this.#log.pending(item);
    if (!STUCK.has(item.state) || this.#api.conversation || item.helped) return;
    item.helped = true; // once a text: whoever hides the lines is not shown them again by themselves
    this.#help();
  }

  // Nothing of this visitor could be read for danger yet, so the crisis lines are shown where there is room beside the log.
  #help() {
    if (!this.#crisis.isOpen && !SMALL.matches) this.#crisis.show(true);
  }

  async #send(clientId, text) {
    await this.#started();
    const message = await this.#api.send(clientId, text);
    this.#typing(this.#owner === "assistant" && !this.#hasAnswer(message));
    this.#sync.start();
    return message;
  }

  async #started() {
    if (this.#api.conversation) return;
    const { id, token, messages } = await this.#api.start();
    this.#memory.conversation = { id, token };
    messages.forEach((message) => this.#log.add(message));
  }

  #hasAnswer(message) {
    return this.#sync.seq > message.seq;
  }

  async #person() {
    try {
      await this.#started();
      this.#owned((await this.#api.askForPerson()).owner);
      this.#sync.start();
      this.#composer.focus();
    } catch (error) {
      if (error.isGone) return this.#ended(strings.gone);
      this.#panel.connection(navigator.onLine ? explain(error, this.#texts) : strings.offline);
      if (!this.#api.conversation) this.#help();
    }
  }

  async #remove() {
    try {
      if (this.#api.conversation) await this.#api.remove();
      this.#ended(strings.removed);
    } catch (error) {
      if (error.isGone) this.#ended(strings.removed);
      else this.#panel.connection(navigator.onLine ? error.message || strings.unavailable : strings.offline);
    }
  }

  #received(message) {
    const isNew = this.#log.add(message);
    if (message.client_id) this.#outbox.settle(message.client_id);
    if (message.staff) this.#staff = message.staff;
    if (message.author !== "visitor") this.#typing(false);
    if (isNew && this.#loaded && !this.#panel.isOpen && message.author !== "visitor") this.#panel.addUnread();
  }

  #owned(owner) {
    this.#loaded = true; // told after the first batch of messages
    this.#owner = owner;
    if (owner !== "assistant") this.#typing(false);
    const withStaff = this.#staff ? strings.withStaff(this.#staff.name, this.#staff.role) : strings.withPerson;
    this.#panel.status({ assistant: strings.assistant, waiting: strings.waiting, staff: withStaff }[owner]);
  }

  #typing(isTyping) {
    this.#owed = isTyping;
    this.#log.typing(isTyping);
    clearTimeout(this.#timers.typing);
    if (isTyping) this.#later("typing", TYPING_AT_MOST_MS, () => this.#typing(false));
  }

  // The conversation is over, here or elsewhere: forget it and be ready for a new one.
  #ended(words) {
    const had = this.#api.conversation;
    this.#sync.stop();
    this.#api.conversation = null;
    this.#memory.conversation = null;
    this.#staff = null;
    if (!had) return;
    this.#outbox.clear();
    this.#log.clear();
    this.#owned("assistant");
    this.#loadTexts().then(() => this.#log.notice(words));
  }

  #later(name, milliseconds, call) {
    clearTimeout(this.#timers[name]);
    this.#timers[name] = setTimeout(call, milliseconds);
  }
}

if (!customElements.get("handrail-chat")) customElements.define("handrail-chat", HandrailChat);
