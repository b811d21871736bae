// Where the visitor types: Enter sends, Shift+Enter starts a new line, the count shows when it matters.
import { h, icon, icons } from "./dom.js";
import { strings } from "./strings.js";

const MAX = 2000; // characters as the server counts them: code points, not UTF-16 units
const WARN_FROM = 1800;

export class Composer {
  #input = h("textarea", {
    id: "input",
    rows: 1,
    dir: "auto",
    placeholder: strings.placeholder,
    autocomplete: "off",
    "aria-describedby": "count",
    oninput: () => this.#changed(),
    onkeydown: (event) => this.#key(event),
  });
  #count = h("p", { id: "count", class: "count", role: "status" });
  #send = h("button", { class: "send", "aria-label": strings.send, disabled: true }, icon(icons.send));
  #submit;

  constructor(submit) {
    this.#submit = submit;
    const label = h("label", { for: "input", class: "hidden" }, strings.input);
    const row = h("div", { class: "row" }, label, this.#input, this.#send);
    this.element = h("form", { class: "composer", novalidate: true, onsubmit: (event) => this.#submitted(event) }, row, this.#count);
  }

  focus() {
    this.#input.focus();
  }

  #key(event) {
    // isComposing: Enter that chooses a word in an input method must not send.
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) this.#submitted(event);
  }

  #submitted(event) {
    event.preventDefault();
    const text = this.#input.value.trim();
    if (!text || [...text].length > MAX) return;
    this.#input.value = "";
    this.#changed();
    this.#submit(text);
    this.#input.focus();
  }

  #changed() {
    const length = [...this.#input.value.trim()].length;
    const isOver = length > MAX;
    this.#send.disabled = length === 0 || isOver;
    this.#input.setAttribute("aria-invalid", String(isOver));
    this.#count.textContent = isOver ? strings.over(length - MAX) : length >= WARN_FROM ? strings.left(MAX - length) : "";
    this.#count.classList.toggle("over", isOver);
    this.#input.style.height = "auto";
    this.#input.style.height = `${Math.min(this.#input.scrollHeight + 2, 140)}px`;
  }
}
