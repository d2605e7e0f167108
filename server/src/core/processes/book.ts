// The processes that one session has going: a few at a time, each under a short name.
import { Fault, type KnownProcess, type RunningProcess, type SessionProcesses, type StartRequest } from "@homarus/sdk";

const mostRunning = 16;
/** So many that have ended are still known, for whoever asks how it went. */
const mostEnded = 8;

export interface ProcessBook extends SessionProcesses {
  /** Whether any still runs. */
  isBusy(): boolean;
}

export interface ProcessBookParts {
  readonly begin: (request: StartRequest) => Promise<RunningProcess>;
  readonly now: () => number;
  /** Called when one has ended. */
  readonly onEnd: () => void;
}

export function createProcessBook({ begin, now, onEnd }: ProcessBookParts): ProcessBook {
  const known: KnownProcess[] = [];
  let count = 0;
  let beginning = 0;
  const running = (): readonly KnownProcess[] => known.filter((item) => item.ended() === undefined);
  const add = (process: RunningProcess, request: StartRequest): KnownProcess => {
    let end: ReturnType<KnownProcess["ended"]>;
    const { command, terminal } = request;
    const facts = { id: `p${++count}`, command, startedAt: now(), hasTerminal: terminal !== undefined };
    const item: KnownProcess = { ...facts, process, ended: () => end };
    known.push(item);
    void process.exited.then((told) => {
      end = told;
      const ended = known.filter((one) => one.ended() !== undefined);
      for (const old of ended.slice(0, -mostEnded)) known.splice(known.indexOf(old), 1);
      onEnd();
    });
    return item;
  };
  return {
    async start(request) {
      if (running().length + beginning >= mostRunning)
        throw new Fault("limited", "process.many", `${mostRunning} processes run already.`, {
          hint: "Kill one first.",
        });
      beginning++;
      try {
        return add(await begin(request), request);
      } finally {
        beginning--;
      }
    },
    list: () => [...known],
    find(id) {
      const found = known.find((item) => item.id === id);
      if (found) return found;
      const names = known.map((item) => item.id).join(", ");
      throw new Fault("invalid", "process.unknown", `There is no process ${JSON.stringify(id)}.`, {
        hint: names ? `There are ${names}.` : "None was started in this session, or they ended with its reset.",
      });
    },
    isBusy: () => beginning > 0 || running().length > 0,
  };
}
