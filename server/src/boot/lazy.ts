// Parts of the machine that cost memory when they load, and that a house at rest never needs: loaded at first use.
import type {
  Clock,
  EgressCaller,
  EgressEvent,
  EgressSecret,
  Fetch,
  Files,
  Json,
  JsonSchema,
  LeakMode,
  LeakWatch,
  Log,
  Processes,
  ProgramRequest,
  SpokenProgram,
} from "@homarus/sdk";
import type { Blobs } from "../core/checkpoints/checkpoints.ts";
import type { CommandVerdict, GuardSettings } from "../core/guard/verdict.ts";
import type { LeaseBook, LeaseBookParts } from "../core/leases/book.ts";
import type { LogTail, LogTailParams } from "../gateway/house.ts";
import type { LeaseAnswerParts } from "../gateway/leases/answer.ts";
import type { Leaving } from "../host/egress/leaving.ts";
import type { Egress, EgressParts } from "../host/egress/parts.ts";
import type { GuardedFetchOptions } from "../host/net/fetch.ts";
import type { LeaseSocket } from "../host/secrets/lease-socket.ts";
import type { ShellNode } from "../host/shell/parse.ts";
import type { Tailscale } from "../host/tailscale/command.ts";
import type { Exposure, ExposureParts } from "../host/tailscale/exposure.ts";
import type { WhoisParts } from "../host/tailscale/whois.ts";
import type { Tls, TlsParts } from "../host/tls/open.ts";
import type { KeptServer, ServerParts } from "./toolsets/server.ts";

type Environment = Readonly<Record<string, string | undefined>>;
type Whois = (address: string) => Promise<string | undefined>;

/** Fetch of public addresses only; brings Node's HTTP client. */
export function lazyGuardedFetch(options?: GuardedFetchOptions): Fetch {
  let opened: Promise<Fetch> | undefined;
  return async (input, init) => {
    opened ??= import("../host/net/fetch.ts").then((part) => part.createGuardedFetch(options));
    return (await opened)(input, init);
  };
}

export type RefuseLeak = (leaving: Leaving, caller: EgressCaller) => Promise<void>;

/** The watch for secrets that leave: one for sandboxes and tools, so that it sees what either sends. */
export function lazyLeakWatch(secrets: () => readonly EgressSecret[], now: () => number): () => Promise<LeakWatch> {
  let opened: Promise<LeakWatch> | undefined;
  return () => {
    opened ??= import("../core/egress/leaks.ts").then((part) => part.createLeakWatch(secrets, now));
    return opened;
  };
}

interface LeakRefusalParts {
  readonly leaks: () => LeakMode;
  readonly watch: () => Promise<LeakWatch>;
  readonly clock: Clock;
  readonly onEvent: (event: EgressEvent) => void;
}

/** Refuses what holds a secret of the house on its way out of a tool. Brings the watch for leaks. */
export function lazyLeakRefusal({ watch, ...house }: LeakRefusalParts): RefuseLeak {
  return async (leaving, caller) => {
    const part = await import("../host/egress/leaving.ts");
    await part.refuseLeak(leaving, { ...house, caller }, await watch());
  };
}

/** The guarded fetch for tools: a request that holds a secret of the house does not leave. */
export function lazyWatchedFetch(refuseLeak: RefuseLeak): (caller: EgressCaller) => Fetch {
  const fetch = lazyGuardedFetch();
  return (caller) => async (input, init) => {
    await refuseLeak({ input, init }, caller);
    return fetch(input, init);
  };
}

/** Checks a tool's arguments; undefined when they fit. Brings the general validator. */
export async function lazyInputCheck(schema: JsonSchema): Promise<(input: unknown) => string | undefined> {
  const part = await import("../host/extensions/check.ts");
  return part.createInputCheck(schema);
}

/** Gives back what only the start needed, once the start is over. */
export async function trimAfterStart(log: Log): Promise<void> {
  const part = await import("../host/trim.ts");
  log.debug("trim.done", { bytes: part.trimMemory(log) });
}

/** The next time of a cron expression. Brings the cron library, which only such jobs need. */
export async function lazyCronNext(expression: string, timeZone: string | undefined, after: number) {
  const part = await import("../host/cron.ts");
  return part.cronNext(expression, timeZone, after);
}

/** JSON that a model wrote almost right; only models without tool calls of their own need it. */
export async function lazyRepairJson(text: string): Promise<Json | undefined> {
  const part = await import("../host/repair-json.ts");
  return part.repairJson(text);
}

/** A folder's files, jailed. */
export async function openJailedFiles(folder: string): Promise<Files> {
  const part = await import("../host/files/jail.ts");
  return part.openFiles(folder);
}

/** How sandboxes run programs; loads with the first program. */
export function lazyProcesses(): Processes {
  const open = () => import("../host/process/open.ts").then((part) => part.openProcesses());
  return {
    run: async (request, signal) => (await open()).run(request, signal),
    begin: async (request) => (await open()).begin(request),
  };
}

/** Starts programs of the owner that are spoken with, outside of any sandbox. */
export async function lazyProgram(request: ProgramRequest, environment: Environment): Promise<SpokenProgram> {
  const part = await import("../host/process/spoken.ts");
  return part.startSpoken(request, { environment });
}

/** Keeps one server with tools outside the house; brings the rules for what is taken of them. */
export async function lazyToolsetServer(): Promise<(parts: ServerParts) => KeptServer> {
  const part = await import("./toolsets/server.ts");
  return part.createServer;
}

/** What checkpoints keep. */
export function lazyBlobs(folder: string): Blobs {
  let opened: Promise<Blobs> | undefined;
  const open = (): Promise<Blobs> => {
    opened ??= import("../host/checkpoints/blobs.ts").then((part) => part.openBlobs(folder));
    return opened;
  };
  return {
    keep: async (bytes) => (await open()).keep(bytes),
    read: async (hash) => (await open()).read(hash),
    sweep: async (wanted) => (await open()).sweep(wanted),
  };
}

/** Files of a folder that changed since. */
export async function lazyChangedSince(folder: string, since: number): Promise<readonly string[]> {
  const part = await import("../host/files/changed.ts");
  return part.changedSince(folder, since);
}

/** Lines from the log's file. */
export async function lazyTailLog(file: string, params: LogTailParams): Promise<LogTail> {
  const part = await import("../host/log-file/tail.ts");
  return part.tailLog(file, params);
}

/** Certificate and key of the gateway. */
export async function lazyTls(parts: Omit<TlsParts, "make">): Promise<Tls> {
  const part = await import("../host/tls/open.ts");
  return part.openTls({ ...parts, make: async (wish) => (await import("../host/tls/make.ts")).makeSelfSigned(wish) });
}

/** Tailscale's command line. */
export async function lazyTailscale(environment: Environment): Promise<Tailscale> {
  const part = await import("../host/tailscale/command.ts");
  return part.createTailscale(environment);
}

/** Gives the gateway out through Tailscale. */
export async function lazyExposure(
  environment: Environment,
  parts: Omit<ExposureParts, "tailscale">,
): Promise<Exposure> {
  const part = await import("../host/tailscale/exposure.ts");
  return part.expose({ ...parts, tailscale: await lazyTailscale(environment) });
}

/** The login behind an address of the tailnet; brings what starts programs. */
export function lazyWhois(environment: Environment, parts: Omit<WhoisParts, "tailscale">): Whois {
  let opened: Promise<Whois> | undefined;
  const open = async (): Promise<Whois> => {
    const part = await import("../host/tailscale/whois.ts");
    return part.createWhois({ ...parts, tailscale: await lazyTailscale(environment) });
  };
  return async (address) => {
    opened ??= open();
    return (await opened)(address);
  };
}

/** Reads shell texts; brings the grammar. Whoever calls holds what comes: each call loads anew. */
export async function lazyShellParser(): Promise<(text: string) => ShellNode | undefined> {
  const part = await import("../host/shell/parse.ts");
  return part.createShellParser();
}

/** Judges commands before they run; brings the grammar and the rules. To be held, as the parser is. */
export async function lazyCommandJudge(): Promise<(command: string, settings: GuardSettings) => CommandVerdict> {
  const [parse, { judgeText }] = await Promise.all([lazyShellParser(), import("../core/guard/judge.ts")]);
  return (command, settings) => judgeText(command, settings, parse);
}

/** What the rules say of a request that would leave a sandbox. */
export async function lazyEgressRules() {
  const [{ judgeEgress, judgeWithMarks }, { expandPresets }] = await Promise.all([
    import("../core/egress/rules.ts"),
    import("../core/egress/presets.ts"),
  ]);
  return { judgeWithMarks, judge: judgeEgress, expand: expandPresets };
}

type LazyEgressParts = Omit<EgressParts, "watch" | "inject"> & { readonly watch: () => Promise<LeakWatch> };

/** The way out of sandboxes: the proxy, and the watch for secrets that the rules bring. */
export async function lazyEgress({ watch, ...parts }: LazyEgressParts): Promise<Egress> {
  const [{ openEgress }, { injectCredentials }, opened] = await Promise.all([
    import("../host/egress/open.ts"),
    import("../core/egress/credentials.ts"),
    watch(),
  ]);
  return openEgress({ ...parts, watch: opened, inject: injectCredentials });
}

/** The book of leases; loads with the first lease, or with the socket. */
export async function lazyLeaseBook(parts: LeaseBookParts): Promise<LeaseBook> {
  const part = await import("../core/leases/book.ts");
  return new part.LeaseBook(parts);
}

/** The socket on which programs read what they have leased. */
export async function lazyLeaseSocket(folder: string, parts: LeaseAnswerParts): Promise<LeaseSocket> {
  const [{ openLeaseSocket }, { createLeaseAnswers }] = await Promise.all([
    import("../host/secrets/lease-socket.ts"),
    import("../gateway/leases/answer.ts"),
  ]);
  return openLeaseSocket(folder, createLeaseAnswers(parts));
}
