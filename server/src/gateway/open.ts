// Opens the gateway: puts its parts together, listens, and keeps the clock-driven work (ticks, health, late guests).
import type { Clock, HouseEvent, RunEvent } from "@homarus/sdk";
import { isFault } from "@homarus/sdk";
import { tellApproval } from "./approval-event.ts";
import { Audience, type Member } from "./audience.ts";
import { CallLimit } from "./call-limit.ts";
import { Connection, type Rolls } from "./connection.ts";
import { type Door, lazyParts, stateVersion } from "./door.ts";
import { sockets } from "./doors.ts";
import { Devices } from "./handshake/devices.ts";
import { Gate } from "./handshake/gate.ts";
import { GuessLimit } from "./handshake/guesses.ts";
import { AccessKeys } from "./handshake/keys.ts";
import { Logins } from "./handshake/logins.ts";
import { isOriginAllowed } from "./handshake/origin.ts";
import { peerOf } from "./handshake/peer.ts";
import { SignedVersions } from "./handshake/signature.ts";
import { WaitingRoom, waitingSince } from "./handshake/waiting-room.ts";
import { Health } from "./health.ts";
import type { Handlers, House, Listen, RemotePeer } from "./house.ts";
import type { Visitor } from "./http/room.ts";
import { sessionScopes } from "./http/session-token.ts";
import { createWeb, type FindAsset } from "./http.ts";
import { cronEvent } from "./job-event.ts";
import { KeyWatch } from "./key-watch.ts";
import { LateSide } from "./late-side.ts";
import { Dispatcher } from "./methods/dispatch.ts";
import { Presence } from "./presence.ts";
import { RunBook } from "./runs/run-book.ts";
import { RunTeller } from "./runs/tell.ts";
import { closeCodes, type GatewaySettings, limits } from "./settings.ts";

export interface GatewayOptions {
  readonly house: House;
  readonly listen: Listen;
  readonly settings: GatewaySettings;
  readonly asset: FindAsset;
  readonly clock: Clock;
}

export interface Gateway {
  readonly port: number;
  /** Tells clients, closes their sockets with 1012 and lets go of the port. Calling it again waits for the same end. */
  stop(reason?: string): Promise<void>;
}

/** Rejects with the `config` Fault of `listen` when the port cannot be had. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { house, settings } = options;
  const life = new AbortController();
  const leaving = new Set<(member: Member) => void>();
  const door = createDoor(options, life.signal, leaving);
  const left = (member: Member): void => {
    for (const listener of leaving) listener(member);
  };
  const waiting = new WaitingRoom();
  const rolls: Rolls = { door, dispatcher: new Dispatcher(door), waiting, left };
  const listener = await options.listen(
    {
      host: settings.host,
      port: settings.port,
      maxPayloadBytes: limits.maxPayload,
      maxBufferedBytes: limits.maxBuffered * 2,
    },
    handlers(rolls, waiting, options, life.signal),
  );
  door.audience.publishThrough(listener);
  const unwatch = house.watch((event) => heard(door, event));
  keepTime(rolls, life.signal);
  house.log.info("gateway.open", { host: settings.host, port: listener.port });
  let stopping: Promise<void> | undefined;
  const stop = async (reason: string): Promise<void> => {
    life.abort();
    unwatch();
    door.audience.tell("shutdown", JSON.stringify({ reason }));
    for (const member of door.audience.everyone()) member.socket.close(closeCodes.restart, "service restart");
    for (const guest of rolls.waiting) guest.end(closeCodes.restart, "service restart");
    await listener.stop();
  };
  return {
    port: listener.port,
    stop: (reason = "gateway stopping") => {
      stopping ??= stop(reason);
      return stopping;
    },
  };
}

function createDoor(
  { house, settings, clock }: GatewayOptions,
  life: AbortSignal,
  leaving: Set<(member: Member) => void>,
): Door {
  const keys = new AccessKeys({ store: house.store, clock, log: house.log });
  const audience = new Audience(house.redact, new KeyWatch(keys, { clock, log: house.log }));
  const runs = new RunBook();
  const presence = new Presence(house.version);
  const health = new Health(house);
  let isPresenceDue = false;
  const tellPresence = () => {
    isPresenceDue = false;
    const versions = stateVersion({ presence, health });
    audience.tell("presence", `{"presence":${presence.json(clock.now())}}`, {
      dropIfSlow: true,
      stateVersion: versions,
    });
  };
  const door: Door = {
    house,
    settings,
    clock,
    life,
    bootId: crypto.randomUUID(),
    part: lazyParts(() => door),
    onLeave(listener) {
      leaving.add(listener);
      return () => leaving.delete(listener);
    },
    audience,
    presence,
    health,
    runs,
    teller: new RunTeller(audience, runs),
    calls: new CallLimit({ settings, clock, log: house.log }),
    logins: new Logins({ store: house.store, clock, log: house.log }),
    keeper: {
      settings,
      devices: new Devices(house.store),
      keys,
      guesses: new GuessLimit(() => settings.guessLimits),
      signedVersions: new SignedVersions(),
      sessionScopes: (token) => sessionScopes(door, token),
      // The event is as it always was: what a node wants to do stands in the lists.
      onRequest: ({ node: _node, ...request }) =>
        audience.tell("device.pair.requested", JSON.stringify(request), {
          guard: "operator.pairing",
          dropIfSlow: true,
        }),
    },
    presenceChanged: () => {
      if (isPresenceDue) return;
      isPresenceDue = true;
      // When a thousand clients go at once, those who stay are told once.
      setTimeout(tellPresence, presenceGatherMs).unref();
    },
  };
  return door;
}

const presenceGatherMs = 50;

function handlers(rolls: Rolls, waiting: WaitingRoom, options: GatewayOptions, life: AbortSignal): Handlers {
  const { house, settings, clock, asset } = options;
  const { door } = rolls;
  const gate = new Gate({ settings, clock, log: house.log, waitingFrom: (address) => waiting.waitingFrom(address) });
  const web = createWeb({
    house,
    gate,
    clock,
    asset,
    health: door.health,
    sockets: () => door.audience.size,
    isReady: () => !life.aborted,
    room: { door, dispatcher: rolls.dispatcher },
  });
  const visitorOf = (remote: RemotePeer, headers: Headers): Visitor => ({
    ...peerOf(remote, headers, settings),
    isOriginAllowed: isOriginAllowed(headers, settings),
    ...(remote.keepOpen === undefined ? {} : { keepOpen: remote.keepOpen }),
  });
  return {
    fetch: (request, remote) => web.fetch(request, visitorOf(remote, request.headers)),
    upgrade: (request: Request, remote: RemotePeer) => {
      if (life.aborted) return Response.json({ ok: false, error: "gateway stopping" }, { status: 503 });
      const { headers, url } = request;
      const visitor = visitorOf(remote, headers);
      const refused = gate.upgradeRefusal(visitor);
      if (refused) return refused;
      const other = sockets[new URL(url).pathname];
      if (!other) return waiting.expect(new Connection(rolls, visitor), visitor);
      const loading = other().then(({ openSide }) => openSide(rolls, visitor, { url, headers }));
      return new LateSide(loading, (thrown) => house.log.error("gateway.door-failed", { error: thrown }));
    },
  };
}

/** Must not throw and must be quick: it stands in the way of the house's own work. */
function heard(door: Door, event: RunEvent | HouseEvent): void {
  if ("runId" in event) {
    door.teller.heard(event);
    return;
  }
  if (event.type === "channel-status" || event.type === "config-changed") {
    door.health.renew();
    tellHealth(door);
  } else if (event.type === "job-changed") {
    door.audience.tell("cron", cronEvent(event), { guard: "operator.read", dropIfSlow: true });
  } else if (event.type === "approval-requested" || event.type === "approval-decided") {
    tellApproval(event, door.audience);
  } else if (event.type === "session-changed" || event.type === "session-removed") {
    door.health.touch();
  }
}

function tellHealth(door: Door): void {
  if (door.audience.size === 0) return;
  door.health.raise();
  door.audience.tell("health", door.health.json(door.clock.now()), {
    dropIfSlow: true,
    stateVersion: stateVersion(door),
  });
}

function keepTime(rolls: Rolls, signal: AbortSignal): void {
  const { door, waiting } = rolls;
  const { clock } = door;
  every(door, signal, limits.tickIntervalMs, () => {
    door.audience.tell("tick", JSON.stringify({ ts: clock.now() }), { dropIfSlow: true });
    door.runs.prune(clock.now());
  });
  every(door, signal, limits.healthIntervalMs, () => tellHealth(door));
  every(door, signal, 1000, () => {
    for (const late of waitingSince(waiting, clock.now() - limits.handshakeTimeoutMs)) late.late();
  });
}

function every(door: Door, signal: AbortSignal, ms: number, work: () => void): void {
  const loop = async () => {
    while (!signal.aborted) {
      await door.clock.sleep(door.clock.now() + ms, signal);
      work();
    }
  };
  loop().catch((thrown: unknown) => {
    // The end of the gateway's life wakes its sleepers.
    if (!(isFault(thrown) && thrown.kind === "aborted"))
      door.house.log.error("gateway.clock-work-failed", { error: thrown });
  });
}
