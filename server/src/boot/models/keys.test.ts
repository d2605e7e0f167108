import { describe, expect, test } from "bun:test";
import type { CatalogEntry } from "@homarus/sdk";
import catalog from "../../../generated/catalog.json" with { type: "json" };
import type { HouseConfig } from "../../host/config/schema.ts";
import { openChoosing } from "./choosing.ts";
import { createKeys } from "./keys.ts";

const entries = catalog.entries as unknown as readonly CatalogEntry[];

function open(providers: Record<string, unknown>, environment: Record<string, string> = {}) {
  const config = () => ({ providers }) as unknown as HouseConfig;
  return createKeys(openChoosing({ catalog: entries, environment, config }), config);
}

const several = { anthropic: { apiKey: "one", keys: [{ name: "spare", apiKey: "two" }, { apiKey: "three" }] } };
const plain = (names: readonly string[]) => names.map((name) => name.replace(/:.*/, ""));

describe("[A31] several keys of a provider", () => {
  test("sessions take them in turn, and each keeps to its own", () => {
    const keys = open(several);
    const first = keys.of("anthropic", "s1");
    expect(plain(first)).toEqual(["default", "spare", "key 2"]);
    expect(plain(keys.of("anthropic", "s2"))).toEqual(["spare", "key 2", "default"]);
    keys.pin("anthropic", "s1", first[2] ?? "");
    expect(plain(keys.of("anthropic", "s1"))).toEqual(["key 2", "default", "spare"]);
  });

  test("a key's name changes with the key, and gives nothing of it away", () => {
    const [before] = open({ anthropic: { apiKey: "sk-ant-secret-1" } }).of("anthropic", "s");
    const [after] = open({ anthropic: { apiKey: "sk-ant-secret-2" } }).of("anthropic", "s");
    expect(before).not.toBe(after ?? "");
    expect(before).toMatch(/^default:[0-9a-f]{8}$/);
  });

  test("the provider is called with the key that is named, and with the rest of its settings", () => {
    const keys = open({ anthropic: { ...several.anthropic, baseUrl: "http://127.0.0.1:1" } });
    const names = keys.of("anthropic", "s");
    expect(names.map((name) => keys.configFor("anthropic", name))).toEqual(
      ["one", "two", "three"].map((apiKey) => ({ apiKey, baseUrl: "http://127.0.0.1:1" })),
    );
  });

  test("[A20] one key, from the file or the environment, is the usual case; none at all has an empty name", () => {
    expect(plain(open({}, { ANTHROPIC_API_KEY: "e" }).of("anthropic", "s"))).toEqual(["default"]);
    expect(open({}).of("ollama", "s")).toEqual([""]);
    expect(plain(open({ anthropic: { keys: [{ apiKey: "only" }] } }).of("anthropic", "s"))).toEqual(["default"]);
  });
});
