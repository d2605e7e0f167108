// What every Tool promises: its manifest tells the truth about it, and it answers with bounded content or a Fault.
import * as v from "valibot";
import { isFault, toFault } from "../errors.ts";
import type { ToolManifest } from "../manifest.ts";
import type { Tool, ToolOutput } from "../ports/tool.ts";
import { type ContractCase, expectSame, expectThat } from "./contract.ts";
import type { RecordedToolCall } from "./tool-call.ts";

export interface ToolWorld {
  tool: Tool;
  manifest: ToolManifest;
  /** Inputs that work in this world. */
  samples: readonly unknown[];
  /** Inputs that fit the schema and cannot work: an unknown file, a path outside, a broken pattern. */
  hopeless: readonly unknown[];
  /** A fresh call on the same world. */
  call: (signal?: AbortSignal) => RecordedToolCall;
}

/** Characters of text in one output; a step has several, and the model has to pay for each. */
const mostText = 60_000;

async function outcome(tool: Tool, input: unknown, call: RecordedToolCall): Promise<ToolOutput | undefined> {
  try {
    return await tool.execute(input, call);
  } catch (thrown) {
    const fault = toFault(thrown);
    expectThat(
      isFault(thrown) || fault.kind === "aborted",
      `what it throws is a Fault or the signal's reason, not ${String(thrown)}`,
    );
    expectThat(fault.kind !== "bug", `the Fault is not a bug: ${fault.code} ${fault.message}`);
    return undefined;
  }
}

export const toolContract: readonly ContractCase<ToolWorld>[] = [
  {
    name: "[H01] has a name a model can call, and a schema that takes its samples and refuses nonsense",
    async run({ manifest, samples, hopeless }) {
      expectThat(/^[a-z][a-z0-9_]{0,63}$/.test(manifest.id), "its id is a name that every vendor accepts");
      const fits = (input: unknown) => v.safeParse(manifest.input, input).success;
      for (const input of [...samples, ...hopeless])
        expectThat(fits(input), `the schema takes ${JSON.stringify(input)}`);
      for (const input of [undefined, null, 1, "x", { nonsense: true }])
        expectThat(!fits(input), `the schema refuses ${JSON.stringify(input)}`);
    },
  },
  {
    name: "[H01] answers its samples with content that is bounded",
    async run({ tool, samples, call }) {
      expectThat(samples.length > 0, "there is a sample");
      for (const input of samples) {
        const output = await tool.execute(input, call());
        expectThat(output.content.length > 0, "it says something");
        const text = output.content.map((block) => (block.type === "text" ? block.text : "")).join("");
        expectThat(text.length <= mostText, `its text is bounded, and has ${text.length} characters`);
      }
    },
  },
  {
    name: "touches nothing that its declared effects do not name",
    async run({ tool, manifest, samples, hopeless, call }) {
      const touched = new Set<string>();
      for (const input of [...samples, ...hopeless]) {
        const own = call();
        await outcome(tool, input, own);
        for (const effect of own.touched) touched.add(effect);
      }
      const declared = Object.entries(manifest.effects).flatMap(([name, is]) => (is ? [name] : []));
      expectSame(
        [...touched].filter((effect) => !declared.includes(effect)),
        [],
        "undeclared effects",
      );
      expectSame(
        declared.filter((effect) => !touched.has(effect)),
        [],
        "declared effects that are never seen",
      );
    },
  },
  {
    name: "is not called idempotent when it writes or executes",
    async run({ manifest }) {
      const changes = manifest.effects.writes || manifest.effects.executes;
      expectThat(!(changes && manifest.idempotent), "what changes something is not run again after a crash");
      // What a keyed tool changes is each call's own.
      expectThat(!(changes && manifest.parallel) || manifest.keyed === true, "what changes something runs alone");
      expectThat(manifest.timeoutMs > 0, "it has a time limit");
    },
  },
  {
    name: "changes nothing but by the call's id where it says so",
    async run({ tool, manifest, samples, hopeless, call }) {
      if (!manifest.keyed) return;
      for (const input of [...samples, ...hopeless]) {
        const own = call();
        await outcome(tool, input, own);
        const again = (["writes", "executes"] as const).filter((effect) => own.unkeyed.has(effect));
        expectSame(again, [], `what ${JSON.stringify(input)} changes anew at each call`);
      }
    },
  },
  {
    name: "tells the model what cannot work, as an error or a Fault that is no bug",
    async run({ tool, hopeless, call }) {
      for (const input of hopeless) {
        const output = await outcome(tool, input, call());
        expectThat(
          output === undefined || output.isError === true,
          `${JSON.stringify(input)} is not reported as a success`,
        );
      }
    },
  },
  {
    name: "ends at once when it is already aborted",
    async run({ tool, samples, call }) {
      for (const input of samples) await outcome(tool, input, call(AbortSignal.abort()));
    },
  },
  {
    name: "gives the same again where it says so",
    async run({ tool, manifest, samples, call }) {
      if (!manifest.idempotent) return;
      for (const input of samples) {
        const [first, second] = [await tool.execute(input, call()), await tool.execute(input, call())];
        expectSame(second, first, "the second answer is the first");
      }
    },
  },
  {
    name: "previews a call in one line",
    async run({ tool, samples }) {
      for (const input of samples) {
        const line = tool.preview?.(input);
        expectThat(
          line === undefined || (line.length > 0 && line.length <= 200 && !line.includes("\n")),
          "the preview is one short line",
        );
      }
    },
  },
];
