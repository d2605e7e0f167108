// `homarus acp`: an agent of the house for editors, which start this command and speak with it over its standard input
// and output. Ends when the editor closes the input.
import { Readable, Writable } from "node:stream";
import { setTimeout as wait } from "node:timers/promises";
import type { EventFrame } from "@homarus/sdk/client";
import { openLink } from "../acp/link.ts";
import { type Served, serve } from "../acp/serve.ts";
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { textOption } from "../options.ts";
import { keepOutputClean, stopSignal } from "../protocol-output.ts";

/** Ms that runs get to stop before a gateway that is carried ends under them. */
const graceMs = 5_000;

export async function run(invocation: Invocation): Promise<number> {
  const { options, build } = invocation;
  keepOutputClean();
  let served: Served | undefined;
  const onEvent = (event: EventFrame): void => served?.see(event);
  await using link = openLink((otherwise) => connect(invocation, { onEvent, otherwise, isShared: true }));
  // The types of Node's web streams and of the platform's are two; the streams are the same.
  const input = Readable.toWeb(process.stdin) as unknown as ReadableStream<Uint8Array>;
  served = serve(Writable.toWeb(process.stdout), input, {
    ...{ link, version: build.version },
    agentId: textOption(options.agent),
    attached: textOption(options.session),
    log: (text) => console.error(`homarus acp: ${text}`),
  });
  await Promise.race([served.closed, stopSignal()]);
  // A gateway that stays finishes what was asked of it; one that ends here would leave it half done.
  if (link.isEmbedded) await Promise.race([served.cancelAll(), wait(graceMs, undefined, { ref: false })]);
  process.stdin.destroy();
  return 0;
}
