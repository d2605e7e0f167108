// The log's file: lines are gathered and written a few times a second, so that no turn waits for a disk; a file that has
// grown too large is put aside under a number. What a killed process had not written yet is lost: a fifth of a second.
import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  write,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

export interface LogFileSettings {
  /** A larger file is put aside as `.1`, what was `.1` becomes `.2`, and so on. */
  readonly maxBytes: number;
  /** So many that were put aside are kept. */
  readonly keep: number;
}

export interface LogFile {
  readonly path: string;
  /** A line with its end. Returns at once, and never fails. */
  write(line: string): void;
  /** Resolves when all that was given so far is in the file, or is known to be lost. */
  flush(): Promise<void>;
  set(settings: LogFileSettings): void;
  close(): Promise<void>;
}

export interface LogFileParts extends LogFileSettings {
  readonly path: string;
  readonly clock: { now(): number; sleep(until: number, signal?: AbortSignal): Promise<void> };
  /** Called when writing begins to fail, and not again until it has worked: the file itself cannot tell. */
  readonly onTrouble: (thrown: unknown) => void;
}

const gatherMs = 200;
/** A disk that takes nothing must not fill the memory. */
const mostGatheredChars = 4_000_000;
const newline = 10;

/** Throws what the file system says when the file cannot be opened. */
export function openLogFile(parts: LogFileParts): LogFile {
  return new GatheringFile(parts);
}

class GatheringFile implements LogFile {
  readonly path: string;
  readonly #parts: LogFileParts;
  readonly #life = new AbortController();
  #settings: LogFileSettings;
  #file: number;
  #size: number;
  #gathered: string[] = [];
  #gatheredChars = 0;
  #lostLines = 0;
  #isDue = false;
  #isFailing = false;
  /** Ends with the last write that was begun. */
  #written: Promise<void> = Promise.resolve();

  constructor(parts: LogFileParts) {
    this.path = parts.path;
    this.#parts = parts;
    this.#settings = parts;
    [this.#file, this.#size] = openToAppend(parts.path);
    process.on("exit", this.#writeRest);
  }

  write(line: string): void {
    if (this.#life.signal.aborted) return;
    if (this.#gatheredChars + line.length > mostGatheredChars) {
      this.#lostLines += 1;
      return;
    }
    this.#gathered.push(line);
    this.#gatheredChars += line.length;
    if (this.#isDue) return;
    this.#isDue = true;
    const { clock } = this.#parts;
    const due = () => {
      this.#isDue = false;
      void this.flush();
    };
    // The end of its life ends the wait, and closing writes what is left.
    clock.sleep(clock.now() + gatherMs, this.#life.signal).then(due, () => undefined);
  }

  flush(): Promise<void> {
    this.#written = this.#written.then(() => this.#writeGathered());
    return this.#written;
  }

  set(settings: LogFileSettings): void {
    this.#settings = settings;
  }

  async close(): Promise<void> {
    if (this.#life.signal.aborted) return;
    this.#life.abort();
    process.off("exit", this.#writeRest);
    await this.flush();
    closeSync(this.#file);
  }

  async #writeGathered(): Promise<void> {
    if (this.#gathered.length === 0) return;
    const lines = this.#gathered.length + this.#lostLines;
    const bytes = this.#take();
    try {
      this.#ready(bytes.length);
      await writeAll(this.#file, bytes);
      this.#size += bytes.length;
      this.#isFailing = false;
    } catch (thrown) {
      // These lines are lost; a log that holds up the house would be worse.
      this.#lostLines += lines;
      if (!this.#isFailing) this.#parts.onTrouble(thrown);
      this.#isFailing = true;
    }
  }

  #take(): Buffer {
    const lost = this.#lostLines === 0 ? "" : lostLine(this.#lostLines, this.#parts.clock.now());
    const bytes = Buffer.from(`${lost}${this.#gathered.join("")}`);
    [this.#gathered, this.#gatheredChars, this.#lostLines] = [[], 0, 0];
    return bytes;
  }

  /** The file at its path, with room for so much: somebody may have removed it, and it may be full. */
  #ready(bytes: number): void {
    const isFull = this.#size > 0 && this.#size + bytes > this.#settings.maxBytes;
    if (!isFull && existsSync(this.path)) return;
    if (isFull) putAside(this.path, this.#settings.keep);
    const old = this.#file;
    [this.#file, this.#size] = openToAppend(this.path);
    closeSync(old);
  }

  /** While the process ends there is no waiting; the file stays open, since a write may be under way. */
  readonly #writeRest = (): void => {
    if (this.#gathered.length === 0) return;
    try {
      writeSync(this.#file, this.#take());
    } catch (thrown) {
      this.#parts.onTrouble(thrown);
    }
  };
}

function lostLine(count: number, now: number): string {
  return `${JSON.stringify({ at: new Date(now).toISOString(), level: "warn", event: "log.lines-lost", count })}\n`;
}

/** Ends a line that a killed process left half. */
function openToAppend(path: string): [file: number, size: number] {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const file = openSync(path, "a+", 0o600);
  const { size } = fstatSync(file);
  const last = Buffer.alloc(1);
  if (size === 0 || readSync(file, last, 0, 1, size - 1) === 0 || last[0] === newline) return [file, size];
  return [file, size + writeSync(file, "\n")];
}

function putAside(path: string, keep: number): void {
  if (keep === 0) rmSync(path, { force: true });
  for (let number = keep; number > 0; number -= 1) {
    const from = number === 1 ? path : `${path}.${number - 1}`;
    if (existsSync(from)) renameSync(from, `${path}.${number}`);
  }
}

async function writeAll(file: number, bytes: Buffer): Promise<void> {
  for (let done = 0; done < bytes.length; ) done += await writeSome(file, bytes.subarray(done));
}

function writeSome(file: number, bytes: Buffer): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  write(file, bytes, (error, count) => (error ? reject(error) : resolve(count)));
  return promise;
}
