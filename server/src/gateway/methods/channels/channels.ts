// channels.status: how the channels are.
import type { House } from "../../house.ts";
import type { Call, Group } from "../handler.ts";

type ChannelFacts = ReturnType<House["channels"]>[number];

function status(_input: unknown, { door }: Call): unknown {
  const all = door.house.channels();
  const byId = new Map<string, ChannelFacts[]>();
  for (const item of all) byId.set(item.id, [...(byId.get(item.id) ?? []), item]);
  const groups = [...byId];
  const titles = Object.fromEntries(groups.map(([id, items]) => [id, items[0]?.title ?? id]));
  return {
    ts: door.clock.now(),
    channelOrder: groups.map(([id]) => id),
    channelLabels: titles,
    channelDetailLabels: titles,
    channelSystemImages: {},
    channelMeta: groups.map(([id]) => ({ id, label: titles[id], detailLabel: titles[id] })),
    channels: Object.fromEntries(groups.map(([id, items]) => [id, summary(items)])),
    channelAccounts: Object.fromEntries(groups.map(([id, items]) => [id, items.map(account)])),
    channelDefaultAccountId: Object.fromEntries(groups.map(([id, items]) => [id, items[0]?.account ?? "default"])),
  };
}

function summary(items: readonly ChannelFacts[]) {
  const fault = items.find((item) => item.status.fault)?.status.fault;
  return {
    configured: true,
    running: items.some((item) => item.status.state === "running"),
    ...(fault === undefined ? {} : { lastError: fault.message }),
  };
}

function account(item: ChannelFacts) {
  const { state, identity, fault, lastHeardAt } = item.status;
  return {
    accountId: item.account,
    ...(identity === undefined ? {} : { name: identity }),
    enabled: true,
    configured: true,
    linked: fault?.kind !== "auth",
    running: state === "running" || state === "waiting",
    connected: state === "running",
    ...(fault === undefined
      ? {}
      : { lastError: fault.hint === undefined ? fault.message : `${fault.message} ${fault.hint}` }),
    ...(lastHeardAt === undefined ? {} : { lastInboundAt: lastHeardAt }),
  };
}

export const handlers: Group["handlers"] = { "channels.status": status };
