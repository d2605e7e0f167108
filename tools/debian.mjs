// @ts-check
// The programs that the tests need from the system, and how to get them on Debian and its kin.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { attach } from "./child.mjs";
import { Trouble } from "./trouble.mjs";

const needed = [
  { program: "bwrap", package: "bubblewrap" },
  { program: "chromium", package: "chromium" },
];

/** Installs what is missing as root; anyone else is told what to install, by way of Trouble. */
export async function ensureSystemPackages() {
  const missing = needed.filter(({ program }) => !isOnPath(program)).map((need) => need.package);
  if (missing.length === 0) return;
  const list = missing.join(" ");
  const byHand = `sudo apt-get install -y --no-install-recommends ${list}`;
  if (process.getuid?.() !== 0 || !isOnPath("apt-get"))
    throw new Trouble(`The tests need ${missing.join(" and ")}. Install with:\n  ${byHand}\nthen run npm test again.`);
  console.log(`Installing ${list} with apt (a minute or two) ...`);
  process.env.DEBIAN_FRONTEND = "noninteractive";
  const lock = ["-o", "DPkg::Lock::Timeout=300", "-qq"];
  await attach("apt-get", [...lock, "update"]);
  const code = await attach("apt-get", [...lock, "install", "-y", "--no-install-recommends", ...missing]);
  if (code !== 0) throw new Trouble(`apt could not install ${list}; its words are above. By hand:\n  ${byHand}`);
}

/** @param {string} program */
function isOnPath(program) {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => folder && existsSync(join(folder, program)));
}
