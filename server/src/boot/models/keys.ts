// The keys of a provider: one, or several in rotation. A session keeps to its key, so that the vendor's cache holds.
import type { HouseConfig } from "../../host/config/schema.ts";
import { settingsOf } from "../custom-providers.ts";
import type { Choosing } from "./choosing.ts";

export interface Keys {
  /** Names of a provider's keys, the one this session is to use first at the front; never empty. */
  of(provider: string, session: string): readonly string[];
  /** This session was answered by that key. */
  pin(provider: string, session: string, key: string): void;
  /** The settings a provider is called with by that key. */
  configFor(provider: string, key: string): Record<string, unknown>;
}

/** A login is the first of a provider's keys. A name that the owner gives a key bears a mark, so it is never this one. */
export const loginName = "login";

/** Sessions whose key is remembered; the oldest go. */
const mostPinned = 1_000;

export function createKeys(choosing: Choosing, config: () => HouseConfig): Keys {
  const pinned = new Map<string, string>();
  const turns = new Map<string, number>();
  const table = (provider: string): KeyTable => keyTable(provider, choosing, config());
  return {
    of(provider, session) {
      const names = [...table(provider).keys()];
      if (names.length < 2) return names.length === 0 ? [""] : names;
      const place = `${provider} ${session}`;
      const own = pinned.get(place);
      let from = own === undefined ? -1 : names.indexOf(own);
      if (from < 0) {
        from = turns.get(provider) ?? 0;
        turns.set(provider, (from + 1) % names.length);
      }
      return [...names.slice(from), ...names.slice(0, from)];
    },
    pin(provider, session, key) {
      const place = `${provider} ${session}`;
      pinned.delete(place);
      pinned.set(place, key);
      if (pinned.size > mostPinned) pinned.delete(pinned.keys().next().value as string);
    },
    configFor(provider, key) {
      const entry = choosing.find(provider);
      const settings = entry ? choosing.configOf(entry) : {};
      if (key === loginName) return withoutKey(settings);
      const value = table(provider).get(key);
      return value === undefined ? settings : { ...settings, apiKey: value };
    },
  };
}

type KeyTable = ReadonlyMap<string, string | undefined>;

function withoutKey({ apiKey: _, ...settings }: Record<string, unknown>): Record<string, unknown> {
  return settings;
}

/** Name -> key; a login has none. A name changes with its key, so that what was held against an old key does not stick to a new one. */
function keyTable(provider: string, choosing: Choosing, config: HouseConfig): KeyTable {
  const entry = choosing.find(provider);
  const own = entry ? choosing.configOf(entry).apiKey : undefined;
  const written = ((entry && settingsOf(config, entry)?.keys) ?? []) as readonly { name?: string; apiKey: string }[];
  const named = written.map(({ name, apiKey }, index) => [name ?? `key ${index + 1}`, apiKey] as const);
  const all = typeof own === "string" && own !== "" ? [["default", own] as const, ...named] : named;
  const table = new Map<string, string | undefined>(choosing.loggedIn.has(provider) ? [[loginName, undefined]] : []);
  for (const [name, value] of all) if (![...table.values()].includes(value)) table.set(`${name}:${mark(value)}`, value);
  return table;
}

/** 32 bits of FNV-1a: tells two keys apart and gives neither away. */
function mark(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
