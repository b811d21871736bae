// Counts in the title; sound and notification while somebody urgent waits. Both are off until switched on.
const REPEAT = 20000;
const LAST = "handrail-last-alarm";
const title = document.title;
let audio = null;

const wants = (what) => localStorage.getItem(`handrail-${what}`) === "on";

function beep() {
  audio ??= new AudioContext();
  audio.resume();
  [0, 0.28].forEach((delay, index) => {
    const tone = audio.createOscillator();
    const volume = audio.createGain();
    const at = audio.currentTime + delay;
    tone.frequency.value = index ? 660 : 880;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(0.25, at + 0.03);
    volume.gain.linearRampToValueAtTime(0, at + 0.24);
    tone.connect(volume).connect(audio.destination);
    tone.start(at);
    tone.stop(at + 0.26);
  });
}

function notify(id) {
  try {
    // No word of the visitor's: notifications show on locked screens.
    const note = new Notification("Urgent: someone needs a person now", { tag: "handrail-urgent", requireInteraction: true });
    note.addEventListener("click", () => {
      window.focus();
      location.assign(`/console/handoffs/${id}`);
    });
  } catch {
    // Phones only let service workers notify; the page itself still shows the alarm.
  }
}

function look() {
  const { waiting, alarming } = document.getElementById("tabs").dataset;
  const urgent = alarming ? alarming.split(" ") : [];
  document.title = `${urgent.length ? `(${urgent.length} urgent) ` : ""}${Number(waiting) ? `(${waiting}) ` : ""}${title}`;
  // Several open pages share one alarm.
  if (!urgent.length || Date.now() - Number(localStorage.getItem(LAST)) < REPEAT) return;
  localStorage.setItem(LAST, String(Date.now()));
  if (wants("sound")) beep();
  if (wants("notify") && window.Notification?.permission === "granted") notify(urgent[0]);
}

async function toggle(button) {
  const what = button.dataset.alert;
  let on = !wants(what);
  if (on && what === "notify") on = (await window.Notification?.requestPermission()) === "granted";
  if (on && what === "sound") beep();
  localStorage.setItem(`handrail-${what}`, on ? "on" : "off");
  button.setAttribute("aria-pressed", String(on));
}

for (const button of document.querySelectorAll("[data-alert]")) {
  button.setAttribute("aria-pressed", String(wants(button.dataset.alert)));
  button.addEventListener("click", () => toggle(button));
}
// Browsers stay silent until the page has been touched once.
addEventListener("pointerdown", () => wants("sound") && (audio ??= new AudioContext()).resume(), { once: true });
document.body.addEventListener("htmx:afterSettle", (event) => event.detail.elt.id === "tabs" && look());
look();
