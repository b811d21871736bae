// Keeps the newest message in view for whoever reads at the end, and only says so to whoever reads further up.
const thread = document.getElementById("thread");
const newer = document.getElementById("newer");
const NEAR = 200;
let known = thread?.childElementCount ?? 0;
let near = true;

const atEnd = () => innerHeight + scrollY >= document.documentElement.scrollHeight - NEAR;

function toEnd() {
  newer.hidden = true;
  scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
}

if (thread) {
  // On a narrow screen an urgent page starts with what to do first.
  if (matchMedia("(min-width: 60rem)").matches || !document.getElementById("first")) toEnd();
  document.body.addEventListener("htmx:beforeSwap", () => (near = atEnd()));
  document.body.addEventListener("htmx:afterSettle", () => {
    const count = document.getElementById("thread").childElementCount;
    if (count > known) near ? toEnd() : (newer.hidden = false);
    known = count;
  });
  newer.addEventListener("click", toEnd);
  addEventListener("scroll", () => atEnd() && (newer.hidden = true), { passive: true });
}
