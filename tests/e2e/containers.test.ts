// The house with containers for a sandbox, as its owner sets it up: what a command sees, reaches and leaves behind.
import { afterAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tryDaemon } from "../../extensions/sandboxes/docker/testing/daemon.ts";
import { type HouseProcess, makeStateFolder, type StateFolder, startHouse } from "./fakes/house-process.ts";
import { type ObedientModel, openObedientModel } from "./fakes/obedient-model.ts";
import { obeyed, orderOf } from "./fakes/obeyed.ts";

const key = "canary-provider-key-8812af";
// Both are tried here, so both have to be there.
const daemon = await tryDaemon("runsc");

interface Scene extends AsyncDisposable {
  readonly state: StateFolder;
  /** What the commands gave, in the order of the orders. */
  run(...commands: readonly string[]): Promise<readonly string[]>;
  readonly house: HouseProcess;
  readonly asked: readonly string[];
}

async function openScene(sandbox: "docker" | "gvisor", host: string, image: string): Promise<Scene> {
  const model: ObedientModel = openObedientModel();
  model.paceMs = 0;
  const asked: string[] = [];
  // Another address of this machine: 127.0.0.1 is the container's own.
  const site = Bun.serve({
    ...{ port: 0, hostname: "127.0.0.2" },
    fetch(request) {
      asked.push(`${request.method} ${new URL(request.url).pathname}`);
      return new Response("from the site\n");
    },
  });
  const state = makeStateFolder({
    agents: { defaults: { model: "openai/scripted" } },
    providers: { openai: { apiKey: key, baseUrl: model.url, api: "chat" } },
    ...{ sandbox, sandboxes: { [sandbox]: { host, image } } },
    egress: { rules: [{ host: `127.0.0.2:${site.port}`, action: "allow", private: true, paths: ["/open"] }] },
    approvals: { tools: { exec: "never" } },
    log: { level: "error" },
  });
  const house = await startHouse(state);
  let turn = 0;
  return {
    ...{ state, house, asked },
    async run(...commands) {
      const orders = commands.map((command) =>
        orderOf("exec", { command: command.replaceAll("SITE", `127.0.0.2:${site.port}`) }),
      );
      const told = await obeyed({ house, state }, `turn-${++turn}`, orders);
      return told.map(({ content }) => JSON.stringify(content));
    },
    async [Symbol.asyncDispose]() {
      await house.stop();
      await model[Symbol.asyncDispose]();
      await site.stop(true);
      state[Symbol.dispose]();
    },
  };
}

if (typeof daemon === "string") test.skip(`[L18] commands of a house run in containers (${daemon})`, () => undefined);
else {
  afterAll(() => daemon.stop(), 60_000);

  describe.each(["docker", "gvisor"] as const)("[L18] commands of a house with the sandbox %s", (sandbox) => {
    test("run in a container of their session that has the workspace, no keys, and one way out", async () => {
      await using scene = await openScene(sandbox, daemon.host, daemon.image);
      const [who, kept, environment, open, shut, elsewhere] = await scene.run(
        "id -u; cat /proc/version",
        "echo kept > note.txt; cat note.txt",
        "env; cat /proc/*/environ 2>/dev/null | tr '\\0' '\\n'; ls -a / ..",
        "wget -q -O - http://SITE/open",
        "wget -q -O - http://SITE/shut",
        "wget -q -O - http://10.0.0.7/",
      );
      expect(who).toContain("59873");
      expect(who).toMatch(sandbox === "gvisor" ? /4\.4\.0|gVisor/ : /Linux version/);
      expect(readFileSync(join(scene.state.workspace, "note.txt"), "utf8")).toBe("kept\n");
      expect(kept).toContain("kept");
      expect(environment).toContain("HOME=");
      for (const word of [key, scene.house.token, "homarus.json", "state.db"]) expect(environment).not.toContain(word);
      expect(open).toContain("from the site");
      expect(shut).toContain("403");
      expect(elsewhere).toMatch(/403|refused|bad/i);
      expect(scene.asked).toEqual(["GET /open"]);
    }, 150_000);

    test("of two sessions run in two containers, and neither sees the other's", async () => {
      await using scene = await openScene(sandbox, daemon.host, daemon.image);
      const [one = ""] = await scene.run("echo mine > /tmp/mine; (sleep 61 &) ; ls /tmp");
      const [other = ""] = await scene.run("ls /tmp; ps | grep 'sleep 6[1]' || echo nobody sleeps");
      expect(one).toContain("mine");
      expect(other).not.toContain("mine");
      expect(other).toContain("nobody sleeps");
      expect(daemon.docker("ps", "--quiet").trim().split("\n")).toHaveLength(2);
    }, 150_000);

    test("leave no container behind when the house stops", async () => {
      const scene = await openScene(sandbox, daemon.host, daemon.image);
      expect((await scene.run("echo there"))[0]).toContain("there");
      expect(daemon.docker("ps", "--quiet").trim()).not.toBe("");
      await scene[Symbol.asyncDispose]();
      expect(daemon.docker("ps", "--all", "--quiet").trim()).toBe("");
    }, 150_000);
  });

  test("[L18] a house whose image is missing runs no command, and says what to do", async () => {
    await using scene = await openScene("docker", daemon.host, "not-there:1");
    const [answer] = await scene.run("echo should not run");
    expect(answer).toMatch(/not-there:1/);
    expect(answer).not.toContain("should not run\\n");
  }, 150_000);
}
