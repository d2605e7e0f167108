import { describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { JsonSchema } from "@homarus/sdk";
import { silentLog } from "@homarus/sdk/testing";
import catalog from "../../../generated/catalog.json" with { type: "json" };
import { openConfig } from "./live.ts";
import { maskText } from "./mask.ts";

const schema = catalog.configSchema as unknown as JsonSchema;

function open(text: string | undefined, environment: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "homarus-live-"));
  const path = join(folder, "homarus.json");
  if (text !== undefined) writeFileSync(path, text);
  const changes: string[][] = [];
  const config = openConfig({
    path,
    environment,
    schema,
    log: silentLog,
    secret: () => undefined,
    hide: (text) => text.replaceAll("known-secret-value", "***"),
    watch: true,
    onChange: (changed) => void changes.push([...changed]),
  });
  return {
    ...{ path, config, changes },
    [Symbol.dispose]() {
      config.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function until(found: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!found() && Date.now() < deadline) await Bun.sleep(10);
  expect(found()).toBe(true);
}

describe("the config in force", () => {
  test("[N05] is swapped when the file changes, and tells which sections did", async () => {
    using house = open('{ "log": { "level": "warn" } }');
    writeFileSync(house.path, '{ "log": { "level": "error" }, "sandbox": "none" }');
    await until(() => house.changes.length > 0);
    expect(house.config.current().log.level).toBe("error");
    expect(house.changes[0]?.sort()).toEqual(["log", "sandbox"]);
  });

  test("stays what it was when the file becomes wrong, and the facts say what is wrong", async () => {
    using house = open('{ "log": { "level": "warn" } }');
    writeFileSync(house.path, '{ "log": { "level": "loud" } }');
    await until(() => !house.config.facts().valid);
    expect(house.config.current().log.level).toBe("warn");
    expect(house.config.facts().issues[0]?.path).toBe("log.level");
    expect(house.changes).toEqual([]);
  });

  test("a text that comes back as it was shown keeps its secrets: in lists, and where no setting is secret", () => {
    using house = open(
      JSON.stringify({
        hooks: { list: [{ name: "a", secret: "literal-in-a-list", scheme: "token" }] },
        providers: { openai: { apiKey: "sk-literal", baseUrl: "https://x.example/?k=known-secret-value" } },
        agents: {
          list: [
            { id: "a", name: "known-secret-value" },
            { id: "b", name: "b" },
          ],
        },
      }),
    );
    const shown = house.config.facts().raw.replaceAll("known-secret-value", "***");
    expect(shown).not.toContain("literal");
    house.config.write(shown.replace('"name":"b"', '"name":"***"'), undefined);
    expect(JSON.parse(readFileSync(house.path, "utf8"))).toEqual({
      hooks: { list: [{ name: "a", secret: "literal-in-a-list", scheme: "token" }] },
      providers: { openai: { apiKey: "sk-literal", baseUrl: "https://x.example/?k=known-secret-value" } },
      agents: {
        list: [
          { id: "a", name: "known-secret-value" },
          { id: "b", name: "***" },
        ],
      },
    });
  });

  test("starts from what was good last when the file is wrong at the start", () => {
    const folder = mkdtempSync(join(tmpdir(), "homarus-good-"));
    const path = join(folder, "homarus.json");
    writeFileSync(path, "{ broken");
    writeFileSync(`${path}.good`, '{ "sandbox": "none" }');
    const config = openConfig({
      path,
      environment: {},
      schema,
      log: silentLog,
      secret: () => undefined,
      watch: true,
      onChange: () => undefined,
    });
    expect(config.current().sandbox).toBe("none");
    config.close();
    rmSync(folder, { recursive: true });
  });

  test("refuses to start from a wrong file when none was good before, naming every fault", () => {
    expect(() => open('{ "gatway": 1, "sandbox": "maybe" }')).toThrow(/2 faults[\s\S]*gatway[\s\S]*sandbox/);
  });
});

describe("writing the config", () => {
  test("checks before it writes: what is wrong changes nothing", () => {
    using house = open('{ "sandbox": "auto" }');
    expect(() => house.config.write('{ "sandbox": "maybe" }', undefined)).toThrow("sandbox");
    expect(readFileSync(house.path, "utf8")).toBe('{ "sandbox": "auto" }');
    expect(existsSync(`${house.path}.new`)).toBe(false);
  });

  test("refuses to overwrite what somebody else has changed meanwhile", () => {
    using house = open('{ "sandbox": "auto" }');
    const { hash } = house.config.facts();
    house.config.write('{ "sandbox": "none" }', hash);
    expect(() => house.config.write('{ "sandbox": "auto" }', hash)).toThrow("has changed since");
  });

  test("masks secrets in all it shows, and puts them back where the mask comes in", () => {
    using house = open(
      '{\n  // mine\n  "channels": { "telegram": { "token": "123:hidden-token", "enabled": false } }\n}',
    );
    const facts = house.config.facts();
    expect(JSON.stringify(facts)).not.toContain("hidden-token");
    expect(facts.raw).toContain(maskText);
    house.config.write(facts.raw.replace("false", "true"), facts.hash);
    const text = readFileSync(house.path, "utf8");
    expect(text).toContain("123:hidden-token");
    expect(text).toContain("// mine");
    expect(house.config.current().channels.telegram?.enabled).toBe(true);
    expect(house.config.secrets()).toEqual(["123:hidden-token"]);
  });

  test("names of variables are no secret, their values are", () => {
    using house = open('{ "channels": { "telegram": { "token": "${TOKEN}", "enabled": false } } }', {
      TOKEN: "123:from-the-environment",
    });
    const facts = house.config.facts();
    expect(facts.raw).toContain("${TOKEN}");
    expect(JSON.stringify(facts)).not.toContain("from-the-environment");
    expect(facts.warnings).toEqual([]);
  });
});

test("single values are edited in place: comments stay, a fault changes nothing", () => {
  using it = open('{\n  // my port\n  "gateway": { "port": 1234 }\n}\n');
  const after = it.config.edit([{ path: ["gateway", "port"], value: 4321 }], undefined);
  expect(after.raw).toContain("// my port");
  expect(it.config.current().gateway.port).toBe(4321);
  expect(() => it.config.edit([{ path: ["gateway", "port"], value: "x" }], undefined)).toThrow("gateway.port");
  expect(it.config.edit([{ path: ["gateway", "port"], value: undefined }], undefined).raw).not.toContain("4321");
});
