// The composition root: the only file that knows everyone. It builds the rooms, introduces them, and takes them down.
import { type InboundMessage, toFault } from "@homarus/sdk";
import { agentSettings, routeRules } from "./boot/agents.ts";
import { openCosts } from "./boot/costs.ts";
import { openGates } from "./boot/gates.ts";
import { type BootOptions, type Ground, openGround } from "./boot/ground.ts";
import { createHouse } from "./boot/house.ts";
import { openJobs, openVoice } from "./boot/jobs.ts";
import { openLine } from "./boot/line.ts";
import { lookAfter } from "./boot/models/look-after.ts";
import { openRooms } from "./boot/rooms.ts";
import { speakUnasked } from "./boot/unasked.ts";
import type { House } from "./gateway/house.ts";

export interface RunningHouse {
  readonly house: House;
  readonly ground: Ground;
  /** Takes up what was left, then connects the channels. */
  start(): Promise<void>;
  /**
   * Lets runs end for so long, then stops; what is not ended goes on after the next start. `closeDoor` is called when
   * nothing more will happen, before the store is closed.
   */
  stop(graceMs: number, closeDoor?: () => Promise<void>): Promise<void>;
}

/** Builds the house on a state folder. Throws a `config` Fault when the folder or the config is not usable. */
export function boot(options: BootOptions): RunningHouse {
  const ground = openGround(options);
  const { log, tap, config, clock } = ground;
  const receive = (message: InboundMessage) => line.receive(message).then(() => undefined);
  const rooms = openRooms(ground, receive, () => gates.approvals);
  const costs = openCosts(ground, rooms.models);
  const gates = openGates(ground, rooms, () => line.runs.abortAll());
  const line = openLine(ground, rooms, gates, costs.reserve);
  const parts = {
    ...{ ground, line, ...rooms, costs: costs.work, gates },
    newId: () => crypto.randomUUID(),
    routeRules: () => routeRules(config.current()),
    agent: (id: string) => agentSettings(id, config.current()),
  };
  const voice = openVoice(parts);
  const { work, keeper } = openJobs(parts, voice);
  speakUnasked(parts, voice);
  const house = createHouse({ ...parts, jobs: work });
  ground.onConfigChange((changed) => {
    rooms.models.reset();
    rooms.tools.reset();
    rooms.toolsets.align();
    tap.emit({ type: "config-changed", changed });
    rooms.channels.align().catch((thrown: unknown) => log.error("channels.align-failed", { fault: toFault(thrown) }));
  });
  return {
    ...{ house, ground },
    async start() {
      await gates.halt.load();
      await rooms.models.recall();
      await rooms.models.detect();
      lookAfter(rooms.models, ground);
      rooms.memory.start(keeper.wake);
      await rooms.channels.align();
      await rooms.delivery.resume();
      await line.resume();
      await keeper.start();
    },
    async stop(graceMs, closeDoor) {
      tap.emit({ type: "shutdown", reason: "service restart" });
      keeper.hush();
      await rooms.channels.hush();
      const grace = new AbortController();
      const idle = async (): Promise<void> => {
        await line.idle();
        await keeper.idle();
        await rooms.delivery.idle();
      };
      await Promise.race([idle(), clock.sleep(clock.now() + graceMs, grace.signal)]);
      grace.abort();
      ground.shutdown.abort();
      await idle();
      await rooms.toolsets.close();
      await rooms.workspaces.close();
      await rooms.egress.close();
      await closeDoor?.();
      await ground.close();
    },
  };
}
