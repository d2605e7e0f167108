// Stands between a client and the gateway and cuts their line: after so many bytes the rest is lost and both ends are
// destroyed, in the middle of a frame as well as between two.
import { createServer, connect as dial, type Socket } from "node:net";

export interface CuttingProxy extends AsyncDisposable {
  readonly port: number;
  /** Lines cut so far. */
  cuts(): number;
  /** Bytes that may still pass on a line opened from now on, towards the client and towards the gateway. */
  next(plan: Plan): void;
  /** Cuts all lines that are open. */
  cut(): void;
}

interface Plan {
  readonly down: number;
  readonly up: number;
}

export async function openCuttingProxy(target: number): Promise<CuttingProxy> {
  const lines = new Set<() => void>();
  let plan: Plan = { down: Number.POSITIVE_INFINITY, up: Number.POSITIVE_INFINITY };
  let cuts = 0;
  const server = createServer((client) => {
    const gateway = dial(target, "127.0.0.1");
    const destroy = (): void => {
      lines.delete(cut);
      client.destroy();
      gateway.destroy();
    };
    const cut = (): void => {
      if (lines.has(cut)) cuts += 1;
      destroy();
    };
    lines.add(cut);
    pass(gateway, client, plan.down, cut);
    pass(client, gateway, plan.up, cut);
    for (const side of [client, gateway]) side.on("error", destroy).on("close", destroy);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { readonly port: number }).port,
    cuts: () => cuts,
    next(wish) {
      plan = wish;
    },
    cut() {
      for (const cut of [...lines]) cut();
    },
    async [Symbol.asyncDispose]() {
      for (const cut of [...lines]) cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pass(from: Socket, to: Socket, bytes: number, cut: () => void): void {
  let left = bytes;
  from.on("data", (part: Buffer) => {
    if (part.length < left) {
      left -= part.length;
      to.write(part);
      return;
    }
    // What still may pass does, and then no more.
    to.write(part.subarray(0, left), cut);
    left = 0;
  });
}
