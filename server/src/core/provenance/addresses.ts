// Whether the owner wrote an address. What the model made up can carry out what was read: in its path, its query or its
// host name. What a stranger's text names, and what a tool says after it or after the model, counts for nothing: a tool
// that repeats what it was asked would make anything known.
import type { Entry, Json } from "@homarus/sdk";

/** The address of a call that stands in no words of the owner; undefined where it stands there, or is none. */
export function madeUpAddress(address: Json | undefined, entries: readonly Entry[]): string | undefined {
  if (typeof address !== "string" || address.trim() === "") return undefined;
  const wanted = plain(address);
  return entries.some(({ body }) => holds(ownWordsOf(body), wanted)) ? undefined : address.slice(0, 300);
}

/** Without what was answered to, and without names of files: others wrote those. */
function ownWordsOf(body: Entry["body"]): string {
  if (body.type !== "user" || body.from?.own === undefined) return "";
  const first = body.content.find((block) => block.type === "text");
  return first?.type === "text" ? first.text.slice(...body.from.own) : "";
}

function holds(text: string, wanted: string): boolean {
  const found = text.toLowerCase();
  for (let at = found.indexOf(wanted); at >= 0; at = found.indexOf(wanted, at + 1)) {
    const rest = found.slice(at + wanted.length);
    // What goes on is another, longer address: a part of it was not written as one.
    const goesOn = /^[a-z0-9_%=&#~+-]|^[./:?][a-z0-9]/.test(rest);
    if (!goesOn && !/[a-z0-9.@-]/.test(found[at - 1] ?? " ")) return true;
  }
  return false;
}

/** Without what makes no difference: scheme, a slash at the end, case of the whole. */
function plain(address: string): string {
  return address
    .trim()
    .toLowerCase()
    .replace(/^https?:\/\//, "")
    .replace(/\/$/, "");
}
