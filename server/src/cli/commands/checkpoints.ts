// `homarus checkpoints`: what was kept before changes, and the way back.
import type { GatewayClient } from "@homarus/sdk/client";
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { textOption } from "../options.ts";
import { printJson, printLine, printTable } from "../print.ts";
import { wrong } from "../wrong.ts";

interface Checkpoint {
  readonly id: string;
  readonly at: number;
  readonly agent: string;
  readonly sessionKey: string;
  readonly reason: string;
  readonly files: number;
  readonly bytes: number;
}

interface Difference {
  readonly changed: readonly string[];
  readonly added: readonly string[];
  readonly gone: readonly string[];
  readonly left: readonly string[];
}

type Action = (client: GatewayClient, invocation: Invocation) => Promise<number>;

export async function run(invocation: Invocation): Promise<number> {
  const [name = "list", id] = invocation.operands;
  const action = actions[name] ?? list;
  if (name !== "list" && id === undefined)
    throw wrong("Say which one.", "homarus checkpoints list shows them.", "cli.checkpoints");
  await using connected = await connect(invocation, { otherwise: "embed" });
  return await action(connected.client, invocation);
}

const list: Action = async (client, { options }) => {
  const agentId = textOption(options.agent);
  const found = await client.request<{ checkpoints: readonly Checkpoint[] }>(
    "checkpoints.list",
    agentId === undefined ? {} : { agentId },
  );
  if (options.json) printJson({ ok: true, ...found });
  else if (found.checkpoints.length === 0)
    printLine("Nothing is kept yet: that happens before an agent first changes something.");
  else
    printTable(
      ["ID", "WHEN", "AGENT", "WHY", "FILES", "MB"],
      found.checkpoints.map(({ id, at, agent, reason, files, bytes }) => [
        ...[id, new Date(at).toLocaleString(), agent, reason, String(files), (bytes / 1_000_000).toFixed(1)],
      ]),
    );
  return 0;
};

const show: Action = async (client, { operands, options }) => {
  const difference = await client.request<Difference>("checkpoints.compare", { id: operands[1] });
  if (options.json) printJson({ ok: true, ...difference });
  else {
    if (difference.changed.length + difference.added.length + difference.gone.length === 0)
      printLine("Nothing has changed since.");
    const left = "not kept (too large, too much or not readable), so not compared";
    printDifference(difference, { changed: "changed since", added: "new since", gone: "gone since", left });
  }
  return 0;
};

const restore: Action = async (client, { operands, options }) => {
  const done = await client.request<Difference & { readonly undo: string; readonly config: boolean }>(
    "checkpoints.restore",
    { id: operands[1] },
  );
  if (options.json) printJson({ ok: true, ...done });
  else {
    const left = "not kept (too large, too much or not readable), so not touched";
    printDifference(done, { changed: "put back", added: "brought back", gone: "taken away", left });
    if (done.config) printLine("The config was put back too.");
    printLine(`Done. To take this back: homarus checkpoints restore ${done.undo}`);
  }
  return 0;
};

function printDifference(difference: Difference, words: Readonly<Record<keyof Difference, string>>): void {
  for (const kind of ["changed", "added", "gone", "left"] as const)
    for (const path of difference[kind]) printLine(`${words[kind]}: ${path}`);
}

const actions: Readonly<Record<string, Action>> = { list, show, restore };
