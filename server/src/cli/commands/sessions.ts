// `homarus sessions`: conversations, listed, read, reset, deleted, taken out and brought in.
import { readFile } from "node:fs/promises";
import type { GatewayClient } from "@homarus/sdk/client";
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { numberOption } from "../options.ts";
import { ago, printJson, printLine, printTable, printText } from "../print.ts";
import { wrong } from "../wrong.ts";

interface Row {
  readonly key: string;
  readonly updatedAt: number | null;
  readonly model?: string;
  readonly derivedTitle?: string;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
}

interface History {
  readonly messages: readonly {
    readonly role: string;
    readonly content: readonly { readonly type: string; readonly text?: string }[];
  }[];
}

export async function run(invocation: Invocation): Promise<number> {
  const [action = "", operand] = invocation.operands;
  if (action !== "list" && !operand)
    throw wrong(
      `homarus sessions ${action} wants a ${action === "import" ? "file" : "session's key"}.`,
      "See: homarus sessions --help",
    );
  await using connected = await connect(invocation, { otherwise: "embed" });
  const { client } = connected;
  if (action === "list") return await list(client, invocation);
  if (action === "show") return await show(client, operand ?? "", invocation);
  if (action === "export") {
    const { lines } = await client.request<{ lines: string }>("sessions.export", { key: operand });
    printText(lines);
    return 0;
  }
  if (action === "import") return await bringIn(client, operand ?? "", invocation);
  await client.request(action === "reset" ? "sessions.reset" : "sessions.delete", { key: operand });
  if (invocation.options.json) printJson({ ok: true, key: operand });
  else printLine(action === "reset" ? `${operand} starts afresh; the old log is kept.` : `${operand} is deleted.`);
  return 0;
}

async function list(client: GatewayClient, invocation: Invocation): Promise<number> {
  const found = await client.request<{ sessions: readonly Row[] }>("sessions.list", {
    ...numberOption("limit", invocation.options.limit),
    includeDerivedTitles: true,
  });
  if (invocation.options.json) printJson({ ok: true, sessions: found.sessions });
  else if (found.sessions.length === 0) printLine('No conversation yet. Say hello: homarus agent "hello"');
  else
    printTable(
      ["KEY", "TITLE", "TOKENS", "LAST"],
      found.sessions.map((row) => [
        row.key,
        (row.derivedTitle ?? "").slice(0, 40),
        String((row.inputTokens ?? 0) + (row.outputTokens ?? 0)),
        row.updatedAt ? ago(row.updatedAt) : "",
      ]),
    );
  return 0;
}

async function show(client: GatewayClient, key: string, invocation: Invocation): Promise<number> {
  const history = await client.request<History>("chat.history", {
    sessionKey: key,
    ...numberOption("limit", invocation.options.limit),
  });
  if (history.messages.length === 0)
    throw wrong(`There is nothing in a session ${key}.`, "See: homarus sessions --help");
  if (invocation.options.json) {
    printJson({ ok: true, ...history });
    return 0;
  }
  for (const { role, content } of history.messages) {
    const text = content.map((block) => block.text ?? `[${block.type}]`).join("\n");
    if (text.trim()) printLine(`${role}: ${text}\n`);
  }
  return 0;
}

async function bringIn(client: GatewayClient, file: string, invocation: Invocation): Promise<number> {
  const text = await readFile(file, "utf8").catch((cause: Error) => {
    throw wrong(`${file} cannot be read: ${cause.message}.`, "See: homarus sessions --help");
  });
  const named = typeof invocation.options.as === "string" ? invocation.options.as : `imported-${Date.now()}`;
  const { key, entries } = await client.request<{ key: string; entries: number }>("sessions.import", {
    key: named,
    text,
  });
  if (invocation.options.json) printJson({ ok: true, key, entries });
  else printLine(`${entries} entries are now the session ${key}.`);
  return 0;
}
