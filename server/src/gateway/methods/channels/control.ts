// channels.start, stop and logout, web.login.*: a channel is switched by its settings, so that a restart remembers it.
import { invalid, Refusal } from "../../refusal.ts";
import { type Call, type Group, type ParamsOf, whoIs } from "../handler.ts";
import type * as params from "./shapes.ts";

type ChannelParams = ParamsOf<typeof params.channel>;

function entryOf(input: ChannelParams, { door }: Call) {
  const entry = door.house.catalog.find((item) => item.kind === "channel" && item.id === input.channel);
  if (!entry) throw invalid(`invalid channel: ${input.channel}`);
  return entry;
}

async function isConfigured(input: ChannelParams, { door }: Call): Promise<boolean> {
  const { parsed } = await door.house.config.read();
  const channels = (parsed as { readonly channels?: Readonly<Record<string, unknown>> }).channels ?? {};
  return Object.hasOwn(channels, input.channel);
}

async function switched(input: ChannelParams, call: Call, enabled: boolean): Promise<void> {
  entryOf(input, call);
  if (!(await isConfigured(input, call)))
    throw invalid(`channel ${input.channel} is not configured: set channels.${input.channel} first`);
  await call.door.house.config.edit(
    [{ path: ["channels", input.channel, "enabled"], value: enabled }],
    undefined,
    whoIs(call),
  );
}

async function start(input: ChannelParams, call: Call): Promise<unknown> {
  await switched(input, call, true);
  return { channel: input.channel, accountId: input.accountId ?? "default", started: true };
}

async function stop(input: ChannelParams, call: Call): Promise<unknown> {
  await switched(input, call, false);
  return { channel: input.channel, accountId: input.accountId ?? "default", stopped: true };
}

/** Forgets the channel's settings with its secrets, which stops it: without its secret it would be a fault. */
async function logout(input: ChannelParams, call: Call): Promise<unknown> {
  const entry = entryOf(input, call);
  const cleared = await isConfigured(input, call);
  if (cleared) {
    await call.door.house.config.edit([{ path: ["channels", entry.id], value: undefined }], undefined, whoIs(call));
    await call.door.house.secrets.forget(`${entry.id}/`, call.caller.displayName ?? call.caller.clientId);
  }
  return { channel: input.channel, accountId: input.accountId ?? "default", cleared, loggedOut: cleared };
}

function noLogin(): never {
  const message = "web login provider is not available: no channel here logs in by a code to scan";
  throw new Refusal({ code: "INVALID_REQUEST", message });
}

export const handlers: Group["handlers"] = {
  ...{ "channels.start": start, "channels.stop": stop, "channels.logout": logout },
  ...{ "web.login.start": noLogin, "web.login.wait": noLogin },
};
