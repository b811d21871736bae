// The widget API. The token travels in a header only, never in an address.
const TIMEOUT_MS = 15000;

export class ApiError extends Error {
  constructor(status, code, message, retryAfter) {
    super(message);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
  }

  // No such conversation any more, or not ours.
  get isGone() {
    return this.status === 404 || this.status === 401;
  }

  // The text itself is refused; sending it again would change nothing.
  get isFinal() {
    return this.status >= 400 && this.status < 500 && this.status !== 429 && this.status !== 408;
  }
}

export class Api {
  #base;
  conversation = null; // {id, token}

  constructor(server) {
    this.#base = `${server}api/`;
  }

  widget() {
    return this.#json("widget");
  }

  async start() {
    const started = await this.#json("conversations", { method: "POST" });
    this.conversation = { id: started.id, token: started.token };
    return started;
  }

  send(clientId, text) {
    return this.#json(this.#path("/messages"), { method: "POST", body: JSON.stringify({ client_id: clientId, text }) });
  }

  read(after, signal) {
    return this.#json(this.#path(`/messages?after=${after}`), { signal });
  }

  askForPerson() {
    return this.#json(this.#path("/person"), { method: "POST" });
  }

  remove() {
    return this.#json(this.#path(""), { method: "DELETE" });
  }

  async stream(after, signal) {
    const headers = { Accept: "text/event-stream", "Last-Event-ID": String(after) };
    const response = await this.#fetch(this.#path("/events"), { headers, signal });
    if (!response.headers.get("content-type")?.startsWith("text/event-stream")) throw new TypeError("not a stream");
    return response.body;
  }

  #path(rest) {
    return `conversations/${encodeURIComponent(this.conversation.id)}${rest}`;
  }

  async #json(path, options = {}) {
    const limit = AbortSignal.timeout(TIMEOUT_MS);
    const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
    const response = await this.#fetch(path, { ...options, signal });
    return response.status === 204 ? null : response.json();
  }

  async #fetch(path, options) {
    const headers = { ...options.headers };
    if (options.body) headers["Content-Type"] = "application/json";
    if (this.conversation && path !== "conversations") headers.Authorization = `Bearer ${this.conversation.token}`;
    const response = await fetch(this.#base + path, { ...options, headers, credentials: "omit", cache: "no-store" });
    if (!response.ok) throw await refusal(response);
    return response;
  }
}

async function refusal(response) {
  const body = await response.json().catch(() => null);
  const seconds = Number(response.headers.get("retry-after")) || 0;
  return new ApiError(response.status, body?.error?.code ?? "unknown", body?.error?.message ?? "", seconds);
}
