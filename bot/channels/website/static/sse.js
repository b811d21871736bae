// Reads server-sent events from a fetch body, so that the token can travel in a header (EventSource cannot send one).
// Yields {event, data, id}; `heard` is called for every chunk, pings included.
export async function* events(body, heard) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let current = fresh();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      heard();
      const lines = (rest + value).split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop();
      for (const line of lines) {
        if (line !== "") add(current, line);
        else {
          if (current.data.length) yield { ...current, data: current.data.join("\n") };
          current = fresh();
        }
      }
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

function fresh() {
  return { event: "message", data: [], id: null };
}

function add(current, line) {
  const colon = line.indexOf(":");
  if (colon === 0) return; // a comment: the server's ping
  const field = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
  if (field === "data") current.data.push(value);
  else if (field === "event") current.event = value;
  else if (field === "id") current.id = value;
}
