// Whether somebody wrote an address, or the model made it up. What is made up can carry out what was read: in its path,
// its query or its host name.
import { type Entry, type Json, textOf } from "@homarus/sdk";

/** The address of a call that stands in no text of the log; undefined where it stands there, or is none. */
export function madeUpAddress(address: Json | undefined, entries: readonly Entry[]): string | undefined {
  if (typeof address !== "string" || address.trim() === "") return undefined;
  const wanted = plain(address);
  return entries.some(({ body }) => wordsOf(body).some((text) => holds(text, wanted)))
    ? undefined
    : address.slice(0, 300);
}

/** Words of people and of tools; what the model says itself counts for nothing. */
function wordsOf(body: Entry["body"]): readonly string[] {
  if (body.type === "user") return [textOf(body.content)];
  return body.type === "tool-result" ? [textOf(body.result.content)] : [];
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
