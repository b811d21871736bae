// Small helps: arrow keys in the queue, a question before what cannot be undone, no double submit, copying a link.
document.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const list = event.target.closest?.("[data-arrows]");
  if (!step || !list) return;
  const links = [...list.querySelectorAll("a")];
  const next = links[links.indexOf(event.target) + step];
  if (next) {
    event.preventDefault();
    next.focus();
  }
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.confirm && !confirm(form.dataset.confirm)) {
    event.preventDefault();
  } else if (!form.hasAttribute("hx-post")) {
    setTimeout(() => form.querySelectorAll("button").forEach((button) => (button.disabled = true)));
  }
});

addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form button").forEach((button) => (button.disabled = false));
});

document.addEventListener("click", async (event) => {
  const field = document.getElementById(event.target.dataset?.copy ?? "");
  if (!field) return;
  field.select();
  await navigator.clipboard?.writeText(field.value);
  event.target.textContent = "Copied";
});
