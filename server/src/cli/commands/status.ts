// `homarus status`: how the house is, at a glance.
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { type Provider, wordsOfHealth } from "../models/words.ts";
import { ago, printJson, printLine } from "../print.ts";

interface Agents {
  readonly defaultId: string;
  readonly agents: readonly { readonly id: string; readonly name?: string }[];
}

interface Channels {
  readonly channelOrder: readonly string[];
  readonly channels: Readonly<Record<string, { readonly running?: boolean; readonly lastError?: string | null }>>;
}

interface Sessions {
  readonly count: number;
  readonly defaults: { readonly modelProvider?: string | null; readonly model?: string | null };
  readonly sessions: readonly {
    readonly key: string;
    readonly updatedAt: number | null;
    readonly displayName?: string;
  }[];
}

interface Memory {
  readonly used: number;
  readonly hard: number;
  readonly level: string;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1_000_000);
}

export async function run(invocation: Invocation): Promise<number> {
  await using connected = await connect(invocation, { otherwise: "refuse" });
  const { client } = connected;
  const { tls, tailscale } = connected.announced ?? {};
  const hello = await client.ready();
  const [agents, channels, sessions, { providers }, { memory }] = await Promise.all([
    client.request<Agents>("agents.list"),
    client.request<Channels>("channels.status", {}),
    client.request<Sessions>("sessions.list", { limit: 5 }),
    client.request<{ providers: readonly Provider[] }>("models.providers", {}),
    client.request<{ memory: Memory }>("status", {}),
  ]);
  if (invocation.options.json) {
    printJson({
      ok: true,
      address: connected.address,
      ...(tls && { tls }),
      ...(tailscale && { tailscale }),
      server: hello.server,
      uptimeMs: hello.snapshot.uptimeMs,
      agents,
      channels,
      sessions,
      memory,
      providers: providers.filter(({ isReady }) => isReady),
    });
    return 0;
  }
  printLine(
    `Homarus ${hello.server.version} on ${connected.address}, started ${ago(Date.now() - hello.snapshot.uptimeMs)}`,
  );
  if (tls) printLine(`TLS:      certificate SHA-256 ${tls.fingerprint}`);
  if (tailscale) printLine(`Tailscale: ${tailscale.url ?? `not open. ${tailscale.problem ?? ""}`} (${tailscale.mode})`);
  printLine(
    `Agents:   ${agents.agents.map((agent) => agent.name ?? agent.id).join(", ")} (default ${agents.defaultId})`,
  );
  printLine(
    `Model:    ${[sessions.defaults.modelProvider, sessions.defaults.model].filter(Boolean).join("/") || "none set up"}`,
  );
  const fares = providers.filter(({ isReady, id }) => isReady && id !== "offline");
  if (fares.length > 0) printLine(`Vendors:  ${fares.map((one) => `${one.id} ${wordsOfHealth(one)}`).join("; ")}`);
  const names = channels.channelOrder.map(
    (id) =>
      `${id}${channels.channels[id]?.running ? "" : ` (not running${channels.channels[id]?.lastError ? `: ${channels.channels[id]?.lastError}` : ""})`}`,
  );
  printLine(`Channels: ${names.join(", ") || "web chat only"}`);
  const short = memory.level === "normal" ? "" : `, ${memory.level}: it lets go of what it can`;
  printLine(`Memory:   ${megabytes(memory.used)} of at most ${megabytes(memory.hard)} MB${short}`);
  printLine(`Sessions: ${sessions.count}`);
  for (const session of sessions.sessions)
    printLine(`  ${session.key}  ${session.updatedAt ? ago(session.updatedAt) : ""}`);
  return 0;
}
