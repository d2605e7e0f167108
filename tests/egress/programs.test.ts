// Programs as they are, with nothing but the environment that a sandbox gives them, through the door to hosts of our own.
import { afterEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openWorld, run, type WorldWish } from "./world.ts";

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function worldOf(wish: WorldWish = {}) {
  const rules = [{ host: "*:*", action: "allow" as const }];
  const privateHosts = ["remote.example:*", "registry.example:*"].map((host) => ({
    ...{ host, action: "allow" as const, private: true },
  }));
  const world = await openWorld({ ...wish, settings: { rules: [...privateHosts, ...rules], ...wish.settings } });
  closers.push(world.close);
  return world;
}

function folderOf(): string {
  const folder = mkdtempSync(join(tmpdir(), "egress-program-"));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const nodeProgram = process.env.HOMARUS_TEST_NODE ?? Bun.which("node") ?? "";
const nodeMajor =
  nodeProgram === "" ? 0 : Number(Bun.spawnSync([nodeProgram, "-p", "process.versions.node.split('.')[0]"]).stdout);

/** Says why a test does not run, instead of passing. */
function needs(name: string, isThere: boolean, why: string) {
  if (isThere) return test;
  console.log(`${name} is not tried: ${why}`);
  return test.skip;
}

const withProgram = (name: string) => needs(name, Bun.which(name) !== null, "it is not installed");

const hello: RequestListener = (request, response) => void response.end(`hello ${request.url}`);

const fetching: readonly (readonly [name: string, command: (url: string) => string[], isThere: boolean])[] = [
  ["curl", (url) => ["curl", "-sS", url], Bun.which("curl") !== null],
  [
    "Python's urllib",
    (url) => ["python3", "-c", `import urllib.request as u; print(u.urlopen(${JSON.stringify(url)}).read().decode())`],
    Bun.which("python3") !== null,
  ],
  [
    "Bun's fetch",
    (url) => [process.execPath, "-e", `console.log(await (await fetch(${JSON.stringify(url)})).text())`],
    true,
  ],
  [
    "Node's fetch",
    (url) => [nodeProgram, "-e", `fetch(${JSON.stringify(url)}).then((r) => r.text()).then(console.log)`],
    nodeMajor >= 24,
  ],
];

describe.each(fetching)("%s", (name, command, isThere) => {
  needs(name, isThere, "it is not installed, or too old")(
    "[L05] reaches what is allowed over http and https by the environment alone, and is told no elsewhere",
    async () => {
      const world = await worldOf({
        settings: { rules: [{ host: "remote.example:*", action: "allow", private: true }] },
      });
      const [secure, plain] = [await world.remote(hello), await world.remote(hello, false)];
      const { environment } = await world.sandbox();
      for (const [scheme, { port }] of [
        ["https", secure],
        ["http", plain],
      ] as const) {
        const ran = await run(command(`${scheme}://remote.example:${port}/a?b=1`), { environment });
        expect(ran.out, ran.err).toContain("hello /a?b=1");
        const refused = await run(command(`${scheme}://other.example:${port}/a`), { environment });
        expect(refused.out).not.toContain("hello");
      }
      expect([secure.seen.length, plain.seen.length]).toEqual([1, 1]);
      expect(world.events.map((event) => event.code)).toEqual([
        ...["egress.allowed", "egress.not-allowed", "egress.allowed", "egress.not-allowed"],
      ]);
    },
    30_000,
  );
});

withProgram("wget")(
  "[L05] wget fetches over http and is told no elsewhere, with the reason as a header",
  async () => {
    const world = await worldOf({
      settings: { rules: [{ host: "remote.example:*", action: "allow", private: true }] },
    });
    const { port } = await world.remote(hello, false);
    const { environment } = await world.sandbox();
    const ran = await run(["wget", "-qO-", `http://remote.example:${port}/w`], { environment });
    expect(ran.out, ran.err).toContain("hello /w");
    const refused = await run(["wget", "-S", "-O-", `http://other.example:${port}/w`], { environment });
    expect(refused.err).toContain("X-Homarus-Denied: egress.not-allowed");
  },
  20_000,
);

/** A host of git repositories: the CGI program of git behind our server. */
function gitHost(root: string): RequestListener {
  return async (request, response) => {
    const [path = "", query = ""] = (request.url ?? "").split("?");
    const child = Bun.spawn(["git", "http-backend"], {
      env: {
        ...{ PATH: process.env.PATH ?? "", GIT_PROJECT_ROOT: root, GIT_HTTP_EXPORT_ALL: "1", PATH_INFO: path },
        ...{
          QUERY_STRING: query,
          REQUEST_METHOD: request.method ?? "",
          CONTENT_TYPE: request.headers["content-type"] ?? "",
        },
        ...{ HTTP_CONTENT_ENCODING: String(request.headers["content-encoding"] ?? ""), REMOTE_USER: "owner" },
        GIT_PROTOCOL: String(request.headers["git-protocol"] ?? ""),
      },
      stdin: new Blob([Buffer.from((request as unknown as { text: string }).text, "latin1")]),
      stdout: "pipe",
    });
    const out = Buffer.from(await new Response(child.stdout).arrayBuffer());
    const end = out.indexOf("\r\n\r\n");
    const headers = out
      .subarray(0, end)
      .toString()
      .split("\r\n")
      .map((line) => line.split(/: (.*)/, 2));
    const status = Number(headers.find(([name]) => name === "Status")?.[1]?.slice(0, 3) ?? 200);
    response.writeHead(status, headers.filter(([name]) => name !== "Status") as [string, string][]);
    response.end(out.subarray(end + 4));
  };
}

const gitIdentity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"];

async function git(folder: string, environment: Readonly<Record<string, string>>, ...words: string[]) {
  return run(["git", ...gitIdentity, ...words], { folder, environment: { ...environment, GIT_TERMINAL_PROMPT: "0" } });
}

async function repositoryOf(root: string): Promise<void> {
  await run(["git", "init", "-q", "--bare", "-b", "main", "p.git"], { folder: root });
  await run(["git", "-C", "p.git", "config", "http.receivepack", "true"], { folder: root });
}

withProgram("git")(
  "[Y10] git pushes and clones; a push whose packed files hold a secret stays inside",
  async () => {
    const secret = "kY7-vq2Lr9Wm4Xz8Tb3N";
    const world = await worldOf({ secrets: [{ name: "vendor", value: secret }] });
    const [root, work] = [folderOf(), folderOf()];
    await repositoryOf(root);
    const host = await world.remote(gitHost(root));
    const { environment } = await world.sandbox();
    const url = `https://remote.example:${host.port}/p.git`;
    const clone = await git(work, environment, "clone", "-q", url, "one");
    expect(clone.code, clone.err).toBe(0);
    const one = join(work, "one");
    writeFileSync(join(one, "a.txt"), "some text\n".repeat(2000));
    await git(one, environment, "add", ".");
    await git(one, environment, "commit", "-qm", "first");
    const push = await git(one, environment, "push", "-q", "origin", "HEAD:main");
    expect(push.code, push.err).toBe(0);
    const again = await git(work, environment, "clone", "-q", url, "two");
    expect(again.code, again.err).toBe(0);
    writeFileSync(join(one, "b.txt"), `${"filler ".repeat(300)}${secret}\n`);
    await git(one, environment, "add", ".");
    await git(one, environment, "commit", "-qm", "second");
    const before = host.seen.length;
    const stolen = await git(one, environment, "push", "-q", "origin", "HEAD:main");
    expect(stolen.code).not.toBe(0);
    expect(host.seen.slice(before).filter((item) => item.line.startsWith("POST"))).toEqual([]);
    expect(world.events.at(-1)).toMatchObject({
      type: "leak",
      code: "egress.leak",
      leak: { name: "vendor", blocked: true },
    });
  },
  40_000,
);

withProgram("npm")(
  "[L05] npm installs a package from a registry over https",
  async () => {
    const world = await worldOf();
    const folder = folderOf();
    mkdirSync(join(folder, "package"));
    writeFileSync(join(folder, "package", "package.json"), JSON.stringify({ name: "small-thing", version: "1.0.0" }));
    writeFileSync(join(folder, "package", "index.js"), "module.exports = 42;\n");
    await run(["tar", "-czf", "small.tgz", "package"], { folder });
    const tarball = await Bun.file(join(folder, "small.tgz")).bytes();
    const { port } = await world.remote((request, response) => {
      if (request.url?.endsWith(".tgz")) return void response.end(tarball);
      const url = `https://registry.example:${port}/small-thing-1.0.0.tgz`;
      const version = { name: "small-thing", version: "1.0.0", dist: { tarball: url } };
      response.setHeader("content-type", "application/json");
      response.end(
        JSON.stringify({ name: "small-thing", "dist-tags": { latest: "1.0.0" }, versions: { "1.0.0": version } }),
      );
    });
    const { environment } = await world.sandbox();
    const own = folderOf();
    const words = ["install", "small-thing", `--registry=https://registry.example:${port}/`, "--no-audit", "--no-fund"];
    const ran = await run(["npm", ...words], { folder: own, environment });
    expect(ran.code, ran.err).toBe(0);
    expect(await Bun.file(join(own, "node_modules", "small-thing", "index.js")).text()).toContain("42");
    expect(world.events.every((event) => event.type === "allow")).toBe(true);
  },
  60_000,
);

const pip = Bun.which("python3") && Bun.spawnSync(["python3", "-m", "pip", "--version"]).exitCode === 0;

needs("pip", Boolean(pip), "it is not installed")(
  "[L05] pip downloads a wheel from an index over https",
  async () => {
    const world = await worldOf();
    const folder = folderOf();
    const make = `import zipfile
with zipfile.ZipFile("small_thing-1.0-py3-none-any.whl", "w") as z:
    z.writestr("small_thing.py", "x = 42")
    z.writestr("small_thing-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: small-thing\\nVersion: 1.0\\n")
    z.writestr("small_thing-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    z.writestr("small_thing-1.0.dist-info/RECORD", "")`;
    await run(["python3", "-c", make], { folder });
    const wheel = await Bun.file(join(folder, "small_thing-1.0-py3-none-any.whl")).bytes();
    const { port } = await world.remote((request, response) => {
      if (request.url?.endsWith(".whl")) return void response.end(wheel);
      response.setHeader("content-type", "text/html");
      response.end('<a href="/files/small_thing-1.0-py3-none-any.whl">small_thing-1.0-py3-none-any.whl</a>');
    });
    const { environment } = await world.sandbox();
    const own = folderOf();
    const words = ["download", "-q", "--no-deps", "--disable-pip-version-check", "small-thing"];
    const index = ["--index-url", `https://registry.example:${port}/simple/`];
    const ran = await run(["python3", "-m", "pip", ...words, ...index], { folder: own, environment });
    expect(ran.code, ran.err).toBe(0);
    expect((await Bun.file(join(own, "small_thing-1.0-py3-none-any.whl")).bytes()).length).toBe(wheel.length);
  },
  60_000,
);

withProgram("curl")(
  "[L01] a program asks its vendor with a placeholder, and the vendor sees the key",
  async () => {
    const key = "sk-vendor-93jfKQ82mmXxP0aLw7";
    const credential = { secret: "vendor", header: "x-api-key" };
    const rule = { host: "remote.example:*", paths: ["/v1/**"], action: "allow" as const, private: true, credential };
    const world = await worldOf({ secrets: [{ name: "vendor", value: key }], settings: { rules: [rule] } });
    const host = await world.remote((request, response) => {
      const isEcho = request.url === "/v1/echo";
      response.end(isEcho ? JSON.stringify(request.headers) : "good");
    });
    const { environment } = await world.sandbox();
    const ask = (path: string, ...words: string[]) =>
      run(["curl", "-sS", ...words, `https://remote.example:${host.port}${path}`], { environment });
    const placeholder = "x-api-key: homarus-secret:vendor";
    const ran = await ask("/v1/messages", "-H", placeholder, "-d", "{}");
    expect(ran.out, ran.err).toBe("good");
    expect(host.seen[0]?.headers["x-api-key"]).toBe(key);
    const echoed = await ask("/v1/echo", "-H", placeholder);
    expect(echoed.out).not.toContain(key);
    expect(echoed.out).toContain("The answer holds the secret");
    const elsewhere = await ask("/v2/messages", "-H", placeholder);
    expect(elsewhere.out).toContain("fits no rule of this host");
    expect(host.seen).toHaveLength(2);
    expect(JSON.stringify(Object.values(environment))).not.toContain(key);
    expect(JSON.stringify(world.events)).not.toContain(key);
  },
  20_000,
);
