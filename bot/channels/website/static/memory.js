// What is kept in the browser: which conversation to resume, and texts not sent yet. Works without storage, too.
const fallback = new Map();

function open(kind) {
  try {
    const storage = window[kind];
    storage.setItem("handrail:probe", "1");
    storage.removeItem("handrail:probe");
    return storage;
  } catch {
    return null; // blocked by the browser: the conversation lasts as long as the page
  }
}

export class Memory {
  #lasting = open("localStorage");
  #tab = open("sessionStorage");
  #key;

  constructor(server) {
    this.#key = `handrail:${server}`;
  }

  get conversation() {
    const value = this.#read(this.#lasting, "conversation");
    return value && typeof value.id === "string" && typeof value.token === "string" ? value : null;
  }

  set conversation(value) {
    this.#write(this.#lasting, "conversation", value && { id: value.id, token: value.token });
  }

  get unsent() {
    const value = this.#read(this.#tab, "unsent");
    return Array.isArray(value) ? value : [];
  }

  set unsent(items) {
    this.#write(this.#tab, "unsent", items.length ? items : null);
  }

  // Calls back when another tab starts or deletes the conversation; returns how to stop.
  watch(changed) {
    const listen = (event) => event.key === `${this.#key}:conversation` && changed();
    window.addEventListener("storage", listen);
    return () => window.removeEventListener("storage", listen);
  }

  #read(storage, name) {
    const key = `${this.#key}:${name}`;
    try {
      return JSON.parse((storage ? storage.getItem(key) : fallback.get(key)) ?? "null");
    } catch {
      return null;
    }
  }

  #write(storage, name, value) {
    const key = `${this.#key}:${name}`;
    try {
      if (value === null) storage ? storage.removeItem(key) : fallback.delete(key);
      else storage ? storage.setItem(key, JSON.stringify(value)) : fallback.set(key, JSON.stringify(value));
    } catch {
      // storage is full: the conversation goes on, it only cannot be resumed
    }
  }
}
