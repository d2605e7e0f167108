// A tool's own request, before it leaves: what holds a secret of the house, or looks like a key, stays here.
import { type EgressCaller, Fault, type LeakWatch } from "@homarus/sdk";

/** Rejects with a `denied` Fault that names where the secret stood and not what it is. */
export async function refuseLeak(
  { input, init }: { readonly input: string | URL | Request; readonly init: RequestInit | undefined },
  caller: EgressCaller,
  watch: LeakWatch,
): Promise<void> {
  const request = new Request(input, init);
  const url = new URL(request.url);
  const body = request.body ? new Uint8Array(await request.clone().arrayBuffer()) : undefined;
  const found = watch.leaving(caller, {
    method: request.method,
    host: url.host,
    target: `${url.pathname}${url.search}`,
    headers: [...request.headers],
    bodies: body ? [body] : [],
  });
  if (!found) return;
  const what = found.kind === "secret" ? `the secret ${found.name}` : `what looks like ${found.name}`;
  throw new Fault(
    "denied",
    "egress.leak",
    `The request to ${url.host} was not sent: it holds ${what} (${found.where}).`,
    {
      hint: "Leave it out. Keys of the house are put in by the house itself.",
    },
  );
}
