// The last words of a session as text: who, when, what. What is long is shortened, tool results most of all.
import { type Activate, type SessionWords, sessionsOf, textOutput } from "@homarus/sdk";
import type manifest from "./manifest.ts";

const usualLimit = 20;
/** Characters of one message, of one tool result, and of all together. */
const mostOfMessage = 4_000;
const mostOfResult = 300;
const mostOfAll = 40_000;

export const activate: Activate<typeof manifest> = () => ({
  async execute({ key, limit = usualLimit }, call) {
    const words = await sessionsOf(call).history(key, limit);
    if (words.length === 0) return textOutput("[Nothing was said there yet.]");
    return textOutput(newest(words.map(textOf)));
  },
  preview({ key }) {
    return `Read the session ${key.replace(/\s+/g, " ").slice(0, 120)}`;
  },
});

function textOf({ role, name, at, text }: SessionWords): string {
  const who = name === undefined ? role : `${role} ${name}`;
  return `[${new Date(at).toISOString()} ${who}]\n${shortened(text, role === "tool" ? mostOfResult : mostOfMessage)}`;
}

function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)} [... ${text.length - most} characters left out]`;
}

/** As many of the newest as fit; the first of all that are kept is the oldest. */
function newest(texts: readonly string[]): string {
  let size = 0;
  const first = texts.findLastIndex((text) => {
    size += text.length + 2;
    return size > mostOfAll;
  });
  const note = first < 0 ? [] : [`[${first + 1} older messages left out; ask for fewer.]`];
  return [...note, ...texts.slice(first + 1)].join("\n\n");
}
