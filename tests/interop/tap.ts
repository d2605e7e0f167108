// A wire between a client and the gateway that passes every byte on unchanged and keeps what the gateway said in it:
// its frames as it sent them, each answer with the request it belongs to. It knows WebSocket's framing and no protocol.
import type { Socket } from "bun";

export type Frame = Record<string, ReturnType<typeof JSON.parse>>;

export interface Heard {
  readonly frame: Frame;
  /** The request that it answers. */
  readonly asked?: Frame;
}

export interface Tap extends Disposable {
  readonly url: string;
  /** Where clients find it. */
  readonly own: number;
  readonly heard: readonly Heard[];
  /** Where the next connections go: a gateway that comes back may stand elsewhere. */
  port: number;
}

interface Line {
  /** A client's line of which nothing was read yet. */
  isAsking?: boolean;
  other?: Socket<Line>;
  early: Buffer[];
  readonly reader: (bytes: Buffer) => void;
}

/** `header`: a line that is put into each client's first request, as a proxy would. */
export function openTap(port: number, header?: string): Tap {
  const heard: Heard[] = [];
  const tap = { port, heard };
  const pass = {
    data(socket: Socket<Line>, bytes: Buffer) {
      const { data } = socket;
      const isFirst = data.isAsking === true && header !== undefined;
      const passed = isFirst
        ? Buffer.from(bytes.toString("latin1").replace("\r\n", `\r\n${header}\r\n`), "latin1")
        : bytes;
      data.isAsking = false;
      data.reader(passed);
      if (data.other) write(data.other, passed);
      else data.early.push(Buffer.from(passed));
    },
    close(socket: Socket<Line>) {
      socket.data.other?.end();
    },
    // What did not fit goes out when there is room.
    drain(socket: Socket<Line>) {
      flush(socket);
    },
  };
  const server = Bun.listen<Line>({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      ...pass,
      async open(socket) {
        const asked = new Map<string, Frame>();
        const fromClient = textReader((text) => {
          const frame = JSON.parse(text);
          if (frame.type === "req") asked.set(frame.id, frame);
        });
        const fromGateway = textReader((text) => {
          const frame = JSON.parse(text);
          const request = frame.type === "res" ? asked.get(frame.id) : undefined;
          heard.push(request ? { frame, asked: request } : { frame });
        });
        socket.data = { isAsking: true, early: [], reader: fromClient };
        try {
          const other = await Bun.connect<Line>({
            ...{ hostname: "127.0.0.1", port: tap.port, socket: pass },
            data: { other: socket, early: [], reader: fromGateway },
          });
          socket.data.other = other;
          for (const bytes of socket.data.early) write(other, bytes);
        } catch {
          // Nobody listens there now: the client sees a connection that closes, and decides what that means.
          socket.end();
        }
      },
    },
  });
  return Object.assign(tap, {
    ...{ url: `ws://127.0.0.1:${server.port}`, own: server.port },
    [Symbol.dispose]: () => server.stop(true),
  });
}

const unsent = new WeakMap<Socket<Line>, Buffer[]>();

function write(socket: Socket<Line>, bytes: Buffer): void {
  const queue = unsent.get(socket) ?? [];
  queue.push(Buffer.from(bytes));
  unsent.set(socket, queue);
  flush(socket);
}

function flush(socket: Socket<Line>): void {
  const queue = unsent.get(socket) ?? [];
  for (let first = queue[0]; first !== undefined; first = queue[0]) {
    const written = socket.write(first);
    if (written < first.length) {
      queue[0] = first.subarray(Math.max(written, 0));
      return;
    }
    queue.shift();
  }
}

/** Gives the text messages of one direction, after the lines of HTTP that come before them (RFC 6455, section 5.2). */
function textReader(say: (text: string) => void): (bytes: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let isUpgraded = false;
  const read = messages(say);
  return (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    const end = rest.indexOf("\r\n\r\n");
    if (!isUpgraded && end < 0) return;
    if (!isUpgraded) rest = rest.subarray(end + 4);
    isUpgraded = true;
    for (let piece = nextPiece(rest); piece; piece = nextPiece(rest)) {
      rest = rest.subarray(piece.size);
      read(piece);
    }
  };
}

/** Puts pieces together; pings and closings are none of ours. */
function messages(say: (text: string) => void): (piece: Piece) => void {
  let parts: Buffer[] = [];
  return ({ code, body, isLast }) => {
    if (code > 1) return;
    parts.push(body);
    if (!isLast) return;
    say(Buffer.concat(parts).toString("utf8"));
    parts = [];
  };
}

interface Piece {
  readonly size: number;
  readonly code: number;
  readonly isLast: boolean;
  readonly body: Buffer;
}

function nextPiece(bytes: Buffer): Piece | undefined {
  if (bytes.length < 2) return undefined;
  const [first, second] = [bytes.readUInt8(0), bytes.readUInt8(1)];
  if (first & 64) throw new Error("the wire was agreed to be compressed, and cannot be read");
  const isMasked = (second & 128) !== 0;
  const short = second & 127;
  const at = short === 126 ? 4 : short === 127 ? 10 : 2;
  const from = isMasked ? at + 4 : at;
  if (bytes.length < from) return undefined;
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short;
  if (bytes.length < from + length) return undefined;
  const raw = bytes.subarray(from, from + length);
  const mask = bytes.subarray(at, at + 4);
  const body = Buffer.from(isMasked ? raw.map((byte, index) => byte ^ mask.readUInt8(index % 4)) : raw);
  return { size: from + length, code: first & 15, isLast: (first & 128) !== 0, body };
}
