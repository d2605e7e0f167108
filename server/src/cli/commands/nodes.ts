// `homarus nodes`: the machines and phones that do something for the house.
import type { GatewayClient } from "@homarus/sdk/client";
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { findOne, findRequest, type Named, wrongOperands } from "../nodes/find.ts";
import { NodeRun } from "../nodes/run.ts";
import { numberOption, textOption } from "../options.ts";
import { ago, printJson, printLine, printTable } from "../print.ts";

interface NodeRow {
  readonly nodeId: string;
  readonly displayName?: string;
  readonly platform?: string;
  readonly version?: string;
  readonly remoteIp?: string;
  readonly caps: readonly string[];
  readonly commands: readonly string[];
  readonly connected: boolean;
  readonly connectedAtMs?: number;
  readonly approvalState?: string;
  readonly pendingRequestId?: string;
  readonly pendingDeclaredCommands?: readonly string[];
}

interface PendingRow {
  readonly requestId: string;
  readonly nodeId: string;
  readonly displayName?: string;
  readonly commands?: readonly string[];
  readonly remoteIp?: string;
  readonly isRepair?: boolean;
  readonly ts: number;
}

interface Wish {
  readonly client: GatewayClient;
  readonly invocation: Invocation;
  /** What follows the word for the action. */
  readonly words: readonly string[];
}

const actions: Readonly<Record<string, (wish: Wish) => Promise<number>>> = {
  ...{ list, status: list, describe, invoke, rename, pending, approve: decide, reject: decide, remove },
};

export async function run(invocation: Invocation): Promise<number> {
  const [action = "", ...words] = invocation.operands;
  const going = action === "run" ? new NodeRun(invocation) : undefined;
  const onEvent = going ? { onEvent: going.hear } : {};
  await using connected = await connect(invocation, { ...onEvent, otherwise: "refuse" });
  const { client } = connected;
  if (going) return await going.run(client, (await theNode(client, words[0] ?? "")).nodeId);
  return (await actions[action]?.({ client, invocation, words })) ?? 2;
}

async function allNodes(client: GatewayClient): Promise<readonly (NodeRow & Named)[]> {
  const { nodes } = await client.request<{ nodes: readonly NodeRow[] }>("node.list", {});
  return nodes.map((row) => ({ ...row, id: row.nodeId, name: row.displayName, address: row.remoteIp }));
}

async function theNode(client: GatewayClient, word: string): Promise<NodeRow> {
  return findOne(word, await allNodes(client), "node");
}

async function list({ client, invocation }: Wish): Promise<number> {
  const nodes = (await allNodes(client)).map(({ id: _id, name: _name, address: _address, ...row }) => row);
  if (invocation.options.json) printJson({ ok: true, nodes });
  else if (nodes.length === 0)
    printLine("There is no node. On another machine: homarus node run --host <this machine>");
  else
    printTable(
      ["NAME", "ID", "PLATFORM", "STATE", "SINCE", "COMMANDS"],
      nodes.map((row) => [
        ...[row.displayName ?? "", row.nodeId.slice(0, 12), row.platform ?? "", stateOf(row)],
        ...[row.connectedAtMs ? ago(row.connectedAtMs) : "", row.commands.join(" ")],
      ]),
    );
  return 0;
}

function stateOf({ connected, pendingRequestId }: NodeRow): string {
  return `${connected ? "here" : "away"}${pendingRequestId ? ", asks for more" : ""}`;
}

async function describe({ client, invocation, words: [word] }: Wish): Promise<number> {
  if (word === undefined) throw wrongOperands("nodes describe", "a node");
  const { nodeId } = await theNode(client, word);
  const node = await client.request<NodeRow & { readonly pathEnv?: string }>("node.describe", { nodeId });
  if (invocation.options.json) {
    printJson({ ok: true, ...node });
    return 0;
  }
  printLine(`${node.displayName ?? "(no name)"}  ${nodeId}`);
  printLine(`State:    ${stateOf(node)}${node.connectedAtMs ? `, since ${ago(node.connectedAtMs)}` : ""}`);
  printLine(`System:   ${[node.platform, node.version].filter(Boolean).join(", version ")}`);
  if (node.remoteIp) printLine(`Address:  ${node.remoteIp}`);
  printLine(`Commands: ${node.commands.join(", ") || "none now"}`);
  if (node.pendingRequestId) {
    printLine(`Asks for: ${node.pendingDeclaredCommands?.join(", ")}`);
    printLine(`          homarus nodes approve ${node.pendingRequestId}`);
  }
  return 0;
}

async function invoke({ client, invocation, words: [word, command] }: Wish): Promise<number> {
  if (word === undefined || command === undefined) throw wrongOperands("nodes invoke", "a node and a command");
  const params = jsonOption(textOption(invocation.options.params));
  const { nodeId } = await theNode(client, word);
  const timeoutMs = (numberOption("timeout", invocation.options.timeout).timeout ?? 30) * 1000;
  const call = {
    nodeId,
    command,
    ...(params === undefined ? {} : { params }),
    timeoutMs,
    idempotencyKey: crypto.randomUUID(),
  };
  const result = await client.request<{ readonly payload?: unknown }>("node.invoke", call);
  printJson(invocation.options.json ? result : (result.payload ?? null));
  return 0;
}

function jsonOption(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw Object.assign(new Error(`--params is no JSON: ${(cause as Error).message}.`), {
      ...{ kind: "invalid", code: "cli.option", hint: `For example: --params '{"bins":["git"]}'` },
    });
  }
}

async function rename({ client, invocation, words: [word, ...rest] }: Wish): Promise<number> {
  const displayName = rest.join(" ").trim();
  if (word === undefined || displayName === "") throw wrongOperands("nodes rename", "a node and its new name");
  const { nodeId } = await theNode(client, word);
  await client.request("node.rename", { nodeId, displayName });
  return done({ nodeId, displayName }, `The node is now called ${displayName}.`, invocation);
}

async function waiting(client: GatewayClient): Promise<readonly PendingRow[]> {
  return (await client.request<{ pending: readonly PendingRow[] }>("node.pair.list", {})).pending;
}

async function pending({ client, invocation }: Wish): Promise<number> {
  const rows = await waiting(client);
  if (invocation.options.json) printJson({ ok: true, pending: rows });
  else if (rows.length === 0) printLine("No node is waiting.");
  else
    printTable(
      ["REQUEST", "NAME", "NODE", "ADDRESS", "SINCE", "WANTS"],
      rows.map((row) => [
        ...[row.requestId, row.displayName ?? "", row.nodeId.slice(0, 12), row.remoteIp ?? "", ago(row.ts)],
        `${row.isRepair ? "more: " : ""}${row.commands?.join(" ") ?? ""}`,
      ]),
    );
  return 0;
}

async function decide({ client, invocation, words: [word] }: Wish): Promise<number> {
  const [action = ""] = invocation.operands;
  if (word === undefined) throw wrongOperands(`nodes ${action}`, "a request, or the word latest");
  const { requestId, nodeId, displayName } = findRequest(word, await waiting(client));
  await client.request(`node.pair.${action}`, { requestId });
  const name = displayName ?? nodeId.slice(0, 12);
  const words = action === "approve" ? `${name} is let in with what it asked for.` : `${name} is turned away.`;
  return done({ requestId, nodeId }, words, invocation);
}

async function remove({ client, invocation, words: [word] }: Wish): Promise<number> {
  if (word === undefined) throw wrongOperands("nodes remove", "a node");
  const { nodeId, displayName } = await theNode(client, word);
  await client.request("node.pair.remove", { nodeId });
  return done({ nodeId }, `${displayName ?? nodeId.slice(0, 12)} is no node any more.`, invocation);
}

function done(facts: object, words: string, { options }: Invocation): number {
  if (options.json) printJson({ ok: true, ...facts });
  else printLine(words);
  return 0;
}
