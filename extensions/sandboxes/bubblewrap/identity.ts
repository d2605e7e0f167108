// Who commands are. Where the house runs as root they get a user of their own, so that what belongs to root stays closed
// to them even if it were bound by mistake. The files of the workspace are given to that user once.
import { spawnSync } from "node:child_process";
import { lchownSync, lstatSync } from "node:fs";
import { Fault } from "@homarus/sdk";
import type { Identity } from "./view.ts";

export const setpriv = "/usr/bin/setpriv";
/** The number a command sees where it cannot have a user of its own and the house is root. */
const plainUser = 1000;

/** The owner of a workspace that is not root's keeps it, and commands are that user. */
export function identityFor(root: string, canBeReal: boolean, user: number): Identity {
  const [own = 0, ownGroup = 0] = [process.getuid?.(), process.getgid?.()];
  if (own !== 0 || !canBeReal) return { type: "mapped", user: own || plainUser, group: ownGroup || plainUser };
  const { uid, gid } = lstatSync(root);
  return uid === 0 ? { type: "real", user, group: user } : { type: "real", user: uid, group: gid || uid };
}

/** Does nothing where the folder is the user's already. */
export function handOver(root: string, { type, user, group }: Identity): void {
  if (type === "mapped" || lstatSync(root).uid !== 0) return;
  // This program follows no link while it walks, also when one is put in its way.
  const { status, stderr } = spawnSync("chown", ["-RhP", `${user}:${group}`, root], { encoding: "utf8" });
  if (status === 0) return;
  throw new Fault(
    "config",
    "sandbox.workspace-owner",
    `The workspace ${root} could not be given to the user ${user}.`,
    {
      hint: `Give it to a user that is not root by hand: chown -R ${user}:${group} ${root}`,
      cause: stderr,
    },
  );
}

/** The house's socket, to which the command must be able to connect. */
export function handOverSocket(socket: string, { type, user, group }: Identity): void {
  if (type === "real" && lstatSync(socket).uid !== user) lchownSync(socket, user, group);
}

/** What gives a command its user, and takes the last rights away. */
export function becoming({ type, user, group }: Identity): readonly string[] {
  if (type === "mapped") return [];
  const rights = ["--clear-groups", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"];
  return [setpriv, `--reuid=${user}`, `--regid=${group}`, ...rights, "--"];
}
