// A device's connect for tests: params signed over the client's challenge.
import { type DeviceIdentity, signedText } from "@homarus/sdk/client";
import { connectFrame, type Frame, type RawClient } from "./open-for-test.ts";

/** Params of a device's connect, signed over this client's challenge. */
export async function signed(
  identity: DeviceIdentity,
  client: Pick<RawClient, "challenge">,
  wish: Frame = {},
): Promise<Frame> {
  const { version = 2, signedAt = client.challenge.ts, nonce = client.challenge.nonce, ...login } = wish;
  const frame = connectFrame(login);
  const facts = {
    deviceId: identity.id,
    clientId: frame.client.id,
    clientMode: frame.client.mode,
    role: frame.role,
    scopes: frame.scopes,
    signedAt,
    token: frame.auth?.token ?? frame.auth?.deviceToken ?? "",
    nonce,
    platform: frame.client.platform,
    ...(frame.client.deviceFamily === undefined ? {} : { deviceFamily: frame.client.deviceFamily }),
  };
  const device = {
    id: identity.id,
    publicKey: identity.publicKey,
    signature: await identity.sign(signedText(version, facts)),
    signedAt,
  };
  return { ...frame, device: version === 1 ? device : { ...device, nonce } };
}
