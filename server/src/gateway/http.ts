// Plain HTTP on the gateway's port: health for monitors, metrics, and the files of the chat page.

import type { Clock } from "@homarus/sdk";
import { Hono } from "hono";
import { rooms } from "./doors.ts";
import type { Gate } from "./handshake/gate.ts";
import type { Health } from "./health.ts";
import type { House } from "./house.ts";
import { turnedAway } from "./http/answer.ts";
import { whileKeyStands } from "./http/keyed.ts";
import { bearerOf, callerOf, lacking, login } from "./http/login.ts";
import { lazyRoom, type RoomParts, type Visitor } from "./http/room.ts";
import { metricsText } from "./metrics.ts";

export interface Asset {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Media type with charset. */
  readonly type: string;
}

/** A file of the web pages by its path on the wire (`/chat`, `/assets/chat.js`); undefined when there is none. */
export type FindAsset = (path: string) => Promise<Asset | undefined> | Asset | undefined;

export interface WebParts {
  readonly house: House;
  readonly gate: Gate;
  readonly clock: Clock;
  readonly health: Health;
  readonly asset: FindAsset;
  readonly sockets: () => number;
  readonly isReady: () => boolean;
  readonly room: RoomParts;
}

type Env = { readonly Bindings: Visitor };

const pagePolicy = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const guards: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": pagePolicy,
};

export function createWeb(parts: WebParts): Hono<Env> {
  const web = new Hono<Env>();
  web.use(async (context, next) => {
    const began = performance.now();
    await next();
    for (const [name, value] of Object.entries(guards)) context.res.headers.set(name, value);
    const { method, path } = context.req;
    parts.house.log.debug("http.request", {
      method,
      path,
      status: context.res.status,
      ms: Math.round(performance.now() - began),
    });
  });
  web.use(async (context, next) => parts.gate.requestRefusal(context.env) ?? next());
  addHealth(web, parts);
  addMetrics(web, parts);
  addPages(web, parts);
  addRooms(web, parts.room);
  web.notFound((context) => context.json({ ok: false, error: "not found" }, 404));
  web.onError((error, context) => {
    parts.house.log.error("http.failed", { path: context.req.path, error });
    return context.json({ ok: false, error: "internal error" }, 500);
  });
  return web;
}

function addHealth(web: Hono<Env>, parts: WebParts): void {
  for (const path of ["/health", "/healthz"]) web.get(path, (context) => context.json({ ok: true, status: "live" }));
  for (const path of ["/ready", "/readyz"]) {
    web.get(path, (context) =>
      parts.isReady()
        ? context.json({ ok: true, status: "ready" })
        : context.json({ ok: false, status: "stopping" }, 503),
    );
  }
}

/** Figures of the house are for this machine, or for whoever has the secret. */
function addMetrics(web: Hono<Env>, parts: WebParts): void {
  web.get("/metrics", async (context) => {
    const { house, clock, room } = parts;
    if (!context.env.isLocal) {
      const found = await login(room.door, bearerOf(context.req.raw.headers), context.env);
      if (found.type === "out") return turnedAway(found);
      const lacks = lacking(room.door, callerOf(found, { clientId: "metrics", mode: "backend" }), "operator.read");
      if (lacks) return turnedAway(lacks);
    }
    const { inbox, outbox } = await house.store.counts();
    const text = metricsText(house.counters(), {
      version: house.version,
      uptimeMs: clock.now() - house.startedAt,
      residentBytes: process.memoryUsage.rss(),
      sockets: parts.sockets(),
      openInbox: inbox,
      openOutbox: outbox,
    });
    return context.text(text, 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
  });
}

/** The other doors: their code loads with the first request. */
function addRooms(web: Hono<Env>, parts: RoomParts): void {
  for (const [path, load] of Object.entries(rooms)) {
    const serve = lazyRoom(async () => (await load()).createRoom(parts));
    for (const pattern of [path, `${path}/*`])
      web.all(pattern, async (context) => {
        const answer = await whileKeyStands(
          parts.door,
          { request: context.req.raw, visitor: context.env },
          async (request) => serve(request, context.env),
        );
        // A copy, since headers of a streamed or redirected answer may be locked.
        return new Response(answer.body, answer);
      });
  }
}

function addPages(web: Hono<Env>, parts: WebParts): void {
  web.get("/", (context) => context.redirect("/chat", 302));
  for (const pattern of ["/chat", "/chat/*", "/assets/*"]) {
    web.get(pattern, async (context) => {
      const asset = await parts.asset(context.req.path);
      if (!asset) return context.notFound();
      return context.body(asset.bytes, 200, { "content-type": asset.type, "cache-control": "no-cache" });
    });
  }
}
