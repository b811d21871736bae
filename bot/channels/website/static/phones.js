// Turns telephone numbers in a text into links, and nothing else: all other text stays text.
const LONG = String.raw`\+?\d(?:[ ()-]{0,2}\d){8,14}`; // 9 to 15 digits, as telephone numbers have

export class Phones {
  #known = new Map(); // digits -> {kind: "tel" | "sms", word}

  // `lines` are the crisis lines, `clinic` the clinic's own number.
  constructor(lines = [], clinic = "") {
    if (clinic) this.#known.set(digits(clinic), { kind: "tel" });
    for (const line of lines) {
      if (line.text_to) this.#known.set(digits(line.text_to), { kind: "sms", word: line.text_word });
      if (line.call) this.#known.set(digits(line.call), { kind: "tel" });
    }
  }

  // Returns text nodes and <a> elements for `text`. Short numbers ("999") are linked only in a crisis message.
  nodes(text, isCrisis) {
    const nodes = [];
    let from = 0;
    for (const match of text.matchAll(this.#pattern(isCrisis))) {
      nodes.push(text.slice(from, match.index), this.#link(match[0]));
      from = match.index + match[0].length;
    }
    nodes.push(text.slice(from));
    return nodes.filter((node) => node !== "");
  }

  #pattern(isCrisis) {
    const known = [...this.#known.keys()].filter((number) => isCrisis || number.length > 5);
    const spaced = known.sort((a, b) => b.length - a.length).map((number) => [...number].join("[ -]?"));
    return new RegExp(String.raw`(?<![\d£$€.,:/+-])(?:${[...spaced, LONG].join("|")})(?![\d%]|[.,:/-]\d)`, "g");
  }

  #link(shown) {
    const number = digits(shown);
    const known = this.#known.get(number) ?? { kind: "tel" };
    const link = document.createElement("a");
    link.href = address(known.kind, shown, known.word);
    link.textContent = shown;
    return link;
  }
}

// "tel:116123", "sms:85258?body=SHOUT"
export function address(kind, number, word) {
  const plus = number.trim().startsWith("+") ? "+" : "";
  const body = kind === "sms" && word ? `?&body=${encodeURIComponent(word)}` : "";
  return `${kind}:${plus}${digits(number)}${body}`;
}

function digits(number) {
  return number.replace(/\D/g, "");
}
