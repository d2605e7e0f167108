import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loginKey, toFault } from "@homarus/sdk";
import { createMemoryStore } from "@homarus/sdk/testing";
import { openVault } from "../host/secrets/vault.ts";
import { loginOwner, sealedLogins } from "./sealed-logins.ts";

const space = "extension/provider/anthropic";
const login = { access: "canary-access-0123456789", refresh: "canary-refresh-0123456789", account: "Claude max" };

function open() {
  const folder = mkdtempSync(join(tmpdir(), "logins-"));
  const vault = openVault({ folder, environment: {}, now: () => 1 });
  const plain = createMemoryStore();
  const own = () => plain.values(space);
  return {
    ...{ folder, vault, own, values: () => sealedLogins(plain, vault).values(space), plain },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true }),
  };
}

test("a login comes back as it was, and the store holds a mark in its place", async () => {
  using at = open();
  await at.values().set(loginKey, login);
  await at.values().set("other", { access: "is no login" });
  expect(await at.values().get(loginKey)).toEqual(login);
  expect(await at.values().list()).toEqual(
    expect.arrayContaining([
      { key: loginKey, value: login },
      { key: "other", value: { access: "is no login" } },
    ]),
  );
  expect(await at.own().get(loginKey)).toEqual({ isSealed: true, account: "Claude max" });
  expect(at.vault.list().map(({ name }) => [name, loginOwner(name)])).toEqual([
    ["login/provider/anthropic", "anthropic"],
  ]);
  expect(readFileSync(join(at.folder, "vault.json"), "utf8")).not.toContain("canary");
  await at.values().set(loginKey, { access: "the-next-canary" });
  expect(await at.values().get(loginKey)).toEqual({ access: "the-next-canary" });
  await at.values().remove(loginKey);
  expect([await at.values().get(loginKey), await at.own().get(loginKey), at.vault.list()]).toEqual([
    undefined,
    undefined,
    [],
  ]);
});

test("a login in clear, of an older house, moves when it is read", async () => {
  using at = open();
  await at.own().set(loginKey, login);
  expect(await at.values().get(loginKey)).toEqual(login);
  expect(JSON.stringify(await at.own().list())).not.toContain("canary");
  expect(await at.values().get(loginKey)).toEqual(login);
});

test("a mark without its value is no login, and a vault that does not open says so", async () => {
  using at = open();
  await at.values().set(loginKey, login);
  at.vault.write([{ name: "login/provider/anthropic", value: undefined }]);
  expect([await at.values().get(loginKey), await at.values().list()]).toEqual([undefined, []]);
  await at.values().set(loginKey, login);
  writeFileSync(join(at.folder, "vault.json"), "{}");
  const fault = await at
    .values()
    .get(loginKey)
    .then(() => undefined, toFault);
  expect(fault).toMatchObject({ kind: "config", code: "vault.damaged" });
});

test("values of others are left alone", async () => {
  using at = open();
  await sealedLogins(at.plain, at.vault).values("extension/channel/x").set(loginKey, login);
  expect(await at.plain.values("extension/channel/x").get(loginKey)).toEqual(login);
  expect(at.vault.exists()).toBe(false);
  expect(loginOwner("telegram/token")).toBeUndefined();
});
