// Uses up the one-time link that brought the visitor here, hands the conversation to the widget and opens it.
import { Memory } from "../widget/memory.js";

const server = new URL("..", import.meta.url).href;
const button = document.getElementById("go");
const said = document.getElementById("said");

// Read once and taken out of the address, so that it stays neither in the history nor in a bookmark.
const code = location.hash.slice(1);
history.replaceState(null, "", location.pathname);
if (!code) fail("This address is not complete. Please tap the link in Telegram once more, or ask for a new one with /website.");

button.addEventListener("click", async () => {
  button.disabled = true;
  said.textContent = "One moment …";
  try {
    const answer = await fetch(`${server}api/continue`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ code }),
    });
    const body = await answer.json();
    if (!answer.ok) return fail(body.error.message);
    new Memory(server).conversation = body;
    await open();
  } catch {
    button.disabled = false;
    said.textContent = "That did not work. Please check your connection and try again.";
  }
});

async function open() {
  const script = document.createElement("script");
  script.src = `${server}widget.js`;
  document.body.append(script);
  await customElements.whenDefined("handrail-chat");
  await new Promise((resolve) => setTimeout(resolve));
  document.querySelector("handrail-chat")?.open();
  said.textContent = "Your conversation is open. If you close it, the button in the corner opens it again.";
  button.hidden = true;
}

function fail(sentence) {
  button.disabled = true;
  said.textContent = sentence;
}
