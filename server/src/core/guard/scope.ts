// What a shell knows while it runs a text: variables, functions, aliases, the folder it is in, files it has written.
import type { ShellNode } from "./node.ts";
import { type Command, hole, type Stream } from "./verdict.ts";

export interface Scope {
  readonly variables: Map<string, string>;
  readonly arrays: Map<string, readonly string[]>;
  readonly functions: Map<string, ShellNode>;
  readonly aliases: Map<string, string>;
  /** Commands whose output stands in a variable. */
  readonly origins: Map<string, readonly Command[]>;
  /** Copies and links of programs, by the path they were given. */
  readonly copies: Map<string, string>;
  /** Files that this text wrote, and the pipes behind `<(..)`. */
  readonly files: Map<string, Stream>;
  positional: readonly string[];
  cwd: string;
}

/** What every shell has. The home is `~` throughout. */
const given: readonly (readonly [string, string])[] = [
  ["HOME", "~"],
  ["IFS", " \t\n"],
  ["SHELL", "/bin/bash"],
  ["BASH", "/bin/bash"],
  ["PATH", "/usr/local/bin:/usr/bin:/bin"],
  ["OLDPWD", hole],
  ["TMPDIR", "/tmp"],
  ["UID", "1000"],
  ["EUID", "1000"],
  ["HOSTTYPE", "x86_64"],
  ["OSTYPE", "linux-gnu"],
];

export function openScope(workspace: string): Scope {
  return {
    variables: new Map([...given, ["PWD", workspace]]),
    ...{
      arrays: new Map(),
      origins: new Map(),
      functions: new Map(),
      aliases: new Map(),
      copies: new Map(),
      files: new Map(),
    },
    positional: [],
    cwd: workspace,
  };
}

/** What a subshell gets: it may change its own, but written files stay written. */
export function subScope(scope: Scope, positional = scope.positional): Scope {
  return {
    ...scope,
    variables: new Map(scope.variables),
    arrays: new Map(scope.arrays),
    origins: new Map(scope.origins),
    functions: new Map(scope.functions),
    positional,
  };
}
