import { expect, test } from "bun:test";
import type { Json, Store } from "@homarus/sdk";
import { createKnownSecrets, type KnownSecretsParts } from "./known-secrets.ts";

test("a token that has changed is told once, and the one before stays known", async () => {
  const kept = new Map<string, Json>();
  const values = { get: async (key: string) => kept.get(key), set: async (key: string, to: Json) => kept.set(key, to) };
  const parts = {
    ...{ environment: {}, catalog: [], config: () => undefined },
    ...{ home: { folder: "/nowhere", keptToken: () => undefined }, vault: { list: () => [] } },
  } as unknown as KnownSecretsParts;
  let changes = 0;
  const known = createKnownSecrets(parts, () => {
    changes += 1;
  });
  const store = known.watched({ values: () => values } as unknown as Store).values("extension/provider/x");
  const [first, second] = ["first-token-0123456789", "second-token-0123456789"];
  await store.set("login", { token: first });
  await store.set("login", { token: second });
  for (let times = 0; times < 20; times += 1) await store.get("login");
  expect(changes).toBe(2);
  expect(known.all().map(({ value }) => value)).toEqual([second, first]);
});
