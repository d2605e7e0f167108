// `homarus onboard`: from nothing to an agent that answers, by question and answer.
import type { GatewayClient } from "@homarus/sdk/client";
import { type Asker, createAsker } from "../ask-secret.ts";
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { setUp } from "../models/set-up.ts";
import { type Provider, wordsOfHealth } from "../models/words.ts";
import { textOption } from "../options.ts";
import { printLine } from "../print.ts";

export async function run(invocation: Invocation): Promise<number> {
  await using connected = await connect(invocation, { otherwise: "embed" });
  const { client } = connected;
  const asker = createAsker();
  const provider = textOption(invocation.options.provider) ?? (await chosen(client, asker));
  const code = await setUp(client, { provider, makeDefault: true, asker, invocation });
  if (code !== 0 || invocation.options.json) return code;
  printLine();
  printLine('Say hello: homarus agent "Who are you?"');
  printLine("Keep it running, with the chat page: homarus gateway --ui");
  printLine("Reach it from your phone: homarus channels login telegram");
  return 0;
}

/** By number or by name, again until it is one of them. */
async function chosen(client: GatewayClient, asker: Asker): Promise<string> {
  const { providers } = await client.request<{ providers: readonly Provider[] }>("models.providers", {});
  const offered = providers.filter(({ id }) => id !== "offline");
  printLine("Which model vendor shall answer?");
  for (const [index, one] of offered.entries())
    printLine(`${String(index + 1).padStart(3)}  ${one.title.padEnd(24)} ${wordsOfHealth(one)}`);
  for (;;) {
    const answer = (await asker.line("Number or name: ")).trim();
    if (answer === "") {
      const hint = "Name one: homarus onboard --provider anthropic";
      throw Object.assign(new Error("No provider was chosen."), { kind: "invalid", code: "cli.operands", hint });
    }
    const found = offered[Number(answer) - 1] ?? offered.find(({ id }) => id === answer.toLowerCase());
    if (found) return found.id;
    printLine(`There is no ${answer} in the list.`);
  }
}
