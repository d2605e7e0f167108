// For answers that may have to end early: a member of the audience that hears no events, but can be sent away.
import type { Member } from "../audience.ts";
import type { Socket } from "../house.ts";
import type { Wire } from "../wire.ts";

const silent: Wire = { name: "silent", protocol: 4, open: () => "", end: () => "" };

/** `close` is called when it has to go. */
export function silentMember({ deviceId, keyId }: Pick<Member, "deviceId" | "keyId">, close: Socket["close"]): Member {
  return {
    ...{ wire: silent, role: "operator", granted: 0, isDirect: true, deviceId, keyId },
    socket: { send: () => true, close, bufferedBytes: () => 0, join: () => undefined, leave: () => undefined },
  };
}

export function isStream(response: Response): boolean {
  return response.headers.get("content-type")?.startsWith("text/event-stream") === true && response.body !== null;
}
