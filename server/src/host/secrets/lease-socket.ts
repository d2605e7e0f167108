// The socket on which programs of the owner read what they have leased: in a folder that only this user enters, and never
// there with other rights. Nobody but this user reaches it; what is asked of whom does not stand here.

import { chmodSync, lstatSync, mkdirSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { dirname } from "node:path";
import { Fault } from "@homarus/sdk";
import { leaseSocketPath } from "../files/home.ts";

export interface LeaseSocket {
  readonly path: string;
  close(): Promise<void>;
}

/** Nothing but a head is read. */
const mostBodyBytes = 1024;
/** Bytes that every system and every program can name a socket with (macOS has the fewest); Bun alone knows a way around. */
const longestPath = 103;

/** Takes the place of one whose process is dead. Rejects with a `config` Fault where it cannot be opened safely. */
export async function openLeaseSocket(
  folder: string,
  answer: (request: Request) => Promise<Response>,
): Promise<LeaseSocket> {
  const path = leaseSocketPath(folder);
  if (Buffer.byteLength(path) > longestPath) throw unusable(path, "that name is too long for a socket");
  makeFolder(dirname(path));
  await clear(path);
  // The socket is born with these rights: a change afterwards would come too late.
  const before = process.umask(0o177);
  try {
    const server = Bun.serve({
      unix: path,
      fetch: answer,
      error: () => new Response("The house could not answer.\n", { status: 500 }),
      maxRequestBodySize: mostBodyBytes,
    });
    return { path, close: () => server.stop(true) };
  } catch (cause) {
    throw unusable(path, (cause as Error).message, cause);
  } finally {
    process.umask(before);
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const found = lstatSync(folder);
    if (!found.isDirectory()) throw new Error(`${folder} is no folder`);
    if (process.getuid && found.uid !== process.getuid()) throw new Error(`${folder} belongs to another user`);
    if (found.mode & 0o077) chmodSync(folder, 0o700);
  } catch (cause) {
    throw unusable(folder, (cause as Error).message, cause);
  }
}

/** A killed process leaves its socket behind: nobody answers there. */
async function clear(path: string): Promise<void> {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (!found) return;
  if (!found.isSocket()) throw unusable(path, "something else stands in its place, and is left there");
  if (await answers(path))
    throw new Fault("config", "lease.socket-taken", `Another program answers on ${path}.`, {
      hint: "Stop it, or set secrets.leases.enabled to false.",
    });
  rmSync(path, { force: true });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (is: boolean) => () => {
      socket.destroy();
      resolve(is);
    };
    socket.once("connect", end(true));
    // Whoever lives and has no time for it lives all the same.
    socket.once("error", (thrown: NodeJS.ErrnoException) =>
      end(thrown.code !== "ECONNREFUSED" && thrown.code !== "ENOENT")(),
    );
  });
}

function unusable(path: string, why: string, cause?: unknown): Fault {
  return new Fault("config", "lease.socket", `The socket for leases of secrets cannot be opened at ${path}: ${why}.`, {
    cause,
    hint: "Mend that (a name that is too long by another HOMARUS_HOME), or set secrets.leases.enabled to false.",
  });
}

/** What the socket answers to a program. Rejects `unavailable` where nobody listens. */
export async function askLease(
  folder: string,
  { token, name }: { readonly token: string; readonly name: string },
): Promise<{ readonly status: number; readonly text: string }> {
  const path = leaseSocketPath(folder);
  try {
    const address = `http://secrets/v1/${encodeURIComponent(name)}`;
    const answer = await fetch(address, { unix: path, headers: { authorization: `Bearer ${token}` } });
    return { status: answer.status, text: await answer.text() };
  } catch (cause) {
    throw new Fault("unavailable", "lease.no-socket", `Nobody gives secrets on ${path}.`, {
      cause,
      hint: "Start the gateway (homarus gateway), with secrets.leases.enabled true in its config.",
    });
  }
}
