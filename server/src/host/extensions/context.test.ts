import { expect, test } from "bun:test";
import type { CatalogEntry } from "@homarus/sdk";
import { createFakeClock, createMemoryStore, silentLog } from "@homarus/sdk/testing";
import { openProcesses } from "../process/open.ts";
import { createContext } from "./context.ts";

const entry = (hosts: readonly string[]) =>
  ({
    ...{ id: "a", kind: "provider", title: "A", environment: {}, models: [], permissions: { hosts } },
  }) as unknown as CatalogEntry;

const contextOf = (hosts: readonly string[], config: unknown) =>
  createContext(entry(hosts), {
    ...{ config, log: silentLog, clock: createFakeClock(), store: createMemoryStore() },
    processes: openProcesses(),
    signal: new AbortController().signal,
  });

/** True where the host may be reached, which nobody then answers at. */
async function mayReach(url: string, hosts: readonly string[], config: unknown): Promise<boolean> {
  const told = await contextOf(hosts, config)
    .fetch(url, { signal: AbortSignal.abort() })
    .catch((error) => error);
  return told.code !== "extension.host";
}

test("a field may stand for a whole address or for one label of a host, and for nothing else", async () => {
  const hosts = ["runtime.{config.region}.example.com", "{config.url}"];
  const config = { region: "eu-1", url: "http://127.0.0.1:9/x" };
  expect(await mayReach("https://runtime.eu-1.example.com/y", hosts, config)).toBe(true);
  expect(await mayReach("http://127.0.0.1:9/y", hosts, config)).toBe(true);
  expect(await mayReach("https://runtime.us-1.example.com/", hosts, config)).toBe(false);
  expect(await mayReach("https://evil.com/", hosts, { region: "evil.com/" })).toBe(false);
  expect(await mayReach("https://runtime.evil.com/", hosts, { region: "evil.com#" })).toBe(false);
});

test("a provider is told whose models its code serves", () => {
  expect(contextOf([], {})).toMatchObject({ vendor: { title: "A", settings: "providers.a", habits: {} } });
});
