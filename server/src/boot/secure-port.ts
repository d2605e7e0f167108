// The gateway's port with TLS: listens with the certificate, and takes a new one while it runs.
import type { Handlers, Listener, ListenOptions } from "../gateway/house.ts";
import { systemClock } from "../host/clock.ts";
import { listen, type RenewableListener } from "../host/net/serve.ts";
import type { Ground } from "./ground.ts";
import { lazyTls } from "./lazy.ts";

export interface SecurePort {
  listen(options: ListenOptions, handlers: Handlers): Promise<Listener>;
  /** Of the certificate at the start. */
  readonly fingerprint: string;
  /** Calls with the fingerprint of each later one, once it is in use. */
  watch(renewed: (fingerprint: string) => void): { close(): void };
}

/** Rejects with a `config` Fault where certificate or key are not usable. */
export async function openSecurePort({ config, home, log }: Ground, host: string): Promise<SecurePort> {
  const settings = config.current().gateway.tls;
  const tls = await lazyTls({ settings, folder: home.folder, host, now: systemClock.now(), log });
  const { certificate } = tls;
  let listener: RenewableListener | undefined;
  return {
    fingerprint: certificate.fingerprint,
    async listen(options, handlers) {
      listener = await listen({ ...options, tls: certificate }, handlers);
      return listener;
    },
    watch: (renewed) =>
      tls.watch((next) => {
        listener?.renew(next);
        log.info("tls.renewed", { fingerprint: next.fingerprint });
        renewed(next.fingerprint);
      }),
  };
}
