// A client that writes bytes and reads bytes, for what no honest program sends.
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Sandbox } from "./world.ts";

export function tokenOf(sandbox: Sandbox): string {
  return new URL(sandbox.environment.HTTP_PROXY ?? "").password;
}

export function proxyHeader(token: string): string {
  return `Proxy-Authorization: Basic ${btoa(`homarus:${token}`)}\r\n`;
}

/** Connects to the socket of a sandbox's way out. */
export function dial(sandbox: Sandbox): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(sandbox.lease.door.socket, () => resolve(socket));
    socket.once("error", reject);
  });
}

/** Writes, and reads until the other side ends, or until `enough` says so. */
export function say(
  socket: Socket,
  bytes: string | Uint8Array,
  enough: (text: string) => boolean = () => false,
): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const done = (): void => {
      socket.off("data", onData).off("close", done).off("end", done);
      resolve(text);
    };
    const onData = (data: Uint8Array): void => {
      text += Buffer.from(data).toString("latin1");
      if (enough(text)) done();
    };
    socket
      .on("data", onData)
      .on("error", () => undefined)
      .once("close", done)
      .once("end", done);
    socket.write(bytes);
  });
}

export const headIsThere = (text: string): boolean => text.includes("\r\n\r\n");

/** One request in absolute form, with the token unless the head brings one of its own. */
export async function ask(sandbox: Sandbox, head: string, body: string | Uint8Array = ""): Promise<string> {
  const socket = await dial(sandbox);
  const [first = "", ...rest] = head.split("\r\n");
  const lines = `${first}\r\n${proxyHeader(tokenOf(sandbox))}${rest.map((line) => `${line}\r\n`).join("")}`;
  const bytes = Buffer.concat([Buffer.from(`${lines}Connection: close\r\n\r\n`, "latin1"), Buffer.from(body)]);
  return say(socket, bytes);
}

/** A tunnel to a host, up to its answer. */
export async function tunnel(
  sandbox: Sandbox,
  host: string,
): Promise<{ readonly socket: Socket; readonly answer: string }> {
  const socket = await dial(sandbox);
  const head = `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n${proxyHeader(tokenOf(sandbox))}\r\n`;
  return { socket, answer: await say(socket, head, headIsThere) };
}

/** TLS inside of it, with a name of the caller's choice. */
export function secure(socket: Socket, servername: string, ca: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const inner = connectTls({ socket, servername, ca, ALPNProtocols: ["http/1.1"] }, () => resolve(inner));
    inner.once("error", reject).once("close", () => reject(new Error("closed")));
  });
}
