// Who this node is: a key made at the first start, and the tokens that gateways gave it, by their address.
import { join } from "node:path";
import { createDeviceIdentity, type DeviceIdentity, importDeviceIdentity } from "@homarus/sdk/client";
import { readObject, writeText } from "./files.ts";

export interface NodeIdentity {
  readonly device: DeviceIdentity;
  /** The token that the gateway at this address gave. */
  token(address: string): string | undefined;
  /** Keeps it; undefined forgets it. */
  keepToken(address: string, token: string | undefined): void;
}

export async function openIdentity(folder: string): Promise<NodeIdentity> {
  const path = join(folder, "identity.json");
  const tokensPath = join(folder, "tokens.json");
  const kept = readObject(path);
  const device = kept ? await importDeviceIdentity(kept.key as JsonWebKey) : await makeIdentity(path);
  const tokens = new Map(Object.entries(readObject(tokensPath) ?? {}).filter(isText));
  return {
    device,
    token: (address) => tokens.get(address),
    keepToken(address, token) {
      if (tokens.get(address) === token) return;
      if (token === undefined) tokens.delete(address);
      else tokens.set(address, token);
      writeText(tokensPath, `${JSON.stringify(Object.fromEntries(tokens), undefined, 2)}\n`);
    },
  };
}

async function makeIdentity(path: string): Promise<DeviceIdentity> {
  const device = await createDeviceIdentity();
  writeText(path, `${JSON.stringify({ version: 1, deviceId: device.id, key: await device.export() }, undefined, 2)}\n`);
  return device;
}

function isText(entry: [string, unknown]): entry is [string, string] {
  return typeof entry[1] === "string";
}
