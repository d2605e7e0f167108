import { expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type JsonSchema, type ProviderEvent, toFault } from "@homarus/sdk";
import { createScriptedProvider } from "@homarus/sdk/testing";
import catalog from "../../generated/catalog.json" with { type: "json" };
import { createLog } from "../host/log.ts";
import { openGround } from "./ground.ts";
import { redactedEvents } from "./models/redacted-events.ts";
import { secretWork } from "./secrets.ts";

const canary = "123456:canary-value-of-telegram";

function open(
  config: object,
  environment: Readonly<Record<string, string>> = {},
  watch: ProxyHandler<Record<string, string>> = {},
) {
  const folder = mkdtempSync(join(tmpdir(), "secrets-"));
  writeFileSync(join(folder, "homarus.json"), JSON.stringify(config));
  const lines: string[] = [];
  const log = createLog({ level: "debug", format: "json" }, (line) => lines.push(line));
  const options = { catalog: catalog as unknown as { entries: []; configSchema: JsonSchema }, extensions: {}, log };
  const seen = new Proxy<Record<string, string>>({ HOMARUS_HOME: folder, ...environment }, watch);
  const start = () => openGround({ environment: seen, version: "1", ...options });
  const file = (name: string) => readFileSync(join(folder, name), "utf8");
  const path = join(folder, "homarus.json");
  return { folder, path, lines, log, start, file, [Symbol.dispose]: () => rmSync(folder, { recursive: true }) };
}

const telegram = (token: unknown) => ({ channels: { telegram: { enabled: false, token } } });

test("secrets are collected once for each change of the vault, the config, a login or a key, however much is looked through", async () => {
  let times = 0;
  const counting: ProxyHandler<Record<string, string>> = {
    ownKeys(of) {
      times += 1;
      return Reflect.ownKeys(of);
    },
  };
  using at = open(telegram(canary), { FAKE_API_KEY: "canary-of-the-environment" }, counting);
  const ground = at.start();
  const work = secretWork(ground);
  const logins = ground.store.values("extension/provider/x");
  const changes: readonly (readonly [what: string, change: () => unknown])[] = [
    ["start", () => undefined],
    ["vault", () => work.set("a", "canary-in-the-vault", { by: "test" })],
    ["value", () => work.set("a", "another-in-the-vault", { by: "test" })],
    ["login", () => logins.set("login", { accessToken: "canary-of-a-login-0123" })],
    ["token made", () => ground.home.token()],
    ["token", () => ground.home.newToken()],
    ["receipts", () => ground.signer.sign("text")],
    ["config", () => ground.config.edit([{ path: ["channels", "telegram", "token"], value: `${canary}2` }], undefined)],
  ];
  let before = ground.redactor.known();
  for (const [what, change] of changes) {
    // What a change writes down itself may be the first that is looked through.
    times = 0;
    await change();
    for (let asked = 0; asked < 50; asked += 1) ground.redactor.json({ text: ["nothing of a secret here"] });
    const now = ground.redactor.known();
    for (let asked = 0; asked < 50; asked += 1) expect(ground.redactor.known()).toBe(now);
    expect([what, times, now === before]).toEqual([what, what === "start" ? 0 : 1, what === "start"]);
    before = now;
  }
  ground.changed([]);
  expect(ground.redactor.known()).toBe(before);
  await ground.close();
});

test("[L31] receipts after a rotation are of the new key, in the house that runs, and those before still hold", async () => {
  using at = open({});
  const ground = at.start();
  const old = ground.signer.sign("one");
  const [rotated] = await secretWork(ground).rotate({ names: ["receipts-key"] }, "test");
  const next = ground.signer.sign("two");
  expect(rotated?.name).toBe("receipts-key");
  // In no order: a name of digits alone stands first in an object, whenever it came.
  const kept = Object.keys(JSON.parse(at.file("receipts.key")).keys);
  expect([next.key === old.key, kept.sort()]).toEqual([false, [old.key, next.key].sort()]);
  expect([ground.signer.isSigned("one", old), ground.signer.isSigned("two", next)]).toEqual([true, true]);
  expect([ground.signer.isSigned("two", old), ground.signer.isSigned("one", next)]).toEqual([false, false]);
  await ground.close();
  const later = at.start();
  expect([later.signer.isSigned("one", old), later.signer.sign("three").key]).toEqual([true, next.key]);
  await later.close();
});

test("[L30] import moves secrets of the file into the vault, and what was in force stays in force", async () => {
  using at = open({
    ...telegram(canary),
    hooks: { list: [{ name: "a", secret: "hook-canary-value", scheme: "token" }] },
  });
  const ground = at.start();
  const work = secretWork(ground);
  const moved = [
    { path: "hooks.list.0.secret", name: "hooks/list/0/secret" },
    { path: "channels.telegram.token", name: "telegram/token" },
  ];
  expect(await work.moveIn(true, "test")).toHaveLength(2);
  expect(at.file("homarus.json")).toContain(canary);
  expect(await work.moveIn(false, "test")).toEqual(expect.arrayContaining(moved));
  for (const { name } of readdirSync(at.folder, { withFileTypes: true }).filter((item) => item.isFile()))
    expect([name, readFileSync(join(at.folder, name), "latin1").includes("canary")]).toEqual([name, false]);
  expect(ground.config.current().channels.telegram).toMatchObject({ token: canary });
  expect(ground.config.current().hooks.list[0]?.secret).toBe("hook-canary-value");
  expect((await work.list()).find(({ name }) => name === "telegram/token")?.usedBy).toEqual([
    "channels.telegram.token",
  ]);
  await expect(work.remove("telegram/token", "test")).rejects.toThrow("channels.telegram.token");
  await ground.close();
});

test("[L30] a new value takes effect at once, and a name without a value is refused with the command that mends it", async () => {
  using at = open(telegram({ secret: "telegram/token" }));
  expect(at.start).toThrow("homarus secrets set telegram/token");
  writeFileSync(join(at.folder, "homarus.json"), "{}");
  const ground = at.start();
  const work = secretWork(ground);
  const changed: string[] = [];
  ground.onConfigChange((sections) => void changed.push(...sections));
  await work.keep([{ path: ["channels", "telegram", "token"], value: canary }], "test");
  expect(JSON.parse(at.file("homarus.json")).channels.telegram.token).toEqual({ secret: "telegram/token" });
  await work.set("telegram/token", "another-canary-value", { by: "test" });
  expect(ground.config.current().channels.telegram).toMatchObject({ token: "another-canary-value" });
  expect(changed).toEqual(["channels", "channels"]);
  await expect(
    work.keep(
      [
        { path: ["gateway", "port"], value: "x" },
        { path: ["providers", "openai", "apiKey"], value: "sk-refused-canary" },
      ],
      "test",
    ),
  ).rejects.toThrow();
  expect((await work.list()).map(({ name }) => name)).toEqual(["telegram/token"]);
  await ground.close();
});

test("a secret is in use wherever the config names it: in a file that is included, for a sandbox, and in a file just written", async () => {
  using at = open({
    $include: "more.json",
    egress: { rules: [{ host: "a.example", action: "allow", credential: { secret: "lent", header: "x-key" } }] },
  });
  const more = join(at.folder, "more.json");
  writeFileSync(more, "{}");
  const ground = at.start();
  const work = secretWork(ground);
  for (const name of ["included", "lent", "vendor", "later", "free"]) await work.set(name, canary, { by: "test" });
  writeFileSync(
    more,
    JSON.stringify({
      ...telegram({ secret: "included" }),
      egress: { providers: [{ provider: "anthropic", secret: "vendor" }] },
    }),
  );
  ground.config.refresh();
  writeFileSync(
    at.path,
    JSON.stringify({ ...JSON.parse(at.file("homarus.json")), hooks: { token: { secret: "later" } } }),
  );
  expect(Object.fromEntries((await work.list()).map(({ name, usedBy }) => [name, usedBy]))).toEqual({
    included: ["channels.telegram.token"],
    lent: ["egress.rules.0.credential.secret"],
    vendor: ["egress.providers.0.secret"],
    later: ["hooks.token"],
    free: [],
  });
  for (const name of ["included", "lent", "vendor", "later"]) {
    const fault = await work.remove(name, "test").then(() => undefined, toFault);
    expect(fault).toMatchObject({ kind: "invalid", code: "secret.used" });
    expect([name, fault?.hint?.includes(more)]).toEqual([name, name === "included" || name === "vendor"]);
  }
  expect(await work.remove("free", "test")).toBe(true);
  await ground.close();
});

test("a secret that the house made is still one of those after a change of the config that was refused", async () => {
  using at = open({});
  const ground = at.start();
  const work = secretWork(ground);
  await work.set("hooks/token", canary, { by: "test", isMade: true });
  await work.keep([{ path: ["hooks", "token"], value: canary }], "test");
  await work.set("hooks/token", canary, { by: "test", isMade: true });
  const wrong = [
    { path: ["hooks", "token"], value: "another-canary" },
    { path: ["gateway", "port"], value: "x" },
  ];
  await expect(work.keep(wrong, "test")).rejects.toThrow();
  expect(ground.vault.read("hooks/token")).toBe(canary);
  expect(await work.list()).toMatchObject([{ name: "hooks/token", isMade: true }]);
  await ground.close();
});

test("a login is shown among the secrets, and changed only by logging in and out", async () => {
  using at = open({});
  const ground = at.start();
  const work = secretWork(ground);
  const logins = ground.store.values("extension/provider/anthropic");
  await logins.set("login", { access: "canary-of-a-login-0123", account: "Ada" });
  expect(await work.list()).toMatchObject([
    { name: "login/provider/anthropic", usedBy: ["the login of anthropic"], isMade: false },
  ]);
  const name = "login/provider/anthropic";
  await expect(work.set(name, canary, { by: "test" })).rejects.toThrow("the login of anthropic");
  await expect(work.remove(name, "test")).rejects.toThrow("the login of anthropic");
  expect(await logins.get("login")).toMatchObject({ access: "canary-of-a-login-0123" });
  await ground.close();
  const later = at.start();
  expect(later.redactor.text("Bearer canary-of-a-login-0123 of Ada")).toBe("Bearer *** of Ada");
  await later.close();
  for (const file of ["state.db", "vault.json"])
    expect([file, at.file(file).includes("canary")]).toEqual([file, false]);
});

test("[L31] one command makes every secret anew that is there, each with a line in the audit that shows no value", async () => {
  using at = open({});
  const ground = at.start();
  const work = secretWork(ground);
  const token = ground.home.token();
  await ground.store.values("gateway").set("session-key", "0".repeat(64));
  await ground.store.values("devices").set("d", { deviceId: "d", tokens: { operator: [{ hash: "x" }] } });
  await work.set("hooks/token", canary, { by: "test", isMade: true });
  let more = 0;
  ground.rotations.push({
    name: "more",
    isThere: () => true,
    async rotate(record) {
      await ground.store.commit([record]);
      more += 1;
    },
  });
  const before = at.file("vault.json");
  const rotated = await work.rotate({ fresh: { "hooks/token": "fresh-canary-value" } }, "test");
  expect(rotated.map(({ name }) => name)).toEqual([
    ...["gateway-token", "session-key", "device-tokens", "vault-key", "more", "hooks/token"],
  ]);
  expect(ground.home.token()).not.toBe(token);
  expect(await ground.store.values("gateway").get("session-key")).not.toBe("0".repeat(64));
  expect(await ground.store.values("devices").get("d")).toEqual({ deviceId: "d", tokens: {} });
  expect([ground.vault.read("hooks/token"), at.file("vault.json") === before, more]).toEqual([
    "fresh-canary-value",
    false,
    1,
  ]);
  await expect(work.rotate({ names: ["nothing"] }, "test")).rejects.toThrow("nothing is nothing");
  const links = JSON.stringify(await ground.store.auditLinks({ type: "secret", limit: 50 }));
  expect(links).toContain("gateway-token");
  expect(links).not.toContain("canary");
  await ground.close();
});

test("[L30] secrets of config, environment, vault, logins and the gateway reach no log, event or audit; the redactor finds them in what a model reads and says", async () => {
  using at = open(telegram(canary), { FAKE_API_KEY: "canary-of-the-environment" });
  const ground = at.start();
  await secretWork(ground).set("x", "canary-of-the-vault", { by: "test" });
  await ground.store.values("extension/provider/x").set("login", { accessToken: "canary-of-a-login-0123" });
  const secrets = [
    canary,
    "canary-of-the-environment",
    "canary-of-the-vault",
    "canary-of-a-login-0123",
    ground.home.token(),
  ];
  ground.changed([]);
  const text = secrets
    .flatMap((secret) => [secret, Buffer.from(`u:${secret}`).toString("base64"), encodeURIComponent(secret)])
    .join(" | ");
  const seen: unknown[] = [];
  ground.tap.watch((event) => void seen.push(event));
  ground.tap.emit({ type: "shutdown", reason: text });
  at.log.info("said", { text });
  await ground.store.commit([
    { type: "audit", record: { type: "policy", at: 1, actor: text, action: text, detail: { text } } },
  ]);
  seen.push(at.lines, await ground.store.auditLinks({ limit: 10 }));
  const provider = createScriptedProvider([{ text }]);
  const request = {
    model: "m",
    system: { stable: text, volatile: "" },
    turns: [],
    tools: [],
    thinking: "off",
    cacheKey: "k",
  } as const;
  const events: ProviderEvent[] = [];
  const told = ground.redactor.json(request);
  for await (const event of redactedEvents(provider.stream(told, new AbortController().signal), ground.redactor))
    events.push(event);
  seen.push(told, events);
  for (const secret of secrets) {
    const all = JSON.stringify(seen);
    expect(all).not.toContain(secret);
    expect(all).not.toContain(encodeURIComponent(secret));
    expect(all).not.toContain(Buffer.from(`u:${secret}`).toString("base64").slice(4, -4));
  }
  expect(existsSync(join(at.folder, "vault.json"))).toBe(true);
  await ground.close();
});
