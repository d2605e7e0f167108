import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonSchema } from "@homarus/sdk";
import { createFakeClock, createMemoryStore, silentLog } from "@homarus/sdk/testing";
import catalog from "../../generated/catalog.json" with { type: "json" };
import { type ConfigSwap, openConfig } from "../host/config/live.ts";
import { createConfigAudit } from "./config-audit.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function open(text: string) {
  const folder = mkdtempSync(join(tmpdir(), "config-audit-"));
  folders.push(folder);
  const path = join(folder, "homarus.json");
  writeFileSync(path, text);
  const store = createMemoryStore();
  const audit = createConfigAudit({ store, clock: createFakeClock(5), log: silentLog });
  const swaps: ConfigSwap[] = [];
  const config = openConfig({
    ...{
      path,
      environment: {},
      schema: catalog.configSchema as unknown as JsonSchema,
      secret: () => undefined,
      log: silentLog,
      watch: false,
    },
    onChange: (_, swap) => {
      swaps.push(swap);
      audit.changed(swap);
    },
  });
  return { store, audit, config, swaps };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a change is in the audit with who and which settings, and without what they are", async () => {
  const { store, config } = open('{ "log": { "level": "info" } }');
  config.edit([{ path: ["log", "level"], value: "debug" }], undefined, "Pat");
  config.write('{ "egress": { "rules": [{ "host": "canary.example", "action": "allow" }] } }', undefined);
  await settled();
  const links = (await store.auditPage(0, 9)).toSorted((a, b) => a.seq - b.seq);
  expect(links.map(({ type, actor, action }) => [type, actor, action])).toEqual([
    ["config-changed", "Pat", "changes the config"],
    ["config-changed", "the file", "changes the config"],
  ]);
  expect(links[0]?.detail).toMatchObject({ settings: ["log.level"] });
  expect(links[1]?.detail).toMatchObject({ settings: expect.arrayContaining(["egress.rules", "log.level"]) });
  expect(JSON.stringify(links)).not.toContain("canary");
});

test("what was changed while no house ran is found at the next start, and is told once", async () => {
  const { store, audit } = open("{}");
  await audit.began("one");
  await audit.began("one");
  expect(await store.auditPage(0, 9)).toEqual([]);
  await audit.began("two");
  await audit.began("two");
  expect((await store.auditPage(0, 9)).map(({ action }) => action)).toEqual(["was changed while no house ran"]);
});

test("a change that cannot be written down takes effect all the same, and the log says so", async () => {
  const logged: string[] = [];
  const store = { ...createMemoryStore(), commit: () => Promise.reject(new Error("full")) };
  const log = { error: (event: string) => void logged.push(event) };
  createConfigAudit({ store, clock: createFakeClock(5), log }).changed({ by: "Pat", settings: ["a"], hash: "h" });
  await settled();
  expect(logged).toEqual(["config.change-not-kept"]);
});
