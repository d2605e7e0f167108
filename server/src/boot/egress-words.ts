// Requests that would leave a sandbox, as their owner is asked about them and as the audit keeps them.
import type { ApprovalRequest, AuditRecord, EgressEvent, EgressRequest, Json, Mark } from "@homarus/sdk";

const longestBody = 1_500;

/** The exact request: what would be sent where, without the values of credentials. */
export function requestCard(
  { agent, sessionKey, sandboxId, method, scheme, host, port, target, headers, body }: EgressRequest,
  { reason, marks }: { readonly reason: string; readonly marks: readonly Mark[] },
): ApprovalRequest {
  const where = port === 80 || port === 443 ? host : `${host}:${port}`;
  const url = `${scheme}://${where}${target}`;
  const text = body ? readable(body.first) : undefined;
  const size = body ? ` (${body.bytes} bytes)` : "";
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  return {
    ...{ kind: "egress", name: `${method} ${where}`, reason, agent, sessionKey, runId: sandboxId, callId: sandboxId },
    preview: [`${method} ${url}`, ...lines, ...(text === undefined ? [] : ["", `${text}${size}`])].join("\n"),
    input: { method, url, headers: headers as Json, ...(text === undefined ? {} : { body: text }) },
    ...{ channel: "sandbox", audience: "owner", covers: "any", marks },
  };
}

/** Text as it is, all else in words. */
function readable(bytes: Uint8Array): string {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes.slice(0, longestBody), { stream: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what is no text is not shown as such.
    return /[\u0000-\u0008\u000e-\u001f]/.test(text) ? "[no text]" : text;
  } catch {
    return "[no text]";
  }
}

export function eventRecord(event: EgressEvent): AuditRecord {
  const { type, at, agent, sessionKey, tool, method, host, port, path, code, status, bytesOut, bytesIn, leak } = event;
  const words = { allow: "lets out", deny: "denies", leak: "finds a leak" } as const;
  const what = tool === undefined ? `${method} ${host}` : `in the words of a call to ${tool}`;
  const where = tool === undefined ? { method, host, port, path, bytesIn } : { tool };
  return {
    ...{ type: "egress", at, actor: `agent ${agent}`, action: `${words[type]} ${what}`, agent, sessionKey },
    detail: {
      ...{ ...where, code, bytesOut },
      ...(status === undefined ? {} : { status }),
      ...(leak === undefined ? {} : { leak: { ...leak } }),
    },
  };
}
