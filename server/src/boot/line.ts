// The line of a house: what it is handed of the rooms, the config and the machine.
import type { Reserve } from "../core/costs/reserve.ts";
import { pairingText } from "../core/inbox/pairing.ts";
import { createRate } from "../core/inbox/rate.ts";
import { createLine, type Line } from "../core/line.ts";
import { createWorkspaceReader, seedWorkspace } from "../host/files/workspace.ts";
import { agentSettings, routeRules } from "./agents.ts";
import type { Channels } from "./channels.ts";
import { openContext } from "./context.ts";
import type { Gates } from "./gates.ts";
import type { Ground } from "./ground.ts";
import { lazyRepairJson } from "./lazy.ts";
import type { Rooms } from "./rooms.ts";

const messagesPerMinute = 60;

export function openLine(ground: Ground, rooms: Rooms, gates: Gates, reserve: Reserve): Line {
  const { log, clock, store, tap, config, shutdown, workspace } = ground;
  const { channels, pairing, models, tools, delivery } = rooms;
  const readWorkspace = createWorkspaceReader();
  const seeded = new Set<string>();
  return createLine({
    ...{
      store,
      clock,
      log,
      tap,
      delivery,
      signal: shutdown.signal,
      timeText: createTimeText(),
      keptLogs: rooms.keptLogs,
    },
    newId: () => crypto.randomUUID(),
    redact: ground.redactor.json,
    admission: {
      rules: (message) =>
        channels.settings(message.channel)?.access ?? { direct: "allowlist", allow: [], guests: [], groups: "off" },
      isPaired: pairing.isPaired,
      mayContinue: createRate(clock, messagesPerMinute),
      async askToPair(message) {
        const request = await pairing.request(message);
        return request && pairingText(request);
      },
    },
    routeRules: () => routeRules(config.current()),
    agent: (id) => agentSettings(id, config.current()),
    channel: (message) => channels.find(message.channel),
    chooseModel: models.choose,
    context: openContext(ground, models),
    models,
    ...{ repairJson: lazyRepairJson, reserve, ...gates },
    async workspace(agent) {
      if (!seeded.has(agent)) seedWorkspace(workspace(agent));
      seeded.add(agent);
      return readWorkspace(workspace(agent));
    },
    toolSpecs: tools.specs,
    toolFacts: tools.facts,
    outsideTools: rooms.toolsets.offered,
    execute: tools.execute,
    houseStatus: () =>
      `Homarus ${ground.version}, up ${Math.round((clock.now() - ground.startedAt) / 60_000)} min, channels: ${names(channels)}`,
  });
}

function names(channels: Channels): string {
  return (
    channels
      .list()
      .map((item) => item.id)
      .join(", ") || "web chat"
  );
}

/** The formatter is made at the first prompt and kept: making one costs more than a turn should. */
function createTimeText(): (at: number) => string {
  let format: Intl.DateTimeFormat | undefined;
  return (at) => {
    format ??= new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "short" });
    return `${format.format(at)} (${format.resolvedOptions().timeZone})`;
  };
}
