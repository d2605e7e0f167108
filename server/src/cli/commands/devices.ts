// `homarus devices`: apps and machines that may connect, those that ask to, and their tokens.
import type { GatewayClient } from "@homarus/sdk/client";
import type { Invocation } from "../command.ts";
import { connect } from "../connect.ts";
import { findOne, findRequest, type Named, wrongOperands } from "../nodes/find.ts";
import { ago, printJson, printLine, printTable } from "../print.ts";

interface Common {
  readonly deviceId: string;
  readonly displayName?: string;
  readonly platform?: string;
  readonly clientId?: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly commands?: readonly string[];
}

interface Waiting extends Common {
  readonly requestId: string;
  readonly remoteIp?: string;
  readonly isRepair?: boolean;
  readonly ts: number;
}

interface Paired extends Common {
  readonly connected?: boolean;
  readonly approvedAtMs?: number;
}

interface Devices {
  readonly pending: readonly Waiting[];
  readonly paired: readonly Paired[];
}

interface Wish {
  readonly client: GatewayClient;
  readonly devices: Devices;
  readonly invocation: Invocation;
  readonly action: string;
  readonly words: readonly string[];
}

const actions: Readonly<Record<string, (wish: Wish) => Promise<number>>> = {
  ...{ list, approve: decide, reject: decide, remove, rename, rotate, revoke },
};

export async function run(invocation: Invocation): Promise<number> {
  const [action = "", ...words] = invocation.operands;
  if (action !== "list" && words.length === 0)
    throw wrongOperands(`devices ${action}`, action === "approve" || action === "reject" ? "a request" : "a device");
  await using connected = await connect(invocation, { otherwise: "embed" });
  const { client } = connected;
  const devices = await client.request<Devices>("device.pair.list", {});
  return (await actions[action]?.({ client, devices, invocation, action, words })) ?? 2;
}

async function list({ devices, invocation }: Wish): Promise<number> {
  const { pending, paired } = devices;
  if (invocation.options.json) printJson({ ok: true, pending, paired });
  else if (pending.length + paired.length === 0) printLine("No device is known, and none is waiting.");
  if (invocation.options.json) return 0;
  if (pending.length > 0)
    printTable(
      ["WAITING", "NAME", "AS", "FROM", "SINCE", "WANTS"],
      pending.map((item) => [
        ...[item.requestId, nameOf(item), item.roles.join(" "), item.remoteIp ?? "", ago(item.ts), wants(item)],
      ]),
    );
  if (pending.length > 0 && paired.length > 0) printLine();
  if (paired.length > 0)
    printTable(
      ["DEVICE", "NAME", "AS", "STATE", "LET IN", "MAY"],
      paired.map((item) => [
        ...[item.deviceId.slice(0, 12), nameOf(item), item.roles.join(" "), item.connected ? "here" : "away"],
        ...[item.approvedAtMs ? ago(item.approvedAtMs) : "", may(item)],
      ]),
    );
  return 0;
}

function nameOf({ displayName, clientId }: Common): string {
  return displayName ?? clientId ?? "";
}

function wants({ scopes, commands = [] }: Pick<Common, "scopes" | "commands">): string {
  return [...scopes.map((scope) => scope.replace("operator.", "")), ...commands].join(" ");
}

/** Who is let in was looked at before: a long list is only counted. */
function may({ scopes, commands = [] }: Common): string {
  return wants({ scopes, commands: commands.length > 5 ? [`${commands.length} commands`] : commands });
}

async function decide({ client, devices, invocation, action, words: [word = ""] }: Wish): Promise<number> {
  const request = findRequest(word, devices.pending);
  const { requestId, deviceId } = request;
  await client.request(`device.pair.${action}`, { requestId });
  const name = nameOf(request) || deviceId.slice(0, 12);
  return done({ requestId, deviceId }, `${name} is ${action === "approve" ? "let in" : "turned away"}.`, invocation);
}

function theDevice({ devices, words: [word = ""] }: Wish): Paired & Named {
  const named = devices.paired.map((item) => ({ ...item, id: item.deviceId, name: item.displayName }));
  return findOne(word, named, "device");
}

async function remove(wish: Wish): Promise<number> {
  const { deviceId, name } = theDevice(wish);
  await wish.client.request("device.pair.remove", { deviceId });
  return done({ deviceId }, `${name ?? deviceId.slice(0, 12)} may no longer connect.`, wish.invocation);
}

async function rename(wish: Wish): Promise<number> {
  const label = wish.words.slice(1).join(" ").trim();
  if (label === "") throw wrongOperands("devices rename", "a device and its new name");
  const { deviceId } = theDevice(wish);
  await wish.client.request("device.pair.rename", { deviceId, label });
  return done({ deviceId, label }, `The device is now called ${label}.`, wish.invocation);
}

function roleIn({ words: [, role], action }: Wish): string {
  if (role === undefined) throw wrongOperands(`devices ${action}`, "a device and a role (operator or node)");
  return role;
}

async function rotate(wish: Wish): Promise<number> {
  const role = roleIn(wish);
  const { deviceId } = theDevice(wish);
  const made = await wish.client.request<{ readonly token: string }>("device.token.rotate", { deviceId, role });
  if (wish.invocation.options.json) printJson({ ok: true, ...made });
  else printLine(`${made.token}\nThe old tokens of this role no longer work. This one is not shown again.`);
  return 0;
}

async function revoke(wish: Wish): Promise<number> {
  const role = roleIn(wish);
  const { deviceId, name } = theDevice(wish);
  await wish.client.request("device.token.revoke", { deviceId, role });
  const words = `${name ?? deviceId.slice(0, 12)} has no token as ${role} any more.`;
  return done({ deviceId, role }, words, wish.invocation);
}

function done(facts: object, words: string, { options }: Invocation): number {
  if (options.json) printJson({ ok: true, ...facts });
  else printLine(words);
  return 0;
}
