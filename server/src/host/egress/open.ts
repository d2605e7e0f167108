// The egress gateway: opens the authority, and gives each sandbox a way out with a socket and a token of its own.
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext } from "node:tls";
import { type EgressCaller, Fault } from "@homarus/sdk";
import { openAuthority, writeWhole } from "./authority.ts";
import { type Door, openDoor } from "./door.ts";
import { doorEnvironment, doorPort, systemAuthorities } from "./environment.ts";
import type { Egress, EgressParts, House, Lease } from "./parts.ts";

/** The longest path of a unix socket on macOS, with its last zero byte; Linux has four bytes more. */
const longestPath = 103;
const socketName = /^[0-9a-f]{12}\.sock$/;

export async function openEgress(parts: EgressParts): Promise<Egress> {
  mkdirSync(parts.folder, { recursive: true, mode: 0o700 });
  chmodSync(parts.folder, 0o700);
  const authority = openAuthority(parts.folder, () => parts.clock.now());
  const bundle = join(parts.folder, "authority.pem");
  const system = systemAuthorities();
  writeWhole(bundle, `${system.trimEnd()}\n${authority.certificate}`, 0o644);
  const sockets = socketFolder(parts.folder);
  const trusted = createSecureContext({ ca: [system, ...(parts.authorities ?? [])] });
  const shared = { ...parts, certify: authority.certify, trusted, held: { bytes: 0 } };
  const open = new Set<Lease>();
  let isClosed = false;
  return {
    async lease(caller) {
      if (isClosed) throw closed();
      const lease = await openLease(sockets.path, bundle, { ...shared, caller });
      const counted: Lease = {
        door: lease.door,
        async close() {
          open.delete(counted);
          await lease.close();
        },
      };
      open.add(counted);
      return counted;
    },
    async close() {
      isClosed = true;
      await Promise.all([...open].map((lease) => lease.close()));
      sockets.remove();
    },
  };
}

function closed(): Fault {
  return new Fault("aborted", "egress.closed", "The house is closing; nothing goes out any more.");
}

/** In the state folder where its path is short enough for a socket, else in a private folder of the system's own. */
function socketFolder(folder: string): { readonly path: string; remove(): void } {
  const own = join(folder, "s");
  if (Buffer.byteLength(join(own, "000000000000.sock")) > longestPath) {
    const path = mkdtempSync(join(tmpdir(), "homarus-"));
    return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
  }
  mkdirSync(own, { recursive: true, mode: 0o700 });
  chmodSync(own, 0o700);
  // One house lives in a folder at a time, so what lies here is of one that was killed.
  for (const name of readdirSync(own)) if (socketName.test(name)) rmSync(join(own, name), { force: true });
  return { path: own, remove: () => undefined };
}

async function openLease(
  folder: string,
  authority: string,
  house: House & { readonly caller: EgressCaller },
): Promise<Lease> {
  const token = randomBytes(24).toString("base64url");
  const socket = join(folder, `${randomBytes(6).toString("hex")}.sock`);
  const door: Door = await openDoor(socket, token, house);
  return {
    door: { socket, port: doorPort, authority, environment: doorEnvironment(token, authority) },
    async close() {
      await door.close();
      rmSync(socket, { force: true });
    },
  };
}
