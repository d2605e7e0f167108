// What every Provider promises: one shape of stream for all vendors, whole steps, honest ends, and no throw.
import { toolCallsOf } from "../content.ts";
import { type ContractCase, expectSame, expectThat } from "./contract.ts";
import type { ProviderWorld } from "./provider.world.ts";
import { providerBreaksContract } from "./provider-breaks.contract.ts";
import { providerEmbeddingsContract } from "./provider-embeddings.contract.ts";
import { providerFaultContract } from "./provider-faults.contract.ts";
import { providerHistoryContract } from "./provider-history.contract.ts";
import { providerLimitsContract } from "./provider-limits.contract.ts";
import { expectUsage, hearStep, listen } from "./provider-listen.ts";

const answers: readonly ContractCase<ProviderWorld>[] = [
  {
    name: "[A01] [A23] says its text in pieces and then whole",
    async run(world) {
      const { events, step } = await hearStep(world, "text");
      expectThat(
        events.filter((event) => event.type === "text-delta").length > 1,
        "the text comes in more than one piece",
      );
      expectThat(
        events.every((event) => event.type !== "text-delta" || event.text !== ""),
        "no piece is empty",
      );
      expectSame(step.stopReason, "end", "the step ended by itself");
    },
  },
  {
    name: "[A32] tells its reasoning as thinking, before what it says",
    needs: "thinking",
    async run(world) {
      const { events, step, thinking } = await hearStep(world, "thinking");
      expectThat(thinking !== "", "there is reasoning");
      expectSame(events[0]?.type, "thinking-delta", "reasoning comes first");
      expectSame(step.content[0]?.type, "thinking", "and stands first in the step");
    },
  },
  {
    name: "[A24] [A25] calls a tool with its arguments whole",
    needs: "tools",
    async run(world) {
      const { step } = await hearStep(world, "tool-call");
      expectSame(step.stopReason, "tool-calls", "the step ended to call tools");
      expectThat(
        toolCallsOf(step.content).every((call) => call.id !== "" && call.name !== ""),
        "each call has an id and a name",
      );
    },
  },
  {
    name: "[A25] calls several tools in one step, each with an id of its own",
    needs: "parallel-calls",
    async run(world) {
      const { step } = await hearStep(world, "parallel-calls");
      const calls = toolCallsOf(step.content);
      expectThat(calls.length > 1, "there are several");
      expectSame(new Set(calls.map((call) => call.id)).size, calls.length, "no two have the same id");
      const again = toolCallsOf((await hearStep(world, "parallel-calls")).step.content);
      expectThat(
        again.every((call) => call.id !== ""),
        "also in the next step",
      );
    },
  },
  {
    name: "gives an empty object and the raw text for arguments that are not JSON",
    needs: "malformed-arguments",
    async run(world) {
      const { step } = await hearStep(world, "malformed-arguments");
      const [call] = toolCallsOf(step.content);
      expectSame(call?.input, {}, "the input is empty");
      expectThat(Boolean(call?.malformed), "the raw text is kept");
    },
  },
  {
    name: "leaves no call that could be run where the tokens ran out before its arguments came",
    needs: "cut-calls",
    async run(world) {
      const { step } = await hearStep(world, "cut-call");
      expectSame(step.stopReason, "length", "why it ended");
      expectThat(
        toolCallsOf(step.content).every((call) => call.malformed !== undefined),
        "no call has arguments that look whole",
      );
    },
  },
  {
    name: "[A27] counts tokens the same way for every vendor: what came from the cache apart from the rest",
    needs: "usage",
    async run(world) {
      const { says } = world.play("text");
      const { step } = await hearStep(world, "text");
      expectThat(says.usage !== undefined, "the scene says what was counted");
      expectUsage(step.usage, says.usage);
    },
  },
  {
    name: "tells an answer cut short by its length from a whole one",
    needs: "length",
    async run(world) {
      expectSame((await hearStep(world, "length")).step.stopReason, "length", "why it ended");
    },
  },
  {
    name: "tells a refusal from an answer, and has words to show for it",
    needs: "refusals",
    async run(world) {
      const { step } = await hearStep(world, "refused");
      expectSame(step.stopReason, "refused", "why it ended");
      expectThat(
        step.content.some((block) => block.type === "text" && block.text !== ""),
        "there are words",
      );
    },
  },
  {
    name: "keeps two answers apart that come at the same time",
    async run(world) {
      const { request, says } = world.play("text");
      const heard = await Promise.all([listen(world, request), listen(world, request)]);
      expectSame(heard[0]?.text, heard[1]?.text, "both say the same");
      if (says.text !== undefined) expectSame(heard[0]?.text, says.text, "and all of it");
    },
  },
  {
    name: "[A13] lists the vendor's models",
    needs: "models",
    async run(world) {
      world.play("text");
      const models = await world.provider.models?.(new AbortController().signal);
      expectThat(models !== undefined && models.length > 0, "there are some");
      for (const model of models) {
        expectThat(model.id !== "" && model.name !== "", "each has an id and a name");
        expectThat(model.input.includes("text"), "each reads text");
      }
    },
  },
];

/** Clauses for all; those that need a far end ask for `remote` or for the lever they pull. */
export const providerContract: readonly ContractCase<ProviderWorld>[] = [
  ...answers,
  ...providerHistoryContract,
  ...providerEmbeddingsContract,
  ...providerLimitsContract,
  ...providerFaultContract,
  ...providerBreaksContract,
];
