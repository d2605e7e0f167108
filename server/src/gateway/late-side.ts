// A socket whose code is still loading: what comes meanwhile waits, in order.
import type { Socket, SocketSide } from "./house.ts";

export class LateSide implements SocketSide {
  #side: SocketSide | undefined;
  #socket: Socket | undefined;
  #waiting: (string | Uint8Array)[] = [];

  constructor(loading: Promise<SocketSide>, failed: (thrown: unknown) => void) {
    loading.then(
      (side) => this.#arrive(side),
      (thrown: unknown) => {
        failed(thrown);
        this.#socket?.close(1011, "internal error");
      },
    );
  }

  open(socket: Socket): void {
    this.#socket = socket;
    this.#side?.open(socket);
  }

  message(data: string | Uint8Array): void {
    if (this.#side) this.#side.message(data);
    else if (this.#waiting.length < longestWait) this.#waiting.push(data);
    else this.#socket?.close(1008, "wait for the answer");
  }

  close(code: number, reason: string): void {
    this.#socket = undefined;
    this.#side?.close(code, reason);
  }

  drain(): void {
    this.#side?.drain?.();
  }

  #arrive(side: SocketSide): void {
    this.#side = side;
    if (!this.#socket) return;
    side.open(this.#socket);
    for (const data of this.#waiting) side.message(data);
    this.#waiting = [];
  }
}

/** Messages that wait for the code. */
const longestWait = 100;
