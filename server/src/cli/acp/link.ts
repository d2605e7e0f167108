// The connection to the gateway: made when it is first needed, and made anew at the next need when it was lost.
import { setTimeout as wait } from "node:timers/promises";
import type { GatewayClient, HelloOk, RequestOptions } from "@homarus/sdk/client";
import type { Connected, ConnectOptions } from "../connect.ts";

export interface Link extends AsyncDisposable {
  request<Result>(method: string, params?: unknown, options?: RequestOptions): Promise<Result>;
  hello(): Promise<HelloOk>;
  /** True while the gateway lives in this process and ends with it. */
  readonly isEmbedded: boolean;
}

export type Connect = (otherwise: ConnectOptions["otherwise"]) => Promise<Connected>;

/** Two editors may start at once: the one that comes second waits for the gateway of the first. */
const takenTries = 40;
const takenWaitMs = 250;

export function openLink(connect: Connect, waitMs = takenWaitMs): Link {
  let attempt: Promise<Connected> | undefined;
  let last: Connected | undefined;
  let isClosed = false;

  const make = async (): Promise<Connected> => {
    for (let tries = 1; ; tries += 1) {
      try {
        // A gateway of its own that is gone comes back by itself: to take its folder would keep it from starting.
        last = await connect(last?.isLasting ? "refuse" : "embed");
        return last;
      } catch (thrown) {
        if ((thrown as { code?: string }).code !== "home.taken" || tries === takenTries) throw thrown;
        await wait(waitMs);
      }
    }
  };
  const remake = async (lost: Connected): Promise<Connected> => {
    await lost[Symbol.asyncDispose]();
    return make();
  };
  const ready = async (): Promise<GatewayClient> => {
    if (isClosed) throw closed();
    attempt ??= make();
    const mine = attempt;
    try {
      const { client } = await mine;
      if (client.state !== "closed") return client;
    } catch (thrown) {
      if (attempt === mine) attempt = undefined;
      throw thrown;
    }
    if (attempt === mine) attempt = mine.then(remake);
    return ready();
  };

  return {
    request: async (method, params, options) => (await ready()).request(method, params, options),
    hello: async () => (await ready()).ready(),
    get isEmbedded() {
      return last?.isEmbedded ?? false;
    },
    async [Symbol.asyncDispose]() {
      isClosed = true;
      // One that could not be made has nothing to close, and whoever asked for it was told.
      await (await attempt?.catch(() => undefined))?.[Symbol.asyncDispose]();
    },
  };
}

function closed(): Error {
  return Object.assign(new Error("The agent is ending."), { kind: "aborted", code: "acp.closed" });
}
