// The house's own part of homarus.json. Extensions add theirs under `channels`, `providers`, `tools` and `sandboxes`.
// Evaluated when the catalog is built; at run time only types come from here.
import { type InferSchema, s } from "@homarus/sdk";
import { budgets } from "./budgets-schema.ts";
import { context } from "./context-schema.ts";
import { egress } from "./egress-schema.ts";
import { gateway } from "./gateway-schema.ts";
import { limits } from "./limits-schema.ts";
import { modelsSchema } from "./models-schema.ts";
import { approvals, execRules, houseApprovals, policy, profile, toolRules } from "./policy-schema.ts";
import { secrets } from "./secrets-schema.ts";

const thinking = s.choice(["off", "low", "medium", "high"], {
  title: "Thinking",
  help: "How long the model reasons before it answers.",
});

const level = s.choice(["debug", "info", "warn", "error", "silent"]);

const agentFields = {
  name: s.optional(s.string({ title: "Name", help: "What the agent calls itself." })),
  model: s.optional(
    s.string({
      title: "Model",
      help: "provider/model, for example anthropic/claude-sonnet-5. Absent takes what is set up.",
    }),
  ),
  thinking: s.optional(thinking),
  persona: s.optional(s.string({ title: "Persona", help: "Added to the system prompt." })),
  maxSteps: s.optional(s.integer({ min: 1, max: 1000, help: "Model calls in one run." })),
  timeoutSeconds: s.optional(s.integer({ min: 1, max: 86_400, help: "Longest time of one run." })),
  historyChars: s.optional(
    s.integer({
      min: 1_000,
      help: "The most characters of a session that a model reads. Absent: only its window counts.",
    }),
  ),
  tools: s.optional(toolRules),
  profile: s.optional(profile),
  approvals: s.optional(approvals),
  exec: s.optional(execRules),
};

const mount = s.object({
  source: s.string({ help: "Absolute path." }),
  target: s.optional(s.string({ help: "Where under /workspace/extra; absent is the source's own name." })),
  readOnly: s.optional(s.boolean({ help: "false lets commands change it, where mounts.json allows that." })),
});

export const houseSchema = s.object({
  $schema: s.optional(s.string()),
  gateway: s.withDefault(gateway, {}),
  agents: s.withDefault(
    s.object({
      defaults: s.withDefault(s.object(agentFields), {}),
      list: s.withDefault(
        s.list(
          s.object({
            id: s.string({ pattern: /^[a-z0-9][a-z0-9-]*$/ }),
            default: s.optional(s.boolean()),
            workspace: s.optional(
              s.string({ help: "Absolute path; absent is a folder of its own in the state folder." }),
            ),
            mounts: s.optional(s.list(mount, { help: "Folders beside the workspace; mounts.json must allow each." })),
            ...agentFields,
          }),
        ),
        [],
      ),
    }),
    {},
  ),
  models: s.withDefault(modelsSchema, {}),
  memory: s.withDefault(
    s.object(
      {
        softMegabytes: s.optional(
          s.integer({
            min: 16,
            help: "From here on what can be had again is let go. Absent: a quarter of the machine.",
          }),
        ),
        hardMegabytes: s.optional(
          s.integer({ min: 16, help: "From here on jobs and webhooks wait. Absent: half of the machine." }),
        ),
      },
      { title: "Memory", help: "How much memory the gateway itself may use before it acts." },
    ),
    {},
  ),
  bindings: s.withDefault(
    s.list(
      s.object({
        agent: s.string(),
        channel: s.optional(s.string()),
        account: s.optional(s.string()),
        peer: s.optional(s.string()),
        place: s.optional(s.string()),
      }),
      { help: "Which agent answers where; the first that fits wins." },
    ),
    [],
  ),
  session: s.withDefault(
    s.object({
      scope: s.withDefault(
        s.choice(["main", "per-peer", "per-channel-peer"], {
          help: "main: all direct chats are one conversation; per-peer: one for each sender.",
        }),
        "main",
      ),
    }),
    {},
  ),
  policy: s.withDefault(policy, {}),
  approvals: s.withDefault(houseApprovals, {}),
  limits: s.withDefault(limits, {}),
  budgets: s.withDefault(budgets, {}),
  hooks: s.withDefault(
    s.object(
      {
        enabled: s.withDefault(s.boolean({ help: "Whether webhooks are taken at /hooks." }), false),
        token: s.optional(
          s.secret({ title: "Token", help: "For /hooks/wake and /hooks/agent. Another one than the gateway's." }),
        ),
        list: s.withDefault(
          s.list(
            s.object({
              name: s.string({ pattern: /^[a-z0-9][a-z0-9-]*$/, help: "Its address is /hooks/<name>." }),
              secret: s.secret({ title: "Secret", help: "What the sender signs with." }),
              scheme: s.withDefault(
                s.choice(["standard", "github", "token"], {
                  help: "standard: Standard Webhooks; github: X-Hub-Signature-256; token: the secret itself in a header.",
                }),
                "standard",
              ),
              agent: s.optional(s.string({ help: "Who answers; absent is the default agent." })),
              session: s.optional(s.string({ help: "Which session hears it; absent is one of the hook's own." })),
              template: s.optional(
                s.string({
                  help: "What the agent reads; {{a.b}} stands for that place of the body. Absent: the body.",
                }),
              ),
            }),
          ),
          [],
        ),
      },
      { title: "Webhooks", help: "Messages that other programs send." },
    ),
    {},
  ),
  context: s.withDefault(context, {}),
  sandbox: s.withDefault(
    s.choice(["auto", "bubblewrap", "docker", "gvisor", "none"], {
      title: "Sandbox",
      help: "Where commands run. `none` gives them your whole user account: write it only if you mean it.",
    }),
    "auto",
  ),
  sandboxMode: s.withDefault(
    s.choice(["all", "non-main", "off"], {
      title: "Sandboxed sessions",
      help: "Which sessions run their commands in the sandbox; the others run them with your whole user account.",
    }),
    "all",
  ),
  sandboxLimits: s.withDefault(
    s.object(
      {
        memoryMegabytes: s.withDefault(s.integer({ min: 16, help: "For all processes of a session together." }), 2048),
        cpus: s.withDefault(s.number({ min: 0.01, help: "Cores of the processor; may be a fraction." }), 2),
        processes: s.withDefault(s.integer({ min: 8, help: "So many at the same time." }), 256),
        diskMegabytes: s.withDefault(s.integer({ min: 1, help: "What may be written outside the workspace." }), 512),
        idleMinutes: s.withDefault(s.integer({ min: 1, help: "What a session keeps warm goes after this long." }), 15),
      },
      { title: "Limits of the sandbox", help: "What the commands of one session may use." },
    ),
    {},
  ),
  egress: s.withDefault(egress, {}),
  secrets: s.withDefault(secrets, {}),
  log: s.withDefault(
    s.object({
      level: s.withDefault(level, "info"),
      format: s.withDefault(s.choice(["plain", "json"]), "plain"),
      file: s.withDefault(
        s.object(
          {
            enabled: s.withDefault(s.boolean(), true),
            level: s.withDefault(level, "info"),
            maxBytes: s.withDefault(
              s.integer({ min: 100_000, help: "A larger file is put aside and a new one begun." }),
              10_000_000,
            ),
            keep: s.withDefault(
              s.integer({ min: 0, max: 100, help: "So many files that were put aside are kept." }),
              3,
            ),
          },
          { help: "JSON lines in logs/homarus.log of the state folder, whatever the terminal shows." },
        ),
        {},
      ),
    }),
    {},
  ),
});

/** What every channel has beside its own settings. */
export const channelSettings = {
  enabled: s.withDefault(s.boolean({ help: "false keeps the settings and does not start the channel." }), true),
  access: s.withDefault(
    s.object({
      direct: s.withDefault(
        s.choice(["pairing", "allowlist", "open"], {
          help: "Who may write: pairing hands strangers a code, open lets everybody in.",
        }),
        "pairing",
      ),
      allow: s.withDefault(s.list(s.string(), { help: "Platform ids of people who may write." }), []),
      guests: s.withDefault(
        s.list(s.string(), { help: "Platform ids of people who may write, and for whom the agent has no tools." }),
        [],
      ),
      groups: s.withDefault(s.choice(["mention", "all", "off"]), "mention"),
    }),
    {},
  ),
  uncertain: s.withDefault(
    s.choice(["resend", "silent"], {
      help: "What to do with a reply of which nobody can tell whether it arrived before a crash.",
    }),
    "resend",
  ),
};

export type HouseConfig = InferSchema<typeof houseSchema> & {
  readonly channels: Readonly<Record<string, ChannelConfig>>;
  readonly providers: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly tools: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly sandboxes: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly mcp: { readonly servers: Readonly<Record<string, ServerConfig>> };
  readonly mcpServers: Readonly<Record<string, ServerConfig>>;
};

/** What the house itself reads of a server's settings; the rest is for the toolset. */
export interface ServerConfig {
  readonly enabled: boolean;
  readonly url?: string;
  readonly private: boolean;
  readonly timeoutMs: number;
  readonly allow?: readonly string[];
  readonly deny: readonly string[];
  readonly trusted: boolean;
  readonly [field: string]: unknown;
}

export interface ChannelConfig {
  readonly enabled: boolean;
  readonly access: {
    readonly direct: "pairing" | "allowlist" | "open";
    readonly allow: readonly string[];
    readonly guests: readonly string[];
    readonly groups: "mention" | "all" | "off";
  };
  readonly uncertain: "resend" | "silent";
  readonly [field: string]: unknown;
}
