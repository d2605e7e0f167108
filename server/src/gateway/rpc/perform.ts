// A JSON-RPC call on the method table. Params by position are put under the names of the method's shape, in its order.
import type { Caller, Door } from "../door.ts";
import type { Dispatcher } from "../methods/dispatch.ts";
import { codes, type Params, type Perform, type Result, type RpcId, rpcError } from "./codec.ts";
import { discover } from "./discover.ts";

export interface RpcCalls {
  readonly dispatcher: Dispatcher;
  readonly door: Door;
  /** The client; undefined until it has logged in. */
  readonly caller: () => Caller | undefined;
  /** A first answer that comes before the result. */
  readonly accepted?: (id: RpcId, payload: unknown) => void;
}

export function createPerform(calls: RpcCalls): Perform {
  return async (method, params, id) => {
    const caller = calls.caller();
    if (!caller) return { error: { code: codes.denied, message: "unauthorized: log in with `connect` first" } };
    if (method === "rpc.discover") return description(calls, caller);
    const named = await byName(calls.dispatcher, method, params);
    return new Promise<Result>((resolve) => {
      calls.dispatcher.call(caller, method, named, {
        accepted: (payload) => id !== undefined && calls.accepted?.(id, payload),
        done: (value) => resolve({ value }),
        failed: (error, _payload, gate) => resolve({ error: rpcError(error, gate) }),
      });
    });
  };
}

/** The one method that is not in the table; it counts like those that are. */
async function description({ door, dispatcher }: RpcCalls, caller: Caller): Promise<Result> {
  const excess = door.calls.refusal(caller);
  if (excess !== undefined) return { error: rpcError(excess, "code") };
  return { value: await discover(dispatcher, door.house.version) };
}

async function byName(dispatcher: Dispatcher, method: string, params: Params | undefined): Promise<unknown> {
  if (!isList(params)) return params ?? {};
  const names = Object.keys((await dispatcher.shapesOf(method))?.params?.properties ?? {});
  // One object in a list is what many libraries make of params by name.
  const [only] = params;
  if (params.length === 1 && typeof only === "object" && only !== null && !Array.isArray(only)) return only;
  return Object.fromEntries(params.map((value, index) => [names[index] ?? `#${index}`, value]));
}

function isList(params: Params | undefined): params is readonly unknown[] {
  return Array.isArray(params);
}
