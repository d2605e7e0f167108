import { describe, expect, test } from "bun:test";
import type { Json, JsonSchema } from "@homarus/sdk";
import fc from "fast-check";
import catalog from "../../../generated/catalog.json" with { type: "json" };
import { checkConfig, withDefaults } from "./check.ts";

const schema = catalog.configSchema as unknown as JsonSchema;
const check = (config: unknown) => checkConfig(config as Json, schema);

describe("[N04] checking a config", () => {
  test("an empty config is good, and its defaults are filled in", () => {
    expect(check({})).toEqual([]);
    expect(withDefaults({}, schema)).toMatchObject({
      gateway: { host: "127.0.0.1", port: 18_789, auth: { mode: "token" } },
      sandbox: "auto",
      session: { scope: "main" },
    });
  });

  test("all faults are told together, each with its path", () => {
    const issues = check({
      gateway: { port: "many", hots: "x" },
      log: { level: "loud" },
      agents: { list: [{ id: "Bad Id" }, {}] },
      chanels: {},
    });
    expect(issues.map((issue) => issue.path).sort()).toEqual([
      "agents.list.0.id",
      "agents.list.1.id",
      "chanels",
      "gateway.hots",
      "gateway.port",
      "log.level",
    ]);
    const text = issues.map((issue) => `${issue.path} ${issue.message}`).join("\n");
    expect(text).toContain('gateway.hots is not a known key; did you mean "host"?');
    expect(text).toContain('chanels is not a known key; did you mean "channels"?');
    expect(text).toContain('log.level must be one of "debug", "info"');
    expect(text).toContain("gateway.port must be an integer");
    expect(text).toContain("agents.list.1.id is needed and not set");
  });

  test("bounds, patterns and addresses are held", () => {
    expect(check({ gateway: { port: 70_000 } })[0]?.message).toBe("must be 65535 or less");
    expect(check({ gateway: { port: 1.5 } })[0]?.message).toBe("must be an integer");
    expect(check({ channels: { telegram: { token: "" } } })[0]?.message).toBe("must not be empty");
    expect(check({ channels: { telegram: { token: "1:x", apiRoot: "not an address" } } })[0]?.message).toContain(
      "must be an address",
    );
  });

  test("[F27] each channel has its own typed settings beside those of all channels", () => {
    expect(check({ channels: { telegram: { token: "1:x", access: { direct: "open" } } } })).toEqual([]);
    expect(check({ channels: { telegram: { token: "1:x", access: { direct: "sometimes" } } } })[0]?.path).toBe(
      "channels.telegram.access.direct",
    );
    expect(withDefaults({ channels: { telegram: { token: "1:x" } } }, schema)).toMatchObject({
      channels: { telegram: { enabled: true, access: { direct: "pairing", groups: "mention" } } },
    });
  });

  test("whatever JSON there is, the answer is a list of issues and nothing is changed", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const before = JSON.stringify(value);
        expect(Array.isArray(check(value))).toBe(true);
        withDefaults(value as Json, schema);
        expect(JSON.stringify(value)).toBe(before);
      }),
      { numRuns: 500 },
    );
  });

  test("names of objects' own machinery are unknown keys like any other", () => {
    expect(
      check(JSON.parse('{ "gateway": { "constructor": 1, "__proto__": 2, "toString": 3 } }')).length,
    ).toBeGreaterThanOrEqual(2);
  });
});
