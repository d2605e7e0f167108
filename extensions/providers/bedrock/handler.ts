// Carries the SDK's signed requests through the house's own fetch, so that no other host is reached than those named, and
// refusals keep their headers.
import { type Fetch, refusing } from "@homarus/sdk";
import { frameCheck } from "./frames.ts";

/** What is used of the SDK's request and asked of its answer. */
export interface SignedRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number | undefined;
  readonly path: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export function createHandler(fetch: Fetch) {
  const refuse = refusing(fetch);
  return {
    async handle(request: SignedRequest, { abortSignal }: { readonly abortSignal?: unknown } = {}) {
      const port = request.port ? `:${request.port}` : "";
      const { host: _, ...headers } = request.headers;
      const response = await refuse(`${request.protocol}//${request.hostname}${port}${request.path}`, {
        ...{ method: request.method, headers, body: request.body as string },
        ...(abortSignal instanceof AbortSignal ? { signal: abortSignal } : {}),
      });
      const type = response.headers.get("content-type") ?? "";
      // Anything else would be read as the length of a frame, and waited for.
      if (!type.includes("eventstream"))
        throw new SyntaxError(`it answered with ${type || "nothing it has a name for"}`);
      const { status: statusCode, statusText: reason } = response;
      const body = response.body?.pipeThrough(frameCheck());
      return { response: { statusCode, reason, headers: Object.fromEntries(response.headers), body } };
    },
  };
}
