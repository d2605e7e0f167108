import { expect, test } from "bun:test";
import { maskConfig, maskText, secretNamesIn, secretsOf } from "./mask.ts";

const variable = { type: "string", secret: true, variable: true };
const schema = {
  properties: { env: { additionalProperties: variable }, key: { type: "string", secret: true } },
};

test("every variable of a program is masked, but a path or a plain word is not looked for elsewhere", () => {
  const env = {
    HOME_OF_NOTES: "/srv/data/notes",
    NODE_ENV: "production",
    PORT: "8080",
    SITE: "https://notes.example/a",
    API_KEY: "production",
    LOGIN: "https://pat:word@notes.example/a",
    RANDOM: "/9j3kAbCdEf0123456789ZyXw",
    OTHER: "hunter2hunter2",
  };
  const config = { env, key: "production" };
  expect(secretsOf(config, schema)).toEqual([env.API_KEY, env.LOGIN, env.RANDOM, env.OTHER, "production"]);
  const masked = maskConfig(config, schema) as { env: Record<string, string> };
  expect(Object.values(masked.env).every((value) => value === maskText)).toBe(true);
  expect(maskConfig({ env: { A: "$" + "{NAME}" } }, schema)).toEqual({ env: { A: "$" + "{NAME}" } });
});

test("a name of a secret is found wherever the schema wants one, and is not masked", () => {
  const lent = { type: "string", secretName: true };
  const rules = { items: { properties: { host: { type: "string" }, credential: { properties: { secret: lent } } } } };
  const config = { rules: [{ host: "a" }, { host: "b", credential: { secret: "github/token" } }], secret: "no name" };
  expect(secretNamesIn(config, { properties: { rules } })).toEqual([
    { path: ["rules", "1", "credential", "secret"], name: "github/token" },
  ]);
  expect(maskConfig(config, { properties: { rules } })).toEqual(config);
});
