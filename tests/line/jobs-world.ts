// The whole house in process with its jobs: as tests/line/world.ts, and a process that can die at each of its writes.
import { type Channel, Fault, type Job, type JobChange, type JobInput, type JobRun, type Store } from "@homarus/sdk";
import { createFakeChannel, createFakeClock, createMemoryStore, type FakeClock, silentLog } from "@homarus/sdk/testing";
import type { Keeper } from "../../server/src/core/jobs/keeper.ts";
import type { JobParts } from "../../server/src/core/jobs/parts.ts";
import { createJobs, type JobWork } from "../../server/src/core/jobs/work.ts";
import { createVoice } from "../../server/src/core/line/voice.ts";
import { cronNext } from "../../server/src/host/cron.ts";
import { openWorld, say, type World, type WorldOptions } from "./world.ts";

export interface JobsWorld extends Omit<World, "restart"> {
  readonly work: JobWork;
  readonly keeper: Keeper;
  readonly jobParts: JobParts;
  readonly changes: JobChange[];
  /** Of all processes so far, in order: what reached the model. */
  readonly asked: string[];
  /** How often the maths of cron were asked. */
  cronCalls(): number;
  /** Writes of this process so far. */
  writes(): number;
  /** From now on nothing of this process is stored or sent. */
  kill(): void;
  /** As the house stops: what is under way is left to the next process. */
  stop(): void;
  /** Another process over the same state. */
  restart(options?: JobsWorldOptions): Promise<JobsWorld>;
  run(id: string): Promise<JobRun | undefined>;
  /** Turns the clock and waits until all is quiet. */
  pass(ms: number): Promise<void>;
}

export interface JobsWorldOptions extends WorldOptions {
  readonly hasRoom?: () => boolean;
  /** Dies at this write: before it is stored, or right after. */
  readonly dieAt?: { readonly write: number; readonly moment: "before" | "after" };
  readonly agents?: readonly string[];
}

const never = (): Promise<never> => new Promise(() => undefined);

/** A store as one process sees it. */
function mortal(store: Store, dieAt: JobsWorldOptions["dieAt"]) {
  let isDead = false;
  let writes = 0;
  const call = (name: string, method: (...values: unknown[]) => unknown, values: unknown[]): unknown => {
    if (isDead) return never();
    if (name !== "commit" && name !== "admit") return method.apply(store, values);
    writes += 1;
    if (writes !== dieAt?.write) return method.apply(store, values);
    isDead = true;
    return dieAt.moment === "before" ? never() : Promise.resolve(method.apply(store, values)).then(never);
  };
  const seen = new Proxy(store, {
    get(target, name: string) {
      const value = Reflect.get(target, name);
      return typeof value === "function" && name !== "values"
        ? (...values: unknown[]) => call(name, value, values)
        : value;
    },
  });
  return {
    store: seen,
    writes: () => writes,
    isDead: () => isDead,
    kill: () => {
      isDead = true;
    },
  };
}

/** A channel that can tell what it sent, and knows places by any name. */
export function tellingChannel() {
  const channel = createFakeChannel();
  return Object.assign(channel, {
    find: async (piece: { readonly text: string }) => {
      const found = channel.sent.find((item) => item.text === piece.text);
      return found ? { id: found.id, at: 1 } : ("absent" as const);
    },
  });
}

export async function openJobsWorld(options: JobsWorldOptions = {}, asked: string[] = []): Promise<JobsWorld> {
  const raw = options.store ?? createMemoryStore();
  const clock: FakeClock = options.clock ?? createFakeClock();
  const channel = options.channel ?? tellingChannel();
  const life = mortal(raw, options.dieAt);
  const stop = new AbortController();
  const agents = options.agents ?? ["main"];
  const changes: JobChange[] = [];
  let cronCalls = 0;
  const script = options.script ?? [{ text: "Hello back." }];
  const world = openWorld({
    ...options,
    ...{ store: life.store, clock, channel: unlessDead(channel, life.isDead) },
    script: (request, call) => {
      asked.push(JSON.stringify(request.turns.at(-1)));
      if (typeof script === "function") return script(request, call);
      return script[Math.min(call, script.length) - 1] ?? { text: "" };
    },
    parts: { routeRules: () => ({ defaultAgent: "main", agents, bindings: [], scope: "main" }), signal: stop.signal },
  });
  world.parts.tap.watch((event) => {
    if ("type" in event && event.type === "job-changed") changes.push(event);
  });
  const { store, tap, newId, delivery } = world.parts;
  const jobParts: JobParts = {
    ...{ store, clock, log: silentLog, newId, emit: tap.emit, signal: stop.signal, receive: world.line.receive },
    async cron(...values) {
      cronCalls += 1;
      return cronNext(...values);
    },
    agents: () => ({ agents, defaultAgent: "main" }),
    hasRoom: options.hasRoom ?? (() => true),
    voice: createVoice({
      ...{ store, clock, tap, newId, delivery, exclusive: world.line.exclusive },
      channel: (id): Channel | undefined => (id === "fake" ? world.channel : undefined),
    }),
  };
  const { work, keeper } = createJobs(jobParts);
  const idle = async (): Promise<void> => {
    await world.line.idle();
    await keeper.idle();
    await delivery.idle();
  };
  return {
    ...world,
    ...{ work, keeper, jobParts, changes, asked, channel, idle, writes: life.writes, kill: life.kill },
    store: raw,
    cronCalls: () => cronCalls,
    stop: () => stop.abort(),
    async restart(changed = {}) {
      const { dieAt: _, ...same } = options;
      const next = await openJobsWorld({ ...same, ...changed, store: raw, clock, channel }, asked);
      await next.parts.delivery.resume();
      await next.line.resume();
      await next.keeper.start();
      return next;
    },
    async run(id) {
      const answer = await work.run(id, "force");
      if (answer.type !== "started") throw new Fault("bug", "test.not-started", answer.type);
      return answer.ended;
    },
    async pass(ms) {
      await turns();
      await clock.advance(ms);
      await turns();
    },
  };
}

function unlessDead<Sender extends Channel>(channel: Sender, isDead: () => boolean): Sender {
  const send: Channel["send"] = (piece, signal) => (isDead() ? never() : channel.send(piece, signal));
  return Object.assign(Object.create(channel), { send });
}

/** Lets everything that waits for nothing but itself come to its end; a dead process would never be idle. */
export async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setTimeout(resolve, 0));
}

export const minute = 60_000;
export const hour = 60 * minute;

/** A job that looks round each hour, unless said otherwise. */
export function job(changes: Partial<JobInput> = {}): JobInput {
  return {
    name: "Look round",
    schedule: { type: "every", everyMs: hour },
    says: { type: "turn", text: "Is anything new?" },
    ...changes,
  };
}

/** A person has written, so that the main session has a last place. */
export async function spokenTo(world: JobsWorld): Promise<void> {
  await (await world.line.receive(say("hello"))).ended;
  await world.idle();
  world.channel.sent.length = 0;
  world.asked.length = 0;
}

export async function jobOf(world: JobsWorld, id: string): Promise<Job> {
  const found = await world.store.job(id);
  if (!found) throw new Fault("bug", "test.no-job", id);
  return found;
}
