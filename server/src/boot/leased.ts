// The programs' side of a lease: what the command line needs to read a secret on the socket, without a house around it.
import { findHome } from "../host/files/home.ts";
import { askLease } from "../host/secrets/lease-socket.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Rejects `unavailable` where nobody listens. */
export function askForSecret(
  environment: Environment,
  ask: { readonly token: string; readonly name: string },
): ReturnType<typeof askLease> {
  return askLease(findHome(environment).folder, ask);
}
