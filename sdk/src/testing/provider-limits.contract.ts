// What a Provider says of a key's limits: what the vendor's headers say, once, before anything else, also when it refuses.
import { type ContractCase, expectSame, expectThat } from "./contract.ts";
import type { ProviderWorld } from "./provider.world.ts";
import { listen } from "./provider-listen.ts";

export const providerLimitsContract: readonly ContractCase<ProviderWorld>[] = [
  {
    name: "tells what is left of a key's limits, before the answer and before a refusal",
    needs: "limits",
    async run(world) {
      const { vendor, limits } = world;
      expectThat(vendor !== undefined && limits !== undefined, "the world has headers of limits");
      for (const refuses of [false, true]) {
        const { request } = world.play("text");
        if (refuses) vendor.trouble("limited");
        vendor.addHeaders(limits.headers);
        const { events } = await listen(world, request);
        expectSame(events[0], { type: "limits", limits: limits.says }, "the first event");
        expectSame(events.filter((event) => event.type === "limits").length, 1, "it is said once");
      }
    },
  },
  {
    name: "says nothing of limits where the vendor does not",
    needs: "remote",
    async run(world) {
      const { events } = await listen(world, world.play("text").request);
      expectThat(
        events.every((event) => event.type !== "limits"),
        "no word of limits",
      );
    },
  },
];
