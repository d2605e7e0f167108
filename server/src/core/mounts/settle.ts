// What of the folders that the config names is mounted, where, and whether it may be changed. Pure: paths come with
// every link resolved. One refusal refuses all, so that no command runs with less than the owner believes.
import type { Mount } from "@homarus/sdk";
import type { AllowedRoot, ListReading } from "./list.ts";

export interface WantedMount {
  readonly source: string;
  /** Relative to /workspace/extra; absent is the source's own name. */
  readonly target?: string | undefined;
  readonly readOnly?: boolean | undefined;
}

export interface MountFacts {
  readonly reading: ListReading;
  /** The path with every link resolved, or undefined where nothing is. */
  readonly resolve: (path: string) => string | undefined;
  /** Whether the session is its agent's main one. */
  readonly isMain: boolean;
  /** Folders of the house, which are in no mount and hold none. Resolved. */
  readonly closed: readonly string[];
}

export type Settled =
  | { readonly type: "mounts"; readonly mounts: readonly Mount[] }
  | { readonly type: "refused"; readonly reasons: readonly string[] };

/** Under this folder mounts appear inside. */
export const mountsFolder = "/workspace/extra";

/** Names that are blocked wherever they stand in a path, whatever the list says. */
export const alwaysBlocked: readonly string[] = [
  ...[".ssh", ".gnupg", ".gpg", ".aws", ".azure", ".gcloud", ".kube", ".docker", "credentials", "credentials.*"],
  ...[
    ".env",
    ".env.*",
    ".netrc",
    ".npmrc",
    ".pypirc",
    ".git-credentials",
    "id_rsa",
    "id_ed25519",
    "id_ecdsa",
    "id_dsa",
  ],
  ...["private_key", "private_key.*", ".secret", ".homarus", "docker.sock", "containerd.sock", "podman.sock"],
];

export function settleMounts(wanted: readonly WantedMount[], facts: MountFacts): Settled {
  if (wanted.length === 0) return { type: "mounts", mounts: [] };
  const { reading } = facts;
  if (reading.type === "trouble") return { type: "refused", reasons: [`Nothing may be mounted: ${reading.text}.`] };
  const judged = wanted.map((mount) => judge(mount, reading, facts));
  const reasons = judged.flatMap((item) => (typeof item === "string" ? [item] : []));
  const mounts = judged.flatMap((item) => (typeof item === "string" ? [] : [item]));
  const clash = clashIn(mounts);
  if (reasons.length > 0 || clash) return { type: "refused", reasons: [...reasons, ...(clash ? [clash] : [])] };
  return { type: "mounts", mounts: ordered(mounts) };
}

function judge(wanted: WantedMount, reading: ListReading & { type: "list" }, facts: MountFacts): Mount | string {
  const { list } = reading;
  const said = JSON.stringify(wanted.source);
  if (!wanted.source.startsWith("/") || wanted.source.includes("\0")) return `${said} is not an absolute path.`;
  const source = facts.resolve(wanted.source);
  if (source === undefined) return `${said} does not exist.`;
  const patterns = [...alwaysBlocked, ...list.blockedPatterns];
  const blocked = blockedName(wanted.source, patterns) ?? blockedName(source, patterns);
  if (blocked !== undefined) return `${said} is blocked: ${JSON.stringify(blocked)} is never mounted.`;
  const closed = facts.closed.find((folder) => isWithin(source, folder) || isWithin(folder, source));
  if (closed !== undefined) return `${said} is blocked: it holds, or is in, the house's own folder.`;
  const root = rootFor(source, list.allowedRoots, facts.resolve);
  if (!root) return `${said} is not in any of the \`allowedRoots\`.`;
  const target = targetOf(wanted.target ?? source.slice(source.lastIndexOf("/") + 1));
  if (target === undefined)
    return `${said} cannot be mounted at ${JSON.stringify(wanted.target)}: a target is a relative path without "..".`;
  const isForced = list.nonMainReadOnly && !facts.isMain;
  return { source, target, isReadOnly: wanted.readOnly !== false || !root.allowReadWrite || isForced };
}

/** Of several roots that hold the path, the innermost decides. */
function rootFor(source: string, roots: readonly AllowedRoot[], resolve: MountFacts["resolve"]) {
  const holding = roots.flatMap((root) => {
    const path = resolve(root.path);
    return path !== undefined && path !== "/" && isWithin(source, path) ? [{ path, root }] : [];
  });
  return holding.sort((a, b) => b.path.length - a.path.length)[0]?.root;
}

/** Absolute path inside, or undefined for what is no plain relative path. */
function targetOf(target: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a path with them is what is looked for.
  if (/[\u0000-\u001f\u007f:\\,]/.test(target) || target.startsWith("/")) return undefined;
  const names = target.split("/").filter((name) => name !== "" && name !== ".");
  if (names.length === 0 || names.includes("..")) return undefined;
  return `${mountsFolder}/${names.join("/")}`;
}

function blockedName(path: string, patterns: readonly string[]): string | undefined {
  const tests = patterns.map(patternTest);
  return path.split("/").find((name) => name !== "" && tests.some((test) => test.test(name)));
}

/** Whole names only: `.env` blocks neither `my.environment` nor `.envrc`. Capitals make no difference. */
function patternTest(pattern: string): RegExp {
  const body = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${body.join(".*")}$`, "is");
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || folder === "/" || path.startsWith(`${folder}/`);
}

/** Two sources at one target; the same mount twice is one. */
function clashIn(mounts: readonly Mount[]): string | undefined {
  const clash = mounts.find((a) => mounts.some((b) => a.target === b.target && a.source !== b.source));
  return clash && `Two folders are to be mounted at ${JSON.stringify(clash.target)}.`;
}

/** What holds others comes before them. Of the same mount twice, the stricter word counts. */
function ordered(mounts: readonly Mount[]): readonly Mount[] {
  const byTarget = new Map<string, Mount>();
  for (const mount of mounts) {
    const other = byTarget.get(mount.target);
    byTarget.set(mount.target, { ...mount, isReadOnly: mount.isReadOnly || (other?.isReadOnly ?? false) });
  }
  return [...byTarget.values()].sort((a, b) => (a.target < b.target ? -1 : 1));
}
