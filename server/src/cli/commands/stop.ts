// `homarus stop`: the emergency stop, and the code that ends it.
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { printJson, printLine } from "../print.ts";
import { wrong } from "../wrong.ts";

export async function run(invocation: Invocation): Promise<number> {
  const { options } = invocation;
  if (options.all !== true && options.code !== true)
    throw wrong(
      "Say what to do: --all stops everything, --code shows a new code for resume.",
      "homarus stop --all. The gateway itself is ended by Ctrl-C.",
      "cli.stop",
    );
  await using connected = await connect(invocation, { otherwise: "embed" });
  const { client } = connected;
  const made = options.code === true ? await client.request<{ code: string }>("halt.code", {}) : undefined;
  const done = options.all === true ? await client.request<{ stopped: number }>("halt.stop", {}) : undefined;
  if (options.json) printJson({ ok: true, ...made, ...done });
  else {
    if (done)
      printLine(`Everything is stopped (${done.stopped} ${done.stopped === 1 ? "run" : "runs"}), and nothing begins.`);
    if (made) printLine(`The code to go on: ${made.code}`);
    if (done)
      printLine("To go on: homarus resume <code>, or /resume <code> in your chat. A new code: homarus stop --code.");
  }
  return 0;
}
