// An egress gateway as the house opens it, with hosts of our own behind it on 127.0.0.1, and what a sandbox has of it: a
// port that forwards to the socket, and the environment. The resolver is the test's.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, createServer as createPort, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EgressCaller, EgressEvent, EgressRequest, EgressSecret, EgressVerdict, LeakMode } from "@homarus/sdk";
import { lazyEgress, lazyLeakWatch } from "../../server/src/boot/lazy.ts";
import type { EgressSettings } from "../../server/src/core/egress/parts.ts";
import { judgeEgress } from "../../server/src/core/egress/rules.ts";
import { systemClock } from "../../server/src/host/clock.ts";
import type { EgressLimits, Lease } from "../../server/src/host/egress/parts.ts";
import { makeSelfSigned } from "../../server/src/host/tls/make.ts";

export interface Remote {
  readonly port: number;
  /** Each request: method, host and path, headers, body. */
  readonly seen: { readonly line: string; readonly headers: IncomingMessage["headers"]; readonly body: string }[];
  readonly server: Server;
}

export interface WorldWish {
  readonly settings?: Partial<EgressSettings>;
  readonly secrets?: readonly EgressSecret[];
  readonly leaks?: LeakMode;
  /** Of the watch for secrets alone. */
  readonly now?: () => number;
  readonly limits?: Partial<EgressLimits>;
  readonly ask?: (request: EgressRequest, signal: AbortSignal) => Promise<boolean>;
  readonly resolve?: (name: string) => Promise<readonly string[]>;
}

export interface Sandbox {
  readonly lease: Lease;
  /** The forwarded port on 127.0.0.1. */
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const megabyte = 1024 * 1024;
const hostNames = ["remote.example", "other.example", "api.remote.example", "registry.example", "*.wild.example"];

/** Keys take their time, so that all worlds of one process share them. */
const pem = makeSelfSigned({ names: [...hostNames, "127.0.0.1", "localhost"], now: Date.now() });
const own = pem.slice(0, pem.indexOf("-----BEGIN PRIVATE KEY"));
const madeFolder = mkdtempSync(join(tmpdir(), "egress-made-"));
const madeAuthority = join(madeFolder, "authority-key.pem");
process.once("exit", () => rmSync(madeFolder, { recursive: true, force: true }));

export const testLimits: EgressLimits = {
  maxBodyBytes: 8 * megabyte,
  maxHeldBytes: 64 * megabyte,
  maxAnswerBytes: 64 * megabyte,
  maxHeadBytes: 64 * 1024,
  decideMs: 20_000,
  idleMs: 60_000,
  maxConnections: 64,
};

export async function openWorld(wish: WorldWish = {}) {
  const folder = mkdtempSync(join(tmpdir(), "egress-"));
  mkdirSync(join(folder, "egress"));
  if (existsSync(madeAuthority)) copyFileSync(madeAuthority, join(folder, "egress", "authority-key.pem"));
  const events: EgressEvent[] = [];
  const heard: string[] = [];
  const settings: EgressSettings = { rules: [], presets: [], providers: [], askWrites: false, ...wish.settings };
  const closers: (() => unknown)[] = [];
  const decide = async (request: EgressRequest, signal: AbortSignal): Promise<EgressVerdict> => {
    const judgement = judgeEgress(request, settings);
    if (judgement.type !== "ask") return judgement;
    return (await wish.ask?.(request, signal)) ? judgement.yes : judgement.no;
  };
  const egress = await lazyEgress({
    ...{ folder: join(folder, "egress"), decide, clock: systemClock, limits: { ...testLimits, ...wish.limits } },
    secrets: () => wish.secrets ?? none,
    watch: lazyLeakWatch(() => wish.secrets ?? none, wish.now ?? systemClock.now),
    onEvent: (event) => events.push(event),
    onHeard: (_, host) => heard.push(host),
    leaks: () => wish.leaks ?? "block",
    authorities: [own],
    resolve: wish.resolve ?? (async () => ["127.0.0.1"]),
  });
  copyFileSync(join(folder, "egress", "authority-key.pem"), madeAuthority);
  const remote = async (listener: RequestListener, isTls = true): Promise<Remote> => {
    const seen: Remote["seen"] = [];
    const handle: RequestListener = async (request, response) => {
      const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString("latin1");
      seen.push({ line: `${request.method} ${request.headers.host} ${request.url}`, headers: request.headers, body });
      Object.assign(request, { text: body });
      listener(request, response);
    };
    const server = isTls ? createTlsServer({ key: pem, cert: pem }, handle) : createServer(handle);
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    closers.push(
      () => server.closeAllConnections(),
      () => server.close(),
    );
    return { port: (server.address() as AddressInfo).port, seen, server };
  };
  const sandbox = async (caller: Partial<EgressCaller> = {}): Promise<Sandbox> => {
    const lease = await egress.lease({ sandboxId: "box-1", agent: "main", sessionKey: "agent:main:main", ...caller });
    const { port, close: closePort } = await forwardTo(lease.door.socket);
    const environment = Object.fromEntries(
      Object.entries(lease.door.environment).map(([name, value]) => [name, value.replace(":3128", `:${port}`)]),
    );
    closers.push(closePort);
    return { lease, port, environment, close: () => lease.close() };
  };
  const close = async (): Promise<void> => {
    await egress.close();
    for (const closer of closers) closer();
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    egress,
    events,
    /** Hosts, once for each answer or tunnel. */
    heard,
    folder,
    /** The certificate of the hosts. */
    own,
    remote,
    sandbox,
    close,
    settings,
    authority: () => readFileSync(join(folder, "egress", "authority.pem"), "utf8"),
  };
}

/** What a sandbox does: a port on 127.0.0.1 whose connections go to the socket. */
export async function forwardTo(path: string): Promise<{ readonly port: number; close(): void }> {
  const forward = createPort((socket) => {
    const inner = connect(path);
    socket.on("error", () => inner.destroy()).on("close", () => inner.destroy());
    inner.on("error", () => socket.destroy()).on("close", () => socket.destroy());
    socket.pipe(inner).pipe(socket);
  });
  await new Promise<void>((resolve) => void forward.listen(0, "127.0.0.1", resolve));
  return { port: (forward.address() as AddressInfo).port, close: () => void forward.close() };
}

const none: readonly EgressSecret[] = [];

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A program as a sandbox runs it: this environment, and of the machine's own only where programs are. */
export async function run(
  command: readonly string[],
  {
    environment = {},
    folder,
    input,
  }: { environment?: Readonly<Record<string, string>>; folder?: string; input?: string } = {},
): Promise<Ran> {
  const child = Bun.spawn([...command], {
    env: { PATH: process.env.PATH ?? "", HOME: folder ?? tmpdir(), LANG: "C.UTF-8", ...environment },
    ...(folder ? { cwd: folder } : {}),
    stdin: input === undefined ? "ignore" : new Blob([input]),
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, out, err };
}
