// The one table of methods: what a method is called and who may call it, group by group, and how a group is loaded on
// its first call. Every codec, hello-ok and the reference page are views of it; nothing registers itself.

import { rows as absent } from "./absent/rows.ts";
import { rows as access } from "./access/rows.ts";
import { rows as agent } from "./agent/rows.ts";
import { rows as agents } from "./agents/rows.ts";
import { rows as approvals } from "./approvals/rows.ts";
import { rows as channels } from "./channels/rows.ts";
import { rows as chat } from "./chat/rows.ts";
import { rows as config } from "./config/rows.ts";
import { rows as cron } from "./cron/rows.ts";
import { rows as devices } from "./devices/rows.ts";
import type { Group } from "./handler.ts";
import { rows as mcp } from "./mcp/rows.ts";
import { rows as models } from "./models/rows.ts";
import { rows as nodes } from "./nodes/rows.ts";
import type { MethodRow } from "./row.ts";
import { rows as safety } from "./safety/rows.ts";
import { rows as secrets } from "./secrets/rows.ts";
import { rows as send } from "./send/rows.ts";
import { rows as sessions } from "./sessions/rows.ts";
import { rows as skills } from "./skills/rows.ts";
import { rows as system } from "./system/rows.ts";
import { rows as tools } from "./tools/rows.ts";
import { rows as usage } from "./usage/rows.ts";
import { rows as voice } from "./voice/rows.ts";
import { rows as wizard } from "./wizard/rows.ts";

interface GroupEntry {
  readonly rows: readonly MethodRow[];
  load(): Promise<{ readonly group: Group }>;
}

export const groups = {
  access: { rows: access, load: () => import("./access/group.ts") },
  absent: { rows: absent, load: () => import("./absent/group.ts") },
  agent: { rows: agent, load: () => import("./agent/group.ts") },
  agents: { rows: agents, load: () => import("./agents/group.ts") },
  approvals: { rows: approvals, load: () => import("./approvals/group.ts") },
  channels: { rows: channels, load: () => import("./channels/group.ts") },
  chat: { rows: chat, load: () => import("./chat/group.ts") },
  config: { rows: config, load: () => import("./config/group.ts") },
  cron: { rows: cron, load: () => import("./cron/group.ts") },
  devices: { rows: devices, load: () => import("./devices/group.ts") },
  mcp: { rows: mcp, load: () => import("./mcp/group.ts") },
  models: { rows: models, load: () => import("./models/group.ts") },
  nodes: { rows: nodes, load: () => import("./nodes/group.ts") },
  safety: { rows: safety, load: () => import("./safety/group.ts") },
  secrets: { rows: secrets, load: () => import("./secrets/group.ts") },
  send: { rows: send, load: () => import("./send/group.ts") },
  sessions: { rows: sessions, load: () => import("./sessions/group.ts") },
  system: { rows: system, load: () => import("./system/group.ts") },
  skills: { rows: skills, load: () => import("./skills/group.ts") },
  tools: { rows: tools, load: () => import("./tools/group.ts") },
  usage: { rows: usage, load: () => import("./usage/group.ts") },
  voice: { rows: voice, load: () => import("./voice/group.ts") },
  wizard: { rows: wizard, load: () => import("./wizard/group.ts") },
} satisfies Record<string, GroupEntry>;

export const methodTable: readonly MethodRow[] = Object.values(groups).flatMap((entry) => entry.rows);
