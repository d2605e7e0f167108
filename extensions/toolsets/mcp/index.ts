// One server of the Model Context Protocol: connected at the first question, and again after it was gone. How long to
// wait before the next try, and what its tools may do, the house decides.
import { type Activate, Fault, type ToolsetContext, type ToolsetTool } from "@homarus/sdk";
import { type Connection, connect, type Settings } from "./connect.ts";
import { outputOf } from "./content.ts";
import { faultOf, isForgotten, isGone } from "./faults.ts";
import { listed } from "./listing.ts";
import type manifest from "./manifest.ts";

const listTimeoutMs = 20_000;
/** The house ends a call first, and the server is told of it; this is for where nobody does. */
const graceMs = 1_000;

export const activate: Activate<typeof manifest> = (context) => {
  const { timeoutMs } = context.config;
  const link = keptConnection(context);
  return {
    list: (signal) =>
      link.use(signal, async (open) => {
        open.tools ??= readTools(open, signal);
        const { tools } = open;
        tools.catch(() => {
          if (open.tools === tools) delete open.tools;
        });
        return tools;
      }),
    call: ({ name, input, signal, progress }) =>
      link.use(signal, async ({ client }) => {
        const options = {
          ...{ signal, timeout: timeoutMs + graceMs, resetTimeoutOnProgress: true },
          maxTotalTimeout: timeoutMs + graceMs,
          onprogress: (told: Told) => progress(progressText(told)),
        };
        return outputOf(await client.callTool({ name, arguments: (input ?? {}) as Record<string, unknown> }, options));
      }),
    close: link.close,
  };
};

interface Told {
  readonly message?: string | undefined;
  readonly progress: number;
  readonly total?: number | undefined;
}

function progressText({ message, progress, total }: Told): string {
  return (message ?? (total === undefined ? `${progress}` : `${progress} of ${total}`)).slice(0, 500);
}

function readTools({ client }: Open, signal: AbortSignal): Promise<readonly ToolsetTool[]> {
  const options = { signal, timeout: listTimeoutMs };
  const page = (cursor: string | undefined): Promise<unknown> =>
    client.request({ method: "tools/list", params: cursor === undefined ? {} : { cursor } }, anything, options);
  return listed(page);
}

/** What is listed is read by hand: one tool that is wrong must not cost all others. */
const anything = {
  "~standard": { version: 1 as const, vendor: "homarus", validate: (value: unknown) => ({ value }) },
};

interface Open extends Connection {
  /** Forgotten at the server's notice that there are others. */
  tools?: Promise<readonly ToolsetTool[]>;
}

function keptConnection(context: ToolsetContext<Settings>) {
  let opening: Promise<Open> | undefined;
  let isClosed = false;
  const begin = (): Promise<Open> => {
    let open: Open | undefined;
    const forget = (): void => {
      if (opening === now) opening = undefined;
    };
    const now = connect(context, { changed: () => delete open?.tools, ended: forget }).then((connection): Open => {
      open = { ...connection };
      return open;
    });
    now.catch(forget);
    return now;
  };
  const opened = (): Promise<Open> => {
    if (isClosed) return Promise.reject(new Fault("unavailable", "mcp.closed", "This server is no longer used."));
    opening ??= begin();
    return opening;
  };
  const use = async <T>(signal: AbortSignal, work: (open: Open) => Promise<T>, isAgain = false): Promise<T> => {
    signal.throwIfAborted();
    const open = await opened();
    try {
      return await work(open);
    } catch (thrown) {
      if (!signal.aborted && isGone(thrown)) await open.client.close();
      // It has carried nothing out: a session that it does not know was refused.
      if (isForgotten(thrown) && !isAgain) return use(signal, work, true);
      throw faultOf(thrown, signal, open.errorText());
    }
  };
  return {
    use,
    async close(): Promise<void> {
      isClosed = true;
      // Of a connection that did not come about nothing is left.
      const last = await opening?.catch(() => undefined);
      opening = undefined;
      await last?.client.close();
    },
  };
}
