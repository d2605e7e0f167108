// Which files of a workspace hold words of strangers: those written while such words were in the conversation. Whoever
// reads them later has them in the conversation too; the owner can say that a file is fine.
import { addMarks, type Json, type Mark, type Store, type Write } from "@homarus/sdk";

export interface FileMarks {
  /** Must have resolved before the others are asked. */
  load(): Promise<void>;
  /** Of the paths, and of everything below them. */
  of(agent: string, paths: readonly string[]): readonly Mark[];
  /** Of any file of the workspace. */
  all(agent: string): readonly Mark[];
  /** Writes that mark the paths; empty where that changes nothing. */
  mark(agent: string, paths: readonly string[], marks: readonly Mark[], at: number): readonly Write[];
  list(): readonly MarkedFile[];
  /** Takes the marks of a path away; false where it has none. */
  trust(agent: string, path: string): Promise<boolean>;
}

export interface MarkedFile {
  readonly agent: string;
  readonly path: string;
  readonly marks: readonly Mark[];
}

const space = "file-marks";
const mostFiles = 5_000;

export function createFileMarks(store: Pick<Store, "values">): FileMarks {
  const files = new Map<string, MarkedFile>();
  let loading: Promise<void> | undefined;
  const own = (agent: string): MarkedFile[] => [...files.values()].filter((file) => file.agent === agent);
  return {
    load() {
      loading ??= store
        .values(space)
        .list()
        .then((rows) => {
          for (const { key, value } of rows) files.set(key, value as unknown as MarkedFile);
        });
      return loading;
    },
    of: (agent, paths) => {
      if (files.size === 0) return [];
      const wanted = paths.map(plainPath);
      return own(agent)
        .filter(({ path }) => wanted.some((item) => item === "" || item === path || path.startsWith(`${item}/`)))
        .flatMap(({ path }): Mark[] => [{ from: "file", what: path, at: 0 }]);
    },
    all: (agent) => own(agent).map(({ path }): Mark => ({ from: "file", what: path, at: 0 })),
    mark(agent, paths, marks, at) {
      if (marks.length === 0) return [];
      return paths.flatMap((item): Write[] => {
        const path = plainPath(item);
        const key = `${agent}:${path}`;
        const known = files.get(key)?.marks ?? [];
        const all = addMarks(
          known,
          marks.map((mark) => ({ ...mark, at })),
        );
        if (all === known || (known.length === 0 && files.size >= mostFiles)) return [];
        const file: MarkedFile = { agent, path, marks: all };
        files.set(key, file);
        return [{ type: "value-put", space, key, value: file as unknown as Json }];
      });
    },
    list: () => [...files.values()],
    async trust(agent, path) {
      const key = `${agent}:${plainPath(path)}`;
      if (!files.has(key)) return false;
      await store.values(space).remove(key);
      return files.delete(key);
    },
  };
}

function plainPath(path: string): string {
  return path
    .split("/")
    .filter((part) => part !== "" && part !== ".")
    .join("/");
}
