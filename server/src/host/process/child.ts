// A child process in a group of its own: killing it, reading what it says, and what it used.
import type { ResourceUse } from "@homarus/sdk";
import type { Subprocess } from "bun";

interface Program {
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A session of its own, so that one signal reaches all that it started and no terminal of the house is within reach. */
export function childOptions({ folder, environment }: Program) {
  return { cwd: folder, env: { ...environment }, detached: true };
}

/** Nothing happens where all of the group are gone. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (thrown) {
    if ((thrown as { code?: string }).code !== "ESRCH") throw thrown;
  }
}

/** A process that was left behind may hold the output open; after the end it is not waited for longer than this. */
const lingerMs = 250;

/** Hands on what the child says, until it says no more, or its end is a while ago. */
export async function drain(
  stream: ReadableStream<Uint8Array>,
  exited: Promise<unknown>,
  onChunk: (chunk: Uint8Array) => void,
): Promise<void> {
  const reader = stream.getReader();
  let linger: ReturnType<typeof setTimeout> | undefined;
  const letGo = (): void => {
    linger = setTimeout(() => void reader.cancel(), lingerMs);
  };
  void exited.then(letGo, letGo);
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    onChunk(value);
  }
  clearTimeout(linger);
}

/**
 * What the child used together with all that it waited for. A child begins as a copy of the house, whose size would be
 * told as its own: a peak that is not above the house's is not known.
 */
export function useOf(child: Pick<Subprocess, "resourceUsage">): ResourceUse {
  const used = child.resourceUsage();
  if (!used) return {};
  const ownPeak = process.resourceUsage().maxRSS * 1024;
  const cpuMs = Math.round(Number(used.cpuTime.total) / 1_000);
  return { cpuMs, ...(used.maxRSS > ownPeak && { peakMemoryBytes: used.maxRSS }) };
}
