// The reply box: Ctrl+Enter sends, a draft is kept until it has been sent, and a failed try loses nothing.
const box = document.getElementById("composer");
const PREFIX = `handrail-draft:${document.body.dataset.staff}:`;
const key = PREFIX + box?.dataset.handoff;
const part = (name) => box.querySelector(`[name="${name}"]`);

function keep() {
  // The id goes with the text: sending the same draft again after a lost answer is then still one message.
  if (part("text").value.trim()) localStorage.setItem(key, JSON.stringify({ text: part("text").value, id: part("client_id").value }));
  else localStorage.removeItem(key);
}

function restore() {
  const draft = JSON.parse(localStorage.getItem(key) ?? "null");
  if (!draft || part("text").value) return;
  part("text").value = draft.text;
  part("client_id").value = draft.id;
}

function refuse(text) {
  const line = box.querySelector("[data-refused]");
  line.textContent = text;
  line.hidden = !text;
  part("text").readOnly = false;
}

function swapped() {
  if (box.querySelector("form").dataset.sent === "yes") {
    localStorage.removeItem(key);
    htmx.trigger(document.body, "news");
  } else {
    keep();
  }
  part("text").focus();
}

if (box) {
  restore();
  box.addEventListener("input", keep);
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !part("text").readOnly) {
      event.preventDefault();
      box.querySelector("form").requestSubmit();
    }
  });
  box.addEventListener("htmx:beforeRequest", () => {
    refuse("");
    part("text").readOnly = true;
  });
  box.addEventListener("htmx:afterSwap", swapped);
  document.body.addEventListener("htmx:afterSettle", (event) => {
    const typing = document.activeElement?.matches("input, textarea, select"); // whoever has gone on to type is left there
    if (event.detail.requestConfig?.elt.hasAttribute("data-then-reply") && !typing) part("text").focus();
  });
  for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
    box.addEventListener(name, () => refuse("Not sent: the console could not be reached. Your text is kept. Please try again."));
  }
}

// Nothing of a visitor stays behind on a shared computer.
document.querySelector("[data-sign-out]")?.addEventListener("submit", () => {
  for (const name of Object.keys(localStorage)) if (name.startsWith("handrail-draft:")) localStorage.removeItem(name);
});
