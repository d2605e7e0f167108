// @ts-check
// `npm run test:interop [part of a peer's name]`: the house against programs of others. They are installed into a cache
// folder outside the repository and are no dependency of it; each has its tests in tests/interop/<peer>.test.ts.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { attach, bun, listen, root } from "./child.mjs";
import { ensureInstalled } from "./install.mjs";
import { prepareCatalog } from "./prepare.mjs";
import { patiently } from "./progress.mjs";
import { runTool, Trouble } from "./trouble.mjs";

/**
 * Exact versions; `overrides` as npm has them. Scripts of packages do not run unless `hasScripts` says that they must.
 * `only`: that folder of each package is all that is wanted, without what the package needs to run.
 * @typedef {{ name: string, packages: Record<string, string>, overrides?: Record<string, string>, hasScripts?: true }} Whole
 * @typedef {{ name: string, only: string, of: readonly string[] }} Part
 * @typedef {Whole | Part} Peer
 */

/** The Node that newer peers need, whatever the machine has. */
const node = { [`node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`]: "24.21.0" };

/** @type {readonly Peer[]} */
const peers = [
  { name: "mcp-conformance", packages: { "@modelcontextprotocol/conformance": "0.2.0-alpha.12" } },
  {
    name: "gateway-client",
    packages: { "@openclaw/gateway-client": "2026.9.1", "@openclaw/gateway-protocol": "2026.9.1" },
  },
  { name: "control-ui", only: "dist/control-ui", of: ["openclaw@2026.2.17", "openclaw@2026.9.6"] },
  {
    name: "openclaw-3",
    packages: { openclaw: "2026.2.17", ...node },
    // Two packages that this release asks for are no longer to be had.
    overrides: { libsignal: "6.0.0", cssomnom: "npm:cssom@0.5.0" },
  },
  { name: "openclaw-4", packages: { openclaw: "2026.9.6", ...node } },
];

const cache =
  process.env.HOMARUS_INTEROP_CACHE ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "homarus-interop");

/**
 * Installs a peer unless it is there as the table has it.
 * @param {Peer} peer
 */
async function ensurePeer(peer) {
  const { name } = peer;
  const folder = join(cache, name);
  const done = join(folder, ".installed");
  const wanted = `${JSON.stringify("only" in peer ? peer : manifestOf(peer), null, 2)}\n`;
  if (existsSync(done) && readFileSync(done, "utf8") === wanted) return;
  mkdirSync(folder, { recursive: true });
  const install = () => ("only" in peer ? fetchParts(peer, folder) : installWhole(peer, folder));
  const { code, output } = await patiently(`Installing ${name} into ${folder}`, install);
  if (code !== 0) throw new Trouble(`${output}\n${name} could not be installed; npm's words are above.`);
  writeFileSync(done, wanted);
}

/** @param {Whole} peer */
function manifestOf({ packages, overrides = {} }) {
  return { private: true, dependencies: packages, overrides };
}

/**
 * @param {Whole} peer
 * @param {string} folder
 */
function installWhole(peer, folder) {
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifestOf(peer), null, 2)}\n`);
  const options = ["--no-audit", "--no-fund", "--loglevel=error", ...(peer.hasScripts ? [] : ["--ignore-scripts"])];
  return listen("npm", ["install", "--prefix", folder, ...options]);
}

/**
 * Fetches the archive of each package, and unpacks the folder that is wanted into node_modules/<name>-<version>.
 * @param {Part} peer
 * @param {string} folder
 */
async function fetchParts({ only, of }, folder) {
  for (const specifier of of) {
    const packed = await listen("npm", ["pack", specifier, "--pack-destination", folder, "--loglevel=error"]);
    if (packed.code !== 0) return packed;
    const archive = join(folder, `${specifier.replace("@", "-")}.tgz`);
    const target = join(folder, "node_modules", specifier.replace("@", "-"));
    mkdirSync(target, { recursive: true });
    const unpack = ["-xzf", archive, "-C", target, "--strip-components=1", `package/${only}`];
    const unpacked = await listen("tar", unpack);
    if (unpacked.code !== 0) return unpacked;
    rmSync(archive);
  }
  return { code: 0, output: "" };
}

await runTool(async () => {
  await ensureInstalled();
  await prepareCatalog();
  const filter = process.argv.slice(2);
  const chosen = peers.filter(({ name }) => filter.length === 0 || filter.some((part) => name.includes(part)));
  if (chosen.length === 0)
    throw new Trouble(`There is no such peer. There are: ${peers.map(({ name }) => name).join(", ")}`);
  for (const peer of chosen) await ensurePeer(peer);
  process.env.HOMARUS_INTEROP_PEERS = cache;
  const files = chosen
    .map(({ name }) => `./tests/interop/${name}.test.ts`)
    .filter((file) => existsSync(join(root, file)));
  return attach(bun, ["test", "--timeout=300000", ...files]);
});
