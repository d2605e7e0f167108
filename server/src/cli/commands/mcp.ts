// `homarus mcp list|test`: servers whose tools the agents use. `homarus mcp serve`: the house for desktop clients of the Model Context Protocol, which start this command and speak
// with it over its standard input and output. Ends when the client closes the input.
import type { Invocation } from "../command.ts";
import { type Connected, connect } from "../connect.ts";
import { connectAgain } from "../connect-again.ts";
import { Bridge } from "../mcp/bridge.ts";
import { linesOf } from "../mcp/lines.ts";
import { showServers } from "../mcp/servers.ts";
import { textOption } from "../options.ts";
import { keepOutputClean, stopSignal } from "../protocol-output.ts";

/** Ms for answers that are still on their way when the client has closed the input. */
const graceMs = 1_000;
/** Characters of a message: what the gateway takes. */
const longestMessage = 4 * 1024 * 1024;

export async function run(invocation: Invocation): Promise<number> {
  const [action = "serve"] = invocation.operands;
  if (action === "list" || action === "test") return showServers(invocation);
  keepOutputClean();
  const log = (text: string): void => console.error(`homarus mcp: ${text}`);
  await using house = findHouse(invocation);
  const bridge = new Bridge({
    ...{ open: house.open, log },
    write: (text) => void process.stdout.write(`${text}\n`),
  });
  const gone = new Promise<void>((resolve) => {
    // A client that is gone reads nothing: there is nobody left to serve.
    process.stdout.once("error", () => resolve());
  });
  await Promise.race([listen(bridge), stopSignal(), gone]);
  bridge.close();
  process.stdin.destroy();
  return 0;
}

async function listen(bridge: Bridge): Promise<void> {
  for await (const { text, isCut } of linesOf(process.stdin, longestMessage)) {
    if (isCut) bridge.refuse(-32_600, `Invalid Request: a message may have ${longestMessage} characters`);
    else if (text.trim() !== "") bridge.hear(text);
  }
  await bridge.settled(graceMs);
}

interface House extends AsyncDisposable {
  /** A socket of its door, open. */
  readonly open: () => Promise<WebSocket>;
}

function findHouse(invocation: Invocation): House {
  const path = pathOf(invocation);
  const next = connectAgain((otherwise) => connect(invocation, { otherwise, isShared: true }));
  let held: Connected | undefined;
  return {
    async open() {
      await held?.[Symbol.asyncDispose]();
      held = await next();
      // It has shown that the gateway takes the login; the rest goes through the other door.
      held.client.close();
      return opened(held.openDoor(path));
    },
    async [Symbol.asyncDispose]() {
      await held?.[Symbol.asyncDispose]();
    },
  };
}

function pathOf({ options }: Invocation): string {
  const agent = textOption(options.agent);
  const query = new URLSearchParams({
    ...(agent === undefined ? {} : { agent }),
    ...(options["read-only"] ? { scopes: "operator.read" } : {}),
  });
  return query.size === 0 ? "/mcp" : `/mcp?${query}`;
}

function opened(socket: WebSocket): Promise<WebSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<WebSocket>();
  socket.onopen = () => resolve(socket);
  socket.onclose = ({ reason }) =>
    reject(
      Object.assign(new Error(`The gateway did not open its door for MCP${reason ? `: ${reason}` : ""}.`), {
        ...{ kind: "unavailable", code: "mcp.door", hint: "See that this command and the gateway are of one version." },
      }),
    );
  return promise;
}
