// A connection to one server, by the way that its settings name.

import type { InferSchema } from "@homarus/sdk";
import { Fault, type SpokenProgram, type ToolsetContext } from "@homarus/sdk";
import {
  Client,
  type ClientOptions,
  ProtocolError,
  StreamableHTTPClientTransport,
  type Transport,
} from "@modelcontextprotocol/client";
import { faultOf } from "./faults.ts";
import type manifest from "./manifest.ts";
import { ProgramTransport } from "./program.ts";

export type Settings = InferSchema<(typeof manifest)["config"]>;

export interface Connection {
  readonly client: Client;
  /** What a program said on its error stream; empty of an address. */
  errorText(): string;
}

export interface Watch {
  /** The server says that it offers other tools now. */
  changed(): void;
  /** It is gone. */
  ended(): void;
}

/** A program may have to be fetched first. */
const connectTimeoutMs = 60_000;
const maxLineBytes = 16 * 1024 * 1024;
const newest = "2026-07-28";

/** Rejects with a Fault that says why not; nothing is left running then. */
export async function connect(context: ToolsetContext<Settings>, watch: Watch): Promise<Connection> {
  const { command, url } = context.config;
  if ((command === undefined) === (url === undefined))
    throw new Fault("config", "mcp.settings", "A server of MCP has either a command or a url.", {
      hint: `Write one of them under mcp.servers.${context.id}.`,
    });
  if (url !== undefined) return attempt(overHttp(url, context), "auto", { context, watch });
  const first = await started(context);
  return attempt(new ProgramTransport(first), "legacy", { context, watch, program: first }).catch(async (fault) => {
    // It answers and does not know the beginning that all versions but the newest share.
    if (!(fault.cause instanceof ProtocolError)) throw fault;
    const program = await started(context);
    return attempt(new ProgramTransport(program), { pin: newest }, { context, watch, program });
  });
}

interface Way {
  readonly context: ToolsetContext<Settings>;
  readonly watch: Watch;
  readonly program?: SpokenProgram;
}

type Mode = NonNullable<ClientOptions["versionNegotiation"]>["mode"];

async function attempt(transport: Transport, mode: Mode, { context, watch, program }: Way): Promise<Connection> {
  const client = new Client(
    { name: "homarus", version: "1" },
    {
      versionNegotiation: { ...(mode && { mode }) },
      listChanged: { tools: { autoRefresh: false, debounceMs: 0, onChanged: watch.changed } },
    },
  );
  const errorText = (): string => program?.errorText() ?? "";
  try {
    await client.connect(transport, { timeout: connectTimeoutMs, signal: context.signal });
  } catch (thrown) {
    // Afterwards all of its last words have come.
    await transport.close().catch(() => undefined);
    throw faultOf(thrown, context.signal, errorText());
  }
  client.onclose = watch.ended;
  client.onerror = (error) => context.log.debug("mcp.trouble", { message: error.message.slice(0, 300) });
  return { client, errorText };
}

function overHttp(url: string, { config, fetch }: ToolsetContext<Settings>): Transport {
  return new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { ...config.headers } },
    fetch: (input, init) => fetch(input, init),
  });
}

function started({ config, startProgram }: ToolsetContext<Settings>): Promise<SpokenProgram> {
  const { command = "", args = [], env = {}, folder } = config;
  return startProgram({
    ...{ argv: [command, ...args], environment: env, maxLineBytes },
    ...(folder !== undefined && { folder }),
  });
}
