// What this node can be asked to do, and how it answers. A command that comes a second time under the same key is not
// carried out again: whoever asks may have lost the first answer.
import { notify } from "./notify.ts";
import type { PolicyFile } from "./policy-file.ts";
import { findProgram } from "./programs.ts";
import { runWishOf, systemRun } from "./system-run.ts";

/** A command as the gateway hands it over. */
export interface Asked {
  readonly id: string;
  readonly nodeId: string;
  readonly command: string;
  readonly paramsJSON?: string | null;
  readonly timeoutMs?: number;
  readonly idempotencyKey?: string;
}

export type Answer =
  | { readonly ok: true; readonly payloadJSON: string }
  | { readonly ok: false; readonly error: { readonly code: string; readonly message: string } };

export interface Rooms {
  readonly policy: PolicyFile;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

type Params = Readonly<Record<string, unknown>>;
type Offer = (params: Params, asked: Asked, rooms: Rooms) => unknown;

/** Whoever asked waits no longer than this when it does not say how long. */
const longestDefaultMs = 1_800_000;
const mostRuns = 16;
const mostNames = 200;

const offers: Readonly<Record<string, Offer>> = {
  "system.run": (params, { timeoutMs }, rooms) => systemRun(runWishOf(params, untilMs(timeoutMs)), rooms),
  "system.which": which,
  "system.notify": show,
  "system.execApprovals.get": (_params, _asked, { policy }) => policy.snapshot(),
  "system.execApprovals.set": ({ file, baseHash }, _asked, { policy }) => {
    policy.replace(file, baseHash);
    return policy.snapshot();
  },
};

export const offeredCommands: readonly string[] = Object.keys(offers).sort();

/** A little less than the gateway waits, so that what was said until then still reaches it. */
function untilMs(timeoutMs: number | undefined): number {
  if (timeoutMs === undefined || timeoutMs <= 0) return longestDefaultMs;
  return Math.max(1, timeoutMs - Math.min(1_500, timeoutMs / 5));
}

function which({ bins }: Params): unknown {
  if (!Array.isArray(bins)) throw wrong("bins required");
  const names = bins.slice(0, mostNames).map((name) => String(name).trim());
  // Names alone: whether some path exists on this machine is nobody's question.
  const found = names.map((name) => [name, /[\\/]/.test(name) ? undefined : findProgram(name, "/")] as const);
  return { bins: Object.fromEntries(found.filter(([, path]) => path !== undefined)) };
}

async function show({ title, body, priority }: Params): Promise<unknown> {
  const text = (value: unknown): string => (typeof value === "string" ? value.trim() : "");
  if (text(title) === "" && text(body) === "") throw wrong("title or body required");
  await notify({ title: text(title), body: text(body), priority: text(priority) });
  return { ok: true };
}

export class Offers {
  readonly #rooms: Rooms;
  readonly #answers = new Map<string, { readonly answer: Promise<Answer>; readonly at: number }>();
  readonly #going = new Set<Promise<Answer>>();

  constructor(rooms: Rooms) {
    this.#rooms = rooms;
  }

  /** Never rejects. */
  answer(asked: Asked): Promise<Answer> {
    const { idempotencyKey: key } = asked;
    this.#forgetOld();
    const known = key === undefined ? undefined : this.#answers.get(key);
    if (known) return known.answer;
    const answer = this.#carryOut(asked);
    this.#going.add(answer);
    answer.then(() => this.#going.delete(answer));
    if (key === undefined) return answer;
    const kept = { answer, at: Date.now() };
    this.#answers.set(key, kept);
    // What was refused was not begun: it may be asked again.
    answer.then(({ ok }) => {
      if (!ok && this.#answers.get(key) === kept) this.#answers.delete(key);
    });
    return answer;
  }

  /** Resolves when nothing is being done any more. */
  async ended(): Promise<void> {
    await Promise.all(this.#going);
  }

  async #carryOut(asked: Asked): Promise<Answer> {
    const offer = Object.hasOwn(offers, asked.command) ? offers[asked.command] : undefined;
    if (!offer) return refused("UNAVAILABLE", "command not supported");
    if (this.#going.size >= mostRuns) return refused("UNAVAILABLE", "the node has too much to do; try again later");
    try {
      const payload = await offer(paramsOf(asked.paramsJSON), asked, this.#rooms);
      return { ok: true, payloadJSON: JSON.stringify(payload) };
    } catch (thrown) {
      // The other side gets the words; a failure of one command must not end the node.
      const { kind, message } = thrown as Error & { readonly kind?: string };
      if (kind === undefined) this.#rooms.say(`${asked.command} failed: ${(thrown as Error).stack ?? message}`);
      else this.#rooms.say(`${asked.command} refused: ${message}`);
      return refused(kind === "invalid" ? "INVALID_REQUEST" : "UNAVAILABLE", message);
    }
  }

  #forgetOld(): void {
    const before = Date.now() - keptMs;
    for (const [key, { at }] of this.#answers)
      if (at < before || this.#answers.size > mostKept) this.#answers.delete(key);
  }
}

const keptMs = 300_000;
const mostKept = 64;

function refused(code: string, message: string): Answer {
  return { ok: false, error: { code, message } };
}

function paramsOf(text: string | null | undefined): Params {
  let value: unknown;
  try {
    value = JSON.parse(text || "{}");
  } catch {
    value = undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong("params must be a JSON object");
  return value as Params;
}

function wrong(message: string): Error {
  return Object.assign(new Error(message), { kind: "invalid", code: "node.params" });
}
