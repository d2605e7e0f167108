// Files that tell which paths a call reads and writes, so that it is known whose words it has met.
import type { Files } from "@homarus/sdk";
import type { Touched } from "../core/provenance/touched.ts";

export function watched(files: Files, touched: Pick<Touched, "read" | "wrote"> | undefined): Files {
  if (!touched) return files;
  return {
    facts: files.facts,
    list: files.list,
    walk: files.walk,
    remove: files.remove,
    read(path, options) {
      touched.read(path);
      return files.read(path, options);
    },
    write(path, bytes, options) {
      touched.wrote(path);
      return files.write(path, bytes, options);
    },
  };
}
