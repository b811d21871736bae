// The options: deleting the conversation, after asking once.
import { h, icon, icons } from "./dom.js";
import { strings } from "./strings.js";

export class Menu {
  #remove;
  #item = h("button", { type: "button", onclick: () => this.#ask() }, strings.remove);
  #list = h("div", { id: "options", class: "menu", hidden: true }, this.#item);
  #toggle = h(
    "button",
    {
      type: "button",
      class: "round",
      "aria-label": strings.options,
      "aria-expanded": "false",
      "aria-controls": "options",
      onclick: () => this.show(this.#list.hidden),
    },
    icon(icons.more),
  );
  #no = h("button", { type: "button", onclick: () => this.#answered(false) }, strings.removeNo);
  #yes = h("button", { type: "button", class: "grave", onclick: () => this.#answered(true) }, strings.removeYes);
  #question = h(
    "div",
    { class: "question", role: "alertdialog", "aria-label": strings.remove, "aria-describedby": "question", hidden: true },
    h("p", { id: "question" }, strings.removeAsk),
    h("p", {}, this.#no, this.#yes),
  );

  constructor(remove) {
    this.#remove = remove;
    this.element = h("div", { class: "options" }, this.#toggle, this.#list);
    this.question = this.#question;
  }

  get isOpen() {
    return !this.#list.hidden || !this.#question.hidden;
  }

  show(isOpen) {
    this.#list.hidden = !isOpen;
    this.#toggle.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.#item.focus();
  }

  close() {
    this.show(false);
    this.#question.hidden = true;
    this.#toggle.focus();
  }

  #ask() {
    this.show(false);
    this.#question.hidden = false;
    this.#no.focus();
  }

  #answered(isYes) {
    this.close();
    if (isYes) this.#remove();
  }
}
