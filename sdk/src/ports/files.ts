// Files: one folder of the machine, and nothing outside it. Paths are relative to that folder, with forward slashes.

export interface FileFacts {
  readonly path: string;
  readonly type: "file" | "folder" | "link" | "other";
  /** Bytes. */
  readonly size: number;
  /** Unix ms. */
  readonly modifiedAt: number;
  /** Unix ms with fractions, of the last change by whatever means: a program cannot set it back. Where the system tells. */
  readonly changedAt?: number;
}

/**
 * No call leaves the folder: not by `..`, an absolute path, a symbolic link at any depth, or a link swapped in while
 * the call runs. What tries gets a `denied` Fault `files.outside`. A missing path is `invalid` `files.not-found`;
 * a folder where a file is needed (or the reverse) `invalid` `files.not-a-file` / `files.not-a-folder`.
 * An absolute path that lies inside the folder is taken as relative to it.
 */
export interface Files {
  /** Reads at most `maxBytes` from `offset` (bytes, default 0). */
  read(path: string, options: { readonly maxBytes: number; readonly offset?: number }): Promise<Uint8Array>;
  /** Replaces the file as one step (a reader sees the old or the new), or appends. Makes missing folders. */
  write(path: string, bytes: Uint8Array, options?: { readonly append?: boolean }): Promise<void>;
  facts(path: string): Promise<FileFacts | undefined>;
  /** What stands directly in a folder, by name. */
  list(path: string): Promise<readonly FileFacts[]>;
  /** All files and folders below, folders before their contents, links not followed. Ends early when aborted. */
  walk(path: string, signal: AbortSignal): AsyncIterable<FileFacts>;
  remove(path: string): Promise<void>;
}
