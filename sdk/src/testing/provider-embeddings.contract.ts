// What a Provider that makes embeddings promises: a vector for each text in their order, and Faults like a stream's.
import { faultKinds, isFault } from "../errors.ts";
import { type ContractCase, expectSame, expectThat } from "./contract.ts";
import type { EmbeddingScene, ProviderWorld, VendorLevers } from "./provider.world.ts";

const texts = ["one text", "another"];
const never = () => new AbortController().signal;

interface Embedding extends ProviderWorld {
  readonly vendor: VendorLevers;
  readonly embedding: EmbeddingScene;
}

function embedding(world: ProviderWorld): Embedding {
  expectThat(world.vendor !== undefined && world.embedding !== undefined, "the world has a vendor that makes vectors");
  return world as Embedding;
}

async function refusal(world: ProviderWorld, signal: AbortSignal) {
  const asked = world.provider.embed?.({ model: "m", texts }, signal);
  const thrown: unknown = await asked?.then(
    () => undefined,
    (error) => error,
  );
  expectThat(isFault(thrown) && faultKinds.includes(thrown.kind), `it rejects with a Fault: ${String(thrown)}`);
  return thrown;
}

export const providerEmbeddingsContract: readonly ContractCase<ProviderWorld>[] = [
  {
    name: "gives a vector for each text, in the order of the texts, and what was read",
    needs: "embeddings",
    async run(given) {
      const world = embedding(given);
      world.vendor.answerWith(200, world.embedding.body);
      const answer = await world.provider.embed?.({ model: "m", texts, dimensions: 2 }, never());
      expectSame(answer?.vectors, world.embedding.vectors, "the vectors");
      expectSame(answer?.tokens, world.embedding.tokens, "the tokens");
      const sent = world.vendor.requests().at(-1);
      const { model, input, dimensions } = sent as { model?: unknown; input?: unknown; dimensions?: unknown };
      expectSame([model, input, dimensions], ["m", texts, 2], "what was asked for");
    },
  },
  {
    name: "makes no embeddings and says why, with one of the nine kinds, when the vendor refuses",
    needs: "embeddings",
    async run(given) {
      const world = embedding(given);
      const troubles = [
        ["auth", "auth"],
        ["limited", "limited"],
        ["server-error", "unavailable"],
      ] as const;
      for (const [trouble, kind] of troubles) {
        world.vendor.trouble(trouble);
        const fault = await refusal(world, never());
        expectSame(fault.kind, kind, fault.message);
        expectThat(!JSON.stringify(fault).includes(world.secret ?? "?"), "no key in it");
      }
    },
  },
  {
    name: "an embedding that is stopped is an aborted Fault",
    needs: "embeddings",
    async run(given) {
      const world = embedding(given);
      world.vendor.hang();
      const stop = new AbortController();
      const asked = refusal(world, stop.signal);
      stop.abort();
      expectSame((await asked).kind, "aborted", "the kind");
    },
  },
];
