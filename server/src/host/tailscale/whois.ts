// Whom an address of the tailnet belongs to, asked of Tailscale and remembered for a moment: a page opens several
// connections, and each would start a program.
import { type Clock, type Log, toFault } from "@homarus/sdk";
import type { Tailscale } from "./command.ts";

const keptMs = 60_000;
/** Who was not known may just have joined. */
const unknownKeptMs = 5_000;
const most = 200;
/** Each question starts a program; who comes when so many are open is not known, and may come again. */
const mostAtOnce = 8;

interface Kept {
  readonly until: number;
  readonly login: Promise<string | undefined>;
}

export interface WhoisParts {
  readonly tailscale: Pick<Tailscale, "whois">;
  readonly clock: Clock;
  readonly log: Log;
}

/** Never rejects: where Tailscale does not answer, nobody is known. */
export function createWhois({ tailscale, clock, log }: WhoisParts): (address: string) => Promise<string | undefined> {
  const kept = new Map<string, Kept>();
  let open = 0;
  const ask = async (address: string): Promise<string | undefined> => {
    open += 1;
    try {
      return await tailscale.whois(address);
    } catch (thrown) {
      // Not knowing who it is means the ordinary login, which is no reason to fail.
      log.info("tailscale.whois-failed", { address, fault: toFault(thrown).toJSON() });
      return undefined;
    } finally {
      open -= 1;
    }
  };
  const keep = (address: string, login: Promise<string | undefined>, ms: number): void => {
    kept.delete(address);
    kept.set(address, { until: clock.now() + ms, login });
    const oldest = kept.keys().next();
    if (kept.size > most && !oldest.done) kept.delete(oldest.value);
  };
  return async (address) => {
    const known = kept.get(address);
    if (known && known.until > clock.now()) return known.login;
    if (open >= mostAtOnce) return undefined;
    const asked = ask(address);
    keep(address, asked, keptMs);
    const login = await asked;
    if (login === undefined) keep(address, asked, unknownKeptMs);
    return login;
  };
}
