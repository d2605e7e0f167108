// Shapes of the methods about channels and who may write on them. Source: releases 2026.2.17 and 2026.5.7, together.
import { anything, flag, list, name, open, optional, record, strict, text, whole } from "../../frames/shape.ts";
import type { Group } from "../handler.ts";

export const channelsStatus = strict({ probe: optional(flag), timeoutMs: optional(whole(0)) });

export const pairingList = strict({ channel: optional(name), accountId: optional(name) });

/** The code is what the owner was told by the sender; a list names it `requestId` in version 4. */
const ask = { channel: name, accountId: optional(name), code: optional(name), requestId: optional(name) };
export const pairingApprove = strict({ ...ask, notify: optional(flag), bootstrapCommandOwner: optional(flag) });
export const pairingDismiss = strict(ask);

export const pairingRevoke = strict({ channel: name, peerId: name });

export const channel = strict({ channel: name, accountId: optional(name) });
export const webLogin = open({ accountId: optional(text), timeoutMs: optional(whole(0)) });

const request = open({ channel: name });
const account = open({ accountId: name });

export const shapes: Group["shapes"] = {
  "channels.status": {
    params: channelsStatus,
    result: open({
      ts: whole(0),
      channelOrder: list(name),
      channelLabels: record(name),
      channels: record(anything),
      channelAccounts: record(list(account)),
      channelDefaultAccountId: record(name),
    }),
  },
  "channels.pairing.list": { params: pairingList, result: open({ requests: list(request) }) },
  "channels.pairing.approve": { params: pairingApprove, result: open({}) },
  "channels.pairing.dismiss": { params: pairingDismiss, result: open({ requestId: name, senderId: name }) },
  "channels.pairing.revoke": { params: pairingRevoke, result: open({ ok: flag, removed: flag }) },
  "channels.start": { params: channel, result: open({ channel: name, accountId: name, started: flag }) },
  "channels.stop": { params: channel, result: open({ channel: name, accountId: name, stopped: flag }) },
  "channels.logout": { params: channel, result: open({ channel: name, accountId: name, cleared: flag }) },
  "web.login.start": { params: webLogin, result: open({}) },
  "web.login.wait": { params: webLogin, result: open({}) },
};
