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

test("a toolset goes out by the fetch it is handed, to the host of its address alone, and follows nobody elsewhere", async () => {
  const asked: (readonly [string, string | undefined])[] = [];
  const outside = {
    fetch: async (input: string | URL | Request, init?: RequestInit) => {
      asked.push([String(input), init?.redirect]);
      return new Response("there");
    },
    startProgram: () => Promise.reject(new Error("none")),
  };
  const toolset = { id: "notes", kind: "toolset", permissions: { hosts: ["{config.url}"] } } as unknown as CatalogEntry;
  const context = createContext(toolset, {
    ...{ config: { url: "https://notes.example/mcp" }, log: silentLog, clock: createFakeClock(), outside },
    ...{ store: createMemoryStore(), processes: openProcesses(), signal: new AbortController().signal },
  });
  expect(await (await context.fetch("https://notes.example/mcp")).text()).toBe("there");
  for (const url of ["https://evil.example/", "http://127.0.0.1/", "https://notes.example.evil.example/"])
    expect(await context.fetch(url).catch((fault) => fault.code)).toBe("extension.host");
  expect(asked).toEqual([["https://notes.example/mcp", "error"]]);
  expect(context).toHaveProperty("startProgram");
  expect(contextOf([], {})).not.toHaveProperty("startProgram");
});

test("a provider is told whose models its code serves", () => {
  expect(contextOf([], {})).toMatchObject({ vendor: { title: "A", settings: "providers.a", habits: {} } });
});
