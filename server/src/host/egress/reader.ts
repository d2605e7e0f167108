// Bytes of a socket, asked for instead of thrown at: what nobody has asked for stays in the socket, so that memory is
// bounded on both sides.
import type { Duplex } from "node:stream";

export interface Reader {
  /** The next bytes, as many as there are; undefined at the end. Rejects when the connection broke. */
  read(): Promise<Uint8Array | undefined>;
  /** Puts bytes back in front. */
  unread(bytes: Uint8Array): void;
  /** Lets go of the socket, and gives what was read and not asked for. */
  release(): Uint8Array;
}

/** So much lies ready before the socket is told to wait. */
const mostReady = 256 * 1024;

export function createReader(socket: Duplex): Reader {
  const ready: Uint8Array[] = [];
  let bytes = 0;
  let ended: { readonly error?: Error } | undefined;
  let wake: (() => void) | undefined;
  const changed = (): void => {
    wake?.();
    wake = undefined;
  };
  const onData = (chunk: Uint8Array): void => {
    ready.push(chunk);
    bytes += chunk.length;
    if (bytes > mostReady) socket.pause();
    changed();
  };
  const end = (error?: Error): void => {
    ended ??= error ? { error } : {};
    changed();
  };
  const onEnd = (): void => end();
  const onError = (error: Error): void => end(error);
  socket.on("data", onData).on("end", onEnd).on("error", onError).on("close", onEnd);
  return {
    async read() {
      while (ready.length === 0) {
        if (ended?.error) throw ended.error;
        if (ended) return undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const chunk = ready.shift() ?? new Uint8Array(0);
      bytes -= chunk.length;
      if (bytes <= mostReady && socket.isPaused()) socket.resume();
      return chunk;
    },
    unread(chunk) {
      if (chunk.length === 0) return;
      ready.unshift(chunk);
      bytes += chunk.length;
    },
    release() {
      socket.pause();
      // The listener for errors stays: a socket without one would end the process.
      socket.off("data", onData).off("end", onEnd).off("close", onEnd);
      return Buffer.concat(ready.splice(0));
    },
  };
}

/** Waits until the other side has taken it. */
export function send(socket: Duplex, bytes: Uint8Array | string): Promise<void> {
  return new Promise((resolve, reject) => {
    if (socket.destroyed || !socket.writable) return reject(new Error("The connection is closed."));
    const closed = (): void => reject(new Error("The connection was closed."));
    socket.once("close", closed);
    socket.write(bytes, (error) => {
      socket.off("close", closed);
      if (error) reject(error);
      else resolve();
    });
  });
}
