// Sends texts one after the other. Each has a client_id of its own, so that sending it again has no second effect.
const TRIES = 4;
export const STUCK = new Set(["offline", "held", "failed"]); // the states of what is not on its way

export class Outbox {
  #send;
  #on;
  #memory;
  #busy = false;
  #timer = 0;
  items = []; // {clientId, text, state: "queued" | "sending" | "offline" | "held" | "failed", tries, reason, final}

  // `send(clientId, text)` stores a text and returns the message; `on` has changed(item),
  // sent(item, message) and explain(error).
  constructor(send, memory, on) {
    this.#send = send;
    this.#memory = memory;
    this.#on = on;
    this.items = memory.unsent.map(({ clientId, text }) => fresh(clientId, text));
  }

  add(text) {
    const item = fresh(newId(), text);
    this.items.push(item);
    this.#save();
    this.#on.changed(item);
    this.pump();
  }

  retry(item) {
    if (!this.items.includes(item)) return;
    if (item.state === "failed") this.items = [...this.items.filter((other) => other !== item), item]; // others went ahead
    item.tries = 0;
    this.#set(item, "queued");
    this.pump();
  }

  // The same message came back by another road: it is stored, whatever our request said.
  settle(clientId) {
    this.items = this.items.filter((item) => item.clientId !== clientId);
    this.#save();
  }

  clear() {
    this.items = [];
    this.#save();
  }

  async pump() {
    if (this.#busy) return;
    this.#busy = true;
    clearTimeout(this.#timer);
    for (let item; (item = this.items.find((one) => one.state !== "failed")); ) {
      if (!(await this.#try(item))) break;
    }
    this.#busy = false;
  }

  // Returns whether to go on with the next one at once.
  async #try(item) {
    if (item.state !== "held") this.#set(item, "sending"); // what was said of it stays until it is sent
    try {
      const message = await this.#send(item.clientId, item.text);
      this.settle(item.clientId);
      this.#on.sent(item, message);
      return true;
    } catch (error) {
      return this.#failed(item, error);
    }
  }

  #failed(item, error) {
    item.tries += 1;
    item.reason = this.#on.explain(error);
    item.final = Boolean(error.isFinal && !error.isGone);
    if (!navigator.onLine) {
      this.#set(item, "offline");
      return false; // pump() is called again when the browser is back online
    }
    if (error.isFinal || item.tries >= TRIES) {
      this.#set(item, "failed");
      return true;
    }
    // A connection that breaks off once is nothing to worry about; a refusal, or no answer at all, is told at once.
    if (item.tries > 1 || !(error instanceof TypeError)) this.#set(item, "held");
    this.#timer = setTimeout(() => this.pump(), error.retryAfter ? error.retryAfter * 1000 : 500 * 2 ** item.tries);
    return false;
  }

  #set(item, state) {
    item.state = state;
    this.#on.changed(item);
  }

  #save() {
    this.#memory.unsent = this.items.map(({ clientId, text }) => ({ clientId, text }));
  }
}

function fresh(clientId, text) {
  return { clientId, text, state: "queued", tries: 0, reason: "", final: false };
}

function newId() {
  // randomUUID exists on https and localhost only; a clinic may try the widget on plain http first.
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
