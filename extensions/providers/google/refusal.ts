// A refused request as an error that keeps status, headers and text: the SDK would lose the headers.
import type { Fetch } from "@homarus/sdk";

export interface Refusal extends Error {
  readonly status: number;
  readonly headers: Headers;
}

/** As the given fetch, but any status other than 2xx rejects with a Refusal. */
export function refusing(fetch: Fetch): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (response.ok) return response;
    throw Object.assign(new Error(await response.text()), { status: response.status, headers: response.headers });
  };
}

export function isRefusal(thrown: unknown): thrown is Refusal {
  return thrown instanceof Error && "status" in thrown && typeof thrown.status === "number";
}
