// Keeps a conversation up to date: live by server-sent events, else by asking, and seldom or never when nobody looks.
import { events } from "./sse.js";

const FIRST_EVENT_MS = 8000; // a proxy that buffers streams shows by nothing arriving
const SILENCE_MS = 40000; // the server pings every 15 s
const ASK_LIVE_MS = 3000;
const ASK_SELDOM_MS = 60000;
const STREAM_AGAIN_MS = 120000;
const LONGEST_PAUSE_MS = 30000;

export class Sync {
  #api;
  #pace;
  #on;
  #life = null; // ends the whole loop
  #streaming = false;
  #failures = 0;
  #streamFailures = 0;
  #noStreamUntil = 0;
  #stop = null; // ends the present pause or stream
  seq = 0;

  // `pace()` returns "live", "seldom" or "rest"; `on` has message, owner, typing, gone, connected(bool).
  constructor(api, pace, on) {
    this.#api = api;
    this.#pace = pace;
    this.#on = on;
  }

  start() {
    if (this.#life) return this.wake();
    this.#life = new AbortController();
    this.#run(this.#life.signal);
  }

  stop() {
    this.#life?.abort();
    this.#life = null;
    this.#stop?.abort();
    this.seq = 0;
  }

  // Something changed (opened, hidden, a message was sent): look anew at how to keep up. `force` also ends a live stream.
  wake(force = false) {
    if (force || !this.#streaming || this.#pace() !== "live") this.#stop?.abort();
  }

  async #run(life) {
    let first = true;
    while (!life.aborted) {
      this.#stop = new AbortController();
      const { signal } = this.#stop;
      const pace = this.#pace();
      try {
        if (pace === "live" && Date.now() >= this.#noStreamUntil) await this.#stream(signal);
        else if (pace === "rest" && !first) await pause(Infinity, signal);
        else await this.#ask(pace, signal);
        first = false;
      } catch (error) {
        if (life.aborted || signal.aborted) continue;
        if (error?.isGone) {
          this.stop();
          this.#on.gone();
        } else await this.#failed(error, signal);
      }
    }
  }

  async #ask(pace, signal) {
    const { messages, owner } = await this.#api.read(this.seq, signal);
    this.#up();
    messages.forEach((message) => this.#take(message));
    this.#on.owner(owner);
    if (pace !== "rest") await pause(pace === "live" ? ASK_LIVE_MS : ASK_SELDOM_MS, signal);
  }

  async #stream(signal) {
    const broken = new AbortController();
    let timer = setTimeout(() => broken.abort(), FIRST_EVENT_MS);
    const heard = () => {
      clearTimeout(timer);
      timer = setTimeout(() => broken.abort(), SILENCE_MS);
    };
    this.#streaming = true;
    try {
      const body = await this.#api.stream(this.seq, AbortSignal.any([signal, broken.signal]));
      for await (const event of events(body, heard)) {
        this.#up();
        this.#streamFailures = 0;
        this.#tell(event);
      }
      throw new TypeError("the stream ended");
    } catch (error) {
      if (!signal.aborted && !error?.isGone && ++this.#streamFailures >= 3) {
        this.#noStreamUntil = Date.now() + STREAM_AGAIN_MS;
        this.#streamFailures = 0;
      }
      throw error;
    } finally {
      clearTimeout(timer);
      this.#streaming = false;
    }
  }

  #tell({ event, data }) {
    const value = JSON.parse(data);
    if (event === "message") this.#take(value);
    else if (event === "owner") this.#on.owner(value.owner);
    else if (event === "typing") this.#on.typing(value.typing);
    else if (event === "gone") throw Object.assign(new Error("gone"), { isGone: true });
  }

  #take(message) {
    this.seq = Math.max(this.seq, message.seq);
    this.#on.message(message);
  }

  #up() {
    this.#failures = 0;
    this.#on.connected(true);
  }

  async #failed(error, signal) {
    this.#failures += 1;
    if (this.#failures > 1 || !navigator.onLine) this.#on.connected(false);
    const seconds = error?.retryAfter ?? 0;
    const backoff = Math.min(LONGEST_PAUSE_MS, 500 * 2 ** this.#failures) * (0.5 + Math.random() / 2);
    await pause(Math.max(seconds * 1000, backoff), signal);
  }
}

function pause(milliseconds, signal) {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = Number.isFinite(milliseconds) ? setTimeout(resolve, milliseconds) : 0;
    signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
  });
}
