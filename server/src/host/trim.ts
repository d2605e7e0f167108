// Gives back the pages of the executable that only the start needed. They are clean copies of the file: what is needed
// again is read again from the page cache. Linux only; elsewhere, and where anything is in the way, it does nothing.
import { dlopen, FFIType } from "bun:ffi";
import { readFileSync } from "node:fs";
import { type Log, toFault } from "@homarus/sdk";

/** `MADV_DONTNEED` of madvise(2). */
const dontNeed = 4;

interface Mapping {
  readonly start: number;
  readonly length: number;
}

/** Bytes given back; 0 where it cannot be done. */
export function trimMemory(log: Log): number {
  if (process.platform !== "linux") return 0;
  try {
    const { symbols, close } = dlopen("libc.so.6", {
      madvise: { args: [FFIType.u64, FFIType.u64, FFIType.i32], returns: FFIType.i32 },
    });
    const mappings = cleanMappings(readFileSync("/proc/self/smaps", "utf8"));
    Bun.gc(true);
    let bytes = 0;
    for (const { start, length } of mappings) if (symbols.madvise(start, length, dontNeed) === 0) bytes += length;
    close();
    return bytes;
  } catch (thrown) {
    // A saving that cannot be made is no fault: other C libraries, a sealed /proc.
    log.debug("trim.skipped", { fault: toFault(thrown) });
    return 0;
  }
}

/**
 * Read-only mappings of files that hold no page of this process's own (`Anonymous`): dropping them loses nothing. Pages
 * that are dirty in the page cache itself, as those of a file just written, stay there.
 */
export function cleanMappings(smaps: string): readonly Mapping[] {
  const found: Mapping[] = [];
  for (const block of smaps.split(/\n(?=[0-9a-f]+-[0-9a-f]+ )/)) {
    const head = /^([0-9a-f]+)-([0-9a-f]+) r-[x-]p \S+ \S+ [1-9]\d* +\//.exec(block);
    if (!head || !/^Anonymous: +0 kB$/m.test(block)) continue;
    const start = Number.parseInt(head[1] ?? "0", 16);
    found.push({ start, length: Number.parseInt(head[2] ?? "0", 16) - start });
  }
  return found;
}
