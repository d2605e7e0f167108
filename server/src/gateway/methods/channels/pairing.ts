// channels.pairing.*: who may write on the channels. Version 4 has a shape of its own; version 3 gets the house's.
import type { PairingRequest } from "../../../core/inbox/pairing.ts";
import { invalid } from "../../refusal.ts";
import type { Call, Group, ParamsOf } from "../handler.ts";
import type * as params from "./shapes.ts";

async function list(input: ParamsOf<typeof params.pairingList>, { door, caller }: Call): Promise<unknown> {
  const isAsked = (item: { channel: string; account: string }) =>
    (input.channel === undefined || item.channel === input.channel) &&
    (input.accountId === undefined || item.account === input.accountId);
  const requests = (await door.house.pairing.list()).filter(isAsked);
  if (caller.protocol === 3) return { requests };
  const { limits } = door.house.pairing;
  const channels = door.house.channels();
  const labelOf = (channel: string) => channels.find((item) => item.id === channel)?.title ?? channel;
  const accounts = channels
    .map((item) => ({ ...item, channel: item.id }))
    .filter(isAsked)
    .map(({ channel, account, title }) => ({
      ...{ channel, channelLabel: title, accountId: account, notifySupported: false },
    }));
  return {
    accounts,
    requests: requests.map((request) => requestRow(request, labelOf(request.channel))),
    commandOwnerConfigured: true,
    limits: { pendingPerAccount: limits.openPerChannel, ttlMs: limits.lifeMs },
  };
}

function requestRow({ channel, account, peerId, name, code, createdAt, expiresAt }: PairingRequest, label: string) {
  const createdOn = new Date(createdAt).toISOString();
  return {
    ...{ requestId: code, channel, channelLabel: label, accountId: account, senderId: peerId },
    ...{ senderLabel: name ?? peerId, createdAt: createdOn, lastSeenAt: createdOn },
    ...{ expiresAt: new Date(expiresAt).toISOString(), notifySupported: false },
  };
}

async function approve(input: ParamsOf<typeof params.pairingApprove>, { door, caller }: Call): Promise<unknown> {
  const request = await door.house.pairing.approve(input.channel, codeOf(input));
  if (caller.protocol === 3) return { ok: true, request };
  return {
    ...{ requestId: request.code, senderId: request.peerId },
    ...{ notification: input.notify === true ? "unsupported" : "not-requested" },
    ...{ commandOwnerBootstrap: input.bootstrapCommandOwner === true ? "already-configured" : "not-requested" },
  };
}

async function dismiss(input: ParamsOf<typeof params.pairingDismiss>, { door }: Call): Promise<unknown> {
  const { code, peerId } = await door.house.pairing.dismiss(input.channel, codeOf(input));
  return { requestId: code, senderId: peerId };
}

function codeOf({ code, requestId }: { readonly code?: string; readonly requestId?: string }): string {
  const words = code ?? requestId;
  if (words === undefined) throw invalid("code or requestId is required");
  return words;
}

async function revoke(input: ParamsOf<typeof params.pairingRevoke>, { door }: Call): Promise<unknown> {
  return { ok: true, removed: await door.house.pairing.revoke(input.channel, input.peerId) };
}

export const handlers: Group["handlers"] = {
  "channels.pairing.list": list,
  "channels.pairing.approve": approve,
  "channels.pairing.dismiss": dismiss,
  "channels.pairing.revoke": revoke,
};
