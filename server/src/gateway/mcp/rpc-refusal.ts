// A refusal before a message has reached a server: an HTTP status with an error of JSON-RPC, as clients of the protocol
// read both.

export function rpcRefusal(
  status: number,
  code: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json({ jsonrpc: "2.0", error: { code, message }, id: null }, { status, headers });
}
