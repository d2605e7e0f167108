// A socket whose code is still loading: what comes meanwhile waits, in order.
import type { Socket, SocketSide } from "./house.ts";
import { closeCodes, limits } from "./settings.ts";

export class LateSide implements SocketSide {
  #side: SocketSide | undefined;
  #socket: Socket | undefined;
  #waiting: (string | Uint8Array)[] = [];
  /** Nobody has logged in yet: strangers fill no memory here. */
  #waitingBytes = 0;

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
    if (this.#side) {
      this.#side.message(data);
      return;
    }
    this.#waitingBytes += data.length;
    if (this.#waitingBytes > limits.maxPreauthPayload) this.#refuse(closeCodes.tooBig, "preauth payload too large");
    else if (this.#waiting.length >= longestWait) this.#refuse(closeCodes.policy, "wait for the answer");
    else this.#waiting.push(data);
  }

  close(code: number, reason: string): void {
    this.#socket = undefined;
    this.#side?.close(code, reason);
  }

  drain(): void {
    this.#side?.drain?.();
  }

  #refuse(code: number, reason: string): void {
    this.#waiting = [];
    this.#socket?.close(code, reason);
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
