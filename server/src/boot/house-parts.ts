// What the house, as the gateway sees it, is made of.
import type { CostWork } from "../core/costs/report.ts";
import type { Pairing } from "../core/inbox/pairing.ts";
import type { JobWork } from "../core/jobs/work.ts";
import type { AgentSettings } from "../core/line/parts.ts";
import type { Line } from "../core/line.ts";
import type { Delivery } from "../core/outbox/deliver.ts";
import type { RouteRules } from "../core/route/route.ts";
import type { Channels } from "./channels.ts";
import type { EgressDoors } from "./egress.ts";
import type { Gates } from "./gates.ts";
import type { Ground } from "./ground.ts";
import type { MemoryWatch } from "./memory.ts";
import type { Models } from "./models/models.ts";
import type { Tools } from "./tools.ts";
import type { Toolsets } from "./toolsets/toolsets.ts";

export interface HouseParts {
  readonly ground: Ground;
  readonly line: Line;
  readonly pairing: Pairing;
  readonly models: Models;
  readonly tools: Tools;
  readonly toolsets: Toolsets;
  readonly memory: MemoryWatch;
  readonly delivery: Delivery;
  readonly channels: Channels;
  readonly jobs: JobWork;
  readonly costs: CostWork;
  readonly gates: Gates;
  readonly egress: EgressDoors;
  readonly newId: () => string;
  readonly routeRules: () => RouteRules;
  readonly agent: (id: string) => AgentSettings;
}
