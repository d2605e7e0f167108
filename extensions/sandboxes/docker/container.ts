// One container from its start to its end. Its keeper is spoken with by lines; when the house goes, however it goes, the
// keeper's input ends and the container with it.
import { type BegunProcess, type Clock, Fault, type Processes } from "@homarus/sdk";
import { noForwarder } from "./arguments.ts";
import { type Docker, faultOf, missing } from "./client.ts";
import { usedMs } from "./use.ts";

export interface Container {
  readonly name: string;
  /** Resolves when it is no more. */
  readonly gone: Promise<void>;
  isGone(): boolean;
  /** Takes a command's mark in, when nothing is being swept. */
  enter(mark: string): Promise<void>;
  /** The command is over: all that carries its mark, or none, is killed. If that cannot be done the container is. */
  leave(mark: string): Promise<void>;
  /** Asks all commands to end. */
  ask(): void;
  usedMs(): number | undefined;
  /** Lets it end by itself, and removes it soon after. */
  stop(): Promise<void>;
}

interface ContainerParts {
  readonly docker: Docker;
  readonly processes: Processes;
  readonly clock: Clock;
}

const startMs = 30_000;
const sweepMs = 6_000;
const stopMs = 3_000;

/** Rejects with a `config` Fault when it does not start. */
export async function startContainer(parts: ContainerParts, name: string, args: readonly string[]): Promise<Container> {
  const { docker, processes } = parts;
  const { settings, environment } = docker;
  const program = { argv: [settings.program, ...args], folder: "/", environment, maxOutputBytes: 16_384 };
  const keeper = await processes.begin(program).catch((cause: unknown) => {
    throw missing(settings, cause);
  });
  const lines = linesOf(keeper, parts.clock);
  if (!(await lines.find("ready", startMs))) {
    const said = keeper.output(0).text;
    keeper.kill();
    await docker.run(["rm", "--force", name]);
    throw said.includes(noForwarder) ? noWayOut(settings.image) : faultOf(settings, said);
  }
  const found = await docker.run(["inspect", "--format", "{{.State.Pid}}", name]);
  return containerOf(parts, { name, keeper, lines, pid: Number(found.output.trim()) || 0 });
}

interface Started {
  readonly name: string;
  readonly keeper: BegunProcess;
  readonly lines: ReturnType<typeof linesOf>;
  readonly pid: number;
}

function containerOf({ docker, clock }: ContainerParts, { name, keeper, lines, pid }: Started): Container {
  const living = new Set<string>();
  let isGone = false;
  let tickets = 0;
  let last: Promise<void> = Promise.resolve();
  const gone = keeper.exited.then(() => {
    isGone = true;
  });
  const inTurn = (work: () => Promise<void> | void): Promise<void> => {
    const mine = last.then(work);
    // Who asked is told what failed; the next one has a turn all the same.
    last = mine.catch(() => undefined);
    return mine;
  };
  const remove = async (): Promise<void> => {
    await docker.run(["rm", "--force", name]);
    keeper.kill();
    await gone;
  };
  const say = (line: string): Promise<void> =>
    // It may end at this very moment: what is to be done then is done already.
    isGone ? Promise.resolve() : keeper.write(`${line}\n`).catch(() => undefined);
  return {
    ...{ name, gone, isGone: () => isGone },
    enter: (mark) => inTurn(() => void living.add(mark)),
    leave: (mark) =>
      inTurn(async () => {
        living.delete(mark);
        if (isGone) return;
        const ticket = `t${++tickets}`;
        await say(`sweep ${[ticket, ...living].join(" ")}`);
        if (!(await lines.find(`swept ${ticket}`, sweepMs, `stuck ${ticket}`)) && !isGone) await remove();
      }),
    ask: () => void say("ask -"),
    usedMs: () => (pid === 0 ? undefined : usedMs(pid)),
    async stop() {
      keeper.endInput();
      if (!(await within(gone, stopMs, clock))) await remove();
    },
  };
}

/** Finds lines in what the keeper says, one after the other. */
function linesOf(keeper: BegunProcess, clock: Clock) {
  let cursor = 0;
  return {
    /** False when another line came instead, when the time is over, or it ended. */
    async find(wanted: string, ms: number, instead?: string): Promise<boolean> {
      const until = clock.now() + ms;
      let said = "";
      for (;;) {
        if (!(await within(keeper.changed(cursor), until - clock.now(), clock))) return false;
        const more = keeper.output(cursor);
        // It has ended.
        if (more.cursor === cursor) return false;
        [said, cursor] = [said + more.text, more.cursor];
        const lines = said.split("\n").slice(0, -1);
        if (lines.includes(wanted)) return true;
        if (instead !== undefined && lines.includes(instead)) return false;
      }
    },
  };
}

async function within(work: Promise<unknown>, ms: number, clock: Clock): Promise<boolean> {
  const inTime = new AbortController();
  const late = clock.sleep(clock.now() + ms, inTime.signal).then(
    () => false,
    () => true,
  );
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    inTime.abort();
  }
}

function noWayOut(image: string): Fault {
  return new Fault("config", "sandbox.no-forwarder", `No program of the image ${image} can lead commands out.`, {
    hint: "Use an image with perl, python3 or socat.",
  });
}
