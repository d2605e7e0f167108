// From a request to its answer: whether it is one too many, then rights, then whether the method exists, then its
// params, then its code. The order is the protocol's: whoever may not call a method does not learn whether there is one.
import { toFault } from "@homarus/sdk";
import type { ErrorShape } from "@homarus/sdk/client";
import { denial } from "../caller.ts";
import type { Caller, Door } from "../door.ts";
import { problems } from "../frames/check.ts";
import { ReadyJson } from "../ready-json.ts";
import { deniedShape, errorShape, invalid, Refusal } from "../refusal.ts";
import type { Call, Group, Handler, MethodShapes } from "./handler.ts";
import type { MethodRow } from "./row.ts";
import { groups } from "./table.ts";

/** At which gate a call failed, for a wire that has codes of its own for it. */
export type Gate = "rights" | "method" | "params" | "code";

/** Where the answer to one call goes. After `done` or `failed` nothing more comes. */
export interface Answer {
  accepted(payload: unknown): void;
  done(payload: unknown): void;
  failed(error: ErrorShape, payload: unknown, gate: Gate): void;
}

interface Loaded {
  readonly shapes: MethodShapes;
  readonly handler: Handler;
}

interface Entry {
  readonly row: MethodRow;
  readonly load: () => Promise<{ readonly group: Group }>;
  loaded: Loaded | undefined;
}

export class Dispatcher {
  readonly #entries = new Map<string, Entry>();
  readonly #door: Door;

  constructor(door: Door) {
    this.#door = door;
    for (const { rows, load } of Object.values(groups)) {
      for (const row of rows) this.#entries.set(row.name, { row, load, loaded: undefined });
    }
  }

  /** Answers at once where the method can. Never throws. */
  call(caller: Caller, method: string, params: unknown, answer: Answer): void {
    const excess = this.#door.calls.refusal(caller);
    if (excess !== undefined) {
      answer.failed(excess, undefined, "code");
      return;
    }
    const entry = this.#entries.get(method);
    const denied = denial(entry?.row, caller.role, caller.granted);
    if (denied !== undefined) {
      answer.failed(deniedShape(denied, caller.protocol), undefined, "rights");
      if (denied.type === "role") caller.strayed();
      else this.#door.keeper.keys.overreached(caller, denied.scope);
      return;
    }
    if (entry === undefined) {
      answer.failed(invalid(`unknown method: ${method}`).shape, undefined, "method");
      return;
    }
    const call = new DoorCall(this.#door, caller, answer);
    const { loaded } = entry;
    if (loaded) {
      this.#run(method, params, call, loaded);
      return;
    }
    load(entry).then(
      (fresh) => this.#run(method, params, call, fresh),
      (thrown: unknown) => this.#fail(method, answer, thrown),
    );
  }

  /** The same for a caller inside this process. Rejects with a Refusal that holds what a client would read. */
  ask(caller: Caller, method: string, params: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.call(caller, method, params, {
        accepted: () => undefined,
        done: resolve,
        failed: (error, payload) => reject(new Refusal(error, payload)),
      });
    });
  }

  /** Shapes of a method; undefined when there is none of that name. */
  async shapesOf(method: string): Promise<MethodShapes | undefined> {
    const entry = this.#entries.get(method);
    return entry && (entry.loaded ?? (await load(entry))).shapes;
  }

  #run(method: string, params: unknown, call: DoorCall, { shapes, handler }: Loaded): void {
    const { answer } = call;
    const problem = shapes.params && problems(shapes.params, params, call.caller.isOpen);
    if (problem !== undefined) {
      answer.failed(invalid(`invalid ${method} params: ${problem}`).shape, undefined, "params");
      return;
    }
    try {
      const result = handler(params as never, call);
      if (result instanceof Promise)
        result.then(
          (value) => answer.done(this.#shown(value)),
          (thrown: unknown) => this.#fail(method, answer, thrown),
        );
      else answer.done(this.#shown(result));
    } catch (thrown) {
      this.#fail(method, answer, thrown);
    }
  }

  #fail(method: string, answer: Answer, thrown: unknown): void {
    if (!(thrown instanceof Refusal) && toFault(thrown).kind === "bug")
      this.#door.house.log.error("gateway.method-failed", { method, error: thrown });
    const { redact } = this.#door.house;
    const payload = thrown instanceof Refusal ? redact(thrown.payload) : undefined;
    answer.failed(redact(errorShape(thrown)), payload, "code");
  }

  /** Results hold what was kept before a secret was known to be one. */
  #shown(result: unknown): unknown {
    const { redact } = this.#door.house;
    return result instanceof ReadyJson ? new ReadyJson(redact(result.json)) : redact(result);
  }
}

async function load(entry: Entry): Promise<Loaded> {
  const { group } = await entry.load();
  const { name } = entry.row;
  const shapes = group.shapes[name];
  const handler = group.handlers[name];
  if (!shapes || !handler) throw new Error(`the group of ${name} lacks its shapes or its code`);
  entry.loaded = { shapes, handler };
  return entry.loaded;
}

/** Made as a class so that a call costs one small object and no closure. */
class DoorCall implements Call {
  readonly door: Door;
  readonly caller: Caller;
  readonly answer: Answer;

  constructor(door: Door, caller: Caller, answer: Answer) {
    this.door = door;
    this.caller = caller;
    this.answer = answer;
  }

  accepted(payload: unknown): void {
    this.answer.accepted(payload);
  }
}
