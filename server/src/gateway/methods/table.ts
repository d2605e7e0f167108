// The one table of methods: name, rights, params, and the group of handlers that is loaded on the first call.
// Each codec (protocol 3 now; others later) and the generated docs read this table; nothing registers itself.
import type { Role, Scope } from "../caller.ts";
import type { Shape } from "../frames/shape.ts";
import type { Group } from "./handler.ts";
import * as params from "./params.ts";

export interface MethodRow {
  readonly name: string;
  readonly group: keyof typeof groups;
  readonly role: Role;
  readonly scope: Scope;
  /** Version of Homarus it first came with. */
  readonly since: string;
  /** Undefined: anything may come, and the handler ignores it. */
  readonly params: Shape | undefined;
  /** Named in hello-ok. Some methods answer without being named there, as clients expect. */
  readonly isAdvertised: boolean;
}

/** How each group is loaded. */
export const groups = {
  agent: () => import("./agent.ts"),
  agents: () => import("./agents.ts"),
  channels: () => import("./channels.ts"),
  chat: () => import("./chat.ts"),
  config: () => import("./config.ts"),
  sessions: () => import("./sessions.ts"),
  system: () => import("./system.ts"),
} satisfies Record<string, () => Promise<{ readonly methods: Group }>>;

const read = { role: "operator", scope: "operator.read", since: "0.1.0", isAdvertised: true } as const;
const write = { ...read, scope: "operator.write" } as const;
const admin = { ...read, scope: "operator.admin" } as const;
const pairing = { ...read, scope: "operator.pairing" } as const;
const silent = { isAdvertised: false } as const;

export const methodTable: readonly MethodRow[] = [
  { name: "health", group: "system", ...read, params: params.health },
  { name: "status", group: "system", ...read, params: undefined },
  { name: "system-presence", group: "system", ...read, params: undefined },
  { name: "last-heartbeat", group: "system", ...read, params: undefined },
  { name: "connect", group: "system", ...admin, ...silent, params: undefined },

  { name: "models.list", group: "agents", ...read, params: params.modelsList },
  { name: "agents.list", group: "agents", ...read, params: params.none },
  { name: "agent.identity.get", group: "agents", ...read, params: params.agentIdentity },

  { name: "agent", group: "agent", ...write, params: params.agent },
  { name: "agent.wait", group: "agent", ...write, params: params.agentWait },

  { name: "chat.history", group: "chat", ...read, params: params.chatHistory },
  { name: "chat.send", group: "chat", ...write, params: params.chatSend },
  { name: "chat.abort", group: "chat", ...write, params: params.chatAbort },
  { name: "chat.inject", group: "chat", ...admin, ...silent, params: params.chatInject },

  { name: "sessions.list", group: "sessions", ...read, params: params.sessionsList },
  { name: "sessions.preview", group: "sessions", ...read, params: params.sessionsPreview },
  { name: "sessions.resolve", group: "sessions", ...read, ...silent, params: params.sessionsResolve },
  { name: "sessions.patch", group: "sessions", ...admin, params: params.sessionsPatch },
  { name: "sessions.reset", group: "sessions", ...admin, params: params.sessionsReset },
  { name: "sessions.delete", group: "sessions", ...admin, params: params.sessionsDelete },
  { name: "sessions.export", group: "sessions", ...read, params: params.sessionsExport },
  { name: "sessions.import", group: "sessions", ...admin, params: params.sessionsImport },

  { name: "config.get", group: "config", ...read, params: params.none },
  { name: "config.set", group: "config", ...admin, params: params.configSet },
  { name: "config.schema", group: "config", ...admin, params: params.none },

  { name: "channels.status", group: "channels", ...read, params: params.channelsStatus },
  { name: "channels.pairing.list", group: "channels", ...pairing, params: params.pairingList },
  { name: "channels.pairing.approve", group: "channels", ...pairing, params: params.pairingApprove },
  { name: "channels.pairing.revoke", group: "channels", ...pairing, params: params.pairingRevoke },
];
