// The door in the program as it is shipped: what the source denies is denied there, and TLS is looked into.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { forwardTo, openWorld, type Remote, run } from "./world.ts";

const at = (path: string) => JSON.stringify(join(import.meta.dir, "..", "..", "server", "src", path));
const entry = `
import { lazyEgress, lazyLeakWatch } from ${at("boot/lazy.ts")};
import { judgeEgress } from ${at("core/egress/rules.ts")};
import { systemClock } from ${at("host/clock.ts")};
const [folder = "", authority = "", secret = ""] = process.argv.slice(2);
async function main() {
  const settings = { presets: [], providers: [], askWrites: false, rules: [
    { host: "remote.example:*", action: "allow", private: true, credential: { secret: "vendor", header: "x-api-key" } },
    { host: "*:*", action: "allow" },
  ] };
  const secrets = [{ name: "vendor", value: secret }];
  const limits = { maxBodyBytes: 1e6, maxHeldBytes: 1e7, maxAnswerBytes: 1e7, maxHeadBytes: 65536, decideMs: 5000, idleMs: 5000, maxConnections: 9 };
  const egress = await lazyEgress({
    watch: lazyLeakWatch(() => secrets, systemClock.now),
    folder, limits, clock: systemClock, secrets: () => secrets, leaks: () => "block", authorities: [authority], onEvent: () => undefined, onHeard: () => undefined,
    decide: async (request) => { const said = judgeEgress(request, settings); return said.type === "ask" ? said.no : said; },
    resolve: async () => ["127.0.0.1"],
  });
  const { door } = await egress.lease({ sandboxId: "b", agent: "main", sessionKey: "s" });
  console.log(JSON.stringify({ socket: door.socket, proxy: door.environment.HTTP_PROXY }));
  for await (const _ of process.stdin) await egress.close();
}
void main();
`;

const secret = "Zq7-vR2_Lk9Wm4/Xz8+Tb3Nd";
let world: Awaited<ReturnType<typeof openWorld>>;
let secured: Remote;
let plain: Remote;
let folder: string;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "egress-compiled-"));
  world = await openWorld();
  secured = await world.remote((request, response) =>
    response.end(request.url === "/echo" ? JSON.stringify(request.headers) : "reached"),
  );
  plain = await world.remote((_, response) => response.end("reached"), false);
});
afterAll(async () => {
  for (const close of closers) close();
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

test("[Y10] the compiled program denies what the source denies, and puts keys in", async () => {
  const [source, program] = [join(folder, "entry.ts"), join(folder, "entry")];
  await writeFile(source, entry);
  const words = ["build", "--compile", "--minify", "--bytecode", source, "--outfile", program];
  const build = Bun.spawnSync([process.execPath, ...words], { cwd: import.meta.dir, env: { ...process.env } });
  expect(build.exitCode, build.stderr.toString()).toBe(0);
  const proxies = { HTTP_PROXY: "http://127.0.0.1:9", HTTPS_PROXY: "http://127.0.0.1:9", NODE_USE_ENV_PROXY: "1" };
  const state = join(folder, "e");
  const child = Bun.spawn([program, state, world.own, secret], {
    env: proxies,
    stdin: "pipe",
    stdout: "pipe",
    stderr: "inherit",
  });
  const first = await child.stdout.getReader().read();
  const { socket, proxy } = JSON.parse(new TextDecoder().decode(first.value)) as { socket: string; proxy: string };
  const forward = await forwardTo(socket);
  closers.push(() => child.kill(), forward.close);
  const curl = async (...rest: string[]) => {
    const own = ["--proxy", proxy.replace(":3128", `:${forward.port}`), "--cacert", join(state, "authority.pem")];
    const ran = await run(["curl", "-sS", "-i", "--max-time", "5", "--noproxy", "", ...own, ...rest]);
    return ran.out + ran.err;
  };
  const name = `remote.example:${secured.port}`;
  expect(await curl(`https://${name}/`, "-H", "x-api-key: homarus-secret:vendor")).toContain("reached");
  expect(secured.seen[0]?.headers["x-api-key"]).toBe(secret);
  expect(await curl(`https://${name}/echo`)).not.toContain(secret);
  expect(await curl(`https://${name}/?d=${btoa(`k=${secret}`)}`)).toContain("egress.leak");
  for (const host of ["127.0.0.1", "2130706433", "0x7f.1", "[::1]", "localhost", "public.example", "169.254.169.254"])
    expect(await curl(`http://${host}:${plain.port}/`)).toMatch(/egress\.(private-address|internal-name)/);
  expect(secured.seen).toHaveLength(2);
  expect(plain.seen).toEqual([]);
  child.kill();
  await child.exited;
}, 60_000);
