// @ts-check
// The programs that the tests need from the system, and how to get them on Debian and its kin.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { listen } from "./child.mjs";
import { patiently } from "./progress.mjs";
import { Trouble } from "./trouble.mjs";

const needed = [
  { program: "bwrap", package: "bubblewrap" },
  { program: "socat", package: "socat" },
  { program: "chromium", package: "chromium" },
];
/** For tests that only root can run, and that say why where they cannot: without these the others run all the same. */
const neededByRoot = [
  { program: "dockerd", package: "docker.io" },
  { program: "busybox", package: "busybox-static" },
  { program: "runsc", package: "runsc" },
];

/** Installs what is missing as root; anyone else is told what to install, by way of Trouble. */
export async function ensureSystemPackages() {
  await ensureNeeded();
  const further = missingOf(neededByRoot);
  if (further.length === 0 || process.getuid?.() !== 0 || !isOnPath("apt-get")) return;
  const { code } = await patiently(`Installing ${further.join(" ")} with apt`, () => install(further));
  if (code !== 0) console.log(`  apt could not install ${further.join(" ")}: tests of containers are left out.`);
}

/** @param {typeof needed} list */
const missingOf = (list) => list.filter(({ program }) => !isOnPath(program)).map((need) => need.package);

async function ensureNeeded() {
  const missing = missingOf(needed);
  if (missing.length === 0) return;
  const list = missing.join(" ");
  const byHand = `sudo apt-get install -y --no-install-recommends ${list}`;
  if (process.getuid?.() !== 0 || !isOnPath("apt-get"))
    throw new Trouble(`The tests need ${missing.join(" and ")}. Install with:\n  ${byHand}\nthen run npm test again.`);
  const { code, output } = await patiently(`Installing ${list} with apt (a minute or two)`, () => install(missing));
  if (code !== 0)
    throw new Trouble(`${output}\napt could not install ${list}; its words are above. By hand:\n  ${byHand}`);
}

/**
 * A failed update is not the end: the lists on the machine may do.
 * @param {readonly string[]} packages
 */
async function install(packages) {
  process.env.DEBIAN_FRONTEND = "noninteractive";
  const options = ["-o", "DPkg::Lock::Timeout=300", "-qq"];
  const update = await listen("apt-get", [...options, "update"]);
  const { code, output } = await listen("apt-get", [
    ...options,
    "install",
    "-y",
    "--no-install-recommends",
    ...packages,
  ]);
  return { code, output: update.output + output };
}

/** @param {string} program */
function isOnPath(program) {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => folder && existsSync(join(folder, program)));
}
