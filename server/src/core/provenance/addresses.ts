// Whether an address was found or made up. What the model makes up can carry out what was read: in its path, its query or
// its host name. Found is what the owner wrote, and what stands in a page or in results of a search: so one can go on from a
// page to the next. What any other tool says counts for nothing, and neither does what a page only says after the model: a
// tool that repeats what it was asked would make anything known.
import { type Entry, type Json, textOf, toolCallsOf } from "@homarus/sdk";

/**
 * The address of a call that was found nowhere; undefined where it was, or is none. `reads` says of a tool whether it only
 * reads what strangers wrote, such as a page.
 */
export function madeUpAddress(
  address: Json | undefined,
  entries: readonly Entry[],
  reads: (tool: string) => boolean,
): string | undefined {
  if (typeof address !== "string" || address.trim() === "") return undefined;
  const wanted = plain(address);
  const inputs = inputsOf(entries);
  const isFound = (entry: Entry): boolean => {
    if (holds(ownWordsOf(entry.body), wanted)) return true;
    const { body } = entry;
    if (body.type !== "tool-result" || !reads(body.result.name)) return false;
    const asked = body.input ?? inputs.get(callOf(entry, body.result.callId));
    return asked !== undefined && holds(textOf(body.result.content), wanted) && !wasAskedFor(wanted, unescaped(asked));
  };
  return entries.some(isFound) ? undefined : address.slice(0, 300);
}

const callOf = ({ runId = "" }: Entry, callId: string): string => `${runId}:${callId}`;

function inputsOf(entries: readonly Entry[]): ReadonlyMap<string, Json> {
  return new Map(
    entries.flatMap((entry) =>
      entry.body.type === "step"
        ? toolCallsOf(entry.body.content).map(({ id, input }) => [callOf(entry, id), input] as const)
        : [],
    ),
  );
}

/** Whether the call itself held the address, or that in it which could carry something: a value, or the end of its path. */
function wasAskedFor(wanted: string, asked: string): boolean {
  const { pathname = "", search = "", hash = "" } = URL.parse(`http://${wanted}`) ?? {};
  const carriers = [pathname.split("/").at(-1) ?? "", ...`${search}&${hash.slice(1)}`.split(/[?&=]/)];
  return (
    asked.includes(wanted) ||
    carriers.some((part) => part.length >= shortestCarrier && asked.includes(unescapedText(part)))
  );
}

const shortestCarrier = 8;

/** The words of an input as they may come back, whatever writing of addresses they were put in. */
function unescaped(input: Json): string {
  return unescapedText(JSON.stringify(input).toLowerCase());
}

function unescapedText(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (code) => {
    const bytes = Uint8Array.from(code.slice(1).split("%"), (pair) => Number.parseInt(pair, 16));
    return new TextDecoder().decode(bytes);
  });
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
