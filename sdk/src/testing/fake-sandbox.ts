// A Sandbox without a machine: it knows a few words of the shell, and folders by name. For tests of what runs commands.
import { Fault } from "../errors.ts";
import type { ExecRequest, ExecResult, Sandbox, SandboxSpec, StartRequest, Workspace } from "../ports/sandbox.ts";
import { type FakeProcess, startProcess } from "./fake-process.ts";

export interface FakeSandbox extends Sandbox {
  /** Every request, in order. */
  readonly requests: ExecRequest[];
  /** What was started, in order. */
  readonly started: StartRequest[];
  /** What it was opened for, in order. */
  readonly specs: SandboxSpec[];
  /** Sessions whose workspace was closed. */
  readonly closed: string[];
  /** What `open` does instead of opening. */
  readonly faults: Fault[];
}

interface Shell {
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly input: string;
  readonly folders: Set<string>;
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly print: (text: string) => void;
}

/** Words of a command to its exit code; `forever` runs until it is ended. */
const words: Readonly<Record<string, (args: readonly string[], shell: Shell) => number | "forever">> = {
  echo: (args, shell) => done(shell.print(`${args.join(" ")}\n`)),
  pwd: (_, shell) => done(shell.print(`${shell.folder}\n`)),
  cat: ([name], shell) => {
    const bytes = name === undefined ? undefined : shell.files.get(`${shell.folder}/${name}`);
    if (name !== undefined && !bytes) return 1;
    return done(shell.print(bytes ? new TextDecoder().decode(bytes) : shell.input));
  },
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
  const seen: Seen = { requests: [], started: [], closed: [] };
  const specs: SandboxSpec[] = [];
  const faults: Fault[] = [];
  return {
    ...{ ...seen, specs, faults },
    async open(spec) {
      const fault = faults.shift();
      if (fault) throw fault;
      specs.push(spec);
      return openWorkspace(spec, seen);
    },
    probe: async () => ({ isWorking: true, walls: [] }),
  };
}

type Seen = Pick<FakeSandbox, "requests" | "started" | "closed">;

function openWorkspace(spec: SandboxSpec, seen: Seen): Workspace {
  const folders = new Set<string>();
  const files = new Map<string, Uint8Array>();
  const running = new Set<FakeProcess>();
  let isOpen = true;
  const enter = (folder: string | undefined): string => {
    if (!isOpen) throw new Fault("bug", "sandbox.closed", "This workspace was closed.");
    return folderOf(spec.root, folders, folder);
  };
  const place = (path: string): string => {
    if (!isOpen) throw new Fault("bug", "sandbox.closed", "This workspace was closed.");
    return placeOf(spec.root, path);
  };
  return {
    async exec(request, signal) {
      const folder = enter(request.folder);
      seen.requests.push(request);
      return execute(request, { folder, folders, files, root: spec.root }, signal);
    },
    async start(request) {
      const folder = enter(request.folder);
      seen.started.push(request);
      const started = startProcess(request.maxOutputBytes);
      running.add(started);
      const variables = { ...request.environment, HOME: spec.root };
      const shell = { folder, variables, folders, files, print: started.print, input: "" };
      if (request.command === "cat") started.echoes();
      else started.finish(interpret(request.command, shell));
      return started.process;
    },
    async put(path, bytes) {
      files.set(place(path), bytes);
    },
    async take(path, maxBytes) {
      const bytes = files.get(place(path));
      if (!bytes) throw new Fault("invalid", "sandbox.no-file", `There is no file ${path}.`);
      if (bytes.byteLength > maxBytes) throw new Fault("invalid", "sandbox.too-large", `${path} is too large.`);
      return bytes;
    },
    async close() {
      if (!isOpen) return;
      isOpen = false;
      seen.closed.push(spec.session);
      for (const { process } of running) process.kill();
    },
  };
}

type Place = Omit<Shell, "variables" | "input" | "print"> & { readonly root: string };

async function execute(request: ExecRequest, place: Place, signal: AbortSignal): Promise<ExecResult> {
  if (signal.aborted) return { exitCode: undefined, ended: "aborted", output: "", durationMs: 0 };
  let output = "";
  const print = (text: string): void => {
    output += text;
    request.onOutput?.(text);
  };
  const variables = { ...request.environment, HOME: place.root };
  const code = interpret(request.command, { ...place, variables, print, input: request.input ?? "" });
  const kept = (): string => bounded(output, request.maxOutputBytes);
  if (code !== "forever") return { exitCode: code, ended: "exit", output: kept(), durationMs: 0 };
  return {
    exitCode: undefined,
    ended: await endOf(request.timeoutMs, signal),
    output: kept(),
    durationMs: request.timeoutMs,
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
  const path = placeOf(root, folder);
  if (path === root || folders.has(path)) return path;
  throw new Fault("invalid", "sandbox.folder", `There is no folder ${folder}.`);
}

function placeOf(root: string, path: string): string {
  const outside = new Fault("denied", "sandbox.outside", `${path} is not inside the workspace.`);
  const relative = path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
  if (relative.startsWith("/")) throw outside;
  const names: string[] = [];
  for (const name of relative.split("/").filter((part) => part !== "" && part !== ".")) {
    if (name !== "..") names.push(name);
    else if (names.pop() === undefined) throw outside;
  }
  return [root, ...names].join("/");
}

function bounded(text: string, maxBytes: number): string {
  if (text.length <= maxBytes) return text;
  const half = Math.ceil(maxBytes / 2);
  return `${text.slice(0, half)}\n[... ${text.length - 2 * half} bytes left out ...]\n${text.slice(-half)}`;
}
