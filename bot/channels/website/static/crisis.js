// The crisis lines, one tap away at any time, with or without a conversation or a connection.
import { h, icon, icons } from "./dom.js";
import { address } from "./phones.js";
import { strings } from "./strings.js";

export class CrisisPanel {
  #panel = h("section", { id: "crisis", class: "crisis-panel", "aria-label": strings.dangerHeading, hidden: true });
  #label = h("span", {}, strings.danger);
  #toggle = h(
    "button",
    { type: "button", class: "danger", "aria-expanded": "false", "aria-controls": "crisis", onclick: () => this.show(this.#panel.hidden) },
    icon(icons.alert),
    this.#label,
  );

  constructor() {
    this.element = h("div", { class: "urgent" }, this.#toggle, this.#panel);
    this.fill([]);
  }

  get isOpen() {
    return !this.#panel.hidden;
  }

  // `lines` come from the clinic's profile, the emergency number first.
  fill(lines) {
    const heading = h("h3", {}, strings.dangerHeading);
    const body = lines.length ? h("ul", {}, ...lines.map(entry)) : h("p", {}, strings.dangerMissing);
    this.#panel.replaceChildren(heading, body);
  }

  show(isOpen) {
    this.#panel.hidden = !isOpen;
    this.#toggle.setAttribute("aria-expanded", String(isOpen));
    this.#label.textContent = isOpen ? strings.dangerClose : strings.danger;
    if (!isOpen) this.#toggle.focus();
  }
}

function entry(line) {
  const details = [line.free ? strings.free : "", line.hours ?? strings.anyTime, line.where ?? ""].filter(Boolean).join(", ");
  const call = line.call && h("a", { href: address("tel", line.call) }, strings.call(line.call));
  const word = line.text_word;
  const text = line.text_to && h("a", { href: address("sms", line.text_to, word) }, strings.text(word, line.text_to));
  return h(
    "li",
    { class: line.purpose },
    h("p", {}, h("b", {}, line.name), h("small", {}, ` ${details}`)),
    h("p", { class: "ways" }, call, text),
    line.note ? h("p", {}, h("small", {}, line.note)) : null,
  );
}
