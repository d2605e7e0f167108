// The connection to the gateway: made when it is first needed, and made anew at the next need when it was lost.
import type { GatewayClient, HelloOk, RequestOptions } from "@homarus/sdk/client";
import type { Connected } from "../connect.ts";
import { type Connect, connectAgain } from "../connect-again.ts";

export interface Link extends AsyncDisposable {
  request<Result>(method: string, params?: unknown, options?: RequestOptions): Promise<Result>;
  hello(): Promise<HelloOk>;
  /** True while the gateway lives in this process and ends with it. */
  readonly isEmbedded: boolean;
}

export function openLink(connect: Connect, waitMs?: number): Link {
  const make = connectAgain(connect, waitMs);
  let attempt: Promise<Connected> | undefined;
  let last: Connected | undefined;
  let isClosed = false;

  const remake = async (lost: Connected): Promise<Connected> => {
    await lost[Symbol.asyncDispose]();
    return make();
  };
  const ready = async (): Promise<GatewayClient> => {
    if (isClosed) throw closed();
    attempt ??= make();
    const mine = attempt;
    try {
      last = await mine;
      const { client } = last;
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
