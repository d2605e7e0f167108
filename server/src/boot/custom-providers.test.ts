import { describe, expect, test } from "bun:test";
import type { CatalogEntry, Json, JsonSchema, Provider } from "@homarus/sdk";
import { createFakeClock, createMemoryStore, plainRequest, silentLog, userTurn } from "@homarus/sdk/testing";
import catalog from "../../generated/catalog.json" with { type: "json" };
import { extensions } from "../../generated/extensions.ts";
import { checkConfig, withDefaults } from "../host/config/check.ts";
import { maskConfig, secretsOf } from "../host/config/mask.ts";
import type { HouseConfig } from "../host/config/schema.ts";
import { createContext } from "../host/extensions/context.ts";
import { activateExtension } from "../host/extensions/load.ts";
import { openProcesses } from "../host/process/open.ts";
import { customEntries, settingsOf } from "./custom-providers.ts";

const { entries, configSchema } = catalog as unknown as { entries: CatalogEntry[]; configSchema: JsonSchema };
const secret = "key-of-mine-0123456789";
const mine = {
  ...{ adapter: "openai", title: "My server", baseUrl: "http://127.0.0.1:1/v1", apiKey: secret, api: "chat" },
  headers: { "X-Api-Key": "another-secret-0123" },
  models: [{ id: "big", contextTokens: 8192, price: { input: 1, output: 2 } }, { id: "small" }],
};
const custom = (endpoints: object) => ({ providers: { custom: endpoints } }) as unknown as HouseConfig;
const issues = (endpoints: object) => checkConfig({ providers: { custom: endpoints } } as Json, configSchema);

describe("[A11] an endpoint of the owner's own", () => {
  test("is an entry like those of the catalog, with what the owner says of it", () => {
    const [entry, ...more] = customEntries(custom({ mine }), entries);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({
      ...{ id: "mine", kind: "provider", title: "My server", adapter: "openai", defaultModel: "big" },
      ...{ settings: "providers.custom.mine", environment: {} },
      models: [
        { id: "big", name: "big", contextTokens: 8192, price: { input: 1, output: 2, source: "config" } },
        { id: "small", thinking: false, input: ["text"] },
      ],
    });
    expect(entry?.models[1]?.price).toBeUndefined();
    expect(entry?.configSchema.required).toBeUndefined();
  });

  test("hands its code the adapter's own settings, and no others", () => {
    const config = custom({ mine });
    const [entry] = customEntries(config, entries);
    if (!entry) throw new Error("there is an entry");
    const { apiKey, baseUrl, api, headers } = mine;
    expect(settingsOf(config, entry)).toEqual({ apiKey, baseUrl, api, headers });
    const groq = entries.find((item) => item.id === "groq") as typeof entry;
    expect(settingsOf({ providers: { groq: { apiKey: "k" } } }, groq)).toEqual({ apiKey: "k" });
  });

  test("never takes the place of a provider, and needs code that there is", () => {
    const endpoint = { ...mine };
    const found = customEntries(custom({ groq: endpoint, x: { ...endpoint, adapter: "groq" }, y: endpoint }), entries);
    expect(found.map((entry) => entry.id)).toEqual(["y"]);
    expect(customEntries({ providers: {} }, entries)).toEqual([]);
  });

  test.each([
    [{ mine }, []],
    [{ home: { adapter: "ollama", baseUrl: "http://192.168.1.20:11434", contextTokens: 16384, free: true } }, []],
    [{ mine: { ...mine, adapter: "opnai" } }, [["providers.custom.mine.adapter", /must be one of "anthropic"/]]],
    [{ mine: { adapter: "openai" } }, [["providers.custom.mine.baseUrl", /is needed/]]],
    [{ mine: { ...mine, baseUrl: "nowhere" } }, [["providers.custom.mine.baseUrl", /must be an address/]]],
    [{ mine: { ...mine, contextTokens: 4096 } }, [["providers.custom.mine.contextTokens", /is not a known key/]]],
    [{ mine: { ...mine, titel: "x" } }, [["providers.custom.mine.titel", /did you mean "title"/]]],
    [{ groq: mine }, [["providers.custom.groq", /not a provider's own/]]],
    [{ "My Server": mine }, [["providers.custom.My Server", /lower case/]]],
    [{ mine: "http://x" }, [["providers.custom.mine", /allowed shapes|must be/]]],
  ] as [object, [string, RegExp][]][])("the config says where it is wrong: %j", (endpoints, wanted) => {
    expect(issues(endpoints)).toEqual(
      wanted.map(([path, message]) => ({ path, message: expect.stringMatching(message) })),
    );
  });

  test("its key and its headers are secrets wherever the config is shown", () => {
    const config = { providers: { custom: { mine } } } as unknown as Json;
    expect(new Set(secretsOf(config, configSchema))).toEqual(new Set([secret, "another-secret-0123"]));
    expect(JSON.stringify(maskConfig(config, configSchema))).not.toMatch(/key-of-mine|another-secret/);
  });

  test("[A12] answers through the adapter's code, with its headers, and errors that bear its name", async () => {
    const heads: Headers[] = [];
    using server = Bun.serve({
      ...{ port: 0, hostname: "127.0.0.1" },
      fetch(request) {
        heads.push(request.headers);
        return Response.json({ error: { message: "no such key" } }, { status: 401 });
      },
    });
    const config = custom({ mine: { ...mine, apiKey: undefined, baseUrl: `http://127.0.0.1:${server.port}/v1` } });
    const [entry] = customEntries(config, entries);
    if (!entry) throw new Error("there is an entry");
    const filled = withDefaults(settingsOf(config, entry) as Json, entry.configSchema);
    const store = createMemoryStore();
    const signal = new AbortController().signal;
    const parts = { log: silentLog, clock: createFakeClock(), store, signal, processes: openProcesses() };
    const context = createContext(entry, { ...parts, config: filled });
    const provider = await activateExtension<Provider>(entry, extensions, context);
    const asked = plainRequest("big", [userTurn("hi")]);
    const events = await Array.fromAsync(provider.stream(asked, new AbortController().signal));
    expect([heads[0]?.get("x-api-key"), heads[0]?.get("authorization")]).toEqual(["another-secret-0123", null]);
    expect(events).toMatchObject([
      {
        fault: {
          kind: "auth",
          message: "My server refused the key: no such key",
          hint: "Set providers.custom.mine.apiKey to a key that is valid there.",
        },
      },
    ]);
  });
});
