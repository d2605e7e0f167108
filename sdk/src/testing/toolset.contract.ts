// What every Toolset promises: a list that is kept, calls that can be taken back, and a way back after the server was
// gone.
import { isFault } from "../errors.ts";
import type { Toolset } from "../ports/toolset.ts";
import { type ContractCase, expectSame, expectThat } from "./contract.ts";

export interface ToolsetWorld {
  toolset: Toolset;
  /** A call that goes well, and its words. */
  known: { readonly name: string; readonly input: unknown; readonly text: string };
  /** A tool that answers with bad news. */
  wrong: string;
  /** A tool that tells how far it is and then never answers. */
  waits: string;
  /** Resolves when the server has heard that a call was taken back. */
  takenBack(): Promise<void>;
  /** Makes the server offer another tool and say so; resolves with its name. */
  change(): Promise<string>;
  /** Makes the server forget the house; it can be connected to anew. */
  breakOff(): Promise<void>;
}

const quiet = () => new AbortController().signal;

function call({ toolset }: ToolsetWorld, name: string, input: unknown = {}, signal = quiet()) {
  return toolset.call({ name, input, signal, progress: () => undefined });
}

async function fault(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "no fault",
    (thrown: unknown) => (isFault(thrown) ? thrown.kind : `not a Fault: ${String(thrown)}`),
  );
}

/** As soon as the work gives what is wanted; what is told by the other side takes a moment. */
async function soon<T>(work: () => Promise<T>, isWanted: (found: T) => boolean): Promise<T> {
  for (let tries = 0; ; tries++) {
    const found = await work();
    if (isWanted(found) || tries > 2_000) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const toolsetContract: readonly ContractCase<ToolsetWorld>[] = [
  {
    name: "lists what there is, each name once, each with a schema, and the same array while nothing changes",
    async run({ toolset, known }) {
      const tools = await toolset.list(quiet());
      const names = tools.map(({ name }) => name);
      expectThat(names.includes(known.name), "the known tool is listed");
      expectSame(names.length, new Set(names).size, "each name once");
      expectThat(
        tools.every(({ name, description, inputSchema }) => name && description && typeof inputSchema === "object"),
        "name, description and schema",
      );
      expectThat((await toolset.list(quiet())) === tools, "the same array");
    },
  },
  {
    name: "calls a tool, also before anything was listed",
    async run(world) {
      const { content, isError } = await call(world, world.known.name, world.known.input);
      expectSame([content, isError ?? false], [[{ type: "text", text: world.known.text }], false], "the output");
    },
  },
  {
    name: "tells bad news as an error, and rejects with a Fault for what is not there",
    async run(world) {
      expectSame((await call(world, world.wrong)).isError, true, "bad news");
      expectThat((await fault(call(world, "no-such-tool"))) !== "no fault", "an unknown tool");
    },
  },
  {
    name: "tells how far a call is, and takes it back at the server when its signal fires",
    async run(world) {
      const stop = new AbortController();
      const told: string[] = [];
      const progress = (text: string): void => {
        told.push(text);
        stop.abort();
      };
      const work = world.toolset.call({ name: world.waits, input: {}, signal: stop.signal, progress });
      expectSame(await fault(work), "aborted", "the call");
      expectThat(told.length > 0, "it told");
      await world.takenBack();
    },
  },
  {
    name: "does not begin what was stopped beforehand",
    async run(world) {
      const work = call(world, world.known.name, world.known.input, AbortSignal.abort());
      expectThat((await work.then(() => "done").catch(() => "rejected")) === "rejected", "it rejects");
    },
  },
  {
    name: "lists anew after the server said that there are others",
    async run(world) {
      const before = await world.toolset.list(quiet());
      const name = await world.change();
      const after = await soon(
        () => world.toolset.list(quiet()),
        (tools) => tools !== before,
      );
      expectThat(
        after.some((tool) => tool.name === name),
        "the new tool is there",
      );
    },
  },
  {
    name: "connects anew after the server was gone",
    async run(world) {
      await world.toolset.list(quiet());
      await world.breakOff();
      const tries = () => call(world, world.known.name, world.known.input).catch(() => undefined);
      const output = await soon(tries, (found) => found !== undefined);
      expectSame(output?.content, [{ type: "text", text: world.known.text }], "the output");
    },
  },
  {
    name: "rejects after it was closed, and may be closed twice",
    async run(world) {
      await world.toolset.list(quiet());
      await world.toolset.close();
      await world.toolset.close();
      expectThat((await fault(world.toolset.list(quiet()))) !== "no fault", "list");
      expectThat((await fault(call(world, world.known.name, world.known.input))) !== "no fault", "call");
    },
  },
];
