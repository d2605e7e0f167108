// Runs commands as the house's own user, with nothing between. The variables of the house are kept back all the same.
import { mkdirSync, statSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { type Activate, Fault, type Launcher, launchedWorkspace, type SandboxFacts } from "@homarus/sdk";
import type manifest from "./manifest.ts";

const searchPath = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";

export const activate: Activate<typeof manifest> = ({ processes, clock }) => ({
  async open(spec) {
    const root = resolve(spec.root);
    if (!isAbsolute(spec.root))
      throw new Fault("config", "sandbox.root", `The workspace ${spec.root} is not an absolute path.`, {
        hint: "Write it as an absolute path.",
      });
    mkdirSync(root, { recursive: true, mode: 0o700 });
    return launchedWorkspace({ processes, clock }, launcherIn(root));
  },
  probe: async () => facts,
});

function launcherIn(root: string): Launcher {
  return {
    root,
    async launch({ argv, folder, environment, hasTerminal }) {
      const own = { PATH: searchPath, HOME: root, LANG: "C.UTF-8", ...(hasTerminal && { TERM: "xterm-256color" }) };
      return { argv, folder, environment: { ...environment, ...own } };
    },
    hasFolder: (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false,
    unstartable: (cause) =>
      new Fault("config", "sandbox.no-shell", `No command could be started: ${(cause as Error).message}.`, {
        cause,
        hint: "Commands need /bin/sh.",
      }),
    askToEnd(pid) {
      try {
        process.kill(-pid, "SIGTERM");
      } catch {
        // It has ended meanwhile.
      }
    },
  };
}

const facts: SandboxFacts = {
  isWorking: true,
  walls: [
    { name: "environment", isUp: true, text: "the house's variables are kept back" },
    {
      name: "isolation",
      isUp: false,
      text: "commands have this user's files and network",
      next: 'Write sandbox: "auto" into the config if that is not what you want.',
    },
  ],
};
