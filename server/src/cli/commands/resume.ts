// `homarus resume`: ends the emergency stop, by the owner's code.
import { secretAsker } from "../ask-secret.ts";
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { printJson, printLine } from "../print.ts";
import { wrong } from "../wrong.ts";

export async function run(invocation: Invocation): Promise<number> {
  const { operands, options } = invocation;
  const code = operands[0] ?? (await secretAsker()("Code: "));
  if (code.trim() === "")
    throw wrong(
      "Say the code: homarus resume <code>.",
      "homarus stop --code shows a new one on this machine.",
      "cli.resume",
    );
  await using connected = await connect(invocation, { otherwise: "embed" });
  await connected.client.request("halt.resume", { code });
  if (options.json) printJson({ ok: true, halted: false });
  else printLine("Everything goes on.");
  return 0;
}
