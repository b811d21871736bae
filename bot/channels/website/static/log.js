// The conversation as the visitor sees it: messages in order of their seq, texts being sent, and the typing sign.
import { h, icon, icons } from "./dom.js";
import { strings } from "./strings.js";

export class Log {
  #list = h("div", { class: "messages" });
  #pending = h("div", { class: "messages" });
  #typing = h("p", { class: "typing", hidden: true }, h("span", { class: "hidden" }, strings.typing), h("i"), h("i"), h("i"));
  #choices = h("div", { class: "choices" });
  #alert = h("p", { class: "hidden", role: "alert" });
  #shown = new Map(); // seq -> message
  #items = new Map(); // client_id -> element of a text being sent
  #on;
  #phones = null;
  #target = null; // what to scroll to with the next frame

  // `on` has choose(value) and retry(item).
  constructor(on) {
    this.#on = on;
    const label = { role: "log", "aria-live": "polite", "aria-label": strings.log, tabindex: 0 };
    const inner = h("div", { class: "inner" }, this.#list, this.#pending, this.#typing, this.#choices);
    this.element = h("div", { class: "log", ...label }, inner, this.#alert);
  }

  get isEmpty() {
    return this.#shown.size === 0;
  }

  // Links the telephone numbers in what is shown already, too.
  set phones(phones) {
    this.#phones = phones;
    for (const bubble of this.#list.children) {
      const message = this.#shown.get(Number(bubble.dataset.seq));
      if (message) bubble.replaceWith(this.#bubble(message));
    }
  }

  clear() {
    this.#shown.clear();
    this.#items.clear();
    [this.#list, this.#pending, this.#choices].forEach((element) => element.replaceChildren());
    this.typing(false);
  }

  // Shown before there is a conversation; the stored welcome message takes its place.
  welcome(text, buttons) {
    if (!this.isEmpty) return;
    this.#list.replaceChildren(this.#bubble({ author: "assistant", text, seq: 0 }));
    this.#choose(buttons);
  }

  // Returns whether the message is new.
  add(message) {
    if (this.#shown.has(message.seq)) return false;
    if (this.isEmpty) this.#list.replaceChildren();
    this.#shown.set(message.seq, message);
    if (message.client_id) this.#drop(message.client_id);
    const after = [...this.#list.children].find((other) => Number(other.dataset.seq) > message.seq);
    const bubble = this.#bubble(message);
    this.#list.insertBefore(bubble, after ?? null);
    const last = this.#shown.get(Math.max(...this.#shown.keys()));
    this.#choose(last.author === "visitor" ? [] : last.buttons);
    this.#reveal(bubble);
    return true;
  }

  // A text on its way: `item` is the outbox's.
  pending(item) {
    const states = { offline: `${strings.later}.`, held: strings.notYet, failed: strings.failed };
    const stuck = states[item.state];
    const again = h("button", { type: "button", class: "link", onclick: () => this.#on.retry(item) }, strings.retry);
    const canTry = item.state !== "offline" && !item.final;
    const state = stuck
      ? h("p", { class: "state stuck" }, h("b", {}, stuck), canTry ? again : null, " ", ...this.#linked(item.reason, true))
      : h("p", { class: "state" }, strings.sending);
    const bubble = this.#bubble({ author: "visitor", text: item.text }, state);
    const before = this.#items.get(item.clientId);
    this.#items.set(item.clientId, bubble);
    if (before?.isConnected) before.replaceWith(bubble);
    else this.#pending.append(bubble);
    this.#choose([]);
    this.#reveal(bubble);
  }

  typing(isTyping) {
    this.#typing.hidden = !isTyping;
    if (isTyping) this.#reveal(this.#typing);
  }

  notice(text) {
    const notice = h("p", { class: "notice", "data-seq": Infinity }, text);
    this.#list.append(notice);
    this.#reveal(notice);
  }

  // Shows the newest message when the dialog opens.
  showLast() {
    this.#reveal(this.#pending.lastElementChild ?? this.#list.lastElementChild);
  }

  // Says a text at once to screen readers, for what must not wait its turn.
  #announce(text) {
    this.#alert.textContent = text;
  }

  #drop(clientId) {
    this.#items.get(clientId)?.remove();
    this.#items.delete(clientId);
  }

  #bubble(message, state = null) {
    const isCrisis = message.outcome === "crisis" && message.author !== "visitor";
    const kind = isCrisis ? "crisis" : message.author;
    const nodes = message.author === "visitor" ? [message.text] : this.#linked(message.text, isCrisis);
    const text = h("div", { class: "text", dir: "auto" }, ...nodes);
    const body = h("div", { class: "bubble" }, isCrisis ? icon(icons.alert) : null, text);
    const sent = message.author === "visitor" && message.seq ? h("p", { class: "state" }, `${time(message)} · ${strings.sent}`) : null;
    if (isCrisis && Date.now() - Date.parse(message.created_at) < 60000) this.#announce(message.text);
    return h("div", { class: `message ${kind}`, "data-seq": message.seq }, this.#who(message), body, state ?? sent);
  }

  #linked(text, isCrisis) {
    return this.#phones ? this.#phones.nodes(text, isCrisis) : [text];
  }

  #who(message) {
    const { author, staff } = message;
    if (author === "visitor") return h("p", { class: "who hidden" }, strings.you);
    if (author === "system") return h("p", { class: "who hidden" }, strings.system);
    const name = staff ? [staff.name, staff.role].filter(Boolean).join(", ") : strings.assistant;
    return h("p", { class: "who" }, staff ? icon(icons.person) : null, h("b", { dir: "auto" }, name), message.seq ? ` ${time(message)}` : "");
  }

  #choose(buttons = []) {
    const choice = ({ label, value }) => h("button", { type: "button", dir: "auto", onclick: () => this.#on.choose(value) }, label);
    // The button for a person is always there below; it need not stand among the choices as well.
    const others = buttons.filter(({ label }) => label !== strings.person);
    const hadFocus = this.#choices.matches(":focus-within");
    this.#choices.replaceChildren(...others.map(choice));
    if (hadFocus) this.element.focus({ preventScroll: true }); // the pressed button is gone; the keyboard must not be lost
  }

  // Scrolls to the beginning of what is new, so that a long message is read from its first line. Of several that come
  // together the first counts, and a crisis message before all others.
  #reveal(element) {
    const isCrisis = element?.classList.contains("crisis");
    if (!this.#target) requestAnimationFrame(() => (this.#target?.scrollIntoView({ block: "start" }), (this.#target = null)));
    if (!this.#target || isCrisis) this.#target = element;
  }
}

function time(message) {
  const date = new Date(message.created_at);
  const today = date.toDateString() === new Date().toDateString();
  const day = today ? {} : { day: "numeric", month: "short" };
  return date.toLocaleString([], { hour: "2-digit", minute: "2-digit", ...day });
}
