// The gateway given out by Tailscale for as long as it runs. Whatever stands in the way is told and is no reason not to
// start: on this machine the gateway works all the same.
import { type Log, toFault } from "@homarus/sdk";
import type { Tailscale } from "./command.ts";

export interface Exposure {
  readonly mode: "serve" | "funnel";
  /** `https://` address; absent when it could not be had. */
  readonly url?: string;
  /** What is wrong and what to do about it. */
  readonly problem?: string;
  /** Takes the address back, where that was asked. Never rejects. */
  end(): Promise<void>;
}

export interface ExposureParts {
  readonly tailscale: Tailscale;
  readonly mode: "serve" | "funnel";
  readonly resetOnExit: boolean;
  readonly port: number;
  readonly hasTls: boolean;
  readonly log: Log;
}

/** Never rejects. */
export async function expose(parts: ExposureParts): Promise<Exposure> {
  const { tailscale, mode, port, hasTls, log } = parts;
  try {
    const { name } = await tailscale.status();
    // The certificate is our own, and Tailscale has no way to know its fingerprint: on this machine nobody is between.
    await tailscale.expose(mode, hasTls ? `https+insecure://127.0.0.1:${port}` : String(port));
    const url = `https://${name}`;
    log.info("tailscale.open", { mode, url });
    return { mode, url, end: () => reset(parts) };
  } catch (thrown) {
    const fault = toFault(thrown);
    log.warn("tailscale.not-open", { mode, fault: fault.toJSON() });
    return { mode, problem: [fault.message, fault.hint].filter(Boolean).join(" "), end: async () => undefined };
  }
}

async function reset({ tailscale, mode, resetOnExit, log }: ExposureParts): Promise<void> {
  if (!resetOnExit) return;
  try {
    await tailscale.reset(mode);
  } catch (thrown) {
    // The gateway is ending: all that is left is to say that the address still points here.
    log.warn("tailscale.not-reset", { mode, fault: toFault(thrown).toJSON() });
  }
}
