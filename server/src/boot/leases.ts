// Leases of secrets, joined: the vault, the book, and the socket while the config wants one. Nothing of it loads before
// it is wanted.
import { Fault, toFault } from "@homarus/sdk";
import type { KnownLease, LeaseBook } from "../core/leases/book.ts";
import type { leaseSpace } from "../core/leases/lease.ts";
import type { LeaseFacts, LeaseWork } from "../gateway/secrets.ts";
import { leaseSocketPath } from "../host/files/home.ts";
import type { LeaseSocket } from "../host/secrets/lease-socket.ts";
import type { Gates } from "./gates.ts";
import type { Ground } from "./ground.ts";
import { lazyLeaseBook, lazyLeaseSocket } from "./lazy.ts";
import { loginOwner } from "./sealed-logins.ts";

/** As `core/leases` has it, without loading that. */
const spaceOfLeases: typeof leaseSpace = "secret-leases";

export function leaseWork(ground: Ground, halt: Gates["halt"]): LeaseWork {
  const { config, home, store, rotations } = ground;
  let opened: Promise<LeaseBook> | undefined;
  const book = (): Promise<LeaseBook> => {
    opened ??= openBook(ground, halt);
    return opened;
  };
  rotations.push({
    name: "secret-leases",
    isThere: async () => (await store.values(spaceOfLeases).list()).length > 0,
    rotate: async (record) => (await book()).clear(record),
    next: "All leases of secrets are ended: homarus secrets lease makes new ones.",
  });
  return {
    async make(wish, by) {
      if (!config.current().secrets.leases.enabled)
        throw new Fault("config", "lease.off", "Secrets are not leased here: secrets.leases.enabled is false.", {
          hint: "Allow it: homarus config set secrets.leases.enabled true",
        });
      return { lease: factsOf(await (await book()).make(wish, by)), socket: leaseSocketPath(home.folder) };
    },
    list: async () => (await (await book()).list()).map(factsOf),
    end: async (id, by) => (await book()).end(id, by),
    use: async (token, name) => (await book()).use(token, name),
  };
}

function openBook(ground: Ground, halt: Gates["halt"]): Promise<LeaseBook> {
  const { store, clock, log, vault, signer, config, learn } = ground;
  return lazyLeaseBook({
    ...{ store, clock, log, digest: signer.digest, read: vault.read, learn },
    newId: () => crypto.randomUUID().slice(0, 8),
    // Logins of providers are the house's own, and change behind every program's back.
    names: () => vault.list().flatMap(({ name }) => (loginOwner(name) === undefined ? [name] : [])),
    async isHalted() {
      await halt.load();
      return halt.state() !== undefined;
    },
    longestMs: () => config.current().secrets.leases.longestMinutes * 60_000,
  });
}

function factsOf({ hash: _, ...facts }: KnownLease): LeaseFacts {
  return facts;
}

/** Opens the socket where the config wants one, and follows the config. Rejects with a `config` Fault. */
export async function openLeaseDoor(
  { config, home, log, clock, onConfigChange }: Ground,
  use: LeaseWork["use"],
): Promise<{ close(): Promise<void> }> {
  let socket: LeaseSocket | undefined;
  let isClosed = false;
  let last: Promise<unknown> = Promise.resolve();
  const align = async (): Promise<void> => {
    const isWanted = !isClosed && config.current().secrets.leases.enabled;
    if (isWanted === (socket !== undefined)) return;
    if (isWanted) {
      socket = await lazyLeaseSocket(home.folder, { use, clock, log });
      log.info("leases.open", { socket: socket.path });
      return;
    }
    const closing = socket;
    socket = undefined;
    await closing?.close();
  };
  /** One after the other, so that a socket is never opened twice. */
  const alone = (): Promise<void> => {
    const mine = last.then(align, align);
    last = mine.catch(() => undefined);
    return mine;
  };
  onConfigChange((changed) => {
    if (changed.includes("secrets"))
      alone().catch((thrown: unknown) => log.error("leases.not-open", { fault: toFault(thrown).toJSON() }));
  });
  await alone();
  return {
    close() {
      isClosed = true;
      return alone();
    },
  };
}
