// The dialog itself: a window beside the page where there is room, the whole screen on a phone.
import { Menu } from "./menu.js";
import { h, icon, icons } from "./dom.js";
import { strings } from "./strings.js";

export const SMALL = matchMedia("(max-width: 520px), (max-height: 480px)");

export class Panel {
  #badge = h("span", { class: "badge", hidden: true });
  #launcher = h(
    "button",
    { type: "button", class: "launcher", "aria-haspopup": "dialog", onclick: () => this.open() },
    icon(icons.chat),
    h("span", {}, strings.launcher),
    this.#badge,
  );
  #title = h("h2", { id: "title" });
  #status = h("p", { class: "status", role: "status" }, strings.assistant);
  #notice = h("p", { class: "connection", role: "status", hidden: true });
  #menu;
  #crisis;
  #on;
  #unread = 0;

  // `on` has opened(), closed(), person() and remove(); the parts are the crisis panel, the log and the composer.
  constructor({ crisis, log, composer }, on) {
    this.#on = on;
    this.#crisis = crisis;
    this.#menu = new Menu(on.remove);
    const close = h("button", { type: "button", class: "round", "aria-label": strings.close, onclick: () => this.close() }, icon(icons.close));
    const header = h("div", { class: "header" }, h("div", { class: "names" }, this.#title, this.#status), this.#menu.element, close);
    const person = h("button", { type: "button", class: "person", onclick: on.person }, icon(icons.person), strings.person);
    const privacy = h("p", { class: "privacy" }, strings.privacy);
    const footer = h("div", { class: "footer" }, this.#notice, composer.element, h("div", { class: "foot" }, person, privacy));
    const events = { onkeydown: (event) => this.#key(event), oncancel: (event) => this.#cancel(event), onclose: () => this.#closed() };
    const parts = [header, crisis.element, log.element, this.#menu.question, footer];
    this.dialog = h("dialog", { "aria-labelledby": "title", ...events }, ...parts);
    this.elements = [this.#launcher, this.dialog];
  }

  get isOpen() {
    return this.dialog.open;
  }

  open() {
    if (this.isOpen) return;
    // On a phone the chat covers everything, so the page behind must be out of reach; beside the page it must not be.
    if (SMALL.matches) this.dialog.showModal();
    else this.dialog.show();
    this.unread(0);
    this.#launcher.hidden = true;
    this.#on.opened();
  }

  close() {
    this.dialog.close();
  }

  title(name) {
    this.#title.textContent = name;
  }

  status(text) {
    if (this.#status.textContent !== text) this.#status.textContent = text;
  }

  connection(text) {
    this.#notice.hidden = !text;
    this.#notice.textContent = text;
  }

  unread(count) {
    this.#unread = count;
    this.#badge.hidden = count === 0;
    this.#badge.textContent = count;
    if (count) this.#launcher.setAttribute("aria-label", strings.launcherUnread(count));
    else this.#launcher.removeAttribute("aria-label");
  }

  addUnread() {
    this.unread(this.#unread + 1);
  }

  #closed() {
    this.#launcher.hidden = false;
    this.#launcher.focus();
    this.#on.closed();
  }

  #cancel(event) {
    event.preventDefault();
    this.#escape();
  }

  // What is open on top closes first, then the dialog.
  #escape() {
    if (this.#menu.isOpen) this.#menu.close();
    else if (this.#crisis.isOpen) this.#crisis.show(false);
    else this.close();
  }

  #key(event) {
    if (event.key === "Escape" && !event.isComposing) {
      event.preventDefault();
      event.stopPropagation();
      this.#escape();
    } else if (event.key === "Tab") this.#keepInside(event);
  }

  #keepInside(event) {
    const all = [...this.dialog.querySelectorAll("button, a[href], textarea, [tabindex='0']")];
    const reachable = all.filter((element) => !element.disabled && element.checkVisibility());
    const edge = event.shiftKey ? reachable[0] : reachable.at(-1);
    if (this.dialog.getRootNode().activeElement !== edge) return;
    event.preventDefault();
    (event.shiftKey ? reachable.at(-1) : reachable[0]).focus();
  }
}
