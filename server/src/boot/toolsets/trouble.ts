// How a server is, for people; and how long it is left in peace after a failure: each time for longer.
import type { Clock, Fault } from "@homarus/sdk";
import type { ServerFacts } from "../../gateway/house.ts";

const firstRestMs = 1_000;
const longestRestMs = 60_000;

export function createRest(clock: Clock) {
  let failures = 0;
  let until = 0;
  let last: Fault | undefined;
  return {
    last: () => last,
    /** Why it is not to be asked now. */
    fault: () => (last && clock.now() < until ? last : undefined),
    failed(fault: Fault) {
      until = clock.now() + Math.min(longestRestMs, firstRestMs * 2 ** failures);
      failures += 1;
      last = fault;
    },
    worked() {
      failures = 0;
      last = undefined;
    },
  };
}

interface Known {
  readonly name: string;
  readonly tools: ServerFacts["tools"];
  readonly left: readonly string[];
  readonly isListed: boolean;
  readonly fault: Fault | undefined;
}

export function factsOf({ name, tools, left, isListed, fault }: Known): ServerFacts {
  const state = fault ? "trouble" : isListed ? "connected" : "unused";
  const trouble = fault && { message: fault.message, ...(fault.hint !== undefined && { hint: fault.hint }) };
  return {
    ...{ name, state, left },
    tools: tools.map((tool) => ({ name: tool.name, description: tool.description.slice(0, 200) })),
    ...(trouble && { trouble }),
  };
}
