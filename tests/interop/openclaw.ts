// The peer's own program as a child process, in a home of its own that knows the gateway as one elsewhere: commands
// with what they say, and a node host that stays.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HouseProcess } from "../e2e/fakes/house-process.ts";
import { peerFile } from "./peers.ts";

export interface OpenClaw extends AsyncDisposable {
  /** Runs a command to its end. */
  run(...words: readonly string[]): Promise<{ readonly code: number; readonly text: string }>;
  /** Starts a node host that connects to this port; it ends with this at the latest. Gives what ends it. */
  startNode(displayName: string, port: number): () => Promise<void>;
}

/** `peer`: its row of tools/interop.mjs. */
export function openOpenClaw(peer: string, house: HouseProcess): OpenClaw {
  const home = mkdtempSync(join(tmpdir(), "homarus-peer-"));
  const state = join(home, ".openclaw");
  mkdirSync(state);
  const remote = { url: `ws://127.0.0.1:${house.port}`, token: house.token };
  writeFileSync(join(state, "openclaw.json"), JSON.stringify({ gateway: { mode: "remote", remote } }));
  const platform = process.platform === "win32" ? "win" : process.platform;
  const node = peerFile(peer, `node-${platform}-${process.arch}/bin/node`);
  const environment = {
    ...{ PATH: process.env.PATH ?? "", HOME: home, OPENCLAW_STATE_DIR: state, TZ: "UTC", NO_COLOR: "1" },
    ...{ OPENCLAW_NO_RESPAWN: "1", OPENCLAW_GATEWAY_TOKEN: house.token, COLUMNS: "200" },
  };
  const start = (words: readonly string[]) =>
    Bun.spawn([node, peerFile(peer, "openclaw/openclaw.mjs"), ...words], {
      ...{ env: environment, cwd: home, stdin: "ignore", stdout: "pipe", stderr: "pipe" },
    });
  const staying: (() => Promise<void>)[] = [];
  return {
    async run(...words) {
      const child = start(words);
      const [out, error, code] = await Promise.all([
        new Response(child.stdout).text(),
        new Response(child.stderr).text(),
        child.exited,
      ]);
      return { code, text: out + error };
    },
    startNode(displayName, port) {
      const where = ["--host", "127.0.0.1", "--port", String(port)];
      const child = start(["node", "run", ...where, "--display-name", displayName]);
      const stop = async () => {
        child.kill("SIGKILL");
        await child.exited;
      };
      staying.push(stop);
      return stop;
    },
    async [Symbol.asyncDispose]() {
      for (const stop of staying) await stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
