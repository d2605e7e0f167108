// The login of this user's own gateway: from the settings, or as its first start left it in the state folder.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { GatewayAddress } from "../boot/settings.ts";

export interface OwnSecret {
  readonly token?: string;
  readonly password?: string;
}

export async function ownSecret({ password, token }: GatewayAddress, folder: string): Promise<OwnSecret> {
  if (password) return { password };
  const known = token ?? (await keptToken(folder));
  return known ? { token: known } : {};
}

async function keptToken(folder: string): Promise<string | undefined> {
  try {
    return (await readFile(join(folder, "gateway.token"), "utf8")).trim();
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw thrown;
  }
}
