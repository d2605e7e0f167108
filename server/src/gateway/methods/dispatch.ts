// From a request to its answer: rights first, then whether the method exists, then its params, then its code. The
// order is the protocol's: whoever may not call a method does not learn whether there is one.

import { toFault } from "@homarus/sdk";
import { isRoleRefusal, refusal } from "../caller.ts";
import type { Caller, Door } from "../door.ts";
import { problems } from "../frames/check.ts";
import { errorFrame, errorShape, invalid, okFrame, Refusal, type Request } from "../frames/codec.ts";
import type { Call, Handler } from "./handler.ts";
import { groups, type MethodRow, methodTable } from "./table.ts";

interface Entry {
  readonly row: MethodRow;
  handler: Handler | undefined;
}

/** Where answers go. */
export interface Replies extends Caller {
  reply(frame: string): void;
  /** The caller used a method of another role. */
  strayed(): void;
}

export class Dispatcher {
  readonly #entries = new Map<string, Entry>();

  constructor() {
    for (const row of methodTable) this.#entries.set(row.name, { row, handler: undefined });
  }

  /** Answers on `from`, at once where the method can. Never throws. */
  call(door: Door, from: Replies, request: Request): void {
    const entry = this.#entries.get(request.method);
    const refused = refusal(entry?.row, from.role, from.granted);
    if (refused !== undefined) {
      from.reply(errorFrame(request.id, invalid(refused).shape));
      if (isRoleRefusal(refused)) from.strayed();
      return;
    }
    if (entry === undefined) {
      from.reply(errorFrame(request.id, invalid(`unknown method: ${request.method}`).shape));
      return;
    }
    const problem = entry.row.params && problems(entry.row.params, request.params);
    if (problem !== undefined) {
      from.reply(errorFrame(request.id, invalid(`invalid ${request.method} params: ${problem}`).shape));
      return;
    }
    this.#run(door, from, request, entry);
  }

  #run(door: Door, from: Replies, request: Request, entry: Entry): void {
    const fail = (thrown: unknown) => answerFailure(door, from, request, thrown);
    try {
      const result = entry.handler
        ? entry.handler(request.params as never, callOf(door, from, request.id))
        : this.#load(door, from, request, entry);
      if (result instanceof Promise) result.then((value) => from.reply(okFrame(request.id, value)), fail);
      else from.reply(okFrame(request.id, result));
    } catch (thrown) {
      fail(thrown);
    }
  }

  async #load(door: Door, from: Replies, request: Request, entry: Entry): Promise<unknown> {
    const { methods } = (await groups[entry.row.group]()) as { methods: Readonly<Record<string, Handler>> };
    const handler = methods[request.method];
    if (handler === undefined) throw new Error(`the group ${entry.row.group} lacks ${request.method}`);
    entry.handler = handler;
    return handler(request.params as never, callOf(door, from, request.id));
  }
}

/** Made as a class so that a call costs one small object and no closure. */
class WireCall implements Call {
  readonly door: Door;
  readonly caller: Caller;
  readonly #from: Replies;
  readonly #id: string;

  constructor(door: Door, from: Replies, id: string) {
    this.door = door;
    this.caller = from;
    this.#from = from;
    this.#id = id;
  }

  accepted(payload: unknown): void {
    this.#from.reply(okFrame(this.#id, payload));
  }
}

function callOf(door: Door, from: Replies, id: string): Call {
  return new WireCall(door, from, id);
}

function answerFailure(door: Door, from: Replies, request: Request, thrown: unknown): void {
  if (!(thrown instanceof Refusal) && toFault(thrown).kind === "bug") {
    door.house.log.error("gateway.method-failed", { method: request.method, error: thrown });
  }
  from.reply(errorFrame(request.id, errorShape(thrown), thrown instanceof Refusal ? thrown.payload : undefined));
}
