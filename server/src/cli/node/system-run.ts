// system.run: judges a command by the exec policy, then runs it. What the policy asks about is answered with words that
// the gateway knows; it asks somebody, and comes again with their yes.
import { statSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, resolve } from "node:path";
import { lineOf, scriptOf } from "@homarus/sdk/client";
import { environmentFor } from "./environment.ts";
import { judge, ruleFrom, rulesFor, type Subject, subjectOf } from "./policy.ts";
import type { PolicyFile } from "./policy-file.ts";
import { findProgram, searchPath } from "./programs.ts";
import { type ProgramEnd, runProgram } from "./run-program.ts";

export interface RunWish {
  readonly argv: readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, unknown>>;
  readonly timeoutMs: number;
  readonly agent: string | undefined;
  /** Somebody who may said yes. */
  readonly isApproved: boolean;
  /** And meant: from now on. */
  readonly isForAlways: boolean;
}

export interface RunRooms {
  readonly policy: PolicyFile;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

/** Rejects with a refusal that the caller reads; what became of the program is data. */
export async function systemRun(wish: RunWish, { policy, signal, say }: RunRooms): Promise<ProgramEnd> {
  const { argv, folder } = wish;
  const find = (word: string): string | undefined => findProgram(word, folder);
  const subject = subjectOf(argv, find);
  const rules = rulesFor(readPolicy(policy), wish.agent);
  const verdict = judge(rules, subject, wish.isApproved, homedir());
  if (verdict.type === "deny") throw denied(verdict.reason);
  if (verdict.type === "ask") throw denied("approval required");
  if (wish.isForAlways && rules.security === "allowlist") remember(subject, wish, { policy, signal, say });
  const program = find(argv[0] ?? "");
  if (program === undefined) return notStarted(`${argv[0]}: there is no such program`);
  const { variables, dropped } = environmentFor(process.env, wish.env, searchPath());
  if (dropped.length > 0) say(`Not given to the command: ${dropped.join(", ")}.`);
  // Its words may hold what is not for a log.
  say(`Running ${program} (${argv.length - 1} arguments).`);
  return runProgram({ program, argv, folder, variables, timeoutMs: wish.timeoutMs, signal });
}

/** A policy that cannot be read allows nothing. */
function readPolicy(policy: PolicyFile) {
  try {
    return policy.read();
  } catch (thrown) {
    throw denied(`the exec policy cannot be read: ${(thrown as Error).message}`);
  }
}

function remember(subject: Subject | undefined, wish: RunWish, { policy, say }: RunRooms): void {
  const rule = ruleFrom(subject);
  if (rule === undefined) {
    say(`"Always" holds for this time only: a rule for ${wish.argv[0]} would allow whatever it is told to run.`);
    return;
  }
  const { allowlist } = rulesFor(policy.read(), wish.agent);
  if (!allowlist.some((known) => known.pattern === rule.pattern)) policy.allow(rule, wish.agent);
}

function denied(reason: string): Error {
  return Object.assign(new Error(`SYSTEM_RUN_DENIED: ${reason}`), { kind: "denied", code: "node.denied" });
}

function notStarted(error: string): ProgramEnd {
  return { exitCode: null, timedOut: false, success: false, stdout: "", stderr: "", error, truncated: false };
}

/** Params of `system.run` as they came. Throws for what cannot be run. */
export function runWishOf(params: Readonly<Record<string, unknown>>, longestMs: number): RunWish {
  const { command, rawCommand, cwd, env, timeoutMs, agentId, approved, approvalDecision } = params;
  if (!Array.isArray(command) || command.length === 0) throw wrong("command required");
  const argv = command.map(String);
  if (argv.some((word) => word.includes("\0")) || argv[0] === "") throw wrong("command is not one that can be run");
  const raw = wordIn(rawCommand);
  if (raw !== undefined && raw !== (scriptOf(argv)?.trim() ?? lineOf(argv)))
    throw wrong("rawCommand does not match command");
  const isAlways = approvalDecision === "allow-always";
  const isNumber = typeof timeoutMs === "number" && timeoutMs > 0;
  return {
    ...{ argv, folder: folderOf(wordIn(cwd)), agent: wordIn(agentId) },
    env: typeof env === "object" && env !== null ? (env as Record<string, unknown>) : {},
    timeoutMs: isNumber ? Math.min(timeoutMs, longestMs) : longestMs,
    isApproved: approved === true || approvalDecision === "allow-once" || isAlways,
    isForAlways: isAlways,
  };
}

function folderOf(cwd: string | undefined): string {
  if (cwd === undefined) return process.cwd();
  const folder = isAbsolute(cwd) ? resolve(cwd) : resolve(process.cwd(), cwd);
  if (cwd.includes("\0") || !statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw wrong(`cwd is not a folder of this machine: ${cwd}`);
  return folder;
}

function wordIn(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

function wrong(message: string): Error {
  return Object.assign(new Error(message), { kind: "invalid", code: "node.params" });
}
