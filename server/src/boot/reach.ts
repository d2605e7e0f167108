// How a running gateway is reached: its address for the commands of this folder, kept true while certificates change,
// and Tailscale's address for other machines.
import type { AnnouncedAddress } from "../host/files/home.ts";
import type { Ground } from "./ground.ts";
import { lazyExposure } from "./lazy.ts";
import type { SecurePort } from "./secure-port.ts";

export interface Reach {
  /** As it is now. */
  address(): AnnouncedAddress;
  end(): Promise<void>;
}

export async function openReach(
  { config, environment, home, log }: Ground,
  port: { readonly host: string; readonly port: number },
  secure: SecurePort | undefined,
): Promise<Reach> {
  const { mode, resetOnExit } = config.current().gateway.tailscale;
  let address: AnnouncedAddress = { ...port, ...(secure && { tls: { fingerprint: secure.fingerprint } }) };
  const announced = home.announce(address);
  const change = (part: Partial<AnnouncedAddress>): void => {
    address = { ...address, ...part };
    home.announce(address);
  };
  const watcher = secure?.watch((fingerprint) => change({ tls: { fingerprint } }));
  const parts = { mode, resetOnExit, port: port.port, hasTls: secure !== undefined, log };
  const exposure = parts.mode === "off" ? undefined : await lazyExposure(environment, { ...parts, mode: parts.mode });
  if (exposure) {
    const { url, problem } = exposure;
    change({ tailscale: { mode: exposure.mode, ...(url && { url }), ...(problem && { problem }) } });
  }
  return {
    address: () => address,
    async end() {
      watcher?.close();
      announced.release();
      await exposure?.end();
    },
  };
}
