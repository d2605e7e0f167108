// `homarus trust`: files that hold words of strangers, and the owner's word that one is fine.
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { textOption } from "../options.ts";
import { printJson, printLine, printTable } from "../print.ts";
import { wrong } from "../wrong.ts";

interface MarkedFile {
  readonly agent: string;
  readonly path: string;
  readonly marks: readonly { readonly from: string; readonly what: string }[];
}

export async function run(invocation: Invocation): Promise<number> {
  const { operands, options } = invocation;
  const [name = "list", path] = operands;
  await using connected = await connect(invocation, { otherwise: "embed" });
  const { client } = connected;
  if (name === "list") {
    const found = await client.request<{ files: readonly MarkedFile[] }>("provenance.files", {});
    if (options.json) printJson({ ok: true, ...found });
    else if (found.files.length === 0) printLine("No file holds words of strangers.");
    else
      printTable(
        ["AGENT", "FILE", "FROM"],
        found.files.map(({ agent, path: at, marks }) => [
          agent,
          at,
          marks.map(({ from, what }) => `${from} ${what}`).join(", "),
        ]),
      );
    return 0;
  }
  const agentId = textOption(options.agent);
  const { trusted } = await client.request<{ trusted: boolean }>("provenance.trust", {
    path: path ?? "",
    ...(agentId === undefined ? {} : { agentId }),
  });
  if (!trusted)
    throw wrong(
      `${path ?? "This"} has no mark of its own.`,
      "homarus trust list shows what has one: a path with a slash at its end is a folder with all in it.",
      "cli.trust",
    );
  if (options.json) printJson({ ok: true, trusted });
  else printLine(`${path} is trusted from now on, until it is written with strangers' words around again.`);
  return 0;
}
