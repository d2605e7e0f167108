// What a client speaks: which protocol's shapes its answers have, and how an event is put on its socket. Plain data and
// two functions, one constant per wire, shared by all clients of it.

/** Version of the peer's protocol whose payloads a client reads. Clients of JSON-RPC get those of the newest. */
export type Protocol = 3 | 4;

export interface Wire {
  readonly name: "frames-3" | "frames-4" | "rpc" | "events" | "silent";
  readonly protocol: Protocol;
  /** An event without its end. `payload` and `stateVersion` are JSON text; the text is made once for all clients. */
  open(event: string, payload: string, stateVersion: string | undefined): string;
  /** Its end, with the number of this event for this client where the wire counts. */
  end(opened: string, seq: number | undefined): string;
}

const frames: Pick<Wire, "open" | "end"> = {
  open: (event, payload, stateVersion) =>
    `{"type":"event","event":"${event}","payload":${payload}${stateVersion === undefined ? "" : `,"stateVersion":${stateVersion}`}`,
  end: (opened, seq) => (seq === undefined ? `${opened}}` : `${opened},"seq":${seq}}`),
};

export const frames3: Wire = { name: "frames-3", protocol: 3, ...frames };
export const frames4: Wire = { name: "frames-4", protocol: 4, ...frames };

/** JSON-RPC 2.0: an event is a notification from the server, named as the event. It has no number of its own. */
export const rpc: Wire = {
  name: "rpc",
  protocol: 4,
  open: (event, payload) => `{"jsonrpc":"2.0","method":"${event}","params":${payload}}`,
  end: (opened) => opened,
};
