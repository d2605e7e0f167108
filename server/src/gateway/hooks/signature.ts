// Whether a webhook is from whom it says, and when it was sent. Pure. Three ways, by what the sender can do:
// `standard`: Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature), with a time that bounds replays.
// `github`: X-Hub-Signature-256 over the body, without a time; its delivery id is heard once.
// `token`: the secret itself in a header, for senders that cannot sign.
// Source: Standard Webhooks specification 1.0; GitHub documentation, "Validating webhook deliveries" (read 2026-11).
import { createHash, createHmac } from "node:crypto";
import { sameSecret } from "../handshake/secret.ts";

export type HookScheme = "standard" | "github" | "token";

export interface Delivery {
  readonly headers: Headers;
  readonly body: string;
  /** Unix ms. */
  readonly now: number;
}

export type HookVerdict =
  /** `id` names the delivery: the same again is known. */
  | { readonly type: "good"; readonly id: string }
  | { readonly type: "bad"; readonly status: 400 | 401; readonly message: string };

/** How far the sender's clock may be off, and how long a signed delivery counts. */
const toleranceMs = 5 * 60_000;

export function checkDelivery(scheme: HookScheme, secret: string, delivery: Delivery): HookVerdict {
  if (secret === "") return bad(401, "this hook has no secret");
  if (scheme === "standard") return standard(secret, delivery);
  return scheme === "github" ? github(secret, delivery) : plain(secret, delivery);
}

function standard(secret: string, { headers, body, now }: Delivery): HookVerdict {
  const id = headers.get("webhook-id") ?? "";
  const stamp = headers.get("webhook-timestamp") ?? "";
  const offered = headers.get("webhook-signature") ?? "";
  if (id === "" || !/^\d{1,12}$/.test(stamp) || offered === "")
    return bad(401, "webhook-id, webhook-timestamp and webhook-signature are required");
  if (Math.abs(now - Number(stamp) * 1000) > toleranceMs)
    return bad(401, "webhook-timestamp is too old or in the future");
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice(6), "base64") : Buffer.from(secret);
  const wanted = createHmac("sha256", key).update(`${id}.${stamp}.${body}`).digest("base64");
  // A sender that changes its key signs with both for a while.
  const isSigned = offered.split(" ").some((part) => part.startsWith("v1,") && sameSecret(part.slice(3), wanted));
  return isSigned ? { type: "good", id } : bad(401, "webhook-signature does not fit");
}

function github(secret: string, { headers, body }: Delivery): HookVerdict {
  const offered = headers.get("x-hub-signature-256") ?? "";
  const wanted = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
  if (!sameSecret(offered, wanted)) return bad(401, "x-hub-signature-256 does not fit");
  return { type: "good", id: headers.get("x-github-delivery") ?? createHash("sha256").update(body).digest("hex") };
}

function plain(secret: string, { headers }: Delivery): HookVerdict {
  const bearer = /^Bearer (.+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  const offered = headers.get("x-homarus-token") ?? headers.get("x-openclaw-token") ?? bearer ?? "";
  if (!sameSecret(offered, secret)) return bad(401, "unauthorized");
  return { type: "good", id: headers.get("idempotency-key") ?? headers.get("x-request-id") ?? crypto.randomUUID() };
}

function bad(status: 400 | 401, message: string): HookVerdict {
  return { type: "bad", status, message };
}
