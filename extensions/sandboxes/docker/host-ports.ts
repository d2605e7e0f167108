// Ports of this machine that the owner opened for commands, for models that run here. A container has no network: each
// port is a socket of the house, which leads to that port of 127.0.0.1 and to nothing else.
import { chmodSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Door } from "./arguments.ts";

export interface HostPorts {
  /** Listening; opened at the first call. */
  doors(): Promise<readonly Door[]>;
}

export function hostPorts(ports: readonly number[], place: () => string, signal: AbortSignal): HostPorts {
  let opened: Promise<readonly Door[]> | undefined;
  const open = async (port: number): Promise<Door> => {
    const socket = place();
    const server = createServer({ allowHalfOpen: true }, (near) => lead(near, port));
    signal.addEventListener("abort", () => server.close(), { once: true });
    await listening(server, socket);
    // Its folder is closed; inside, every user may connect.
    chmodSync(socket, 0o666);
    server.unref();
    return { socket, port };
  };
  return {
    doors() {
      opened ??= Promise.all([...new Set(ports)].map(open));
      return opened;
    },
  };
}

function lead(near: Socket, port: number): void {
  const far = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
  // Whoever waits at the one end sees the other's end; there is nobody to tell more.
  near.on("error", () => far.destroy());
  far.on("error", () => near.destroy());
  near.pipe(far).pipe(near);
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, resolve);
  });
}
