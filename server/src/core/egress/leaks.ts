// Watches what leaves a sandbox and what comes in for the secrets of the house. A secret is found in each spelling and
// wrapping that is known here, whole or in parts; what an attacker enciphers with a key of his own is not.
import type { EgressCaller, EgressSecret, LeakFinding, LeakStream, LeakWatch, LeavingPieces } from "@homarus/sdk";
import { createDripIndex, createDripMemory, type DripIndex, type DripMemory, lettersOf } from "./drips.ts";
import { type Field, fieldsOf } from "./fields.ts";
import { createFragmentMemory, createPieceIndex, type FragmentMemory, type PieceIndex } from "./fragments.ts";
import { createSearch, createSearchIndex, type SearchIndex } from "./search.ts";
import { type FoundShape, keyShapesIn } from "./shapes.ts";
import { spellingsOf } from "./spellings.ts";
import { createJsonView, createPercentView, createTwicePercentView, joined, type View } from "./views.ts";

interface Known {
  readonly secrets: readonly EgressSecret[];
  readonly names: readonly string[];
  readonly whole: SearchIndex;
  /** The secret of each spelling. */
  readonly owners: readonly number[];
  readonly pieces: PieceIndex;
  readonly drips: DripIndex;
  readonly exact: readonly { readonly bytes: Uint8Array; readonly secret: number }[];
}

/** Where a text stands in a request: in words, and which part of it that is. */
type Spot = Pick<LeakFinding, "where" | "place">;
type PlacedText = readonly [spot: Spot, text: Uint8Array];

const line = (where: string): Spot => ({ where, place: "line" });
const head = (where: string): Spot => ({ where, place: "head" });
const body: Spot = { where: "the body", place: "body" };
const requests: Spot = { where: "several requests", place: "requests" };

interface SessionMemory {
  readonly known: Known;
  readonly fragments: FragmentMemory;
  readonly drips: DripMemory;
  /** Unix ms. */
  readonly usedAt: number;
  /** Texts of the shape of a key that came in: no secrets of the house, so they may leave again. */
  readonly given: Set<string>;
}

const mostGiven = 2000;
/** Of one field, so many words are looked at. */
const mostParts = 8;
/** Of one body, so much is looked through for pieces and shapes. */
const mostShaped = 2_000_000;
/** A shape is cut by the border of two chunks at most here. */
const shapeOverlap = 2048;

/** What a session has sent is remembered for so long after its last request, whichever sandbox or tool sent it. */
const rememberedMs = 24 * 3_600_000;
const mostSessions = 64;

/** `secrets`: all that are known at this moment. The same list, unchanged, costs nothing. */
export function createLeakWatch(secrets: () => readonly EgressSecret[], now: () => number): LeakWatch {
  const memories = new Map<string, SessionMemory>();
  let known = learn([]);
  let seen = known.secrets;
  const memoryOf = ({ agent, sessionKey }: EgressCaller): SessionMemory => {
    const current = secrets();
    if (current !== seen && !isSame(current, known.secrets)) known = learn(current);
    seen = current;
    const key = JSON.stringify([agent, sessionKey]);
    const usedAt = now();
    // In the order of their use: the first are the oldest.
    for (const [other, memory] of memories) if (memory.usedAt + rememberedMs < usedAt) memories.delete(other);
    const kept = memories.get(key);
    const parts = kept?.known === known ? kept : { ...emptyMemory(known), given: kept?.given ?? new Set<string>() };
    const memory = { ...parts, usedAt };
    memories.delete(key);
    memories.set(key, memory);
    if (memories.size > mostSessions) memories.delete(memories.keys().next().value ?? "");
    return memory;
  };
  return {
    leaving: (caller, pieces) => findLeaving(memoryOf(caller), pieces),
    stream: (caller, direction) => createLeakStream(memoryOf(caller), direction),
  };
}

/** A new list of the same secrets is no reason to forget what has left. */
function isSame(some: readonly EgressSecret[], others: readonly EgressSecret[]): boolean {
  const isIn = new Set(others.map(({ name, value }) => `${name}\n${value}`));
  return some.length === others.length && some.every(({ name, value }) => isIn.has(`${name}\n${value}`));
}

function emptyMemory(known: Known): Pick<SessionMemory, "known" | "fragments" | "drips"> {
  return { known, fragments: createFragmentMemory(known.pieces, known.whole), drips: createDripMemory(known.drips) };
}

function learn(secrets: readonly EgressSecret[]): Known {
  const spelled = secrets.map((secret) => spellingsOf(secret.value));
  const plain = spelled.flatMap((item, secret) => item.plain.map((codes) => ({ codes, secret })));
  return {
    secrets,
    names: secrets.map((secret) => secret.name),
    whole: createSearchIndex(spelled.flatMap((item) => item.loose)),
    owners: spelled.flatMap((item, secret) => item.loose.map(() => secret)),
    pieces: createPieceIndex(plain),
    drips: createDripIndex(plain.map(({ codes }) => codes)),
    exact: spelled.flatMap((item, secret) => (item.exact ? [{ bytes: item.exact, secret }] : [])),
  };
}

function findLeaving(memory: SessionMemory, pieces: LeavingPieces): LeakFinding | undefined {
  const texts: readonly PlacedText[] = [
    [line("the method"), encode(pieces.method)],
    [line("the host name"), encode(pieces.host)],
    [line("the address"), encode(pieces.target)],
    // A name that holds a secret is not named.
    ...pieces.headers.map(([name]): PlacedText => [head("the name of a header"), encode(name)]),
    ...pieces.headers.map(([name, value]): PlacedText => [head(`the header ${name}`), encode(value)]),
    ...pieces.headers.map(([name, value]): PlacedText => [head("a header"), encode(`${name}: ${value}`)]),
    ...pieces.headers.flatMap(([, value]) => decodedLogin(value)),
    ...pieces.bodies.map((bytes): PlacedText => [body, bytes]),
  ];
  for (const [spot, text] of texts) {
    const found = findWhole(memory.known, text, spot) ?? findShape(memory, text, spot);
    if (found) return found;
  }
  return findInParts(memory, pieces, texts);
}

function findWhole(known: Known, text: Uint8Array, spot: Spot): LeakFinding | undefined {
  const secret = createSecretSearch(known).push(text).secret;
  return secret === undefined ? undefined : { kind: "secret", name: known.names[secret] ?? "", ...spot, how: "whole" };
}

function findShape(memory: SessionMemory, text: Uint8Array, spot: Spot): LeakFinding | undefined {
  const found = keyShapesIn(decode(text.subarray(0, mostShaped))).find((item) => !memory.given.has(item.text));
  return found && { kind: "shape", name: found.name, ...spot, how: "whole" };
}

function findInParts(
  { known, fragments, drips }: SessionMemory,
  pieces: LeavingPieces,
  texts: readonly PlacedText[],
): LeakFinding | undefined {
  const inParts = (secret: number, spot: Spot): LeakFinding => ({
    ...{ kind: "secret", name: known.names[secret] ?? "", ...spot, how: "in parts" },
  });
  const fields = fieldsOf(pieces);
  for (const { name, text } of fields) {
    // A field may be wrapped, but as its parts are read one by one, not across their border.
    for (const [how, read] of [encode(text), createTwicePercentView().push(encode(text))].entries()) {
      const spelling = fragments.field(`${how} ${name}`, read);
      if (spelling !== undefined) return inParts(known.owners[spelling] ?? 0, requests);
    }
  }
  for (const [spot, text] of texts) {
    const own = text.subarray(0, mostShaped);
    const readings = new Set([own, createTwicePercentView().push(own), createJsonView().push(own)]);
    for (const reading of readings) {
      const secret = fragments.pieces(reading);
      if (secret !== undefined) return inParts(secret, spot);
    }
  }
  const drip = dripIn(drips, pieces.method, fields);
  return drip === undefined ? undefined : inParts(known.pieces.spellings[drip]?.secret ?? 0, requests);
}

/** The words of a request, each in its own place, and those that are new among all that are new. */
function dripIn(drips: DripMemory, method: string, fields: readonly Field[]): number | undefined {
  for (const { name, text } of fields) {
    const read = createTwicePercentView().push(encode(text));
    const parts = decode(read.subarray(0, 256))
      .split(/[^A-Za-z0-9]+/)
      .filter(Boolean)
      .slice(0, mostParts);
    const letters = parts.join("").toLowerCase();
    const found =
      drips.word(name, letters) ??
      drips.novel("values", name, letters) ??
      (parts.length < 2 ? [] : parts)
        .map((part, at) => drips.word(`${name} part ${at}`, part.toLowerCase()))
        .find((alarm) => alarm !== undefined);
    if (found !== undefined) return found;
  }
  for (const name of [method, ...fields.map(({ own = "" }) => own)].filter((own) => own !== "")) {
    const found = drips.novel("names", "", lettersOf(encode(name)));
    if (found !== undefined) return found;
  }
  return undefined;
}

function createLeakStream(memory: SessionMemory, direction: "out" | "in"): LeakStream {
  const { known, given } = memory;
  const search = createSecretSearch(known);
  let tail: Uint8Array = new Uint8Array(0);
  let shaped = 0;
  const shapesIn = (bytes: Uint8Array): readonly FoundShape[] => {
    if (shaped > mostShaped) return [];
    shaped += bytes.length;
    const text = joined(tail, bytes);
    tail = text.slice(-shapeOverlap);
    return keyShapesIn(decode(text));
  };
  return {
    push(bytes) {
      const { secret, holds } = search.push(bytes);
      if (secret !== undefined)
        return { found: { kind: "secret", name: known.names[secret] ?? "", ...body, how: "whole" }, holds };
      const shapes = shapesIn(bytes);
      if (direction === "in") for (const item of shapes) if (given.size < mostGiven) given.add(item.text);
      const strange = direction === "out" ? shapes.find((item) => !given.has(item.text)) : undefined;
      return { found: strange && { kind: "shape", name: strange.name, ...body, how: "whole" }, holds };
    },
  };
}

/** One search for each view of a stream. */
function createSecretSearch(known: Known): {
  push(bytes: Uint8Array): { readonly secret: number | undefined; readonly holds: boolean };
} {
  const views: readonly View[] = [
    { push: (bytes) => bytes },
    createPercentView(),
    createTwicePercentView(),
    createJsonView(),
  ];
  const searches = views.map((view) => ({ view, search: createSearch(known.whole) }));
  let tail: Uint8Array = new Uint8Array(0);
  const exactIn = (bytes: Uint8Array): number | undefined => {
    if (known.exact.length === 0) return undefined;
    const whole = joined(tail, bytes);
    const longest = Math.max(...known.exact.map((item) => item.bytes.length));
    tail = whole.slice(-longest + 1);
    const text = decode(whole);
    return known.exact.find((item) => text.includes(decode(item.bytes)))?.secret;
  };
  return {
    push(bytes) {
      if (known.secrets.length === 0) return { secret: undefined, holds: false };
      for (const { view, search } of searches) {
        const spelling = search.push(view.push(bytes));
        if (spelling !== undefined) return { secret: known.owners[spelling], holds: true };
      }
      return { secret: exactIn(bytes), holds: searches.some(({ search }) => search.isOpen) };
    },
  };
}

/** The login of HTTP Basic as it reads once unpacked. */
function decodedLogin(value: string): readonly PlacedText[] {
  const coded = /^basic\s+([A-Za-z0-9+/=_-]+)$/i.exec(value)?.[1];
  if (coded === undefined) return [];
  try {
    return [[head("a login"), Uint8Array.from(atob(coded), (letter) => letter.charCodeAt(0))]];
  } catch {
    // No base64, so there is nothing in it to be read.
    return [];
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
