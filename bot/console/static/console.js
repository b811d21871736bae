// The console works without this; with it, pages refresh themselves, drafts are kept and alarms are heard.
import "./live.js";
import "./alarm.js";
import "./composer.js";
import "./thread.js";
import "./lists.js";

// What a person opened or is typing into stays as it is when a part of the page is refreshed.
Idiomorph.defaults.callbacks.beforeAttributeUpdated = (name, node) => !(name === "open" && node.tagName === "DETAILS");
Idiomorph.defaults.callbacks.beforeNodeMorphed = (node) => !(node instanceof Element && node.hasAttribute("data-keep"));
