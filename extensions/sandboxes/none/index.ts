// Runs commands as the house's own user, with nothing between. The variables of the house are kept back all the same.
import { mkdirSync, statSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { type Activate, Fault } from "@homarus/sdk";
import type manifest from "./manifest.ts";
import { runProcess } from "./process.ts";

const searchPath = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";
/** Runs the command with its errors on its output, so that both come in their order. */
const shell = ["/bin/sh", "-c", 'exec /bin/sh -c "$1" 2>&1', "sh"] as const;

export const activate: Activate<typeof manifest> = () => ({
  async open(spec) {
    const root = resolve(spec.root);
    if (!isAbsolute(spec.root))
      throw new Fault("config", "sandbox.root", `The workspace ${spec.root} is not an absolute path.`, {
        hint: "Write it as an absolute path.",
      });
    mkdirSync(root, { recursive: true, mode: 0o700 });
    let isOpen = true;
    return {
      async exec({ command, folder, environment, input, timeoutMs, maxOutputBytes, onOutput }, signal) {
        if (!isOpen) throw new Fault("bug", "sandbox.closed", "This workspace was closed.");
        const clean = { ...environment, PATH: searchPath, HOME: root, LANG: "C.UTF-8" };
        const request = {
          argv: [...shell, command],
          folder: folderOf(root, folder),
          environment: clean,
          input,
          timeoutMs,
          maxOutputBytes,
          onOutput,
        };
        return runProcess(request, signal).catch((cause: unknown) => {
          throw new Fault("config", "sandbox.no-shell", `No command could be started: ${(cause as Error).message}.`, {
            cause,
            hint: "Commands need /bin/sh.",
          });
        });
      },
      async close() {
        isOpen = false;
      },
    };
  },
});

/** Absolute path of the folder to run in. Throws when it is not one of the workspace. */
function folderOf(root: string, folder = "."): string {
  const path = resolve(root, folder);
  if (path !== root && !path.startsWith(`${root}/`))
    throw new Fault("denied", "sandbox.outside", `${JSON.stringify(folder)} is not inside the workspace.`);
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory())
    throw new Fault("invalid", "sandbox.folder", `There is no folder ${JSON.stringify(folder)} in the workspace.`);
  return path;
}
