// Whether a command may run on this machine. The owner's rules decide; a yes from elsewhere only answers what the rules
// say is to be asked. Pure: which program a command names is found by the caller.
import { basename } from "node:path";
import { scriptOf } from "@homarus/sdk/client";

export const securities = ["deny", "allowlist", "full"] as const;
export const asks = ["off", "on-miss", "always"] as const;

export interface Rule {
  /** A path with `*` (within a folder), `**` (any depth) and `~/`; or a bare name, found by the node's PATH. */
  readonly pattern: string;
}

export interface Rules {
  readonly security: (typeof securities)[number];
  readonly ask: (typeof asks)[number];
  readonly allowlist: readonly Rule[];
}

export interface Policy extends Rules {
  /** What differs for one agent; its allowlist comes on top. */
  readonly agents: Readonly<Record<string, Partial<Rules>>>;
}

export const defaultPolicy: Policy = { security: "allowlist", ask: "on-miss", allowlist: [], agents: {} };

export function rulesFor({ agents, ...rules }: Policy, agent: string | undefined): Rules {
  const own = agent !== undefined && Object.hasOwn(agents, agent) ? agents[agent] : undefined;
  return { ...rules, ...own, allowlist: [...rules.allowlist, ...(own?.allowlist ?? [])] };
}

/** What a rule is held against: the command, or what it has a shell run. */
export interface Subject {
  readonly word: string;
  /** Absolute path. */
  readonly program: string;
}

type Find = (word: string) => string | undefined;

const shells = /^(?:sh|bash|zsh|dash|ksh|fish|csh|tcsh|ash|busybox|toybox|cmd|powershell|pwsh)(?:\.exe)?$/i;
/** One command and its words, with nothing in it that a shell would read. */
const plainScript = /^[\w./:=@%+,-]+(?: +[\w./:=@%+,-]+)*$/;

/** Undefined when no rule can speak for it: there is no such program, or a shell would decide what is run. */
export function subjectOf(argv: readonly string[], find: Find): Subject | undefined {
  const [word = ""] = argv;
  if (!shells.test(basename(word))) return named(word, find);
  const script = argv.length === 3 ? scriptOf(argv)?.trim() : undefined;
  if (script === undefined || !plainScript.test(script)) return undefined;
  const inner = script.split(/ +/)[0] ?? "";
  return shells.test(basename(inner)) ? undefined : named(inner, find);
}

function named(word: string, find: Find): Subject | undefined {
  const program = find(word);
  return program === undefined ? undefined : { word, program };
}

export type Verdict =
  | { readonly type: "run" }
  | { readonly type: "ask" }
  | { readonly type: "deny"; readonly reason: string };

/** `isApproved`: somebody who may said yes to this command. */
export function judge(rules: Rules, subject: Subject | undefined, isApproved: boolean, home: string): Verdict {
  if (rules.security === "deny") return { type: "deny", reason: "security=deny" };
  const isFine = rules.security === "full" || (subject !== undefined && isListed(rules, subject, home));
  if (rules.ask === "off") return isFine ? { type: "run" } : { type: "deny", reason: "allowlist miss" };
  if (isApproved || (isFine && rules.ask === "on-miss")) return { type: "run" };
  return { type: "ask" };
}

function isListed({ allowlist }: Rules, { word, program }: Subject, home: string): boolean {
  return allowlist.some(({ pattern }) => {
    const trimmed = pattern.trim();
    if (!/[\\/]/.test(trimmed)) return trimmed !== "" && trimmed === word;
    return globOf(trimmed.startsWith("~/") ? `${home}${trimmed.slice(1)}` : trimmed).test(program);
  });
}

function globOf(pattern: string): RegExp {
  const source = pattern
    .split(/(\*\*|\*|\?)/)
    .map((part) => {
      if (part === "**") return ".*";
      if (part === "*") return "[^/\\\\]*";
      return part === "?" ? "[^/\\\\]" : part.replace(/[.+^${}()|[\]\\]/g, "\\$&");
    })
    .join("");
  return new RegExp(`^${source}$`, process.platform === "win32" ? "is" : "s");
}

/** Programs that run whatever they are told: a rule for one of them would allow everything. */
const carriers =
  /^(?:env|nice|nohup|timeout|time|sudo|doas|su|xargs|setsid|stdbuf|find|ssh|parallel|watch|flock|chroot|unshare|nsenter|strace|script|expect|make|docker|podman|python[\d.]*|node|bun|deno|perl|ruby|php|lua|awk|gawk|mawk|sed|tclsh|osascript|git|npm|npx|bunx|vi|vim|emacs)(?:\.exe)?$/i;

/** The rule that an "always" leaves behind; undefined where that would be more than was asked. */
export function ruleFrom(subject: Subject | undefined): Rule | undefined {
  if (subject === undefined || carriers.test(basename(subject.program))) return undefined;
  return /[*?]/.test(subject.program) ? undefined : { pattern: subject.program };
}
