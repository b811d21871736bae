// Why a text was not sent, in the clinic's approved words.
import { strings } from "./strings.js";

const BY_STATUS = { 413: "too_long", 429: "rate_limited" };
const BY_CODE = { text_too_long: "too_long", empty_text: "empty" };

// `texts` is `not_sent` of GET /api/widget, null where that could not be read.
export function explain(error, texts) {
  if (error.isGone) return strings.gone;
  if (!texts) return strings.missing;
  const name = BY_STATUS[error.status] ?? BY_CODE[error.code] ?? "storage";
  const seconds = Math.max(2, error.retryAfter || 30); // at least 2, as the text says "seconds"
  return texts[name].replace("{seconds}", seconds);
}
