import { expect, test } from "bun:test";
import { createFakeClock, createMemoryStore } from "@homarus/sdk/testing";
import { Logins } from "./logins.ts";

function open() {
  const clock = createFakeClock(0);
  const store = createMemoryStore();
  const errors: string[] = [];
  const log = { error: (event: string) => void errors.push(event) };
  return { clock, store, errors, logins: new Logins({ store, clock, log }), log };
}

const owner = { client: "webchat", address: "10.0.0.5", scopes: ["operator.admin"], role: "operator" };

test("a login is in the audit, the same one once an hour, another one at once", async () => {
  const { clock, store, logins } = open();
  logins.came(owner);
  logins.came(owner);
  logins.came({ ...owner, address: "10.0.0.6", deviceId: "d1", keyId: "k1" });
  await clock.advance(3_600_000);
  logins.came(owner);
  const links = await store.auditPage(0, 9);
  expect(links.map(({ type, actor, action }) => [type, actor, action])).toEqual([
    ["login", "webchat", "comes in"],
    ["login", "webchat", "comes in"],
    ["login", "webchat", "comes in"],
  ]);
  expect(links.map(({ detail }) => detail)).toContainEqual({
    ...{ address: "10.0.0.6", scopes: ["operator.admin"], role: "operator", device: "d1", key: "k1" },
  });
});

test("who is turned away is in the audit with the reason, an address once a minute", async () => {
  const { clock, store, logins } = open();
  for (let tries = 0; tries < 50; tries += 1) logins.refused({ address: "10.0.0.7", reason: "the token is not valid" });
  logins.refused({ client: "x".repeat(500), address: "10.0.0.8", reason: "no" });
  await clock.advance(60_000);
  logins.refused({ address: "10.0.0.7", reason: "the token is not valid" });
  const links = await store.auditPage(0, 9);
  expect(links).toHaveLength(3);
  expect(links.map(({ actor }) => actor).sort()[2]).toHaveLength(80);
  expect(links.at(-1)?.detail).toMatchObject({ reason: expect.any(String) });
});

test("one that cannot be written down lets in all the same, and the log says so", async () => {
  const { errors, clock, log } = open();
  const logins = new Logins({ store: { commit: () => Promise.reject(new Error("full")) }, clock, log });
  logins.came(owner);
  await Promise.resolve();
  await Promise.resolve();
  expect(errors).toEqual(["gateway.login-not-kept"]);
});
