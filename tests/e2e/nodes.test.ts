import { describe, expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createDeviceIdentity, openGatewayClient } from "@homarus/sdk/client";
import { openRaw } from "../../server/src/gateway/testing/open-for-test.ts";
import { signed } from "../../server/src/gateway/testing/signed.ts";
import { makeStateFolder, runCommand, type StateFolder, startHouse } from "./fakes/house-process.ts";
import { startNode } from "./fakes/node-process.ts";

const quiet = { providers: { offline: { paceMs: 0 } }, log: { level: "error" } };
const limit = 60_000;

const connected = "Connected to 127.0.0.1";

/** A free port that stays the same when the gateway comes back. */
function freePort(): number {
  const server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const { port = 0 } = server;
  server.stop(true);
  return port;
}

function invoker(house: { readonly port: number; readonly token: string }) {
  const client = openGatewayClient({
    url: `ws://127.0.0.1:${house.port}/`,
    login: { client: { id: "cli", version: "1", platform: "linux", mode: "cli" }, token: house.token },
    reconnect: false,
  });
  let keys = 0;
  return {
    client,
    async invoke(command: string, params: object, rest: object = {}): Promise<any> {
      const { nodes } = await client.request<{ nodes: { nodeId: string }[] }>("node.list", {});
      const idempotencyKey = `e2e-${++keys}`;
      const call = { nodeId: nodes[0]?.nodeId, command, params, idempotencyKey, ...rest };
      return (await client.request<{ payload: unknown }>("node.invoke", call)).payload;
    },
  };
}

async function fileWith(path: string): Promise<string> {
  while (!existsSync(path) || readFileSync(path, "utf8").trim() === "") await Bun.sleep(5);
  return readFileSync(path, "utf8").trim();
}

const cli = (state: StateFolder, ...words: string[]) => runCommand(state, words);

describe("a node in a process of its own", () => {
  test(
    "[G35] [O12] runs a program for a client and for the command line, under its own policy",
    async () => {
      using state = makeStateFolder(quiet);
      using other = makeStateFolder({});
      const house = await startHouse(state);
      await using node = startNode(other, house);
      await node.said(connected);
      const listed = JSON.parse((await cli(state, "nodes", "list", "--json")).out).nodes;
      expect(listed).toMatchObject([
        { displayName: "bench", connected: true, commands: ["system.notify", "system.run", "system.which"] },
      ]);
      const { client, invoke } = invoker(house);
      expect((await invoke("system.which", { bins: ["sh"] })).bins.sh).toMatch(/sh$/);
      await expect(invoke("system.run", { command: ["echo", "hi"] })).rejects.toThrow("approval required");
      client.close();
      const refused = await cli(state, "nodes", "run", "bench", "--", "echo", "hi");
      expect(refused).toMatchObject({ code: 1, error: expect.stringContaining("--approve once") });
      const script = 'echo "$WORD out"; echo err >&2; exit 7';
      const once = await cli(state, "nodes", "run", "bench", "--approve", "once", "--", "sh", "-c", script);
      expect(once).toMatchObject({ code: 7, out: " out\n", error: "err\n" });
      const always = await cli(state, "nodes", "run", "bench", "--approve", "always", "--", "echo", "a  b", "$HOME");
      expect(always).toMatchObject({ code: 0, out: "a  b $HOME\n" });
      const remembered = await cli(state, "nodes", "run", listed[0].nodeId.slice(0, 8), "--", "echo", "again");
      expect(remembered).toMatchObject({ code: 0, out: "again\n" });
      const policy = JSON.parse(readFileSync(join(other.folder, "node", "exec-policy.json"), "utf8"));
      expect(policy.allowlist).toEqual([{ pattern: expect.stringMatching(/\/echo$/) }]);
      const which = await cli(state, "nodes", "invoke", "bench", "system.which", "--params", '{"bins":["sh"]}');
      expect(JSON.parse(which.out).bins.sh).toMatch(/sh$/);
      expect(await cli(state, "nodes", "rename", "bench", "Kitchen", "box")).toMatchObject({ code: 0 });
      expect((await cli(state, "nodes", "describe", "kitchen box")).out).toContain("Commands: system.notify");
      expect(await cli(state, "nodes", "run", "nobody", "--", "ls")).toMatchObject({ code: 2 });
      await house.stop();
    },
    limit,
  );

  test(
    "[G35] a node that is killed in the middle of a command ends it at once; it comes back, and so after a restart of the gateway",
    async () => {
      using state = makeStateFolder(quiet);
      using other = makeStateFolder({});
      const port = freePort();
      let house = await startHouse(state, { port });
      const first = startNode(other, house);
      await first.said(connected);
      const mark = join(other.folder, "pid");
      const script = `echo $$ > ${mark}; exec sleep 60`;
      const going = cli(
        state,
        "nodes",
        "run",
        "bench",
        "--approve",
        "once",
        "--timeout",
        "50",
        "--",
        "sh",
        "-c",
        script,
      );
      const pid = Number(await fileWith(mark));
      await first.kill();
      expect(await going).toMatchObject({ code: 3, error: expect.stringContaining("node disconnected (system.run)") });
      process.kill(pid, "SIGKILL");
      expect((await cli(state, "nodes", "list")).out).toContain("away");
      await using node = startNode(other, house);
      await node.said(connected);
      await house.kill();
      house = await startHouse(state, { port });
      await node.said(connected, 2);
      const { client, invoke } = invoker(house);
      expect((await invoke("system.which", { bins: ["ls"] })).bins.ls).toMatch(/ls$/);
      client.close();
      expect(JSON.parse((await cli(state, "nodes", "list", "--json")).out).nodes).toHaveLength(1);
      expect(await node.stop()).toBe(0);
      await house.stop();
    },
    limit,
  );

  test(
    "a node that is told to stop ends what it runs, and what the gateway no longer waits for ends too",
    async () => {
      using state = makeStateFolder(quiet);
      using other = makeStateFolder({});
      await Bun.write(join(other.folder, "node", "exec-policy.json"), '{"version":1,"security":"full","ask":"off"}');
      const house = await startHouse(state);
      const node = startNode(other, house);
      await node.said(connected);
      const { client, invoke } = invoker(house);
      const late = await invoke("system.run", { command: ["sh", "-c", "echo begun; sleep 60"] }, { timeoutMs: 1000 });
      expect(late).toMatchObject({ timedOut: true, stdout: "begun\n" });
      const mark = join(other.folder, "pid");
      const going = invoke("system.run", { command: ["sh", "-c", `echo $$ > ${mark}; exec sleep 60`] });
      going.catch(() => undefined);
      const pid = Number(await fileWith(mark));
      expect(await node.stop()).toBe(0);
      await expect(going).rejects.toThrow("node disconnected");
      expect(() => process.kill(pid, 0)).toThrow();
      client.close();
      await house.stop();
    },
    limit,
  );
});

describe("[G33] homarus devices", () => {
  test(
    "lets in what waits, names it, gives and takes its tokens, and sends it away",
    async () => {
      using state = makeStateFolder(quiet);
      const house = await startHouse(state);
      const url = `ws://127.0.0.1:${house.port}`;
      const identity = await createDeviceIdentity();
      const come = async (auth: object = { token: house.token }) => {
        const raw = await openRaw(url, { "x-forwarded-for": "203.0.113.9" });
        const signedAt = Date.now();
        const hello = await raw.hello(await signed(identity, raw, { scopes: ["operator.read"], auth, signedAt }));
        raw.socket.close();
        return hello;
      };
      const run = async (...words: string[]) => JSON.parse((await cli(state, "devices", ...words, "--json")).out);
      expect((await come()).error.code).toBe("NOT_PAIRED");
      const { requestId } = (await run("list")).pending[0];
      expect((await cli(state, "devices", "list")).out).toContain(requestId);
      expect(await run("approve", "latest")).toMatchObject({ ok: true, requestId, deviceId: identity.id });
      expect((await come()).ok).toBe(true);
      await run("rename", identity.id.slice(0, 10), "My", "phone");
      expect((await cli(state, "devices", "list")).out).toContain("My phone");
      const { token } = await run("rotate", "my phone", "operator");
      expect((await come({ token })).ok).toBe(true);
      await run("revoke", "my phone", "operator");
      expect((await come({ token })).error.message).toContain("device token mismatch");
      await run("remove", "my phone");
      expect((await come()).error.code).toBe("NOT_PAIRED");
      expect(await run("reject", "latest")).toMatchObject({ ok: true, deviceId: identity.id });
      expect(await cli(state, "devices", "approve", "latest")).toMatchObject({ code: 2 });
      expect(await cli(state, "devices", "rename", "nobody", "x")).toMatchObject({ code: 2 });
      await house.stop();
    },
    limit,
  );
});
