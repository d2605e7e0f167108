// `homarus pairing`: who waits to be let in, letting them in, and sending them out again.
import type { GatewayClient } from "@homarus/sdk/client";
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { ago, printJson, printLine, printTable } from "../print.ts";
import { wrong } from "../wrong.ts";

interface Request {
  readonly channel: string;
  readonly peerId: string;
  readonly name?: string;
  readonly code: string;
  readonly createdAt: number;
}

export async function run(invocation: Invocation): Promise<number> {
  const [action, channel = "", word = ""] = invocation.operands;
  if (action !== "list" && !word)
    throw wrong(
      `homarus pairing ${action} wants a channel and ${action === "approve" ? "a code" : "a peer's id"}.`,
      "See: homarus pairing --help",
    );
  await using connected = await connect(invocation, { otherwise: "embed" });
  const { client } = connected;
  if (action === "list")
    return list(await client.request<{ requests: readonly Request[] }>("channels.pairing.list", {}), invocation);
  return await (action === "approve" ? approve : revoke)(client, { channel, word }, invocation);
}

type Operands = { readonly channel: string; readonly word: string };

async function approve(client: GatewayClient, { channel, word }: Operands, invocation: Invocation): Promise<number> {
  const { request } = await client.request<{ request: Request }>("channels.pairing.approve", { channel, code: word });
  if (invocation.options.json) printJson({ ok: true, request });
  else printLine(`${request.name ?? request.peerId} may now talk to the agent on ${request.channel}.`);
  return 0;
}

async function revoke(client: GatewayClient, { channel, word }: Operands, invocation: Invocation): Promise<number> {
  const { removed } = await client.request<{ removed: boolean }>("channels.pairing.revoke", { channel, peerId: word });
  if (invocation.options.json) printJson({ ok: removed, channel, peerId: word });
  else
    printLine(
      removed
        ? `${word} may no longer talk to the agent on ${channel}.`
        : `${word} was not let in on ${channel} by pairing.`,
    );
  return removed ? 0 : 1;
}

function list(found: { readonly requests: readonly Request[] }, invocation: Invocation): number {
  if (invocation.options.json) printJson({ ok: true, ...found });
  else if (found.requests.length === 0) printLine("Nobody is waiting to be let in.");
  else
    printTable(
      ["CHANNEL", "WHO", "ID", "CODE", "SINCE"],
      found.requests.map((item) => [item.channel, item.name ?? "", item.peerId, item.code, ago(item.createdAt)]),
    );
  return 0;
}
