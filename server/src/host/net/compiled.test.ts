// The guard on the runtime as it is shipped: some of its HTTP clients ignore a custom resolver when compiled or shimmed.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const entry = `
import { createGuardedFetch } from ${JSON.stringify(join(import.meta.dir, "fetch.ts"))};
const [base = "", other = ""] = process.argv.slice(2);
const host = new URL(base).host;
const answers = [["127.0.0.1"], ["127.0.0.1"]];
const cases = {
  literal: () => createGuardedFetch()(base),
  name: () => createGuardedFetch()(base.replace("127.0.0.1", "localhost")),
  decimal: () => createGuardedFetch()(base.replace("127.0.0.1", "2130706433")),
  mapped: () => createGuardedFetch()(base.replace("127.0.0.1", "[::ffff:127.0.0.1]")),
  resolved: () => createGuardedFetch({ resolve: async () => ["127.0.0.1"] })(base.replace("127.0.0.1", "public.example")),
  redirect: () => createGuardedFetch({ allowPrivate: (name) => name === host })(base + "to?" + other),
  rebound: () => createGuardedFetch({ allowPrivate: () => answers.length === 1, resolve: async () => answers.shift() ?? [] })(base.replace("127.0.0.1", "rebind.example") + "to?/"),
  pinned: () => createGuardedFetch({ allowPrivate: () => true, resolve: async () => ["127.0.0.1"] })(base.replace("127.0.0.1", "nowhere.invalid")),
};
async function main() {
  const results: Record<string, unknown> = {};
  for (const [name, run] of Object.entries(cases)) results[name] = await run().then((response) => response.text(), (fault) => fault.code);
  console.log(JSON.stringify(results));
}
void main();
`;

const visits: string[] = [];
let server: Server;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "compiled-"));
  server = createServer((request, response) => {
    visits.push(`${request.headers.host} ${request.url}`);
    const target = request.url?.split("?")[1];
    if (target) response.writeHead(302, { location: target }).end();
    else response.end("reached");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
});

afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

test("[L25] the compiled program denies what the source denies, also where a proxy is set in the environment", async () => {
  const [source, program] = [join(folder, "entry.ts"), join(folder, "entry")];
  await writeFile(source, entry);
  const build = Bun.spawnSync(
    [process.execPath, "build", "--compile", "--minify", "--bytecode", source, "--outfile", program],
    { cwd: import.meta.dir, env: { ...process.env } },
  );
  expect(build.exitCode, build.stderr.toString()).toBe(0);
  const { port } = server.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}/`;
  const proxies = { http_proxy: base, HTTP_PROXY: base, https_proxy: base, HTTPS_PROXY: base, NODE_USE_ENV_PROXY: "1" };
  const child = Bun.spawn([program, base, `http://localhost:${port}/secret`], {
    cwd: folder,
    env: proxies,
    stdout: "pipe",
    stderr: "pipe",
  });
  const output = await new Response(child.stdout).text();
  expect(JSON.parse(output)).toEqual({
    ...{
      literal: "net.private-address",
      name: "net.private-address",
      decimal: "net.private-address",
      mapped: "net.private-address",
    },
    ...{
      resolved: "net.private-address",
      redirect: "net.private-address",
      rebound: "net.private-address",
      pinned: "reached",
    },
  });
  expect(visits).toEqual([
    `127.0.0.1:${port} /to?http://localhost:${port}/secret`,
    `rebind.example:${port} /to?/`,
    `nowhere.invalid:${port} /`,
  ]);
}, 60_000);
