// The agent that an editor talks to, on two streams: methods of the Agent Client Protocol in, its updates out. What a
// method does stands in handlers.ts; here is how it is reached, and how a failure is told.
import { type AgentApp, agent, methods, ndJsonStream, type SessionUpdate } from "@agentclientprotocol/sdk";
import type { EventFrame } from "@homarus/sdk/client";
import { createApprovals } from "./approvals.ts";
import { isExpected, rpcError } from "./errors.ts";
import { Handlers } from "./handlers.ts";
import type { Link } from "./link.ts";
import { Sessions } from "./sessions.ts";
import type { AgentEvent } from "./wire.ts";

export interface ServeParts {
  readonly link: Link;
  readonly version: string;
  /** `--agent`. */
  readonly agentId: string | undefined;
  /** `--session`. */
  readonly attached: string | undefined;
  /** Editors keep what comes on standard error. */
  readonly log: (text: string) => void;
}

export interface Served {
  /** An event of the gateway. */
  see(event: EventFrame): void;
  /** Resolves when the editor is gone. */
  readonly closed: Promise<void>;
  /** Stops what goes on in the editor's sessions. */
  cancelAll(): Promise<void>;
}

/** More than the gateway takes at once, so that what is too large gets an answer and not a closed connection. */
const maxMessageBytes = 128 * 1024 * 1024;

export function serve(
  output: WritableStream<Uint8Array>,
  input: ReadableStream<Uint8Array>,
  parts: ServeParts,
): Served {
  const tell = (sessionId: string, update: SessionUpdate): void => {
    connection.client.notify(methods.client.session.update, { sessionId, update }).catch((thrown: unknown) => {
      // An editor that is gone needs no update, and its end is told to everybody who waits.
      if (!connection.signal.aborted) parts.log(`an update was not sent: ${(thrown as Error).message}`);
    });
  };
  const sessions = new Sessions({ ...parts, tell });
  const approvals = createApprovals({
    ...parts,
    find: (key) => sessions.withKey(key),
    ask: (method, params, options) => connection.client.request(method, params, options),
  });
  const app = register(new Handlers({ ...parts, sessions }), { ...parts, isClosed: () => connection.signal.aborted });
  const connection = app.connect(ndJsonStream(output, input, { maxMessageBytes }));
  return {
    closed: connection.closed,
    see(event) {
      if (event.event === "agent") for (const session of sessions.all()) session.see(event.payload as AgentEvent);
      approvals.see(event);
    },
    cancelAll: async () => void (await Promise.all(sessions.all().map((session) => session.cancel()))),
  };
}

interface Registering {
  readonly log: ServeParts["log"];
  readonly isClosed: () => boolean;
}

function register(handlers: Handlers, { log, isClosed }: Registering): AgentApp {
  const told =
    <Context, Result>(work: (context: Context) => Result | Promise<Result>) =>
    async (context: Context): Promise<Result> => {
      try {
        return await work(context);
      } catch (thrown) {
        if (!isExpected(thrown)) log((thrown as Error).stack ?? String(thrown));
        throw rpcError(thrown);
      }
    };
  const { session } = methods.agent;
  return agent({ name: "homarus" })
    .onRequest(
      methods.agent.initialize,
      told(({ params }) => handlers.initialize(params)),
    )
    .onRequest(
      session.new,
      told(({ params }) => handlers.create(params)),
    )
    .onRequest(
      session.load,
      told(({ params }) => handlers.load(params)),
    )
    .onRequest(
      session.resume,
      told(({ params }) => handlers.resume(params)),
    )
    .onRequest(
      session.list,
      told(({ params }) => handlers.list(params)),
    )
    .onRequest(
      session.close,
      told(({ params }) => handlers.close(params)),
    )
    .onRequest(
      session.delete,
      told(({ params }) => handlers.remove(params)),
    )
    .onRequest(
      session.setMode,
      told(({ params }) => handlers.setMode(params)),
    )
    .onRequest(
      session.setConfigOption,
      told(({ params }) => handlers.setOption(params)),
    )
    .onRequest(
      session.prompt,
      told(({ params, signal }) => handlers.prompt(params, whileOpen(signal, isClosed))),
    )
    .onNotification(
      session.cancel,
      told(({ params }) => handlers.cancel(params)),
    );
}

/** The signal without the end of the connection: a run does not need its reader to go on. */
function whileOpen(signal: AbortSignal, isClosed: () => boolean): AbortSignal {
  const controller = new AbortController();
  signal.addEventListener("abort", () => {
    if (!isClosed()) controller.abort();
  });
  return controller.signal;
}
