// New keys and logins in a house that runs: what was proven stays proven, what comes is proven by the new key, and who came
// in by the old login is out.
import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type GatewayClient, openGatewayClient } from "@homarus/sdk/client";
import { makeStateFolder, runCommand, startHouse } from "./fakes/house-process.ts";

const program = { id: "cli", version: "1", platform: "linux", mode: "cli" } as const;
const session = "agent:main:main";

test("[L31] new keys and a new token in a house that runs: receipts of each key hold, and the old token lets nobody in", async () => {
  using state = makeStateFolder({ agents: { defaults: { model: "offline/demo" } } });
  const house = await startHouse(state);
  const read = (file: string) => readFileSync(join(state.folder, file), "utf8").trim();
  const connect = (token: string, port: number, ended: (state: string) => void = () => undefined) =>
    openGatewayClient({
      url: `ws://127.0.0.1:${port}`,
      login: { client: program, token },
      reconnect: false,
      onState: ended,
    });
  const work = (client: GatewayClient) =>
    client.request("tools.invoke", { name: "session_status", sessionKey: session, args: {} });
  expect((await runCommand(state, ["agent", "hello"])).code).toBe(0);
  const gone = Promise.withResolvers<void>();
  const first = connect(house.token, house.port, (at) => at === "closed" && gone.resolve());
  await work(first);
  const made = await runCommand(state, ["secrets", "set", "hooks/token", "--generate", "--json"]);
  const before = { receipts: read("receipts.key"), vault: read("vault.key") };

  const rotated = await runCommand(state, ["secrets", "rotate", "--all", "--json"]);
  const { rotated: names, fresh } = JSON.parse(rotated.out);
  expect(names.map(({ name }: { name: string }) => name)).toEqual(
    expect.arrayContaining(["gateway-token", "receipts-key", "vault-key", "hooks/token"]),
  );
  expect(fresh["hooks/token"]).not.toBe(JSON.parse(made.out).value);
  expect(read("vault.key")).not.toBe(before.vault);
  await gone.promise;
  await expect(connect(house.token, house.port).ready()).rejects.toThrow();

  const token = read("gateway.token");
  expect(token).not.toBe(house.token);
  const second = connect(token, house.port);
  await work(second);
  const [one, two] = usedKeys((await second.request<{ links: Link[] }>("audit.links", { type: "tool-call" })).links);
  expect([one, two]).toEqual([JSON.parse(before.receipts).current, JSON.parse(read("receipts.key")).current]);
  expect(one).not.toBe(two);
  const verified = async () =>
    JSON.parse((await runCommand(state, ["audit", "verify", "--session", session, "--json"])).out);
  expect(await verified()).toMatchObject({ ok: true, unproven: [] });
  second.close();
  expect(await house.stop()).toBe(0);

  const again = await startHouse(state);
  expect(again.token).toBe(token);
  expect(await verified()).toMatchObject({ ok: true, unproven: [] });
  await again.stop();
  for (const secret of [house.token, token, fresh["hooks/token"], JSON.parse(made.out).value])
    for (const file of ["state.db", "vault.json"]) expect([file, read(file).includes(secret)]).toEqual([file, false]);
}, 60_000);

interface Link {
  readonly seq: number;
  readonly detail?: { readonly key?: string };
}

function usedKeys(links: readonly Link[]): readonly (string | undefined)[] {
  return [...links].sort((a, b) => a.seq - b.seq).map(({ detail }) => detail?.key);
}
