// Who commands are: the owner of the workspace, never root. A workspace of root's is given to a user of its own once.
import { spawnSync } from "node:child_process";
import { lchownSync, lstatSync } from "node:fs";
import { Fault } from "@homarus/sdk";

export interface Identity {
  readonly user: number;
  readonly group: number;
}

/** Rootless Docker maps its own root to the house's user: there root inside is nobody outside. */
export function identityFor(root: string, isRootless: boolean, user: number): Identity {
  if (isRootless) return { user: 0, group: 0 };
  const [own = 0, ownGroup = 0] = [process.getuid?.(), process.getgid?.()];
  if (own !== 0) return { user: own, group: ownGroup || own };
  const { uid, gid } = lstatSync(root);
  return uid === 0 ? { user, group: user } : { user: uid, group: gid || uid };
}

/** Does nothing where the folder is the user's already. */
export function handOver(root: string, { user, group }: Identity): void {
  if (process.getuid?.() !== 0 || user === 0 || lstatSync(root).uid !== 0) return;
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

/** A socket of the house, to which commands must be able to connect. */
export function handOverSocket(socket: string, { user, group }: Identity): void {
  if (process.getuid?.() === 0 && user !== 0 && lstatSync(socket).uid !== user) lchownSync(socket, user, group);
}
