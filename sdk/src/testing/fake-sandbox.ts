// A Sandbox without a machine: it knows a few words of the shell, and folders by name. For tests of what runs commands.
import { Fault } from "../errors.ts";
import type { ExecRequest, ExecResult, Sandbox, SandboxSpec, Workspace } from "../ports/sandbox.ts";

export interface FakeSandbox extends Sandbox {
  /** Every request, in order. */
  readonly requests: ExecRequest[];
  /** What `open` does instead of opening. */
  readonly faults: Fault[];
}

interface Shell {
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly input: string;
  readonly folders: Set<string>;
  readonly print: (text: string) => void;
}

/** Words of a command to its exit code; `forever` runs until it is ended. */
const words: Readonly<Record<string, (args: readonly string[], shell: Shell) => number | "forever">> = {
  echo: (args, shell) => done(shell.print(`${args.join(" ")}\n`)),
  pwd: (_, shell) => done(shell.print(`${shell.folder}\n`)),
  cat: (_, shell) => done(shell.print(shell.input)),
  sleep: () => "forever",
  seq: ([from, to], shell) =>
    done(
      shell.print(
        Array.from({ length: Number(to) - Number(from) + 1 }, (_, index) => `${Number(from) + index}\n`).join(""),
      ),
    ),
  mkdir: ([name], shell) => done(shell.folders.add(`${shell.folder}/${name}`)),
  ls: (_, shell) =>
    done(shell.print([...shell.folders].map((path) => `${path.slice(shell.folder.length + 1)}\n`).join(""))),
  printenv: ([name = ""], shell) => {
    const value = shell.variables[name];
    if (value !== undefined) shell.print(`${value}\n`);
    return value === undefined ? 1 : 0;
  },
};

function done(_: unknown): number {
  return 0;
}

export function createFakeSandbox(): FakeSandbox {
  const requests: ExecRequest[] = [];
  const faults: Fault[] = [];
  return {
    requests,
    faults,
    async open(spec) {
      const fault = faults.shift();
      if (fault) throw fault;
      return openWorkspace(spec, requests);
    },
  };
}

function openWorkspace(spec: SandboxSpec, requests: ExecRequest[]): Workspace {
  const folders = new Set<string>();
  let isOpen = true;
  return {
    async exec(request, signal) {
      if (!isOpen) throw new Fault("bug", "sandbox.closed", "This workspace was closed.");
      requests.push(request);
      const folder = folderOf(spec.root, folders, request.folder);
      if (signal.aborted) return { exitCode: undefined, ended: "aborted", output: "", durationMs: 0 };
      let output = "";
      const print = (text: string): void => {
        output += text;
        request.onOutput?.(text);
      };
      const variables = { ...request.environment, HOME: spec.root };
      const code = interpret(request.command, { folder, variables, folders, print, input: request.input ?? "" });
      const kept = (): string => bounded(output, request.maxOutputBytes);
      if (code !== "forever") return { exitCode: code, ended: "exit", output: kept(), durationMs: 0 };
      return {
        exitCode: undefined,
        ended: await endOf(request.timeoutMs, signal),
        output: kept(),
        durationMs: request.timeoutMs,
      };
    },
    async close() {
      isOpen = false;
    },
  };
}

function interpret(command: string, shell: Shell): number | "forever" {
  let code = 0;
  for (const part of command.split(";")) {
    const [word = "", ...args] = part.trim().split(/\s+/);
    if (word === "exit") return Number(args[0] ?? code);
    const ran = words[word]?.(args, shell) ?? 127;
    if (ran === "forever") return ran;
    code = ran;
  }
  return code;
}

function endOf(timeoutMs: number, signal: AbortSignal): Promise<ExecResult["ended"]> {
  if (signal.aborted) return Promise.resolve("aborted");
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve("timeout"), timeoutMs);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve("aborted");
      },
      { once: true },
    );
  });
}

function folderOf(root: string, folders: ReadonlySet<string>, folder = "."): string {
  const outside = new Fault("denied", "sandbox.outside", `${folder} is not inside the workspace.`);
  const relative = folder.startsWith(`${root}/`) ? folder.slice(root.length + 1) : folder;
  if (relative.startsWith("/")) throw outside;
  const names: string[] = [];
  for (const name of relative.split("/").filter((part) => part !== "" && part !== ".")) {
    if (name !== "..") names.push(name);
    else if (names.pop() === undefined) throw outside;
  }
  const path = [root, ...names].join("/");
  if (path === root || folders.has(path)) return path;
  throw new Fault("invalid", "sandbox.folder", `There is no folder ${folder}.`);
}

function bounded(text: string, maxBytes: number): string {
  if (text.length <= maxBytes) return text;
  const half = Math.ceil(maxBytes / 2);
  return `${text.slice(0, half)}\n[... ${text.length - 2 * half} bytes left out ...]\n${text.slice(-half)}`;
}
