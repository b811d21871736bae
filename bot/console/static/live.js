// Listens for changes and tells the page ("news" on the body); its parts then ask for themselves again.
const PAUSES = [500, 1000, 2000, 3000, 5000];
const HIDDEN_FOR = 60000;
const state = document.getElementById("live-state");
let source = null;
let failures = 0;
let retry = 0;
let asleep = 0;
let keeper = !navigator.locks;

function news() {
  htmx.trigger(document.body, "news");
}

function show(text) {
  state.hidden = !text;
  state.textContent = text;
}

function open() {
  clearTimeout(retry);
  if (source) return;
  source = new EventSource(document.body.dataset.events);
  source.addEventListener("open", () => {
    failures = 0;
    show("");
  });
  source.addEventListener("changed", news);
  source.addEventListener("signed-out", () => location.reload());
  source.addEventListener("error", () => {
    close();
    failures += 1;
    if (failures > 2) {
      show("Not up to date: reconnecting…");
      if (navigator.onLine) news(); // should the session have ended, this answer leads to the sign-in page
    }
    retry = setTimeout(open, PAUSES[Math.min(failures, PAUSES.length) - 1]);
  });
}

function close() {
  clearTimeout(retry);
  source?.close();
  source = null;
}

// Browsers allow six connections to one place. So of all hidden pages only one keeps listening, and raises the alarm.
navigator.locks?.request("handrail-listener", () => {
  keeper = true;
  open();
  return new Promise(() => {});
});

document.addEventListener("visibilitychange", () => {
  clearTimeout(asleep);
  if (document.hidden) {
    asleep = setTimeout(() => keeper || close(), HIDDEN_FOR);
  } else if (!source) {
    open();
  }
});

addEventListener("online", () => {
  close();
  open();
});
addEventListener("pagehide", close);
addEventListener("pageshow", open);
