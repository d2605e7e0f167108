// Keys for programs in a house that runs: made and taken back on the command line, offered as a program would.
import { expect, test } from "bun:test";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { openGatewayClient } from "@homarus/sdk/client";
import { makeStateFolder, runCommand, startHouse } from "./fakes/house-process.ts";

const program = { id: "gateway-client", version: "1", platform: "linux", mode: "backend" } as const;

test("[L03] a program gets in by a key, may no more than it says, and is out when it ends, is revoked or rotated; a restart keeps it", async () => {
  using state = makeStateFolder({ agents: { defaults: { model: "offline/demo" } } });
  let house = await startHouse(state);
  const keys = async (...words: readonly string[]) => {
    const { code, out, error } = await runCommand(state, ["keys", ...words, "--json"]);
    return { code, said: out === "" ? error : JSON.parse(out) };
  };
  const enter = (token: string) => {
    const gone = Promise.withResolvers<void>();
    const client = openGatewayClient({
      url: `ws://127.0.0.1:${house.port}`,
      login: { client: program, token, scopes: ["operator.admin"] },
      reconnect: false,
      onState: (at) => at === "closed" && gone.resolve(),
    });
    return { client, gone: gone.promise };
  };
  const ask = (path: string, key: string, body?: object) =>
    fetch(`http://127.0.0.1:${house.port}${path}`, {
      ...(body ? { method: "POST", body: JSON.stringify(body) } : {}),
      headers: { authorization: `Bearer ${key}` },
    });

  const words = await runCommand(state, ["keys", "create", "dashboard", "--ttl", "1h"]);
  expect(words.out).toContain("dashboard may operator.read; it ends ");
  const reader: string = words.out.split("\n")[0] ?? "";
  expect(reader).toMatch(/^hk_[\w-]{43}$/);
  const made = await keys("create", "build", "--scope", "operator.read", "--scope", "operator.write", "--ttl", "none");
  expect(made.said.key).toMatchObject({ name: "build", scopes: ["operator.read", "operator.write"], state: "open" });
  const writer: string = made.said.secret;

  const { client, gone } = enter(reader);
  expect(await client.request("sessions.list", {})).toBeDefined();
  for (const method of ["chat.send", "agent", "config.set", "secrets.list", "access.keys.create", "access.keys.list"])
    await expect(client.request(method, {})).rejects.toThrow("missing scope");
  expect((await ask("/v1/chat/completions", reader, {})).status).toBe(403);
  const spoken = await ask("/v1/chat/completions", writer, {
    model: "homarus",
    messages: [{ role: "user", content: "hi" }],
  });
  expect(spoken.status).toBe(200);
  expect((await ask("/api/methods/secrets.list", writer, {})).status).toBe(403);

  const brief = (await keys("create", "brief", "--ttl", "8s")).said.secret;
  const short = enter(brief);
  await short.client.ready();
  await short.gone;
  const ended = await ask("/api/sessions", brief);
  expect([ended.status, await ended.text()]).toEqual([401, expect.stringContaining("the key brief has ended")]);

  expect((await keys("revoke", "dashboard")).said).toMatchObject({ ok: true, key: { state: "revoked" } });
  await gone;
  await expect(enter(reader).client.ready()).rejects.toThrow("was revoked");

  await house.kill();
  house = await startHouse(state);
  const after = enter(writer);
  expect(await after.client.request("sessions.list", {})).toBeDefined();
  const rotated = await runCommand(state, ["secrets", "rotate", "access-keys"]);
  expect(rotated.out).toContain("All keys of programs are revoked");
  await after.gone;
  expect((await ask("/api/sessions", writer)).status).toBe(401);
  expect((await keys("list")).said).toEqual({ ok: true, keys: [] });
  const audit = await runCommand(state, ["audit", "show", "--type", "login"]);
  for (const line of ["makes the key dashboard", "revokes the key dashboard", "key brief"])
    expect(audit.out).toContain(line);

  expect(await house.stop()).toBe(0);
  for (const name of readdirSync(state.folder, { recursive: true }) as string[]) {
    const file = join(state.folder, name);
    if (!statSync(file).isFile()) continue;
    const bytes = readFileSync(file, "latin1");
    for (const secret of [reader, writer, brief])
      expect([name, bytes.includes(secret), bytes.includes(secret.slice(3))]).toEqual([name, false, false]);
  }
}, 60_000);

test("wrong words about keys are told with what is right, and make no key", async () => {
  using state = makeStateFolder({ agents: { defaults: { model: "offline/demo" } } });
  const house = await startHouse(state);
  const wrong: readonly (readonly [words: string, says: string])[] = [
    ["create", "homarus keys create wants one name."],
    ["create a operator.write", "--scope operator.read,operator.write"],
    ["create a --ttl 5", "365d"],
    ["create a --ttl 366d", "365d"],
    ["create a --scope operator.all", "Known are operator.read"],
    ["create a/b", "letters, digits"],
    ["revoke a", "There is no key a"],
  ];
  for (const [words, says] of wrong) {
    const { code, error } = await runCommand(state, ["keys", ...words.split(" ")]);
    expect([words, code, error]).toEqual([words, expect.any(Number), expect.stringContaining(says)]);
    expect(code).not.toBe(0);
  }
  expect((await runCommand(state, ["keys"])).out).toContain("There is no key");
  await house.stop();
}, 60_000);
