// What a message asks about is looked up among the older entries of its own session, and comes back with the message:
// who said it and when. At the end of what the model reads, where it breaks no cache.
import { type Entry, type EntryHit, wordsOf } from "@homarus/sdk";

export interface RecallParts {
  /** Entries of this session that hold any of the words, best first. */
  readonly search: (query: string, limit: number) => Promise<readonly EntryHit[]>;
  /** The entries after a seq, so many. */
  readonly entries: (after: number, first: number) => Promise<readonly Entry[]>;
  /** False for what the model reads anyway. */
  readonly isOut: (hit: Pick<EntryHit, "seq" | "role">) => boolean;
  readonly chars: number;
  readonly timeText: (at: number) => string;
}

export interface Recalled {
  readonly text: string;
  readonly seqs: readonly number[];
}

const mostTerms = 16;
const hits = 20;
const nearBest = 0.6;
const longestQuote = 500;
const longestNeighbour = 300;

/** Words that stand in every conversation. */
const common = new Set(
  "the and for you your that this with what when where which who how was were are is has have had not can could will would should did does about from please tell give show they them then than there here just like know think want need make made let get got our out its all any one two der die das und ist ein eine einen wie was wer wann ich sie wir mir mich dir dich nicht auf mit von für den dem des hat habe haben war sind bitte noch que les des est una los las por para como con del quel quoi pour dans avec sur".split(
    " ",
  ),
);

/** The words of a message that are worth looking for, the most telling first. */
export function termsOf(text: string): readonly string[] {
  const found = new Map<string, number>();
  for (const [word] of text.slice(0, 8_000).matchAll(/[\p{L}\p{N}_]+/gu)) {
    const plain = word.toLowerCase();
    const isCjk = /[\u2e80-\u9fff\uac00-\ud7af]/.test(word);
    const isNumber = /\d/.test(word);
    if (common.has(plain) || (plain.length < 3 && !isCjk && !isNumber)) continue;
    const telling = (isNumber ? 6 : 0) + (/^\p{Lu}/u.test(word) ? 2 : 0) + Math.min(12, plain.length);
    found.set(plain, Math.max(found.get(plain) ?? 0, telling));
  }
  return [...found]
    .sort((a, b) => b[1] - a[1])
    .slice(0, mostTerms)
    .map(([word]) => word);
}

/** Undefined where nothing is asked about, or nothing was said about it. */
export async function recall(message: string, parts: RecallParts): Promise<Recalled | undefined> {
  const terms = termsOf(message);
  if (terms.length === 0 || parts.chars < 200) return undefined;
  const found = (await parts.search(terms.join(" "), hits)).filter(parts.isOut);
  const quotes = openQuotes(terms, parts);
  let best = 0;
  for (const hit of found) {
    // What is far less about it than the best is there by chance.
    if (quotes.left() < 80 || (quotes.taken.size > 0 && hit.score < best * nearBest)) break;
    if (quotes.taken.size === 0) best = hit.score;
    await quote(hit, quotes, { terms, message, parts });
  }
  const { taken } = quotes;
  if (taken.size === 0) return undefined;
  const seqs = [...taken.keys()].sort((a, b) => a - b);
  const lines = seqs.map((seq) => taken.get(seq));
  return { seqs, text: `Earlier in this conversation, not shown above:\n${lines.join("\n")}` };
}

type Quotes = ReturnType<typeof openQuotes>;

/** Lines within the room there is; false for one that does not fit any more. */
function openQuotes(terms: readonly string[], parts: RecallParts) {
  const taken = new Map<number, string>();
  let left = parts.chars;
  return {
    taken,
    left: () => left,
    take(entry: Entry, longest: number): boolean {
      const line = lineOf(entry, terms, longest, parts);
      if (line === undefined || taken.has(entry.seq)) return true;
      if (line.length > left) return false;
      taken.set(entry.seq, line);
      left -= line.length + 1;
      return true;
    },
  };
}

interface Asking {
  readonly terms: readonly string[];
  readonly message: string;
  readonly parts: RecallParts;
}

async function quote(hit: EntryHit, quotes: Quotes, { terms, message, parts }: Asking): Promise<void> {
  if (quotes.taken.has(hit.seq)) return;
  const [entry] = await parts.entries(hit.seq - 1, 1);
  if (entry?.seq !== hit.seq) return;
  // The same question asked before says nothing itself; its answer may.
  if (isAbout(entry, terms, message)) quotes.take(entry, longestQuote);
  else if (wordsOf(entry.body)?.text.trim() !== message.trim()) return;
  const next = await neighbourOf(entry, parts);
  if (next && parts.isOut(facts(next))) quotes.take(next, longestNeighbour);
}

function facts({ seq, body }: Entry): Pick<EntryHit, "seq" | "role"> {
  return { seq, role: body.type === "user" ? "user" : body.type === "step" ? "agent" : "tool" };
}

/** One common word is no reason: two of them, or one that says something, are. */
function isAbout({ body }: Entry, terms: readonly string[], message: string): boolean {
  const text = wordsOf(body)?.text ?? "";
  if (text.trim() === message.trim()) return false;
  const lower = plain(text);
  const held = terms.filter((term) => lower.includes(plain(term)));
  return held.length >= Math.min(2, terms.length) || held.some((term) => /\d/.test(term) || term.length >= 7);
}

/** What was answered to words, and which words an answer or a result answered. */
async function neighbourOf({ seq, body }: Entry, { entries }: RecallParts): Promise<Entry | undefined> {
  if (body.type === "user")
    return (await entries(seq, 3)).find((item) => item.body.type === "step" && wordsOf(item.body) !== undefined);
  return (await entries(Math.max(0, seq - 4), 3)).findLast((item) => item.seq < seq && item.body.type === "user");
}

function lineOf(entry: Entry, terms: readonly string[], longest: number, parts: RecallParts): string | undefined {
  const said = wordsOf(entry.body);
  if (!said) return undefined;
  const { body } = entry;
  const peer = body.type === "user" ? body.from?.peer : undefined;
  const who =
    said.role === "tool" && body.type === "tool-result"
      ? `a result of ${body.result.name}`
      : said.role === "agent"
        ? "you"
        : (peer?.name ?? peer?.username ?? peer?.id ?? "the house");
  return `- ${parts.timeText(entry.at)}, ${who}: “${around(said.text.replace(/\s+/g, " ").trim(), terms, longest)}”`;
}

/** The part of a text where most of the words stand together. */
function around(text: string, terms: readonly string[], longest: number): string {
  if (text.length <= longest) return text;
  const lower = plain(text);
  const places = terms.flatMap((term) => placesOf(lower, plain(term))).sort((a, b) => a - b);
  const best = densest(places, longest - 60);
  const begin = Math.max(0, Math.min(best - 60, text.length - longest));
  const part = text.slice(begin, begin + longest);
  return `${begin > 0 ? "…" : ""}${part}${begin + longest < text.length ? "…" : ""}`;
}

/** The place from which most others are within reach; of equals the first. */
function densest(places: readonly number[], reach: number): number {
  let best = 0;
  let most = 0;
  let end = 0;
  for (const [index, place] of places.entries()) {
    while (end < places.length && (places[end] ?? 0) < place + reach) end += 1;
    if (end - index <= most) continue;
    most = end - index;
    best = place;
  }
  return best;
}

function placesOf(text: string, term: string): readonly number[] {
  const places: number[] = [];
  for (let at = text.indexOf(term); at >= 0 && places.length < 20; at = text.indexOf(term, at + 1)) places.push(at);
  return places;
}

/** The same length as before: only marks that stand alone are taken off. */
function plain(text: string): string {
  return text.toLowerCase().replace(/[\u00c0-\u024f]/g, (sign) => sign.normalize("NFD")[0] ?? sign);
}
