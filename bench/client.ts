// A client that speaks the wire with as little of its own cost as it can.

export interface BenchClient {
  /** Sends a request and resolves with the raw answer. */
  call(method: string, params: unknown): Promise<string>;
  /** Called with each frame that is no answer. */
  onEvent: ((text: string) => void) | undefined;
  close(): void;
}

export function connect(port: number, token: string): Promise<BenchClient> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    const waiting = new Map<string, (text: string) => void>();
    let next = 1;
    const client: BenchClient = {
      onEvent: undefined,
      call(method, params) {
        const id = String(next++);
        socket.send(`{"type":"req","id":"${id}","method":"${method}","params":${JSON.stringify(params)}}`);
        return new Promise((done) => waiting.set(id, done));
      },
      close: () => socket.close(),
    };
    socket.onerror = () => reject(new Error("the gateway refused a connection"));
    socket.onmessage = ({ data }) => {
      const text = String(data);
      if (text.startsWith('{"type":"res"')) {
        const id = /"id":"(\d+)"/.exec(text)?.[1] ?? "";
        waiting.get(id)?.(text);
        waiting.delete(id);
      } else if (text.includes('"connect.challenge"')) {
        client
          .call("connect", hello(token))
          .then((answer) => (answer.includes('"hello-ok"') ? resolve(client) : reject(new Error(answer))));
      } else {
        client.onEvent?.(text);
      }
    };
  });
}

function hello(token: string) {
  return {
    ...{ minProtocol: 3, maxProtocol: 3, role: "operator", auth: { token } },
    client: { id: "cli", version: "0.1.0", platform: "linux", mode: "cli" },
    scopes: ["operator.admin", "operator.read", "operator.write"],
  };
}
