// Bytes under their digest, in a folder of the state folder that no sandbox sees. What is kept twice is there once.
import { existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, unlink } from "node:fs/promises";
import { join } from "node:path";
import { Fault } from "@homarus/sdk";

export interface FileBlobs {
  keep(bytes: Uint8Array): Promise<string>;
  read(hash: string): Promise<Uint8Array>;
  sweep(wanted: ReadonlySet<string>): Promise<void>;
}

export function openBlobs(folder: string): FileBlobs {
  const placeOf = (hash: string): string => join(folder, hash.slice(0, 2), hash);
  return {
    async keep(bytes) {
      const hash = digest(bytes);
      const place = placeOf(hash);
      if (existsSync(place)) return hash;
      await mkdir(join(folder, hash.slice(0, 2)), { recursive: true, mode: 0o700 });
      // Written beside and put in its place: a crash leaves no half of it under the name of the whole.
      const beside = `${place}.${process.pid}.tmp`;
      const handle = await open(beside, "w", 0o600);
      try {
        await handle.writeFile(bytes);
        await handle.datasync();
      } finally {
        await handle.close();
      }
      await rename(beside, place);
      return hash;
    },
    async read(hash) {
      const bytes = await readFile(placeOf(hash)).catch(() => undefined);
      if (bytes && digest(bytes) === hash) return bytes;
      throw new Fault("invalid", "checkpoint.damaged", "A part of this checkpoint is missing or was altered.", {
        hint: "Go back to another one: homarus checkpoints shows them.",
      });
    },
    async sweep(wanted) {
      for (const part of await readdir(folder).catch(() => []))
        for (const name of await readdir(join(folder, part)).catch(() => []))
          if (!wanted.has(name)) await unlink(join(folder, part, name)).catch(() => undefined);
    },
  };
}

function digest(bytes: Uint8Array): string {
  return new Bun.CryptoHasher("sha256").update(bytes).digest("hex");
}
